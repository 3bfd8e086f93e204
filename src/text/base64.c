/* SPDX-License-Identifier: MIT */
/*
 * Whole lines take the fast way: twelve bytes become sixteen characters in one
 * vector, and no table is read.  The rest goes group by group.
 */
#include "text/base64.h"

#include "text/lanes.h"

#include <stdbool.h>

#define LINE_IN  57 /* bytes that fill a line */
#define LINE_OUT 76

typedef uint32_t lanes_groups __attribute__((vector_size(LANES)));

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

/* Three bytes in the order of the wire; reads one byte more. */
static inline uint32_t
load_group(const unsigned char *in)
{
	uint32_t group;

	memcpy(&group, in, sizeof(group));
	return be32toh(group) >> 8;
}

/* Twelve bytes to sixteen characters; reads one byte more. */
static inline void
put_vector(const unsigned char *in, char *out)
{
	lanes_groups g = { load_group(in), load_group(in + 3),
		load_group(in + 6), load_group(in + 9) };
	lanes v;
	lanes_unsigned c;

	/* Each lane gets its six bits, first character at the low address. */
#if BYTE_ORDER == LITTLE_ENDIAN
	g = (g >> 18) | (g >> 4 & 0x3f00) | (g << 10 & 0x3f0000) |
	    (g << 24 & 0x3f000000);
#else
	g = (g << 6 & 0x3f000000) | (g << 4 & 0x3f0000) | (g << 2 & 0x3f00) |
	    (g & 0x3f);
#endif
	v = (lanes)g;
	/* From range to range of the alphabet. */
	c = (lanes_unsigned)v + 'A';
	c += (lanes_unsigned)(v > 25) & ('a' - 'Z' - 1);
	c -= (lanes_unsigned)(v > 51) & ('z' - '0' + 1);
	c -= (lanes_unsigned)(v > 61) & ('9' - '+' + 1);
	c += (lanes_unsigned)(v > 62) & ('/' - '+' - 1);
	lanes_store(out, (lanes)c);
}

static inline void
put_line(const unsigned char *in, char *out)
{
	put_vector(in, out);
	put_vector(in + 12, out + 16);
	put_vector(in + 24, out + 32);
	put_vector(in + 36, out + 48);
	put_vector(in + 45, out + 60); /* overlaps, so that no rest is left */
	out[76] = '\r';
	out[77] = '\n';
}

/* Line end, if the line is full. */
static size_t
end_line(struct base64_encoder *e, char *out)
{
	if (e->column < LINE_OUT)
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
		/* The vectors read a byte beyond the line. */
		if (e->held_count == 0 && e->column == 0) {
			for (; len > LINE_IN; len -= LINE_IN) {
				put_line(in, out + n);
				in += LINE_IN;
				n += LINE_OUT + 2;
			}
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
		e->column = LINE_OUT;
		n += end_line(e, out + n);
	}
	return n;
}

int64_t
base64_size(int64_t len)
{
	int64_t characters = (len + 2) / 3 * 4;

	return characters + (characters + LINE_OUT - 1) / LINE_OUT * 2;
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
