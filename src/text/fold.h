/* SPDX-License-Identifier: MIT */
/*
 * Folding of header fields (RFC 5322 section 2.2.3).
 *
 * Text goes in as words with the blanks before them; a line is broken in front
 * of blanks only and every blank stays, so that unfolding gives the text back
 * byte for byte.  No line consists of blanks only.
 */
#ifndef MITTO_FOLD_H
#define MITTO_FOLD_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define FOLD_LINE    78 /* RFC 5322 section 2.1.1 */
#define FOLD_ENCWORD 76 /* lines with encoded words, RFC 2047 section 2 */
#define FOLD_MAX     998

/* WSP of RFC 5322: what a line may be broken in front of. */
static inline bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

struct folder {
	struct buf *out;
	size_t limit;  /* wanted length of a line */
	size_t column; /* characters on the current line */
	bool first;    /* only the name of the field stands there */
	bool too_long; /* a line beyond FOLD_MAX could not be avoided */
};

/* Begin a field: appends "NAME:". */
void fold_begin(
    struct folder *f, struct buf *out, const char *name, size_t limit);

/* Append text, broken in front of its blanks where a line gets too long.  The
 * field's name is left alone on its line only where nothing else helps. */
void fold_add(struct folder *f, const char *text, size_t len);

/* The same, but begin a new line first if text then fits as a whole. */
void fold_add_unit(struct folder *f, const char *text, size_t len);

/* End the last line; false when a line is too long. */
bool fold_end(struct folder *f) __attribute__((warn_unused_result));

#endif
