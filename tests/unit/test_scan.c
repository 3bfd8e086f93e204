/* SPDX-License-Identifier: MIT */
/*
 * The scan of content: its facts, for every split, and its sizes against what
 * the encoders really write.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/mem.h"
#include "text/codec.h"

static struct content_facts
facts_of(const char *in, size_t len, size_t block)
{
	struct content_scanner s = { 0 };

	for (size_t i = 0; i < len; i += block)
		content_scan(&s, in + i, block < len - i ? block : len - i);
	content_scan_finish(&s);
	return s.facts;
}

#define CHECK(member) \
	if (got.member != want.member) \
	fail_msg("%s, blocks of %zu: " #member " is %lld, not %lld", row, \
	    block, (long long)got.member, (long long)want.member)

static void
check_facts(const char *row, size_t block, struct content_facts got,
    struct content_facts want)
{
	CHECK(bytes);
	CHECK(lines);
	CHECK(longest);
	CHECK(high);
	CHECK(controls);
	CHECK(nuls);
	CHECK(bare_lf);
	CHECK(bare_cr);
	CHECK(crlf);
	CHECK(dot_lines);
	CHECK(from_lines);
	CHECK(crlf_size);
	CHECK(qp_size);
	CHECK(utf8);
	CHECK(bom);
	CHECK(ends_in_newline);
}

static void
test_facts(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
		size_t len;
		struct content_facts want;
	} rows[] = {
		{ "empty", "", 0, { .utf8 = true } },
		{ "a line", "abc\n", 4,
		    { .bytes = 4,
			.lines = 1,
			.longest = 3,
			.bare_lf = 1,
			.crlf_size = 5,
			.qp_size = 5,
			.utf8 = true,
			.ends_in_newline = true } },
		{ "unfinished", "a\r\nabc", 6,
		    { .bytes = 6,
			.lines = 2,
			.longest = 3,
			.crlf = 1,
			.crlf_size = 6,
			.qp_size = 6,
			.utf8 = true } },
		{ "all line ends", "\n\r\r\n\r", 5,
		    { .bytes = 5,
			.lines = 4,
			.bare_lf = 1,
			.bare_cr = 2,
			.crlf = 1,
			.crlf_size = 8,
			.qp_size = 8,
			.utf8 = true,
			.ends_in_newline = true } },
		{ "dots", ".\n.a\na.\n.", 9,
		    { .bytes = 9,
			.lines = 4,
			.longest = 2,
			.bare_lf = 3,
			.dot_lines = 3,
			.crlf_size = 12,
			.qp_size = 18,
			.utf8 = true } },
		{ "From", "From a\nFrom\nFrom b\r\n>From \nFrom ", 32,
		    { .bytes = 32,
			.lines = 5,
			.longest = 6,
			.bare_lf = 3,
			.crlf = 1,
			.from_lines = 3,
			.crlf_size = 35,
			.qp_size = 45,
			.utf8 = true } },
		{ "controls", "\t\f\x1b\x01\x1f\x7f\v", 7,
		    { .bytes = 7,
			.lines = 1,
			.longest = 7,
			.controls = 4,
			.crlf_size = 7,
			.qp_size = 19,
			.utf8 = true } },
		{ "NUL", "a\0b", 3,
		    { .bytes = 3,
			.lines = 1,
			.longest = 3,
			.controls = 1,
			.nuls = 1,
			.crlf_size = 3,
			.qp_size = -1,
			.utf8 = true } },
		{ "UTF-8", "P\xc5\x99\xc3\xad\xe2\x82\xac\xf0\x9f\x98\x80", 12,
		    { .bytes = 12,
			.lines = 1,
			.longest = 12,
			.high = 11,
			.crlf_size = 12,
			.qp_size = 34,
			.utf8 = true } },
		{ "Latin-1", "caf\xe9\n", 5,
		    { .bytes = 5,
			.lines = 1,
			.longest = 4,
			.high = 1,
			.bare_lf = 1,
			.crlf_size = 6,
			.qp_size = 8,
			.ends_in_newline = true } },
		{ "cut character", "a\xe2\x82", 3,
		    { .bytes = 3,
			.lines = 1,
			.longest = 3,
			.high = 2,
			.crlf_size = 3,
			.qp_size = 7 } },
		{ "BOM", "\xef\xbb\xbfx", 4,
		    { .bytes = 4,
			.lines = 1,
			.longest = 4,
			.high = 3,
			.crlf_size = 4,
			.qp_size = 10,
			.utf8 = true,
			.bom = true } },
		{ "BOM on the second line", "\n\xef\xbb\xbf", 4,
		    { .bytes = 4,
			.lines = 2,
			.longest = 3,
			.high = 3,
			.bare_lf = 1,
			.crlf_size = 5,
			.qp_size = 11,
			.utf8 = true } },
		{ "BOM alone", "\xef\xbb\xbf\n", 4,
		    { .bytes = 4,
			.lines = 1,
			.longest = 3,
			.high = 3,
			.bare_lf = 1,
			.crlf_size = 5,
			.qp_size = 11,
			.utf8 = true,
			.bom = true,
			.ends_in_newline = true } },
		{ "trailing blanks", "a \nb\t\r\nc ", 9,
		    { .bytes = 9,
			.lines = 3,
			.longest = 2,
			.bare_lf = 1,
			.crlf = 1,
			.crlf_size = 10,
			.qp_size = 16,
			.utf8 = true } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t block = 1; block <= rows[i].len + 1; block++)
			check_facts(rows[i].name, block,
			    facts_of(rows[i].input, rows[i].len, block),
			    rows[i].want);
}

/* The facts again, found byte by byte, and the sizes by encoding. */
static struct content_facts
facts_slowly(const char *in, size_t len)
{
	struct content_facts f = { .bytes = (int64_t)len };
	auto_free char *lines = mem_alloc(CRLF_BOUND(len));
	auto_free char *quoted = mem_alloc(QP_BOUND(CRLF_BOUND(len)));
	struct crlf_encoder ce = { 0 };
	struct qp_encoder qe = { 0 };
	size_t n = crlf_encode(&ce, in, len, lines), size;

	n += crlf_finish(&ce, lines + n);
	size = qp_encode(&qe, lines, n, quoted);
	f.crlf_size = (int64_t)n;
	f.qp_size = (int64_t)(size + qp_finish(&qe, quoted + size));
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)in[i];

		f.high += c >= 0x80;
		f.nuls += c == 0;
		f.controls += c == 127 ||
		    (c < ' ' && memchr("\t\n\f\r\33", c, 5) == NULL);
		f.crlf += c == '\n' && i > 0 && in[i - 1] == '\r';
		f.bare_lf += c == '\n' && (i == 0 || in[i - 1] != '\r');
		f.bare_cr += c == '\r' && (i + 1 == len || in[i + 1] != '\n');
	}
	for (size_t i = 0, begin = 0; i < n; i++) {
		int64_t line = (int64_t)(i - begin);

		if (lines[i] == '\r' || i + 1 == n) {
			line += lines[i] != '\r' && lines[i] != '\n';
			f.lines += lines[i] != '\n';
			f.longest = line > f.longest ? line : f.longest;
		}
		if (i == begin) {
			f.dot_lines += lines[i] == '.';
			f.from_lines +=
			    n - i >= 5 && memcmp(lines + i, "From ", 5) == 0;
		}
		if (lines[i] == '\n')
			begin = i + 1;
	}
	f.ends_in_newline = n > 0 && lines[n - 1] == '\n';
	if (f.nuls > 0)
		f.qp_size = -1;
	return f;
}

/* Longer than the pieces the scan works in, with characters, line ends and long
 * lines across their borders. */
static void
test_long(void **state UNUSED)
{
	static const struct {
		const char *name, *from;
		size_t count;
		bool utf8;
	} rows[] = {
		{ "line ends", "\r\na", 3, true },
		{ "text", "abcdefghij klm.no\nFrom \t\r", 25, true },
		{ "one long line", "ab cd=.", 7, true },
		{ "controls", "\x01\x7f\x1b\f\n~", 6, true },
		{ "eight bits", "\xe9 a\n", 4, false },
		{ "only high", "\xff", 1, false },
		{ "only controls", "\x01", 1, true },
		{ "only NULs", "", 1, true },
		{ "with NULs", "\0ab\n", 4, true },
	};
	static const size_t blocks[] = { 1, 3, 16, 17, 4079, 4080, 4081,
		65536 };
	char data[12345];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct content_facts want;
		unsigned seed = 7;

		for (size_t k = 0; k < sizeof(data); k++) {
			seed = seed * 1103515245 + 12345;
			data[k] = rows[i].from[(seed >> 16) % rows[i].count];
		}
		want = facts_slowly(data, sizeof(data));
		want.utf8 = rows[i].utf8;
		for (size_t b = 0; b < ARRAY_SIZE(blocks); b++)
			check_facts(rows[i].name, blocks[b],
			    facts_of(data, sizeof(data), blocks[b]), want);
	}
}

/* Whole characters of three bytes over all borders, then one byte too few. */
static void
test_long_utf8(void **state UNUSED)
{
	char data[9000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = "\xe2\x82\xac"[i % 3];
	for (size_t block = 4000; block < 4100; block++) {
		check_true("whole", facts_of(data, sizeof(data), block).utf8,
		    "not UTF-8");
		check_true("cut", !facts_of(data, 8999, block).utf8, "UTF-8");
		check_true("begins inside",
		    !facts_of(data + 1, 8000, block).utf8, "UTF-8");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
