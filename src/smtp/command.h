/* SPDX-License-Identifier: MIT */
/*
 * The commands of an envelope in the words of the wire, with the parameters
 * that the server has said it understands.
 */
#ifndef MITTO_SMTP_COMMAND_H
#define MITTO_SMTP_COMMAND_H

#include "smtp/capability.h"
#include "smtp/lane.h"

#include "base/buf.h"

/* Is anything asked of delivery reports, for all recipients or for one? */
bool command_wants_dsn(const struct transaction *t);

/* Append "MAIL FROM:<...> SIZE=... BODY=8BITMIME SMTPUTF8 RET=... ENVID=...".
 */
void command_mail(struct buf *out, const struct transaction *t,
    const struct capabilities *offers);

/* Append "RCPT TO:<...> NOTIFY=... ORCPT=..." for t->recipients[i]. */
void command_rcpt(struct buf *out, const struct transaction *t, size_t i,
    const struct capabilities *offers);

#endif
