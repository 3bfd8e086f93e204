/* SPDX-License-Identifier: MIT */
/*
 * HTML for mail: a readable plain text of it, and the local pictures in it.
 *
 * A tolerant tokenizer, not a parser: it never fails, is linear in its input
 * and keeps no tree.
 */
#ifndef MITTO_HTML_H
#define MITTO_HTML_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Append the plain text of HTML (UTF-8), lines of at most `width` columns where
 * blanks allow: paragraphs, headings, lists, quotations, table rows; links as
 * numbered notes at the end; named and numeric entities; style, script, head
 * and comments left out; alt texts in square brackets.  Lines end in LF.
 */
void html_to_text(struct buf *out, const char *html, size_t len, size_t width);

/* One reference found in src= (img, and others) or background=. */
struct html_ref {
	size_t start; /* offset of the value in the HTML, without quotes */
	size_t end;
	char *value; /* entities undone; owned by the list */
};

struct html_refs {
	struct html_ref *items;
	size_t count;
};

/* Find every src and background attribute value, in order. */
void html_find_refs(struct html_refs *refs, const char *html, size_t len);
void html_refs_release(struct html_refs *refs);

#define auto_html_refs CLEANUP(html_refs_release)

/* Is the reference a file of this machine: relative or absolute path or
 * file://, not another scheme, not "//host", not "cid:", not "data:", not "#"?
 * If so *path is the file name, percent-decoded; owned by the caller. */
bool html_ref_is_local(const char *value, char **path);

/* The text of the first <title>, entities undone, or NULL; caller owns. */
char *html_title(const char *html, size_t len);

#endif
