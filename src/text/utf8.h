/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 by its bytes (RFC 3629), never by the locale.
 */
#ifndef MITTO_UTF8_H
#define MITTO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode one character at p (len > 0 bytes available).  Returns its length
 * 1..4 and stores the code point, or 0 when the bytes are not UTF-8 (overlong
 * forms, surrogates and code points above U+10FFFF are not).
 */
size_t utf8_decode(const char *p, size_t len, uint32_t *codepoint);

/* Are all len bytes UTF-8? */
bool utf8_valid(const char *p, size_t len);

/* Are all len bytes below 0x80? */
bool utf8_is_ascii(const char *p, size_t len);

/* Columns that a terminal uses for len bytes of UTF-8: 0 for combining marks,
 * 2 for East Asian wide, 1 for the rest and for each invalid byte. */
size_t utf8_width(const char *p, size_t len);

/* The largest n <= len at which p can be cut without splitting a character. */
size_t utf8_cut(const char *p, size_t len);

/* C0, DEL, C1, line and paragraph separators (U+2028, U+2029). */
bool utf8_is_control(uint32_t codepoint);

/* Characters that reorder text: U+061C, U+200E-F, U+202A-E, U+2066-9. */
bool utf8_is_bidi(uint32_t codepoint);

#endif
