/* SPDX-License-Identifier: MIT */
/*
 * Telling somebody that a queued message was given up (RFC 3464).
 */
#ifndef MITTO_NOTICE_H
#define MITTO_NOTICE_H

#include "settings/settings.h"
#include "spool/spool.h"

/*
 * Put a notice about `it`, which is in failed/ already, into the queue: to the
 * sender, or as settings->notice says; it goes by the same account, with the
 * null sender.  None is made about a message with the null sender, nor where
 * the sender has asked for none (RFC 3461 4.1).
 */
int notice_send(struct spool *s, const struct item *it,
    const struct settings *settings, struct error *err) MUST_CHECK;

#endif
