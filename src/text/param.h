/* SPDX-License-Identifier: MIT */
/*
 * Parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231).
 */
#ifndef MITTO_PARAM_H
#define MITTO_PARAM_H

#include "base/buf.h"

#include <stdbool.h>

/*
 * Append "; NAME=value" folded so that no line passes 78 columns; *column is
 * the current column and is kept up to date.  ASCII values go out as token or
 * quoted-string, unless they hold quotes or backslashes or look like encoded
 * words; these and others as RFC 2231 extended value; both in numbered sections
 * when long.  Value is valid UTF-8 without control characters (checked before).
 */
void param_add(
    struct buf *out, size_t *column, const char *name, const char *value);

/* The same with the value as RFC 2047 words inside a quoted-string: what
 * Outlook reads in Content-Type's name=.  ASCII values as param_add. */
void param_add_encword(
    struct buf *out, size_t *column, const char *name, const char *value);

/* RFC 2045 token: one or more characters without blanks and tspecials. */
bool param_is_token(const char *text, size_t len);

/* "type/subtype", both tokens, without parameters. */
bool param_is_media_type(const char *text);

/*
 * Find parameter `name` (ASCII case ignored) in the value of a Content-Type or
 * Content-Disposition field, comments and quoting undone; RFC 2231 values are
 * joined, percent-decoded and preferred to a plain one; their charset is not
 * told.  Appends bytes to out, whatever they are; false when it is not there.
 */
bool param_find(const char *field, const char *name, struct buf *out);

#endif
