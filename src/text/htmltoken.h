/* SPDX-License-Identifier: MIT */
/*
 * HTML cut into tags and text, for html.c and htmltext.c.
 *
 * Tolerant as browsers are: what does not look like a tag is text, quotes in a
 * tag count only behind '=', comments and declarations vanish.  The time is
 * linear in the input, whatever it is.
 */
#ifndef MITTO_HTMLTOKEN_H
#define MITTO_HTMLTOKEN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum html_kind {
	HTML_TEXT,  /* entities still in it */
	HTML_RAW,   /* all inside a script, style, title ... */
	HTML_OPEN,  /* start tag */
	HTML_CLOSE, /* end tag */
};

struct html_token {
	enum html_kind kind;
	char name[16];    /* of the tag or raw element, lower case, cut */
	const char *text; /* the text, or the attributes of a start tag */
	size_t len;
};

struct html_lexer {
	const char *p;
	const char *end;
	const char *raw;   /* name of the raw element just opened, or NULL */
	unsigned unclosed; /* raw elements without an end tag, a bit each */
	bool sloppy;       /* quotes do not pair: '>' ends any tag */
	bool no_comment_end;
	bool no_tag_end;
	bool no_element_end;
};

void html_lexer_init(struct html_lexer *l, const char *html, size_t len);

/* The next token; false at the end. */
bool html_next(struct html_lexer *l, struct html_token *t);

/* Skip to behind the end tag of the element `name` just opened; false, and
 * nothing skipped, when it has none or an earlier one had none. */
bool html_skip_element(struct html_lexer *l, const char *name);

/* One attribute; both pointers are into the HTML. */
struct html_attr {
	const char *name;
	size_t name_len;
	const char *value; /* without quotes */
	size_t value_len;
};

/* The next attribute in *p..end, which begins as the text of a start tag. */
bool html_next_attr(const char **p, const char *end, struct html_attr *a);

bool html_attr_is(const struct html_attr *a, const char *name);

/* Append the value of a start tag's attribute, entities undone; false when it
 * has none of that name. */
bool html_attr_value(
    const struct html_token *t, const char *name, struct buf *out);

/* A character reference at p (which is '&'): its length and the code point, 0
 * when it is none.  In attributes it needs its semicolon. */
size_t html_entity(
    const char *p, size_t len, bool attribute, uint32_t *codepoint);

/* Append text with its character references undone. */
void html_decode(struct buf *out, const char *text, size_t len, bool attribute);

void html_put_utf8(struct buf *out, uint32_t codepoint);

/* HTML's white space: blank, TAB, LF, FF, CR. */
bool html_is_space(char c);

#endif
