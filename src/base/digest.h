/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 of bytes that come in pieces, as hexadecimal digits.
 */
#ifndef MITTO_DIGEST_H
#define MITTO_DIGEST_H

#include "base/attr.h"
#include "base/error.h"

#include <stddef.h>

#define DIGEST_HEX 64 /* digits, without the NUL */

struct digest {
	void *state;
};

/* ERR_OS when the library has no SHA-256 (some FIPS set-ups). */
int digest_init(struct digest *d, struct error *err) MUST_CHECK;

void digest_add(struct digest *d, const void *data, size_t len);

/* The text with its NUL, so that "ab", "c" and "a", "bc" differ. */
void digest_add_text(struct digest *d, const char *text);

/* The digits and a NUL; releases d. */
void digest_finish(struct digest *d, char hex[DIGEST_HEX + 1]);

void digest_release(struct digest *d);

#define auto_digest CLEANUP(digest_release)

#endif
