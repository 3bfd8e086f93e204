/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 of bytes that come in pieces: OpenSSL's, wrapped.
 */
#ifndef MITTO_DIGEST_H
#define MITTO_DIGEST_H

#include "base/attr.h"

#include <stddef.h>

#define DIGEST_RAW 32 /* bytes */
#define DIGEST_HEX 65 /* 64 hexadecimal digits and a NUL */

struct digest;

/* Ends the process (71) if the library has no SHA-256. */
struct digest *digest_new(void) MUST_CHECK;

void digest_add(struct digest *d, const void *data, size_t len);

/* The digest of all that was added, in small letters; once. */
void digest_hex(struct digest *d, char out[DIGEST_HEX]);

/* The same, raw. */
void digest_raw(struct digest *d, unsigned char out[DIGEST_RAW]);

/* NULL is allowed. */
void digest_free(struct digest *d);

static inline void
digest_free_ptr(struct digest **d)
{
	digest_free(*d);
}
#define auto_digest CLEANUP(digest_free_ptr)

#endif
