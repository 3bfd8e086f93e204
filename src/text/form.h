/* SPDX-License-Identifier: MIT */
/*
 * Names and values as web forms and the query of a URL carry them
 * (application/x-www-form-urlencoded, as in RFC 6749 appendix B).
 */
#ifndef MITTO_FORM_H
#define MITTO_FORM_H

#include "base/buf.h"

/* Append "name=value", percent-encoded, and before it an '&' unless the buffer
 * is empty or ends in '?' or '&'.  A NULL value adds nothing. */
void form_add(struct buf *out, const char *name, const char *value);

/*
 * The decoded value of the first field `name` in the len bytes of a form, or
 * NULL if there is none.  A value that holds a NUL or a bad escape counts as
 * none.  Owned by the caller.
 */
char *form_find(const char *form, size_t len, const char *name) MUST_CHECK;

#endif
