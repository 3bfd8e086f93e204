/* SPDX-License-Identifier: MIT */
/*
 * Reading headers: every case at every split of its bytes.
 */
#include "texttest.h"

#include "base/mem.h"
#include "text/header.h"
#include "text/headreader.h"

/* Fields as "name=value" with folds as '/', joined by '|'; then the body's
 * offset and the flags. */
static void
describe(struct buf *out, const struct head *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct head_field *f = &h->fields[i];
		size_t start = out->len;

		buf_add(out, f->name, f->name_len);
		buf_putc(out, '=');
		buf_add(out, f->value, f->value_len);
		buf_putc(out, '|');
		for (size_t j = start; j < out->len; j++)
			if (out->data[j] == '\n')
				out->data[j] = '/';
	}
	buf_printf(out, "%zu%s%s", h->consumed,
	    h->missing_blank ? " missing-blank" : "",
	    h->no_header ? " no-header" : "");
}

/* Push len bytes in pieces of `piece` and describe the result, or the error. */
static void
read_head(struct buf *out, const char *data, size_t len, size_t piece)
{
	struct head h auto_head;
	struct error err = ERROR_INIT;
	size_t pos = 0;

	head_init(&h);
	while (pos < len && !h.complete) {
		size_t n = len - pos < piece ? len - pos : piece;
		ssize_t took = head_push(&h, data + pos, n, &err);

		if (took < 0) {
			buf_puts(out, err.text);
			return;
		}
		if (!h.complete)
			assert_int_equal(took, n);
		else if (h.consumed > pos)
			assert_int_equal(pos + (size_t)took, h.consumed);
		else
			assert_int_equal(took, 0);
		pos += n;
	}
	if (head_finish(&h, &err) < 0) {
		buf_puts(out, err.text);
		return;
	}
	assert_true(h.complete);
	assert_int_equal(head_push(&h, "X: y\n", 5, &err), 0);
	describe(out, &h);
}

static const struct {
	const char *name, *input, *want;
} rows[] = {
	{ "plain", "To: a@b\nSubject: x\n\nbody\n", "To=a@b|Subject=x|20" },
	{ "CRLF", "To: a@b\r\nSubject: x\r\n\r\nbody\r\n",
	    "To=a@b|Subject=x|23" },
	{ "mixed", "To: a@b\r\nSubject: x\n\r\nbody\n", "To=a@b|Subject=x|22" },
	{ "folded", "To: a@b,\n c@d,\n\te@f\n\n", "To=a@b,/ c@d,/\te@f|21" },
	{ "folded CRLF", "To: a@b,\r\n c@d\r\n\r\n", "To=a@b,/ c@d|18" },
	{ "folded at once", "To:\n a@b\n\n", "To=a@b|10" },
	{ "blank line of a fold", "A: x\n  \n y\n\n", "A=x/  / y|12" },
	{ "empty value", "Subject:\nTo: a@b\n\n", "Subject=|To=a@b|18" },
	{ "no blank", "Subject:x\n\n", "Subject=x|11" },
	{ "blank before colon", "Subject \t: x\n\n", "Subject=x|14" },
	{ "colon in value", "A: b: c\n\n", "A=b: c|9" },
	{ "8-bit", "Subject: \xe1\xff\n\n", "Subject=\xe1\xff|13" },
	{ "no body", "To: a@b\n", "To=a@b|8" },
	{ "no last newline", "To: a@b", "To=a@b|7" },
	{ "CR at the end", "To: a@b\r", "To=a@b|8" },
	{ "missing blank", "To: a@b\nhello\nX: y\n", "To=a@b|8 missing-blank" },
	{ "missing blank at end", "To: a@b\nhello", "To=a@b|8 missing-blank" },
	{ "body line of one letter", "To: a@b\nx", "To=a@b|8 missing-blank" },
	{ "no header", "hello\n\nX: y\n", "0 no-header" },
	{ "no header, no newline", "hello", "0 no-header" },
	{ "sentence", "Dear all: hello\n", "0 no-header" },
	{ "indented", "  X: y\nTo: a@b\n", "0 no-header" },
	{ "smiley", ":-) hello\n", "0 no-header" },
	{ "binary",
	    "\x7f"
	    "ELF: x\n",
	    "0 no-header" },
	{ "empty", "", "0" },
	{ "empty line", "\nhello\n", "1" },
	{ "empty CRLF line", "\r\nhello\n", "2" },
	{ "lone CR", "\rhello\n", "0 no-header" },
	{ "mbox", "From me Mon Nov 23 10:00:00 2026\nTo: a@b\n\nx\n",
	    "To=a@b|42" },
	{ "two mbox lines", "From a Mon\n>From b\nTo: a@b\n\nx\n",
	    "To=a@b|28" },
	{ "quoted mbox", ">From me Mon\nTo: a@b\n\n", "To=a@b|22" },
	{ "From with blank", "From : a@b\n\n", "From=a@b|12" },
	{ "only From", "From now on we do this\n", "0 no-header" },
	{ "From and body", "From now on\nwe do this\n", "0 no-header" },
	{ "From and empty line", "From now on\n\nwe\n", "0 no-header" },
	{ "second From", "To: a@b\nFrom me\n\n", "To=a@b|8 missing-blank" },
	{ "byte order mark", "\xef\xbb\xbfTo: a@b\n\n", "To=a@b|12" },
	{ "half a mark", "\xef\xbbTo: a@b\n\n", "0 no-header" },
	{ "mark and body", "\xef\xbb\xbfhello\n", "0 no-header" },
	{ "mark alone", "\xef\xbb", "0 no-header" },
	{ "name of 76",
	    "A234567890123456789012345678901234567890123456789012345678901234"
	    "567890123456: x\n\n",
	    "A234567890123456789012345678901234567890123456789012345678901234"
	    "567890123456=x|81" },
	{ "name of 77",
	    "A234567890123456789012345678901234567890123456789012345678901234"
	    "5678901234567: x\n\n",
	    "0 no-header" },
	{ "colon first", "To: a@b\n: x\n\n",
	    "a header line begins with a colon" },
	{ "bare CR", "To: a@b\rBcc: c@d\n\n",
	    "header line 'To: a@b' has a control character (0x0d) at byte "
	    "offset 7" },
	{ "escape", "To: a@b\nX: \x1b[m\n\n",
	    "header line 'X: ' has a control character (0x1b) at byte "
	    "offset 3" },
};

static void
check_splits(const char *name, const char *input, size_t len, const char *want)
{
	for (size_t piece = 1; piece <= len + 1; piece++) {
		struct buf got auto_buf = buf_make(1 << 20);

		read_head(&got, input, len, piece);
		check_str(name, got.data, want);
	}
}

static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_splits(rows[i].name, rows[i].input, strlen(rows[i].input),
		    rows[i].want);
}

static void
test_nul(void **state UNUSED)
{
	static const char in_value[] = "To: a\0b\n\n";
	static const char in_body[] = "To: a@b\n\0\0x: y\n\n";
	static const char at_start[] = "\0X: y\n\n";

	check_splits("in a value", in_value, sizeof(in_value) - 1,
	    "header line 'To: a' has a control character (0x00) at byte "
	    "offset 5");
	check_splits("in the body", in_body, sizeof(in_body) - 1,
	    "To=a@b|8 missing-blank");
	check_splits(
	    "at the start", at_start, sizeof(at_start) - 1, "0 no-header");
}

/* A body without line ends must be seen to be one before it fills memory. */
static void
test_endless_line(void **state UNUSED)
{
	static char data[3 * 1024 * 1024];
	struct buf got auto_buf = buf_make(1000);

	memset(data, 'x', sizeof(data));
	read_head(&got, data, sizeof(data), sizeof(data));
	check_str("letters", got.data, "0 no-header");
	buf_clear(&got);
	memset(data, 0, sizeof(data));
	read_head(&got, data, sizeof(data), 100);
	check_str("NULs", got.data, "0 no-header");
	buf_clear(&got);
	memset(data, 'x', sizeof(data));
	data[1] = ':';
	read_head(&got, data, sizeof(data), 65536);
	check_str("field", got.data, "the header is longer than 1048576 bytes");
}

static void
test_limits(void **state UNUSED)
{
	struct buf text auto_buf = buf_make(1 << 20);
	struct buf got auto_buf = buf_make(1 << 20);

	for (int i = 0; i < HEAD_MAX_FIELDS; i++)
		buf_puts(&text, "A:\n");
	read_head(&got, text.data, text.len, 7);
	assert_non_null(strstr(got.data, "|A=|3000"));
	buf_puts(&text, "A:\n");
	buf_clear(&got);
	read_head(&got, text.data, text.len, 7);
	check_str("one more", got.data, "more than 1000 header fields");
}

static void
test_find_and_unfold(void **state UNUSED)
{
	static const char text[] = "to: a@b\nTo: c@d,\n  e@f\nTon: x\n\n";
	struct head h auto_head;
	struct buf value auto_buf = buf_make(100);
	struct error err = ERROR_INIT;

	head_init(&h);
	assert_int_equal(
	    head_push(&h, text, sizeof(text) - 1, &err), sizeof(text) - 1);
	head_unfold(&value, head_find(&h, "TO", 0));
	check_str("first", value.data, "a@b");
	buf_clear(&value);
	head_unfold(&value, head_find(&h, "To", 1));
	check_str("second", value.data, "c@d,  e@f");
	assert_null(head_find(&h, "To", 2));
	assert_null(head_find(&h, "T", 0));
	check_str("whole", h.fields[1].field, "To: c@d,\n  e@f\nTon: x\n");
	assert_int_equal(h.fields[1].field_len, strlen("To: c@d,\n  e@f"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_find_and_unfold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
