/* SPDX-License-Identifier: MIT */
/*
 * Message identifiers (RFC 5322 section 3.6.4).
 */
#ifndef MITTO_MSGID_H
#define MITTO_MSGID_H

#include "base/buf.h"

#include <stdbool.h>

/* Append a fresh "<unique@domain>"; domain is ASCII.  Random, unless
 * SOURCE_DATE_EPOCH is set: then made from `seed` (any text) and the time. */
void msgid_make(struct buf *out, const char *domain, const char *seed);

/* Append the stable "<thread.HASH@domain>" of a thread key. */
void msgid_thread(struct buf *out, const char *domain, const char *key);

/* A boundary of 30 characters that no encoded line can contain ("=_" begins
 * no base64 line and no quoted-printable one); random or from seed as above. */
void msgid_boundary(struct buf *out, const char *seed);

/* Is text one msg-id, angle brackets included, obsolete forms tolerated? */
bool msgid_valid(const char *text, size_t len);

#endif
