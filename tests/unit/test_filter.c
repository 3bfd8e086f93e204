/* SPDX-License-Identifier: MIT */
/* Encoding streams: exact bytes at every read size, memory only in a pass. */
#include "streamtest.h"

#include "stream/filter.h"
#include "text/codec.h"

static struct stream *
base64(struct stream *inner)
{
	return stream_base64(inner);
}

static struct stream *
crlf(struct stream *inner)
{
	return stream_crlf(inner, -1);
}

static struct stream *
qp(struct stream *inner)
{
	return stream_qp(inner, -1);
}

#define B57 "012345678901234567890123456789012345678901234567890123456"

static const struct {
	const char *name;
	struct stream *(*make)(struct stream *inner);
	const char *input;
	const char *want;
} rows[] = {
	{ "base64: nothing", base64, "", "" },
	{ "base64: one byte", base64, "f", "Zg==\r\n" },
	{ "base64: two bytes", base64, "fo", "Zm8=\r\n" },
	{ "base64: three bytes", base64, "foo", "Zm9v\r\n" },
	{ "base64: one full line", base64, B57,
	    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"
	    "ODkwMTIzNDU2\r\n" },
	{ "base64: a line and a byte", base64, B57 "7",
	    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"
	    "ODkwMTIzNDU2\r\nNw==\r\n" },
	{ "crlf: nothing", crlf, "", "" },
	{ "crlf: all three kinds", crlf, "a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd" },
	{ "crlf: CR at the end", crlf, "a\r", "a\r\n" },
	{ "crlf: CR CR LF LF", crlf, "\r\r\n\n", "\r\n\r\n\r\n" },
	{ "crlf: smuggling", crlf, "a\n.\nMAIL FROM:<x>\r.\r",
	    "a\r\n.\r\nMAIL FROM:<x>\r\n.\r\n" },
	{ "qp: nothing", qp, "", "" },
	{ "qp: plain", qp, "abc\n", "abc\r\n" },
	{ "qp: no line end at the end", qp, "abc", "abc" },
	{ "qp: line ends", qp, "a\nb\r\nc\rd\r", "a\r\nb\r\nc\r\nd\r\n" },
	{ "qp: not ASCII", qp, "\xc3\xa9=", "=C3=A9=3D" },
	{ "qp: blank at a line end", qp, "a \nb\t\n", "a=20\r\nb=09\r\n" },
	{ "qp: dot and From", qp, ".x\nFrom y\n", "=2Ex\r\n=46rom y\r\n" },
};

/* Through memory, byte by byte, and with an input that breaks anywhere. */
static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = strlen(rows[i].input);
		size_t want = strlen(rows[i].want);
		bool sized = rows[i].make == base64;
		struct stream *s =
		    rows[i].make(stream_memory(rows[i].input, len));

		streamtest(rows[i].name, s, rows[i].want, want, sized);
		stream_free(s);
		s = rows[i].make(streamtest_trickle(rows[i].input, len));
		streamtest(rows[i].name, s, rows[i].want, want, sized);
		stream_free(s);
		for (size_t at = 0; at <= len; at++) {
			s = rows[i].make(
			    streamtest_broken(rows[i].input, len, at));
			streamtest_fails(rows[i].name, s, "broken at");
			stream_free(s);
		}
	}
}

/* Bytes of all kinds, with line ends and long runs, the same every time. */
static char *
mixture(size_t len)
{
	char *data = mem_alloc(len + 1);
	uint32_t random = 7;

	for (size_t i = 0; i < len; i++) {
		random = random * 1103515245u + 12345u;
		data[i] = "a b.\r\n=\n\xc3\xa9 From x\t\r"[(random >> 16) % 19];
		if ((i / 700) % 3 == 0)
			data[i] = 'x';
	}
	return data;
}

struct codec {
	const char *name;
	struct stream *(*make)(struct stream *inner);
};

static const struct codec codecs[] = {
	{ "base64", base64 },
	{ "crlf", crlf },
	{ "qp", qp },
};

/* The codec called once for all is what every stream must give. */
static size_t
encode_at_once(const struct codec *c, const char *in, size_t len, char *out)
{
	auto_free char *lines = mem_alloc(CRLF_BOUND(len));
	struct base64_encoder b = { 0 };
	struct crlf_encoder l = { 0 };
	struct qp_encoder q = { 0 };
	size_t n;

	if (c->make == base64) {
		n = base64_encode(&b, in, len, out);
		return n + base64_finish(&b, out + n);
	}
	n = crlf_encode(&l, in, len, lines);
	n += crlf_finish(&l, lines + n);
	if (c->make == crlf) {
		memcpy(out, lines, n);
		return n;
	}
	len = n;
	n = qp_encode(&q, lines, len, out);
	return n + qp_finish(&q, out + n);
}

static void
test_sizes_around_blocks(void **state UNUSED)
{
	static const size_t sizes[] = { 56, 58, FILTER_CHUNK - 1, FILTER_CHUNK,
		FILTER_CHUNK + 1, 16383, STREAM_BLOCK - 1, STREAM_BLOCK,
		STREAM_BLOCK + 1, 150000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_free char *data = mixture(sizes[i]);
		auto_free char *want = mem_alloc(QP_BOUND(2 * sizes[i]));

		for (size_t k = 0; k < ARRAY_SIZE(codecs); k++) {
			size_t len =
			    encode_at_once(&codecs[k], data, sizes[i], want);
			auto_stream struct stream *s =
			    codecs[k].make(stream_memory(data, sizes[i]));

			streamtest(codecs[k].name, s, want, len, false);
		}
	}
}

static void
test_scan_foretells_sizes(void **state UNUSED)
{
	for (size_t len = 0; len < 3000; len += 7) {
		auto_free char *data = mixture(len);
		struct content_scanner scan = { 0 };
		auto_stream struct stream *lines = NULL;
		auto_stream struct stream *quoted = NULL;
		auto_buf struct buf out = buf_make(100000);
		struct error err = ERROR_INIT;

		content_scan(&scan, data, len);
		content_scan_finish(&scan);
		lines =
		    stream_crlf(stream_memory(data, len), scan.facts.crlf_size);
		quoted =
		    stream_qp(stream_memory(data, len), scan.facts.qp_size);
		assert_int_equal(stream_slurp(lines, &out, &err), 0);
		assert_int_equal(out.len, stream_size(lines));
		buf_clear(&out);
		assert_int_equal(stream_slurp(quoted, &out, &err), 0);
		assert_int_equal(out.len, stream_size(quoted));
	}
}

/* A size that does not come true ends in an error, and the bytes given before
 * never pass that size. */
static void
test_wrong_size(void **state UNUSED)
{
	static const int64_t wrong[] = { 0, 1, 6, 8, 100 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct error err = ERROR_INIT;
		struct stream *s =
		    stream_crlf(stream_memory("abc\ndef\n", 8), wrong[i]);
		char byte;
		int64_t n = 0;

		while (stream_read(s, &byte, 1, &err) > 0)
			n++;
		assert_true(n <= wrong[i]);
		streamtest_fails(
		    "size", s, "the input changed while it was read");
		stream_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sizes_around_blocks),
		cmocka_unit_test(test_scan_foretells_sizes),
		cmocka_unit_test(test_wrong_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
