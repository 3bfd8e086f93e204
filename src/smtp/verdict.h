/* SPDX-License-Identifier: MIT */
/*
 * From recorded replies to what became of a message (SPEC 4).
 */
#ifndef MITTO_VERDICT_H
#define MITTO_VERDICT_H

#include "smtp/session.h"

/*
 * Judge one transaction: the state of each of its recipients, o->reply,
 * o->stage, o->in_doubt.  `carried` is what the lane returned, and *err, if
 * that was -1, what it said; on return *err is what stopped the message as a
 * whole, ERR_NONE when nothing but single recipients were refused.
 */
void verdict_transaction(const struct smtp_session *s,
    const struct transaction *t, int carried, struct outcome *o,
    struct error *err);

/* Does a refusal, of one or of all, speak of too many recipients (x.5.3)? */
bool verdict_crowd(const struct reply *r);

/* Was this recipient put off only because the transaction had too many (452
 * 4.5.3 of RFC 5321, 552 of RFC 821, or plainer words)? */
bool verdict_too_many(const struct recipient *r);

/* The whole: o->error from *stopped and all recipients' states. */
void verdict_message(const struct smtp_session *s, const struct error *stopped,
    struct outcome *o);

#endif
