/* SPDX-License-Identifier: MIT */
/*
 * One message of the queue: sent to those who have not got it, and what becomes
 * of it then.
 */
#ifndef MITTO_QUEUEITEM_H
#define MITTO_QUEUEITEM_H

#include "command/runner.h"

/* How a route goes on. */
enum next {
	NEXT_MESSAGE,
	NEXT_ROUTE, /* the account has to wait */
};

/* A message that is taken up: locked, and sent next or after the next. */
struct sending;

/* Who sends: a session of an account, open or not, and what it is at. */
struct carrier {
	struct runner *runner;
	const struct settings *settings; /* of the session */
	struct smtp_session *session;
	struct sending *sending;
};

/* Take up the message of this ID.  NULL if there is nothing to send: it is
 * gone, somebody else works on it, or it was put away.  Freed by the caller,
 * and not before a session that it was announced to has sent it or is closed.
 */
struct sending *queueitem_take(const struct carrier *c, const char *id)
    MUST_CHECK;
void queueitem_free(struct sending *s);

/* It is the one behind the message that is sent next (smtp_next). */
void queueitem_announce(struct sending *s, const struct carrier *c);

/*
 * Send it over the open session.  NEXT_ROUTE, with *err unless it was
 * interrupted, when not the message but the account or its server was the
 * trouble.
 */
enum next queueitem_send(
    struct carrier *c, struct sending *s, struct error *err);

/* smtp_observer's `settled`, with the carrier as its context: what the server
 * has taken in one transaction stays taken, whatever happens in the next. */
void queueitem_settled(void *carrier, const struct outcome *o);

/* A message that cannot be opened: put away if it is damaged, else left alone.
 */
void queueitem_cannot_use(
    struct runner *r, const char *id, const struct error *why);

/* A line on stderr, if the runner is to talk. */
void runner_say(const struct runner *r, const char *text);

#endif
