/* SPDX-License-Identifier: MIT */
/*
 * What an address list is made of, below its grammar; and the errors, which all
 * show the place.
 */
#include "text/addrlex.h"

#include "text/escape.h"
#include "text/fold.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_COMMENT_DEPTH 50

/* --- errors with a place ------------------------------------------------- */

/* Length of the character at p; a byte that is not UTF-8 counts as one. */
static size_t
char_len(const char *p, size_t len)
{
	uint32_t codepoint;
	size_t n = utf8_decode(p, len, &codepoint);

	return n > 0 ? n : 1;
}

static size_t
count_chars(const char *p, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i += char_len(p + i, len - i))
		count++;
	return count;
}

/* The start of the excerpt: up to 40 characters before `at`. */
static size_t
excerpt_start(const char *text, size_t at)
{
	size_t start = at;

	for (int i = 0; i < 40 && start > 0 && at - start < 116; i++) {
		start--;
		while (start > 0 && ((unsigned char)text[start] & 0xc0) == 0x80)
			start--;
	}
	return start;
}

/* Show the text around `at`; returns the columns that stand before it. */
static size_t
excerpt(const struct addr_parser *p, size_t at, struct buf *out)
{
	size_t start = excerpt_start(p->text, at);
	size_t end = at;
	size_t caret;

	for (int i = 0; i < 20 && end < p->len; i++)
		end += char_len(p->text + end, p->len - end);
	if (start > 0)
		buf_puts(out, "...");
	escape_print(out, p->text + start, at - start, 0);
	caret = utf8_width(out->data, out->len);
	escape_print(out, p->text + at, end - at, 0);
	if (end < p->len)
		buf_puts(out, "...");
	return caret;
}

int
addr_fail(const struct addr_parser *p, size_t at, const char *fmt, ...)
{
	struct buf shown auto_buf = buf_make(1024);
	size_t caret = excerpt(p, at, &shown);
	char reason[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	(void)error_set(p->err, ERR_DATA, "bad address '%s': %s at column %zu",
	    shown.data, reason, count_chars(p->text, at) + 1);
	return error_hint(p->err, "%s\n%*s^", shown.data, (int)caret, "");
}

int
addr_unexpected(const struct addr_parser *p, size_t at)
{
	return addr_fail(p, at, "unexpected '%.*s'",
	    (int)char_len(p->text + at, p->len - at), p->text + at);
}

/* --- lexical tokens ------------------------------------------------------ */

int
addr_check_characters(const struct addr_parser *p)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < p->len; i += n) {
		n = utf8_decode(p->text + i, p->len - i, &c);
		if (n == 0)
			return addr_fail(p, i, "a byte that is not UTF-8");
		if (c != '\t' && utf8_is_control(c))
			return addr_fail(p, i, "a control character");
	}
	return 0;
}

bool
addr_is_invisible(uint32_t c)
{
	return utf8_is_bidi(c) || c == 0xa0 || c == 0xad || c == 0x3000 ||
	    c == 0xfeff || (c >= 0x2000 && c <= 0x200f) ||
	    (c >= 0x202f && c <= 0x206f);
}

/* *pos stands at '('; move it behind the matching ')'. */
static int MUST_CHECK
skip_comment(const struct addr_parser *p, size_t *pos)
{
	int depth = 0;
	size_t i = *pos;

	for (; i < p->len; i++) {
		if (p->text[i] == '(' && ++depth > MAX_COMMENT_DEPTH)
			return addr_fail(p, i, "comments nested too deeply");
		if (p->text[i] == ')' && --depth == 0)
			break;
		if (p->text[i] == '\\')
			i++;
	}
	if (i >= p->len)
		return addr_fail(p, *pos, "'(' without ')'");
	*pos = i + 1;
	return 0;
}

int
addr_skip_quoted(const struct addr_parser *p, size_t *pos)
{
	size_t i = *pos + 1;

	for (; i < p->len && p->text[i] != '"'; i++)
		if (p->text[i] == '\\')
			i++;
	if (i >= p->len)
		return addr_fail(p, *pos, "quote without an end");
	*pos = i + 1;
	return 0;
}

int
addr_skip_literal(const struct addr_parser *p, size_t *pos)
{
	const char *end = memchr(p->text + *pos, ']', p->len - *pos);

	if (end == NULL)
		return addr_fail(p, *pos, "'[' without ']'");
	*pos = (size_t)(end - p->text) + 1;
	return 0;
}

void
addr_unescape(
    struct buf *out, const struct addr_parser *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (p->text[i] == '\\' && i + 1 < to)
			i++;
		buf_putc(out, p->text[i]);
	}
}

/* Keep the comment in text[from..to), parentheses included, without them. */
static void
keep_comment(
    struct buf *comment, const struct addr_parser *p, size_t from, size_t to)
{
	do
		from++;
	while (is_wsp(p->text[from]));
	addr_unescape(comment, p, from, to - 1);
	while (comment->len > 0 && is_wsp(comment->data[comment->len - 1]))
		buf_truncate(comment, comment->len - 1);
}

int
addr_skip_cfws(
    const struct addr_parser *p, size_t *pos, size_t to, struct buf *comment)
{
	while (*pos < to) {
		size_t start = *pos;

		if (is_wsp(p->text[start])) {
			++*pos;
		} else if (p->text[start] == '(') {
			if (skip_comment(p, pos) < 0)
				return -1;
			if (comment != NULL && comment->len == 0)
				keep_comment(comment, p, start, *pos);
		} else {
			break;
		}
	}
	return 0;
}

int
addr_find_stop(const struct addr_parser *p, const char *stops, size_t *at)
{
	size_t i = p->pos;

	while (i < p->len && strchr(stops, p->text[i]) == NULL) {
		int result = 0;

		if (p->text[i] == '(')
			result = skip_comment(p, &i);
		else if (p->text[i] == '"')
			result = addr_skip_quoted(p, &i);
		else if (p->text[i] == '[')
			result = addr_skip_literal(p, &i);
		else
			i++;
		if (result < 0)
			return -1;
	}
	*at = i;
	return 0;
}
