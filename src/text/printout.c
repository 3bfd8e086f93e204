/* SPDX-License-Identifier: MIT */
/*
 * One pass: the length of whatever stands at a position decides what becomes of
 * it.
 */
#include "text/printout.h"

#include "text/escape.h"
#include "text/utf8.h"

#define ESC '\033'
#define BEL '\a'

static bool
is_between(char c, char first, char last)
{
	return c >= first && c <= last;
}

/* ESC [ parameters intermediates final (ECMA-48 5.4). */
static size_t
control_sequence(const char *p, size_t len)
{
	size_t n = 2;

	while (n < len && is_between(p[n], 0x20, 0x3f))
		n++;
	return n < len && is_between(p[n], 0x40, 0x7e) ? n + 1 : 0;
}

/* ESC ] text, ended by BEL or ESC \: titles, links (ECMA-48 5.6). */
static size_t
control_string(const char *p, size_t len)
{
	for (size_t n = 2; n < len && p[n] != '\n'; n++) {
		if (p[n] == BEL)
			return n + 1;
		if (p[n] == ESC)
			return n + 1 < len && p[n + 1] == '\\' ? n + 2 : 0;
	}
	return 0;
}

/* The length of the escape sequence at p, 0 if there is none. */
static size_t
escape_sequence(const char *p, size_t len)
{
	size_t n = 1;

	if (len < 2 || p[0] != ESC)
		return 0;
	if (p[1] == '[')
		return control_sequence(p, len);
	if (p[1] == ']')
		return control_string(p, len);
	while (n < len && is_between(p[n], 0x20, 0x2f))
		n++;
	return n < len && is_between(p[n], 0x30, 0x7e) ? n + 1 : 0;
}

/* The length of a character that stays as it is, 0 for all others. */
static size_t
plain_character(const char *p, size_t len)
{
	uint32_t c;
	size_t n;

	if (*p == '\n' || *p == '\t')
		return 1;
	n = utf8_decode(p, len, &c);
	return n > 0 && !utf8_is_control(c) && !utf8_is_bidi(c) ? n : 0;
}

bool
printout_add(struct buf *out, const char *text, size_t len)
{
	bool whole = true;

	for (size_t i = 0, n; i < len; i += n) {
		const char *p = text + i;

		if ((n = plain_character(p, len - i)) > 0) {
			buf_add(out, p, n);
		} else if (*p == '\r') {
			n = 1;
			if (i + 1 == len || p[1] != '\n')
				buf_putc(out, '\n');
		} else if ((n = escape_sequence(p, len - i)) == 0) {
			uint32_t c;

			n = utf8_decode(p, len - i, &c);
			n = n > 0 ? n : 1;
			escape_print(out, p, n, 0);
			whole = false;
		}
	}
	return whole;
}
