/* SPDX-License-Identifier: MIT */
/*
 * The way of a queued message: which account, and the flags that said how to
 * send.  Accounts are looked up when the message goes, so that a changed
 * password or server counts; flags were meant for this message and stay.
 */
#ifndef MITTO_ROUTE_H
#define MITTO_ROUTE_H

#include "settings/account.h"
#include "smtp/smtp.h"
#include "spool/spool.h"

struct route {
	struct config config;
	struct cmdline cmdline;
	struct request request;
	struct endpoint endpoint;
	struct secret password;
};

/* Append NAME=VALUE for each flag, and each variable MITTO_NAME, that says how
 * to send; never a secret.  Paths become absolute. */
int route_record(struct strlist *out, const struct cmdline *cl,
    struct error *err) MUST_CHECK;

/* Account, or without one the sender, and settings in one text; equal for
 * messages that one session can carry.  Owned by the caller. */
char *route_key(const struct entry *e) MUST_CHECK;

/* Copy what route_key() and route_open() look at. */
void route_copy(struct entry *to, const struct entry *from);

/*
 * Configuration, server and password of today.  A message that had no account
 * when it was queued gets the one that its sender has now, if any.  Whatever is
 * wrong is the account's fault, never the message's.  route_release() also on
 * error.
 */
int route_open(struct route *r, const struct entry *e, struct error *err)
    MUST_CHECK;

void route_release(struct route *r);

/* Open the queue that the settings name: --spool; else that of the system for
 * root, and of the user for others.  ERR_CANTCREATE when there is no home, and
 * all that spool_open() says.  Released by spool_close() also on error. */
int route_spool(const struct settings *s, struct spool *spool, bool create,
    struct error *err) MUST_CHECK;

#endif
