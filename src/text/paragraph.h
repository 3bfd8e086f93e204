/* SPDX-License-Identifier: MIT */
/*
 * Words laid out in lines of a terminal.
 */
#ifndef MITTO_PARAGRAPH_H
#define MITTO_PARAGRAPH_H

#include "base/buf.h"

#define PARAGRAPH_WIDTH 79 /* columns */

/* Append the words of `text`, separated by single blanks, in lines of at most
 * PARAGRAPH_WIDTH columns that begin with `indent` blanks.  Where `out` does
 * not end a line, the first word goes on at that column instead, which must not
 * be beyond the indent. */
void paragraph_put(struct buf *out, const char *text, size_t indent);

#endif
