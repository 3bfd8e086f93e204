/* SPDX-License-Identifier: MIT */
/*
 * Base64, quoted-printable, line ends and the scan: known answers, then the
 * same bytes for every split, and back again.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/buf.h"
#include "base/mem.h"
#include "text/base64_lines.h"
#include "text/codec.h"
#include "text/hex.h"

#define X10 "xxxxxxxxxx"
#define X70 X10 X10 X10 X10 X10 X10 X10

/* --- one shape for the three encoders --------------------------------------
 */

struct encoder {
	struct base64_encoder base64;
	struct qp_encoder qp;
	struct crlf_encoder crlf;
};

struct codec {
	const char *name;
	size_t (*encode)(
	    struct encoder *e, const void *in, size_t len, char *out);
	size_t (*finish)(struct encoder *e, char *out);
	size_t (*bound)(size_t len);
	size_t finish_bound;
};

static size_t
encode_base64(struct encoder *e, const void *in, size_t len, char *out)
{
	return base64_encode(&e->base64, in, len, out);
}

static size_t
finish_base64(struct encoder *e, char *out)
{
	return base64_finish(&e->base64, out);
}

static size_t
bound_base64(size_t len)
{
	return BASE64_BOUND(len);
}

static size_t
encode_qp(struct encoder *e, const void *in, size_t len, char *out)
{
	return qp_encode(&e->qp, in, len, out);
}

static size_t
finish_qp(struct encoder *e, char *out)
{
	return qp_finish(&e->qp, out);
}

static size_t
bound_qp(size_t len)
{
	return QP_BOUND(len);
}

static size_t
encode_crlf(struct encoder *e, const void *in, size_t len, char *out)
{
	return crlf_encode(&e->crlf, in, len, out);
}

static size_t
finish_crlf(struct encoder *e, char *out)
{
	return crlf_finish(&e->crlf, out);
}

static size_t
bound_crlf(size_t len)
{
	return CRLF_BOUND(len);
}

static const struct codec base64 = { "base64", encode_base64, finish_base64,
	bound_base64, 6 };
static const struct codec qp = { "qp", encode_qp, finish_qp, bound_qp, 24 };
static const struct codec crlf = { "crlf", encode_crlf, finish_crlf, bound_crlf,
	2 };

/* Encode in blocks of `block` bytes (0: of pseudo-random sizes), each into a
 * buffer that has exactly the size of the bound. */
static struct buf
encoded(const struct codec *c, const char *in, size_t len, size_t block)
{
	struct buf out = buf_make(SIZE_MAX);
	struct encoder e = { 0 };
	unsigned random = 12345;
	char *end = mem_alloc(c->finish_bound);

	for (size_t i = 0; i < len;) {
		auto_free char *piece = NULL;
		size_t n = block;

		if (n == 0) {
			random = random * 1103515245 + 12345;
			n = random >> 16 & (random & 0x8000 ? 0x7 : 0x7f);
		}
		if (n > len - i)
			n = len - i;
		piece = mem_alloc(c->bound(n));
		buf_add(&out, piece, c->encode(&e, in + i, n, piece));
		i += n;
	}
	buf_add(&out, end, c->finish(&e, end));
	free(end);
	return out;
}

/* The encoded text, which does not depend on the split. */
static struct buf
encoded_any(const char *row, const struct codec *c, const char *in, size_t len)
{
	struct buf whole = encoded(c, in, len, len + 1);

	for (size_t block = 0; block < 130 && block <= len; block++) {
		struct buf got auto_buf = encoded(c, in, len, block);

		if (got.len != whole.len ||
		    memcmp(got.data, whole.data, got.len) != 0)
			fail_msg("%s: %s, blocks of %zu:\n got  '%s'\n want "
				 "'%s'",
			    row, c->name, block, got.data, whole.data);
	}
	return whole;
}

/* Bytes of a kind that finds the corners: few values, often repeated. */
static void
fill(char *out, size_t len, const char *from, size_t count, unsigned seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		out[i] = from != NULL ? from[(seed >> 16) % count]
				      : (char)(seed >> 16);
	}
}

/* --- base64 ------------------------------------------------------------- */

static void
test_base64(void **state UNUSED)
{
	static const struct {
		const char *input, *want;
	} rows[] = {
		/* RFC 4648 section 10 */
		{ "", "" },
		{ "f", "Zg==\r\n" },
		{ "fo", "Zm8=\r\n" },
		{ "foo", "Zm9v\r\n" },
		{ "foob", "Zm9vYg==\r\n" },
		{ "fooba", "Zm9vYmE=\r\n" },
		{ "foobar", "Zm9vYmFy\r\n" },
		{ "\xfb\xff\xfe", "+//+\r\n" },
		/* A full line and one byte more */
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
		    "YWFhYWFhYWFhYWFhYWFhYWFh\r\n" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
		    "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
		    "YWFhYWFhYWFhYWFhYWFhYWFh\r\nYg==\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = strlen(rows[i].input);
		struct buf got auto_buf =
		    encoded_any(rows[i].input, &base64, rows[i].input, len);

		check_str(rows[i].input, got.data, rows[i].want);
		check_true(rows[i].input,
		    base64_size((int64_t)len) == (int64_t)got.len, "size");
	}
}

/* All lengths and all byte values: the fast and the slow way agree. */
static void
test_base64_lines(void **state UNUSED)
{
	char data[600];

	fill(data, sizeof(data), NULL, 0, 1);
	for (size_t len = 0; len <= sizeof(data); len += len < 180 ? 1 : 29) {
		struct buf got auto_buf =
		    encoded_any("all", &base64, data, len);
		char word[4 * ((sizeof(data) + 2) / 3) + 1];
		size_t n = base64_word(data, len, word), at = 0;
		auto_free char *back = mem_alloc(got.len / 4 * 3 + 3);

		check_true("all", base64_size((int64_t)len) == (int64_t)got.len,
		    "size");
		for (size_t i = 0; i < n; i += 76) {
			size_t some = n - i < 76 ? n - i : 76;

			check_true("all",
			    memcmp(got.data + at, word + i, some) == 0 &&
				memcmp(got.data + at + some, "\r\n", 2) == 0,
			    "line");
			at += some + 2;
		}
		check_true("all", at == got.len, "length");
		check_true("all",
		    base64_decode(got.data, got.len, back) == len &&
			memcmp(back, data, len) == 0,
		    "decoded");
	}
}

/* Whatever the processor has, each way to put lines gives the same. */
static void
test_base64_ways(void **state UNUSED)
{
	base64_lines *const ways[] = { base64_lines_common,
		base64_lines_best() };
	const size_t count = 400;
	size_t len = count * BASE64_LINE_IN + BASE64_LINE_OVER;
	auto_free char *data = mem_alloc(len);

	fill(data, len, NULL, 0, 3);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		auto_free char *out = mem_alloc(count * BASE64_LINE_OUT);
		char expected[BASE64_LINE_OUT + 1];

		ways[i]((const unsigned char *)data, count, out);
		for (size_t k = 0; k < count; k++) {
			size_t n = base64_word(data + k * BASE64_LINE_IN,
			    BASE64_LINE_IN, expected);

			memcpy(expected + n, "\r\n", 2);
			check_true(i == 0 ? "common" : "best",
			    memcmp(out + k * BASE64_LINE_OUT, expected,
				BASE64_LINE_OUT) == 0,
			    "line");
		}
	}
}

static void
test_base64_decode(void **state UNUSED)
{
	static const struct {
		const char *input, *want; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zg", "f" },
		{ "Zm8", "fo" },
		{ " Zm 9v\r\n\tYg== \r\n", "foob" },
		{ "Z", NULL },
		{ "Zm9vY", NULL },
		{ "Zg=", NULL },
		{ "Zg===", NULL },
		{ "Zm8==", NULL },
		{ "Zm9v=", NULL },
		{ "=", NULL },
		{ "Z=g=", NULL },
		{ "Zg==Zg==", NULL },
		{ "Zm9-", NULL },
		{ "Zm9_", NULL },
		{ "Zm9v\x01", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *in = rows[i].input;
		auto_free char *out = mem_zero(strlen(in) / 4 * 3 + 4);
		size_t n = base64_decode(in, strlen(in), out);

		check_true(in, (n == SIZE_MAX) == (rows[i].want == NULL),
		    "judged wrongly");
		if (rows[i].want != NULL) {
			check_true(in, n == strlen(rows[i].want), "length");
			check_str(in, out, rows[i].want);
		}
	}
}

/* --- quoted-printable ------------------------------------------------------
 */

static void
test_qp(void **state UNUSED)
{
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{ "empty", "", "" },
		{ "plain", "a b\r\n", "a b\r\n" },
		{ "no end", "a b", "a b" },
		{ "only a line end", "\r\n", "\r\n" },
		{ "equals sign", "1+1=2", "1+1=3D2" },
		{ "high", "\xc3\xa9\xff", "=C3=A9=FF" },
		{ "controls", "\x01\x7f\f\x1b", "=01=7F=0C=1B" },
		{ "other printables", "!\"#$@[\\]^`{|}~", "!\"#$@[\\]^`{|}~" },
		{ "trailing blank", "a \r\nb\t\r\n", "a=20\r\nb=09\r\n" },
		{ "trailing blanks", "a  \r\n", "a =20\r\n" },
		{ "blank at the end", "a ", "a=20" },
		{ "only a blank", " ", "=20" },
		{ "tab inside", "a\tb", "a\tb" },
		{ "lone CR", "a\rb\r", "a=0Db=0D" },
		{ "lone LF", "a\nb\n", "a=0Ab=0A" },
		{ "CR CR LF", "a\r\r\n", "a=0D\r\n" },
		{ "blank, lone CR", "a \rb", "a =0Db" },
		{ "dot", ".\r\n..a\r\na.\r\n", "=2E\r\n=2E.a\r\na.\r\n" },
		{ "From", "From me\r\nx From\r\nFrom\r\nFromage\r\n",
		    "=46rom me\r\nx From\r\nFrom\r\nFromage\r\n" },
		{ "F alone", "F", "F" },
		{ "From at the end", "From ", "=46rom=20" },
		{ "75", X70 "12345\r\n", X70 "12345\r\n" },
		{ "76 before a line end", X70 "123456\r\n", X70 "123456\r\n" },
		{ "76 at the end", X70 "123456", X70 "123456" },
		{ "77", X70 "1234567\r\n", X70 "12345=\r\n67\r\n" },
		{ "76 and a lone LF", X70 "123456\n", X70 "12345=\r\n6=0A" },
		{ "code up to 76", X70 "123\xff\r\n", X70 "123=FF\r\n" },
		{ "code up to 75",
		    X70 "12\xff"
			"a",
		    X70 "12=FFa" },
		{ "code beyond", X70 "1234\xff\r\n", X70 "1234=\r\n=FF\r\n" },
		{ "code is not split",
		    X70 "123\xff"
			"a",
		    X70 "123=\r\n=FFa" },
		{ "blank up to 76", X70 "123 \r\n", X70 "123=20\r\n" },
		{ "blank beyond", X70 "12345 \r\n", X70 "12345=\r\n=20\r\n" },
		{ "dot after a soft break", X70 "12345.67",
		    X70 "12345=\r\n=2E67" },
		{ "From after a soft break", X70 "12345From 67",
		    X70 "12345=\r\n=46rom 67" },
		{ "RFC 2045",
		    "Now's the time for all folk to come to the aid of their "
		    "country, and then some more.\r\n",
		    "Now's the time for all folk to come to the aid of their "
		    "country, and then s=\r\nome more.\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf got auto_buf = encoded_any(
		    rows[i].name, &qp, rows[i].input, strlen(rows[i].input));

		check_str(rows[i].name, got.data, rows[i].want);
	}
}

/* A decoder that takes the rules of RFC 2045 literally and refuses the rest. */
static void
qp_decode(const char *row, const struct buf *in, struct buf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < in->len; i++) {
		const char *p = in->data + i;
		bool line_end = strncmp(p, "\r\n", 2) == 0;

		check_true(row, line_end || column < 76, "line too long");
		if (column == 0)
			check_true(row,
			    *p != '.' && strncmp(p, "From ", 5) != 0,
			    "bad begin of line");
		if (line_end && i > 0)
			check_true(row, p[-1] != ' ' && p[-1] != '\t',
			    "blank at the end of a line");
		if (strncmp(p, "=\r\n", 3) == 0) {
			i += 2;
			column = 0;
		} else if (line_end) {
			buf_puts(out, "\r\n");
			i++;
			column = 0;
		} else if (*p == '=') {
			int byte = hex_byte(p + 1, in->len - i - 1);

			check_true(row, byte >= 0, "bad code");
			buf_putc(out, (char)byte);
			i += 2;
			column += 3;
		} else {
			check_true(row, *p == '\t' || (*p >= ' ' && *p < 127),
			    "raw byte");
			buf_putc(out, *p);
			column++;
		}
	}
}

static void
test_qp_round_trip(void **state UNUSED)
{
	static const struct {
		const char *name, *from;
		size_t count;
	} rows[] = {
		{ "all bytes", NULL, 256 },
		{ "line ends and blanks", "\r\n \ta", 5 },
		{ "From", "From .\r\n", 8 },
		{ "long lines", "abcdef ghijkl. F=\xc3\xa9\xc3\xa9", 19 },
		{ "blanks", " \t", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned seed = 0; seed < 12; seed++) {
			char data[700];
			size_t len = seed == 0 ? sizeof(data) : 60 * seed - 7;
			struct buf out auto_buf = buf_make(SIZE_MAX);
			struct buf back auto_buf = buf_make(SIZE_MAX);

			fill(data, len, rows[i].from, rows[i].count, seed);
			out = encoded_any(rows[i].name, &qp, data, len);
			qp_decode(rows[i].name, &out, &back);
			check_true(rows[i].name,
			    back.len == len &&
				memcmp(back.data, data, len) == 0,
			    "comes back different");
		}
	}
}

/* --- line ends ---------------------------------------------------------- */

static void
test_crlf(void **state UNUSED)
{
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{ "empty", "", "" },
		{ "no line end", "abc", "abc" },
		{ "LF", "a\nb\n", "a\r\nb\r\n" },
		{ "CRLF", "a\r\nb\r\n", "a\r\nb\r\n" },
		{ "CR", "a\rb\r", "a\r\nb\r\n" },
		{ "LF LF", "\n\n", "\r\n\r\n" },
		{ "CR CR", "\r\r", "\r\n\r\n" },
		{ "CR CR LF", "\r\r\n", "\r\n\r\n" },
		{ "LF CR", "\n\r", "\r\n\r\n" },
		{ "CR LF LF", "\r\n\n", "\r\n\r\n" },
		{ "at a block", X10 "xxxxxx\r\n" X10 "xxxxx\r\n" X10 "xxxx\n",
		    X10 "xxxxxx\r\n" X10 "xxxxx\r\n" X10 "xxxx\r\n" },
		/* SMTP smuggling: every form of end-of-data becomes plain */
		{ "LF . LF", "a\n.\nb", "a\r\n.\r\nb" },
		{ "LF . CRLF", "a\n.\r\nb", "a\r\n.\r\nb" },
		{ "CR . CR", "a\r.\rb", "a\r\n.\r\nb" },
		{ "CR . CRLF", "a\r.\r\nb", "a\r\n.\r\nb" },
		{ "CRLF . LF", "a\r\n.\nb", "a\r\n.\r\nb" },
		{ "CRLF . CR", "a\r\n.\rb", "a\r\n.\r\nb" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf got auto_buf = encoded_any(
		    rows[i].name, &crlf, rows[i].input, strlen(rows[i].input));

		check_str(rows[i].name, got.data, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_lines),
		cmocka_unit_test(test_base64_ways),
		cmocka_unit_test(test_base64_decode),
		cmocka_unit_test(test_qp),
		cmocka_unit_test(test_qp_round_trip),
		cmocka_unit_test(test_crlf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
