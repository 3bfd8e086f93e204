/* SPDX-License-Identifier: MIT */
/*
 * What a sender may ask of delivery reports, in the words of RFC 3461.
 *
 * What is asked for one recipient is a text, its parameters: "NOTIFY=NEVER",
 * "ORCPT=rfc822;bob@example.org", or both in this order with a blank between
 * them; printable ASCII, ready to stand in a RCPT.
 */
#ifndef MITTO_DSN_H
#define MITTO_DSN_H

#include "base/buf.h"

#include <stdbool.h>

#define DSN_ORCPT_MAX 500 /* bytes of the value of ORCPT (RFC 3461 4.2) */

/* "never", or some of success, delay and failure, each once, with commas
 * between; in any letter case (4.1). */
bool dsn_notify_valid(const char *words);

/* Append "NOTIFY=" and valid words, in capitals. */
void dsn_add_notify(struct buf *out, const char *words);

/* Append text as xtext (4): what is not printable ASCII, "+" and "=" become
 * "+XX". */
void dsn_add_xtext(struct buf *out, const char *text);

/*
 * Append "ORCPT=" and a value that came from a client (4.2): TYPE ";" xtext.
 * Characters that are not ASCII, for which SMTPUTF8 makes room, become
 * "\x{HEX}" (RFC 6533 3).  False, with nothing appended, if it is none.
 */
bool dsn_add_orcpt(struct buf *out, const char *value);

/* Are these the parameters of a recipient, in the form above? */
bool dsn_parameters_valid(const char *parameters);

/* Do valid words, up to a blank or the end, hold this one ("failure")? */
bool dsn_wants(const char *words, const char *word);

/* The words of NOTIFY among a recipient's parameters, up to a blank or the
 * end; NULL if there are none or `parameters` is NULL. */
const char *dsn_notify_of(const char *parameters);

/* The value of ORCPT, up to the end; NULL likewise. */
const char *dsn_orcpt_of(const char *parameters);

#endif
