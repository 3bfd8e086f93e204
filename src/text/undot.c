/* SPDX-License-Identifier: MIT */
/*
 * A machine of five states; within a line whole stretches are copied.
 */
#include "text/undot.h"

#include <string.h>

enum {
	AT_START, /* of a line */
	AT_DOT,   /* behind a dot that begins a line */
	AT_DOT_CR,
	INSIDE,
	INSIDE_CR, /* behind a CR */
};

/* The state behind a stretch that ends the line or the block. */
static int
state_behind(const struct undot *u, const char *text, size_t len)
{
	bool cr = len > 1 ? text[len - 2] == '\r' : u->state == INSIDE_CR;

	if (text[len - 1] == '\r')
		return INSIDE_CR;
	if (text[len - 1] != '\n' || (u->crlf && !cr))
		return INSIDE;
	return AT_START;
}

/* The bytes up to the next LF, that included, or all. */
static size_t
line_length(const char *in, size_t len)
{
	const char *lf = memchr(in, '\n', len);

	return lf != NULL ? (size_t)(lf - in) + 1 : len;
}

/* One byte behind the dot of a line; true if it was taken. */
static bool
behind_dot(struct undot *u, char c, char **out)
{
	if (u->state == AT_DOT && c == '\r') {
		u->state = AT_DOT_CR;
		return true;
	}
	if (c == '\n' && (u->state == AT_DOT_CR || !u->crlf)) {
		u->ended = true;
		return true;
	}
	if (!u->unstuff)
		*(*out)++ = '.';
	if (u->state == AT_DOT_CR)
		*(*out)++ = '\r';
	u->state = u->state == AT_DOT_CR ? INSIDE_CR : INSIDE;
	return false;
}

size_t
undot(struct undot *u, const char *in, size_t len, char *out, size_t *out_len)
{
	char *to = out;
	size_t at = 0;

	while (at < len && !u->ended) {
		size_t n;

		if (u->state == AT_START && in[at] == '.') {
			u->state = AT_DOT;
			at++;
			continue;
		}
		if ((u->state == AT_DOT || u->state == AT_DOT_CR) &&
		    behind_dot(u, in[at], &to)) {
			at++;
			continue;
		}
		n = line_length(in + at, len - at);
		memcpy(to, in + at, n);
		u->state = state_behind(u, in + at, n);
		to += n;
		at += n;
	}
	*out_len = (size_t)(to - out);
	return at;
}
