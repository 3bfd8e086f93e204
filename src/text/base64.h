/* SPDX-License-Identifier: MIT */
/*
 * Base64 (RFC 2045 section 6.8, RFC 4648): in lines for bodies, in one word for
 * encoded words and SASL.
 */
#ifndef MITTO_BASE64_H
#define MITTO_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Encodes into lines of 76 characters ended by CRLF. */
struct base64_encoder {
	unsigned char held[3]; /* input bytes that wait for their group */
	unsigned held_count;
	unsigned column; /* characters written on the current line, 0..72 */
};

#define BASE64_BOUND(n) (((n) / 3 + 2) * 4 + ((n) / 57 + 2) * 2)

/* Encode len bytes into out (BASE64_BOUND(len) bytes); the number written. */
size_t base64_encode(
    struct base64_encoder *e, const void *in, size_t len, char *out);

/* Write what is held, the padding and the last CRLF (at most 6 bytes). */
size_t base64_finish(struct base64_encoder *e, char *out);

/* Exact length of len bytes encoded with line ends; 0 for 0. */
int64_t base64_size(int64_t len);

/* One unbroken word of base64, NUL-terminated; out has 4*((len+2)/3)+1 bytes.
 * The length without the NUL. */
size_t base64_word(const void *in, size_t len, char *out);

/* The same in the alphabet of URLs, without padding (RFC 4648 section 5). */
size_t base64_url(const void *in, size_t len, char *out);

/* Decode a word, blanks and line ends ignored; out has len/4*3+3 bytes.  The
 * number of bytes, or SIZE_MAX if it is not base64.  Padding may be left out;
 * nothing may follow it. */
size_t base64_decode(const char *in, size_t len, void *out);

#endif
