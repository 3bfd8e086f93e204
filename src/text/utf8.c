/* SPDX-License-Identifier: MIT */
/*
 * The one UTF-8 decoder; the rest are questions asked of it.
 */
#include "text/utf8.h"

#include "text/lanes.h"

/* Length of the sequence that a lead byte announces, 0 if it is no lead byte.
 */
static size_t
announced(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2) /* continuation, or an overlong form */
		return 0;
	if (lead < 0xe0)
		return 2;
	if (lead < 0xf0)
		return 3;
	return lead < 0xf5 ? 4 : 0;
}

size_t
utf8_decode(const char *p, size_t len, uint32_t *codepoint)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = announced((unsigned char)p[0]);
	uint32_t c = (unsigned char)p[0];

	if (n == 0 || n > len)
		return 0;
	if (n > 1)
		c &= 0x7fU >> n;
	for (size_t i = 1; i < n; i++) {
		unsigned char next = (unsigned char)p[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (next & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*codepoint = c;
	return n;
}

/* How many bytes at p are ASCII, in whole blocks as far as they go. */
static size_t
ascii_run(const char *p, size_t len)
{
	size_t n = 0;

	while (len - n >= LANES) {
		size_t first = lanes_first(lanes_load(p + n) < 0);

		n += first;
		if (first < LANES)
			return n;
	}
	while (n < len && (unsigned char)p[n] < 0x80)
		n++;
	return n;
}

bool
utf8_valid(const char *p, size_t len)
{
	uint32_t c;

	while (len > 0) {
		size_t n = (unsigned char)*p < 0x80 ? ascii_run(p, len)
						    : utf8_decode(p, len, &c);

		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

bool
utf8_is_ascii(const char *p, size_t len)
{
	return ascii_run(p, len) == len;
}

size_t
utf8_cut(const char *p, size_t len)
{
	/* Back over continuation bytes to the last lead byte: is its character
	 * complete? */
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)p[len - back];

		if ((c & 0xc0) != 0x80)
			return announced(c) > back ? len - back : len;
	}
	return len;
}

bool
utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
	    c == 0x2029;
}

bool
utf8_is_bidi(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}
