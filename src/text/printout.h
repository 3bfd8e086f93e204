/* SPDX-License-Identifier: MIT */
/*
 * What a program prints, made a text that people can read in a mail.
 */
#ifndef MITTO_PRINTOUT_H
#define MITTO_PRINTOUT_H

#include "base/buf.h"

#include <stdbool.h>

/*
 * Append len bytes of output.  Escape sequences of terminals (ECMA-48: colours,
 * cursor, titles) are dropped, CR LF and a lone CR become LF; tabs and all
 * other UTF-8 text stay.  Other control and bidi characters and bytes that are
 * not UTF-8 are spelled out as escape_print() does; then the result is false:
 * the text alone does not tell what was printed.
 */
bool printout_add(struct buf *out, const char *text, size_t len);

#endif
