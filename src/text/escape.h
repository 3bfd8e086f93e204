/* SPDX-License-Identifier: MIT */
/*
 * Untrusted text made fit for a terminal, a log or a JSON string.
 *
 * Server replies and file names may hold anything; everything that mitto
 * prints of them passes one of these, and nothing else needs to care.
 */
#ifndef MITTO_ESCAPE_H
#define MITTO_ESCAPE_H

#include "base/buf.h"

/*
 * Append len bytes of text, at most limit columns (0 = no limit; an ellipsis
 * "..." marks a cut).  Control and bidi characters and bytes that are not
 * UTF-8 become \r \n \t \e \xHH or \u{HHHH}; a backslash stays as it is.
 */
void escape_print(struct buf *out, const char *text, size_t len, size_t limit);

/* Append a JSON string with its quotes (RFC 8259); invalid bytes become
 * U+FFFD. */
void escape_json(struct buf *out, const char *text, size_t len);

#endif
