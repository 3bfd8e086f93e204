/* SPDX-License-Identifier: MIT */
/*
 * Whole lines take the fast way, by vectors.  The rest goes group by group.
 */
#include "text/base64.h"

#include "text/base64_lines.h"

#include <stdbool.h>
#include <string.h>

#define COLUMNS (BASE64_LINE_OUT - 2)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz"
			       "0123456789+/";

static void
put_group(const unsigned char *in, char *out)
{
	out[0] = alphabet[in[0] >> 2];
	out[1] = alphabet[(in[0] & 0x03) << 4 | in[1] >> 4];
	out[2] = alphabet[(in[1] & 0x0f) << 2 | in[2] >> 6];
	out[3] = alphabet[in[2] & 0x3f];
}

/* The last group of one or two bytes, padded. */
static void
put_short_group(const unsigned char *in, size_t len, char *out)
{
	unsigned char padded[3] = { in[0], len > 1 ? in[1] : 0, 0 };

	put_group(padded, out);
	if (len == 1)
		out[2] = '=';
	out[3] = '=';
}

/* Encode the whole lines of what begins a line; how many. */
static size_t
put_lines(const unsigned char *in, size_t len, char *out)
{
	base64_lines *put = base64_lines_best();
	unsigned char last[BASE64_LINE_IN + BASE64_LINE_OVER] = { 0 };
	size_t count = len / BASE64_LINE_IN;
	size_t before = count - 1;

	if (count == 0)
		return 0;
	if (len % BASE64_LINE_IN >= BASE64_LINE_OVER) {
		put(in, count, out);
		return count;
	}
	/* Behind the last one is nothing that could be read over. */
	memcpy(last, in + before * BASE64_LINE_IN, BASE64_LINE_IN);
	put(in, before, out);
	put(last, 1, out + before * BASE64_LINE_OUT);
	return count;
}

/* Line end, if the line is full. */
static size_t
end_line(struct base64_encoder *e, char *out)
{
	if (e->column < COLUMNS)
		return 0;
	e->column = 0;
	out[0] = '\r';
	out[1] = '\n';
	return 2;
}

size_t
base64_encode(struct base64_encoder *e, const void *data, size_t len, char *out)
{
	const unsigned char *in = data;
	size_t n = 0;

	while (len > 0) {
		size_t lines = 0;

		if (e->held_count == 0 && e->column == 0)
			lines = put_lines(in, len, out + n);
		if (lines > 0) {
			in += lines * BASE64_LINE_IN;
			len -= lines * BASE64_LINE_IN;
			n += lines * BASE64_LINE_OUT;
			continue;
		}
		if (e->held_count == 0 && len >= 3) {
			put_group(in, out + n);
			in += 3;
			len -= 3;
		} else {
			e->held[e->held_count++] = *in++;
			len--;
			if (e->held_count < 3)
				continue;
			put_group(e->held, out + n);
			e->held_count = 0;
		}
		n += 4;
		e->column += 4;
		n += end_line(e, out + n);
	}
	return n;
}

size_t
base64_finish(struct base64_encoder *e, char *out)
{
	size_t n = 0;

	if (e->held_count > 0) {
		put_short_group(e->held, e->held_count, out);
		n = 4;
		e->held_count = 0;
		e->column += 4;
	}
	if (e->column > 0) {
		e->column = COLUMNS;
		n += end_line(e, out + n);
	}
	return n;
}

int64_t
base64_size(int64_t len)
{
	int64_t characters = (len + 2) / 3 * 4;

	return characters + (characters + COLUMNS - 1) / COLUMNS * 2;
}

size_t
base64_word(const void *data, size_t len, char *out)
{
	const unsigned char *in = data;
	size_t n = 0;

	for (; len >= 3; len -= 3, in += 3, n += 4)
		put_group(in, out + n);
	if (len > 0) {
		put_short_group(in, len, out + n);
		n += 4;
	}
	out[n] = '\0';
	return n;
}

size_t
base64_url(const void *in, size_t len, char *out)
{
	size_t size = base64_word(in, len, out);

	while (size > 0 && out[size - 1] == '=')
		out[--size] = '\0';
	for (size_t i = 0; i < size; i++) {
		if (out[i] == '+')
			out[i] = '-';
		else if (out[i] == '/')
			out[i] = '_';
	}
	return size;
}

/* The six bits of a character, -1 if it is none. */
static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t
base64_decode(const char *in, size_t len, void *data)
{
	unsigned char *out = data;
	size_t n = 0, digits = 0, padding = 0;
	uint32_t group = 0;

	for (size_t i = 0; i < len; i++) {
		int bits = digit(in[i]);

		if (is_blank(in[i]))
			continue;
		if (in[i] == '=' && digits % 4 >= 2 &&
		    digits % 4 + padding < 4) {
			padding++;
			continue;
		}
		if (bits < 0 || padding > 0)
			return SIZE_MAX;
		group = group << 6 | (uint32_t)bits;
		if (++digits % 4 == 0) {
			out[n++] = (unsigned char)(group >> 16);
			out[n++] = (unsigned char)(group >> 8);
			out[n++] = (unsigned char)group;
		}
	}
	if (digits % 4 == 1 || (padding > 0 && digits % 4 + padding != 4))
		return SIZE_MAX;
	if (digits % 4 == 2)
		group <<= 12;
	else if (digits % 4 == 3)
		group <<= 6;
	if (digits % 4 >= 2)
		out[n++] = (unsigned char)(group >> 16);
	if (digits % 4 == 3)
		out[n++] = (unsigned char)(group >> 8);
	return n;
}
