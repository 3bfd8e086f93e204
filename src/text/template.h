/* SPDX-License-Identifier: MIT */
/*
 * Texts with places for the columns of a row:
 *
 *	{{name}}	its value; in HTML with the characters of markup escaped
 *	{{{name}}}	its value as it is
 *	{{name|text}}	`text` where the value is missing or empty
 *	\{{		two braces
 *
 * Blanks around a name do not count.  What is put in is never looked at again:
 * a value cannot be a template.
 */
#ifndef MITTO_TEMPLATE_H
#define MITTO_TEMPLATE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

struct template_piece {
	char *text;     /* as it is, or NULL for a column: */
	size_t len;     /* of text */
	char *name;     /* of the column */
	char *fallback; /* or NULL */
	bool raw;       /* {{{ */
};

/* Read-only once parsed; all zero is the empty text. */
struct template
{
	struct template_piece *pieces;
	size_t count;
};

/* What is put in for a name; NULL when the row has no such value. */
struct template_values {
	const char *(*find)(void *ctx, const char *name);
	void *ctx;
};

/* ERR_DATA "line N: ..." for braces that are not closed, or hold no name. */
int template_parse(struct template *t, const char *text, size_t len,
    struct error *err) MUST_CHECK;

void template_release(struct template *t);

/* Has it a place for a column at all? */
bool template_is_fixed(const struct template *t);

/* Append the text for a row; `html` as above.  ERR_DATA "no value for
 * 'name'". */
int template_expand(struct buf *out, const struct template *t, bool html,
    const struct template_values *values, struct error *err) MUST_CHECK;

#define auto_template CLEANUP(template_release)

#endif
