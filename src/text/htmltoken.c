/* SPDX-License-Identifier: MIT */
/*
 * The tokenizer.  Every search that can fail is remembered when it has failed,
 * so that hostile input does not make it search again.
 */
#include "text/htmltoken.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Elements whose content is no markup; the index is the bit in `unclosed`. */
static const char *const raw_elements[] = { "script", "style", "title",
	"textarea", "iframe", "noframes", "noembed", "xmp" };

void
html_lexer_init(struct html_lexer *l, const char *html, size_t len)
{
	*l = (struct html_lexer){ .p = html, .end = html + len };
}

bool
html_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static size_t
left(const struct html_lexer *l)
{
	return (size_t)(l->end - l->p);
}

/* The '>' that ends the tag whose attributes begin at p, or NULL. */
static const char *
find_tag_end(const struct html_lexer *l, const char *p)
{
	bool value = false;

	if (l->sloppy)
		return memchr(p, '>', (size_t)(l->end - p));
	for (; p < l->end && *p != '>'; p++) {
		if (value && (*p == '"' || *p == '\'')) {
			p = memchr(p + 1, *p, (size_t)(l->end - p - 1));
			if (p == NULL)
				return NULL;
			value = false;
		} else if (*p == '=') {
			value = true;
		} else if (!html_is_space(*p)) {
			value = false;
		}
	}
	return p < l->end ? p : NULL;
}

static bool
same_name(const char *p, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(p, name, len) == 0;
}

/* "</name" from p on, ended by what ends a tag name; NULL if there is none. */
static const char *
find_close(const char *p, const char *end, const char *name)
{
	size_t len = strlen(name);

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) >= len + 2 && p[1] == '/' &&
		    strncasecmp(p + 2, name, len) == 0 &&
		    (p + len + 2 == end || !isalnum((unsigned char)p[len + 2])))
			return p;
		p++;
	}
	return NULL;
}

/* The content of the raw element that was just opened. */
static bool
take_raw(struct html_lexer *l, struct html_token *t)
{
	const char *name = l->raw;
	const char *close;
	unsigned bit = 0;

	l->raw = NULL;
	while (raw_elements[bit] != name)
		bit++;
	if (l->unclosed & 1U << bit)
		return false;
	close = find_close(l->p, l->end, name);
	if (close == NULL) {
		l->unclosed |= 1U << bit;
		return false;
	}
	t->kind = HTML_RAW;
	(void)snprintf(t->name, sizeof(t->name), "%s", name);
	t->text = l->p;
	t->len = (size_t)(close - l->p);
	l->p = close;
	return true;
}

/* Skip a comment or declaration at l->p; false when it is none. */
static bool
skip_declaration(struct html_lexer *l)
{
	const char *end = NULL;

	if (left(l) < 2 || (l->p[1] != '!' && l->p[1] != '?'))
		return false;
	if (left(l) >= 4 && memcmp(l->p, "<!--", 4) == 0 &&
	    !l->no_comment_end) {
		end = memmem(l->p + 2, left(l) - 2, "-->", 3);
		l->no_comment_end = end == NULL;
		if (end != NULL)
			end += 2;
	}
	if (end == NULL && !l->no_tag_end)
		end = memchr(l->p, '>', left(l));
	if (end == NULL) {
		l->no_tag_end = true;
		return false;
	}
	l->p = end + 1;
	return true;
}

/* Take the tag at l->p; false when it is none. */
static bool
take_tag(struct html_lexer *l, struct html_token *t)
{
	const char *name = l->p + 1;
	const char *p, *end;
	size_t n = 0;
	bool close = name < l->end && *name == '/';

	name += close;
	if (name >= l->end || !isalpha((unsigned char)*name) || l->no_tag_end)
		return false;
	for (p = name;
	     p < l->end && !html_is_space(*p) && *p != '>' && *p != '/'; p++)
		if (n < sizeof(t->name) - 1)
			t->name[n++] = (char)tolower((unsigned char)*p);
	t->name[n] = '\0';
	end = find_tag_end(l, p);
	if (end == NULL && !l->sloppy) {
		l->sloppy = true;
		end = find_tag_end(l, p);
	}
	if (end == NULL) {
		l->no_tag_end = true;
		return false;
	}
	t->kind = close ? HTML_CLOSE : HTML_OPEN;
	t->text = p;
	t->len = (size_t)(end - p);
	l->p = end + 1;
	for (size_t i = 0; i < ARRAY_SIZE(raw_elements) && !close; i++)
		if (strcmp(t->name, raw_elements[i]) == 0)
			l->raw = raw_elements[i];
	return true;
}

bool
html_next(struct html_lexer *l, struct html_token *t)
{
	const char *lt;

	if (l->raw != NULL && take_raw(l, t))
		return true;
	while (l->p < l->end && *l->p == '<') {
		if (take_tag(l, t))
			return true;
		if (!skip_declaration(l))
			break;
	}
	if (l->p == l->end)
		return false;
	/* A '<' that begins no tag is text up to the next one. */
	lt = memchr(l->p + 1, '<', left(l) - 1);
	t->kind = HTML_TEXT;
	t->name[0] = '\0';
	t->text = l->p;
	t->len = lt != NULL ? (size_t)(lt - l->p) : left(l);
	l->p += t->len;
	return true;
}

bool
html_skip_element(struct html_lexer *l, const char *name)
{
	struct html_lexer ahead = *l;
	struct html_token t;
	size_t depth = 1;

	if (l->no_element_end)
		return false;
	while (depth > 0 && html_next(&ahead, &t)) {
		if (strcmp(t.name, name) != 0)
			continue;
		if (t.kind == HTML_OPEN)
			depth++;
		else if (t.kind == HTML_CLOSE)
			depth--;
	}
	if (depth == 0)
		*l = ahead;
	else
		l->no_element_end = true;
	return depth == 0;
}

/* --- attributes ---------------------------------------------------------- */

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && html_is_space(*p))
		p++;
	return p;
}

/* Take the value at p, behind the '='; returns where it ends. */
static const char *
take_value(const char *p, const char *end, struct html_attr *a)
{
	const char *close;

	p = skip_space(p, end);
	a->value = p;
	if (p < end && (*p == '"' || *p == '\'')) {
		a->value = p + 1;
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		p = close != NULL ? close + 1 : end;
		a->value_len =
		    (size_t)((close != NULL ? close : end) - a->value);
		return p;
	}
	while (p < end && !html_is_space(*p))
		p++;
	a->value_len = (size_t)(p - a->value);
	return p;
}

bool
html_next_attr(const char **p, const char *end, struct html_attr *a)
{
	const char *next;

	while (*p < end && (html_is_space(**p) || **p == '/'))
		++*p;
	if (*p == end)
		return false;
	a->name = *p;
	do
		++*p;
	while (*p < end && !html_is_space(**p) && **p != '=' && **p != '/');
	a->name_len = (size_t)(*p - a->name);
	a->value = *p;
	a->value_len = 0;
	next = skip_space(*p, end);
	if (next < end && *next == '=')
		*p = take_value(next + 1, end, a);
	return true;
}

bool
html_attr_is(const struct html_attr *a, const char *name)
{
	return same_name(a->name, a->name_len, name);
}

bool
html_attr_value(const struct html_token *t, const char *name, struct buf *out)
{
	const char *p = t->text;
	struct html_attr a;

	while (html_next_attr(&p, t->text + t->len, &a)) {
		if (!html_attr_is(&a, name))
			continue;
		html_decode(out, a.value, a.value_len, true);
		return true;
	}
	return false;
}
