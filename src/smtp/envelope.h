/* SPDX-License-Identifier: MIT */
/*
 * The gate for envelope addresses: what passes cannot end a command line or
 * leave its angle brackets (RFC 5321 4.1.2).
 */
#ifndef MITTO_ENVELOPE_H
#define MITTO_ENVELOPE_H

#include "smtp/outcome.h"

/* ERR_DATA for an address with a control character anywhere, or a space or
 * angle bracket outside a quoted string; for an empty or missing recipient; for
 * parameters that are none. */
int envelope_check(const struct envelope *e, struct error *err) MUST_CHECK;

/* The first address that is not ASCII, "" if only the header holds one, or
 * NULL. */
const char *envelope_utf8(const struct envelope *e);

#endif
