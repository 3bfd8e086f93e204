/* SPDX-License-Identifier: MIT */
/*
 * Whole lines of base64, of which a large attachment consists: as fast as the
 * processor can.  Part of text/base64, and nobody else's business.
 */
#ifndef MITTO_BASE64_LINES_H
#define MITTO_BASE64_LINES_H

#include <stddef.h>

#define BASE64_LINE_IN   57 /* bytes that fill a line */
#define BASE64_LINE_OUT  78 /* its characters, CRLF included */
#define BASE64_LINE_OVER 4  /* bytes behind the last line that may be read */

/* Encode `count` times BASE64_LINE_IN bytes to BASE64_LINE_OUT each. */
typedef void base64_lines(const unsigned char *in, size_t count, char *out);

/* For every processor. */
base64_lines base64_lines_common;

/* The fastest for the one that we run on. */
base64_lines *base64_lines_best(void);

#endif
