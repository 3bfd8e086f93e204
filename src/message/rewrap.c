/* SPDX-License-Identifier: MIT */
/*
 * Two small codecs for the filter; neither decodes.
 */
#include "message/rewrap.h"

#include "stream/filter.h"

#include <stdio.h>
#include <string.h>

#define LINE 76 /* RFC 2045 6.7 and 6.8 */

struct rewrap {
	size_t column;
};

/* A byte becomes at most "=XX", a line of 73 one soft break more. */
_Static_assert(
    FILTER_CHUNK * 3 + (FILTER_CHUNK * 3 / 72 + 2) * 3 <= FILTER_OUT, "chunk");

static size_t
put(char *out, const char *text)
{
	size_t len = strlen(text);

	memcpy(out, text, len);
	return len;
}

static bool
is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static size_t
base64_some(void *state, const void *data, size_t len, char *out)
{
	struct rewrap *r = state;
	const char *in = data;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_base64(in[i]))
			continue;
		if (r->column == LINE) {
			n += put(out + n, "\r\n");
			r->column = 0;
		}
		out[n++] = in[i];
		r->column++;
	}
	return n;
}

static size_t
base64_end(void *state, char *out)
{
	const struct rewrap *r = state;

	return r->column > 0 ? put(out, "\r\n") : 0;
}

/* Must c be encoded wherever it stands? */
static bool
is_unsafe(unsigned char c)
{
	return c >= 0x7f || (c < ' ' && c != '\t');
}

/* Input has CRLF line ends. */
static size_t
qp_some(void *state, const void *data, size_t len, char *out)
{
	static const char hex[] = "0123456789ABCDEF";
	struct rewrap *r = state;
	const unsigned char *in = data;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = in[i];

		if (c == '\r' || c == '\n') {
			out[n++] = (char)c;
			r->column = 0;
			continue;
		}
		/* Room for an escape that begins here, and for the "=" of the
		 * next soft break: no escape is torn. */
		if (r->column + (c == '=' || is_unsafe(c) ? 3 : 1) >= LINE) {
			n += put(out + n, "=\r\n");
			r->column = 0;
		}
		if (is_unsafe(c)) {
			out[n++] = '=';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
			r->column += 3;
		} else {
			out[n++] = (char)c;
			r->column++;
		}
	}
	return n;
}

static size_t
qp_end(void *state UNUSED, char *out UNUSED)
{
	return 0;
}

struct stream *
rewrap_base64(struct stream *inner, int64_t size)
{
	static const struct filter_codec codec = { base64_some, base64_end };

	return stream_filter(inner, &codec, size);
}

struct stream *
rewrap_qp(struct stream *inner, int64_t size)
{
	static const struct filter_codec codec = { qp_some, qp_end };

	return stream_filter(stream_crlf(inner, -1), &codec, size);
}
