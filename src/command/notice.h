/* SPDX-License-Identifier: MIT */
/*
 * Telling somebody that a queued message was given up, or is late (RFC 3464).
 */
#ifndef MITTO_NOTICE_H
#define MITTO_NOTICE_H

#include "settings/settings.h"
#include "spool/spool.h"

enum notice_kind {
	NOTICE_FAILED,  /* it is in failed/ already */
	NOTICE_DELAYED, /* it is tried again */
};

/*
 * Put a notice about `it` into the queue: to the sender, or as settings->notice
 * says; it goes by the same account, with the null sender.  None is made about
 * a message with the null sender, nor where the sender has asked for none of
 * this kind (RFC 3461 4.1), nor of delays without settings->delay_notice.
 */
int notice_send(struct spool *s, const struct item *it, enum notice_kind kind,
    const struct settings *settings, struct error *err) MUST_CHECK;

#endif
