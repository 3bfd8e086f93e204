/* SPDX-License-Identifier: MIT */
/*
 * Header fields: folding that can be undone, encoding, checks, repairs.
 */
#include "texttest.h"

#include "base/mem.h"
#include "text/encword.h"
#include "text/header.h"
#include "text/utf8.h"

/* Lines of one field: CRLF, at most `limit`, continued by a blank and text. */
static void
check_lines(const char *row, const struct buf *field, size_t limit)
{
	const char *line = field->data;

	check_true(row, !field->full, "full");
	while (*line != '\0') {
		const char *end = strstr(line, "\r\n");

		check_true(row, end != NULL, "no CRLF at the end");
		if ((size_t)(end - line) > limit)
			fail_msg(
			    "%s: line longer than %zu: %s", row, limit, line);
		check_true(row, strcspn(line, "\r\n") == (size_t)(end - line),
		    "stray CR or LF");
		check_true(row,
		    line == field->data || *line == ' ' || *line == '\t',
		    "a second field");
		check_true(row,
		    line + strspn(line, " \t") < end || line == field->data,
		    "a line of blanks");
		line = end + 2;
	}
}

static void
unfold(struct buf *out, const char *field)
{
	for (; *field != '\0'; field++)
		if (*field != '\r' && *field != '\n')
			buf_putc(out, *field);
}

/* --- unstructured -------------------------------------------------------- */

#define TEN(s) s s s s s s s s s s
#define HUNDRED(s) \
	TEN(s) TEN(s) TEN(s) TEN(s) TEN(s) TEN(s) TEN(s) TEN(s) TEN(s) TEN(s)

static const struct {
	const char *name, *text;
	size_t limit;
} plain[] = {
	{ "empty", "", 78 },
	{ "short", "Hello", 78 },
	{ "one blank", " ", 78 },
	{ "blanks", "   \t ", 78 },
	{ "leading blanks", "  x", 78 },
	{ "trailing blanks", "x  ", 78 },
	{ "double blanks", "a  b   c", 78 },
	{ "words", TEN("word ") TEN("and more "), 78 },
	{ "words and tabs", TEN("word\t") TEN(" and \t  more "), 78 },
	{ "trailing blanks at the edge", HUNDRED("abc ") TEN("      "), 140 },
	{ "long blanks", "a" TEN("          ") "b", 105 },
	{ "just fits", TEN("123456 ") "x", 78 },
	{ "one too many", TEN("123456 ") "xy", 78 },
	{ "long word", "a " HUNDRED("x") " b", 101 },
	{ "long first word", HUNDRED("x") " b", 109 },
	{ "990 letters", TEN(TEN("123456789")) TEN("123456789"), 998 },
};

static void
test_plain(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		struct buf out auto_buf = buf_make(1 << 20);
		struct buf flat auto_buf = buf_make(1 << 20);
		struct buf want auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		assert_int_equal(
		    header_text(&out, "Subject", plain[i].text, &err), 0);
		check_lines(plain[i].name, &out, plain[i].limit);
		unfold(&flat, out.data);
		buf_printf(&want, "Subject:%s%s", *plain[i].text ? " " : "",
		    plain[i].text);
		check_str(plain[i].name, flat.data, want.data);
	}
}

static const struct {
	const char *name, *text, *want;
} encoded[] = {
	{ "word", "Grüße", "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n" },
	{ "plain words around", "[cron] host a: Größe 10 kB",
	    "Subject: [cron] host a: =?UTF-8?B?R3LDtsOfZQ==?= 10 kB\r\n" },
	{ "two words", "ž a ž b", "Subject: =?UTF-8?B?xb4gYSDFvg==?= b\r\n" },
	{ "double blank before", "a  ž", "Subject: a =?UTF-8?B?IMW+?=\r\n" },
	{ "double blank behind", "ž  a", "Subject: =?UTF-8?B?xb4g?= a\r\n" },
	{ "blanks at both ends", " ž ", "Subject: =?UTF-8?Q?_=C5=BE_?=\r\n" },
	{ "tab before", "a\tž", "Subject: =?UTF-8?B?YQnFvg==?=\r\n" },
	{ "literal encoded word", "a =?utf-8?q?x?= b",
	    "Subject: a =?UTF-8?B?PT91dGYtOD9xP3g/PQ==?= b\r\n" },
};

static void
test_encoded(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(encoded); i++) {
		struct buf out auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		assert_int_equal(
		    header_text(&out, "Subject", encoded[i].text, &err), 0);
		check_str(encoded[i].name, out.data, encoded[i].want);
	}
}

/* Texts that only encoded words carry come back by decoding. */
static void
test_long_texts(void **state UNUSED)
{
	static const char *const parts[] = { "ž", "č ", "日本", "🚀", "x", " ",
		"á word " };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct buf text auto_buf = buf_make(1 << 20);
		struct buf out auto_buf = buf_make(1 << 20);
		struct buf flat auto_buf = buf_make(1 << 20);
		struct buf got auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		for (int n = 0; n < 5000; n++)
			buf_puts(&text, parts[i]);
		buf_puts(&text, "end");
		assert_int_equal(
		    header_text(&out, "Subject", text.data, &err), 0);
		check_lines(parts[i], &out, 78);
		unfold(&flat, out.data + strlen("Subject: "));
		encword_decode(&got, flat.data, flat.len);
		check_str(parts[i], got.data, text.data);
		for (const char *w = flat.data; *w != '\0';) {
			size_t len = strcspn(w, " ");

			check_true(parts[i], len <= 75, "word beyond 75");
			w += len + (w[len] == ' ');
		}
	}
}

static const struct {
	const char *name, *value, *want;
} refused[] = {
	{ "LF", "a\nBcc: x@y", "has a line break at byte offset 1" },
	{ "CR LF", "ab\r\n c", "has a line break at byte offset 2" },
	{ "CR", "abc\r", "has a line break at byte offset 3" },
	{ "ESC", "\x1b[m",
	    "has a control character (U+001B) at byte offset 0" },
	{ "DEL", "a\x7f", "control character (U+007F) at byte offset 1" },
	{ "NEL", "a\xc2\x85", "control character (U+0085) at byte offset 1" },
	{ "line separator", "\xe2\x80\xa8", "(U+2028) at byte offset 0" },
	{ "paragraph separator", "ž\xe2\x80\xa9", "(U+2029) at byte offset 2" },
	{ "Latin-1", "ab\xe1", "is not UTF-8 at byte offset 2" },
	{ "surrogate", "\xed\xa0\x80", "is not UTF-8 at byte offset 0" },
};

static void
test_refused(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct buf out auto_buf = buf_make(1000);
		struct buf line auto_buf = buf_make(1000);
		struct error err = ERROR_INIT;
		struct address a = { .local = (char[]){ "a" } };
		struct address_list list = { &a, 1 };

		assert_int_equal(
		    header_check("--subject", refused[i].value, &err), -1);
		check_has(refused[i].name, err.text, refused[i].want);
		check_has(refused[i].name, err.text, "--subject ");
		assert_int_equal(
		    header_text(&out, "Subject", refused[i].value, &err), -1);
		check_has(refused[i].name, err.text, "header 'Subject' ");
		check_has(refused[i].name, err.text, refused[i].want);
		assert_int_equal(
		    header_tokens(&out, "References", refused[i].value, &err),
		    -1);
		a.name = mem_strdup(refused[i].value);
		assert_int_equal(header_addresses(&out, "To", &list, &err), -1);
		check_has(refused[i].name, err.text, refused[i].want);
		free(a.name);
		buf_printf(&line, "X-Test: %s", refused[i].value);
		assert_int_equal(header_user(&out, line.data, &err), -1);
		check_has(refused[i].name, err.text, "header 'X-Test' ");
		assert_int_equal(err.kind, ERR_DATA);
		check_str(refused[i].name, out.data, "");
	}
}

/* --- addresses and tokens ------------------------------------------------ */

static const struct {
	const char *name, *input, *want;
} lists[] = {
	{ "none", "", "" },
	{ "one", "a@b", "To: a@b\r\n" },
	{ "two", "Ana <a@b>, c@d", "To: Ana <a@b>, c@d\r\n" },
	{ "group", "a@b, Team: c@d, e@f;, g@h",
	    "To: a@b, Team: c@d, e@f;, g@h\r\n" },
	{ "group alone", "My Team: c@d;", "To: My Team: c@d;\r\n" },
	{ "two groups", "A: a@b;, B: c@d;", "To: A: a@b;, B: c@d;\r\n" },
	{ "folded between addresses",
	    "First Person <first.person@example.org>, Second Person "
	    "<second.person@example.org>, third@example.org",
	    "To: First Person <first.person@example.org>,\r\n"
	    " Second Person <second.person@example.org>, "
	    "third@example.org\r\n" },
	{ "long name is folded", "\"Doe, " TEN("middle ") "\" <a@b>",
	    "To: \"Doe, middle middle middle middle middle middle middle "
	    "middle middle\r\n middle \" <a@b>\r\n" },
	{ "UTF-8", "Žofie <z@b>", "To: =?UTF-8?B?xb1vZmll?= <z@b>\r\n" },
	{ "UTF-8 group", "Tým: z@b;", "To: =?UTF-8?Q?T=C3=BDm?=: z@b;\r\n" },
};

static void
test_addresses(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		auto_address_list struct address_list list = { 0 };
		struct buf out auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse(&list, lists[i].input,
				     strlen(lists[i].input), &err),
		    0);
		assert_int_equal(header_addresses(&out, "To", &list, &err), 0);
		check_lines(lists[i].name, &out, 78);
		check_str(lists[i].name, out.data, lists[i].want);
	}
}

static void
test_many_addresses(void **state UNUSED)
{
	struct buf text auto_buf = buf_make(1 << 20);
	struct buf out auto_buf = buf_make(1 << 20);
	struct buf flat auto_buf = buf_make(1 << 20);
	auto_address_list struct address_list list = { 0 }, again = { 0 };
	struct error err = ERROR_INIT;

	for (int i = 0; i < 2000; i++)
		buf_printf(&text, "\"Řada, č. %d\" <u%d@example.org>,", i, i);
	assert_int_equal(address_parse(&list, text.data, text.len, &err), 0);
	assert_int_equal(header_addresses(&out, "Cc", &list, &err), 0);
	check_lines("many", &out, 78);
	unfold(&flat, out.data + 3);
	assert_int_equal(address_parse(&again, flat.data, flat.len, &err), 0);
	assert_int_equal(again.count, 2000);
	for (size_t i = 0; i < 2000; i++)
		assert_true(address_same(&list.items[i], &again.items[i]));
}

static void
test_tokens(void **state UNUSED)
{
	struct buf out auto_buf = buf_make(1 << 20);
	struct buf id auto_buf = buf_make(1 << 20);
	struct error err = ERROR_INIT;

	assert_int_equal(
	    header_tokens(&out, "References", " <a@b> \t <c@d> ", &err), 0);
	check_str("blanks", out.data, "References: <a@b> <c@d>\r\n");
	buf_clear(&out);
	for (int i = 0; i < 20; i++)
		buf_puts(&id, "<0123456789@example.org> ");
	assert_int_equal(header_tokens(&out, "References", id.data, &err), 0);
	check_lines("folded", &out, 78);
	buf_clear(&out);
	buf_clear(&id);
	while (id.len < 990)
		buf_putc(&id, 'x');
	assert_int_equal(header_tokens(&out, "References", id.data, &err), 0);
	check_has("990", out.data, "References:\r\n xxx");
	check_lines("990", &out, 998);
	buf_clear(&out);
	while (id.len < 998)
		buf_putc(&id, 'x');
	assert_int_equal(header_tokens(&out, "References", id.data, &err), -1);
	check_has("998", err.text,
	    "header 'References' has a word longer than a line can be");
	check_str("998", out.data, "");
	assert_int_equal(header_tokens(&out, "X", "ž", &err), -1);
	check_has("UTF-8", err.text, "header 'X' must be ASCII");
}

/* --- from the command line ----------------------------------------------- */

static const struct {
	const char *line;
	int status;
	const char *want; /* the field, or the error's text */
	const char *hint;
} user[] = {
	{ "X-Foo: bar", 0, "X-Foo: bar\r\n", "" },
	{ "X-Foo:bar", 0, "X-Foo: bar\r\n", "" },
	{ "X-Foo:", 0, "X-Foo:\r\n", "" },
	{ "X-Foo: a: b", 0, "X-Foo: a: b\r\n", "" },
	{ "Subject: Žluť", 0, "Subject: =?UTF-8?B?xb1sdcWl?=\r\n", "" },
	{ "Reply-To: Žluť <a@b>, c@d", 0,
	    "Reply-To: =?UTF-8?B?xb1sdcWl?= <a@b>, c@d\r\n", "" },
	{ "to: a@b", 0, "to: a@b\r\n", "" },
	{ "To: undisclosed-recipients:;", 0, "To: undisclosed-recipients:;\r\n",
	    "" },
	{ "Reply-To: a@b c@d", 65,
	    "header 'Reply-To': bad address 'a@b c@d': missing comma", "" },
	{ "Reply-To:", 65, "header 'Reply-To' is empty", "" },
	{ "In-Reply-To: <a@b>", 0, "In-Reply-To: <a@b>\r\n", "" },
	{ "Date: Mon, 23 Nov 2026 21:57:12 +0100", 0,
	    "Date: Mon, 23 Nov 2026 21:57:12 +0100\r\n", "" },
	{ "Date: tomorrow", 65, "header 'Date': 'tomorrow' is no date",
	    "-H 'Date: Mon, " },
	{ "Content-Disposition: inline; filename=ž", 0,
	    "Content-Disposition: inline; filename*=UTF-8''%C5%BE\r\n", "" },
	{ "Message-ID: <a@b>", 0, "Message-ID: <a@b>\r\n", "" },
	{ "Message-ID: a@b", 65, "'a@b' is no message id",
	    "-H 'Message-ID: <" },
	{ "Bcc: a@b", 65, "header 'Bcc' cannot be set", "use -b" },
	{ "bCC: a@b", 65, "header 'bCC' cannot be set", "use -b" },
	{ "Resent-Bcc: a@b", 65, "cannot be set", "use -b" },
	{ "Content-Type: x", 64, "header 'Content-Type' cannot be set",
	    "use --type" },
	{ "content-transfer-encoding: 8bit", 64, "cannot be set", "leave" },
	{ "MIME-Version: 1.0", 64, "cannot be set", "leave" },
	{ "DKIM-Signature: x", 64, "cannot be set", "leave" },
	{ "Return-Path: <>", 64, "cannot be set", "--envelope-from" },
	{ "Received: x", 64, "cannot be set", "leave" },
	{ "No colon", 64, "no colon in header 'No colon'", "-H 'Name: value'" },
	{ "", 64, "no colon in header ''", "-H 'Name: value'" },
	{ ": x", 64, "bad header name ''", "-H 'Name: value'" },
	{ "A B: x", 64, "bad header name 'A B'", "-H 'Name: value'" },
	{ "Subject : x", 64, "bad header name 'Subject '", "" },
	{ "Š: x", 64, "bad header name 'Š'", "" },
	{ "A\nB: x", 64, "bad header name 'A\nB'", "" },
	{ "X: a\nBcc: v", 65, "header 'X' has a line break", "" },
	{ HUNDRED("x") ": v", 64, "bad header name", "" },
};

static void
test_user(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(user); i++) {
		struct buf out auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;
		int result = header_user(&out, user[i].line, &err);

		assert_int_equal(error_status(err.kind), user[i].status);
		assert_int_equal(result, user[i].status == 0 ? 0 : -1);
		if (result == 0)
			check_str(user[i].line, out.data, user[i].want);
		else
			check_has(user[i].line, err.text, user[i].want);
		check_has(user[i].line, err.hint, user[i].hint);
	}
}

/* --- fields from outside ------------------------------------------------- */

static const struct {
	const char *name, *field;
	const char *want; /* the field, or the error's text without CRLF */
} repairs[] = {
	{ "as it is", "Subject:  a  b ", "Subject:  a  b \r\n" },
	{ "folds stay", "To: a@b,\n\tc@d", "To: a@b,\r\n\tc@d\r\n" },
	{ "CRLF folds", "To: a@b,\r\n c@d", "To: a@b,\r\n c@d\r\n" },
	{ "encoded words stay", "Subject: =?iso-8859-2?q?=BE?=",
	    "Subject: =?iso-8859-2?q?=BE?=\r\n" },
	{ "a line of 300", "Received: " HUNDRED("x") HUNDRED("y") HUNDRED("z"),
	    "Received: " HUNDRED("x") HUNDRED("y") HUNDRED("z") "\r\n" },
	{ "line of blanks", "Subject: a\n \n b", "Subject: a\r\n b\r\n" },
	{ "empty value", "Subject:", "Subject:\r\n" },
	{ "empty value, folded", "Subject:\n x", "Subject:\r\n x\r\n" },
	{ "UTF-8 subject", "Subject: ž", "Subject: =?UTF-8?B?xb4=?=\r\n" },
	{ "UTF-8 beside an encoded word", "Subject: =?utf-8?q?=C5=BE?= ž",
	    "Subject: =?UTF-8?B?xb4gxb4=?=\r\n" },
	{ "UTF-8 name", "From: Jiří N. <a@b>, =?utf-8?q?=C5=BE?= <c@d>",
	    "From: =?UTF-8?B?SmnFmcOtIE4u?= <a@b>, "
	    "=?UTF-8?B?xb4=?= <c@d>\r\n" },
	{ "UTF-8 name, folded", "To: a@b,\n Jiří <c@d>",
	    "To: a@b, =?UTF-8?B?SmnFmcOt?= <c@d>\r\n" },
	{ "UTF-8 file name",
	    "Content-Disposition: attachment; filename=\"ž \\\"a\\\".txt\"; "
	    "size=3",
	    "Content-Disposition: attachment; "
	    "filename*=UTF-8''%C5%BE%20%22a%22.txt; size=3\r\n" },
	{ "UTF-8 without quotes",
	    "Content-Type: text/plain;\n name=ž.txt ;charset=\"utf-8\"",
	    "Content-Type: text/plain; name=\"=?UTF-8?B?xb4udHh0?=\";"
	    "charset=\"utf-8\"\r\n" },
	{ "UTF-8 in a long value",
	    "Content-Type: a/b; " TEN("x=\"y;z\"; ") "name=\"ž;\"",
	    "Content-Type: a/b; x=\"y;z\"; x=\"y;z\"; x=\"y;z\"; "
	    "x=\"y;z\"; x=\"y;z\"; x=\"y;z\";\r\n x=\"y;z\"; x=\"y;z\"; "
	    "x=\"y;z\"; x=\"y;z\"; name=\"=?UTF-8?B?xb47?=\"\r\n" },
	{ "UTF-8 type", "Content-Type: ž/b",
	    "header 'Content-Type' has UTF-8 where no parameter is" },
	{ "UTF-8 parameter name", "Content-Type: a/b; ž=c",
	    "header 'Content-Type' has UTF-8 where no parameter is" },
	{ "no colon", "Subject", "bad header line 'Subject'" },
	{ "bad name", "Sub ject: x", "bad header line 'Sub ject: x'" },
	{ "no fold", "Subject: x\nBcc: y",
	    "header 'Subject' has a line that is not folded" },
	{ "empty line", "Subject: x\n\n y",
	    "header 'Subject' has a line that is not folded" },
	{ "Latin-1", "Subject: \xe1",
	    "header 'Subject' is not UTF-8 at byte offset 1" },
	{ "control", "Subject: a\x1b",
	    "header 'Subject' has a control character (U+001B) at byte "
	    "offset 2" },
	{ "bare CR", "Subject: a\rb",
	    "header 'Subject' has a line break at byte offset 2" },
	{ "UTF-8 date", "Date: středa", "header 'Date' must be ASCII" },
	{ "bad UTF-8 addresses", "To: ž ž@b",
	    "header 'To': bad address 'ž ž@b': missing '@' or comma at "
	    "column 3" },
};

static void
test_repairs(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(repairs); i++) {
		struct buf out auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		if (header_repair(&out, repairs[i].field,
			strlen(repairs[i].field), &err) == 0) {
			check_str(repairs[i].name, out.data, repairs[i].want);
			check_lines(repairs[i].name, &out, 998);
		} else {
			check_str(repairs[i].name, err.text, repairs[i].want);
			check_str(repairs[i].name, out.data, "");
		}
	}
}

/* Lines beyond 998 are folded, the value stays. */
static void
test_repair_long_lines(void **state UNUSED)
{
	static const struct {
		const char *name, *word;
		size_t words;
		int want;
	} rows[] = {
		{ "To", " someone@example.org,", 100, 0 },
		{ "References", " <0123456789abcdef@example.org>", 300, 0 },
		{ "X-Words", "  word", 1000, 0 },
		{ "X-Long", "x", 5000, 0 }, /* unstructured: encoded */
		{ "References", "x", 5000, -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf field auto_buf = buf_make(1 << 20);
		struct buf out auto_buf = buf_make(1 << 20);
		struct buf flat auto_buf = buf_make(1 << 20);
		struct error err = ERROR_INIT;

		buf_printf(&field, "%s: first", rows[i].name);
		for (size_t n = 0; n < rows[i].words; n++)
			buf_puts(&field, rows[i].word);
		assert_int_equal(
		    header_repair(&out, field.data, field.len, &err),
		    rows[i].want);
		if (rows[i].want < 0)
			continue;
		check_lines(rows[i].name, &out, 78);
		unfold(&flat, out.data);
		if (strstr(flat.data, "=?") == NULL)
			check_str(rows[i].name, flat.data, field.data);
	}
}

static void
test_names(void **state UNUSED)
{
	static const struct {
		const char *name;
		bool valid, reserved;
		enum header_kind kind;
	} rows[] = {
		{ "Subject", true, false, HEADER_TEXT },
		{ "FROM", true, false, HEADER_ADDRESSES },
		{ "resent-cc", true, false, HEADER_ADDRESSES },
		{ "Bcc", true, true, HEADER_ADDRESSES },
		{ "content-TYPE", true, true, HEADER_PARAMS },
		{ "Content-Typ", true, false, HEADER_TEXT },
		{ "Content-Types", true, false, HEADER_TEXT },
		{ "In-Reply-To", true, false, HEADER_TOKENS },
		{ "Resent-Date", true, false, HEADER_DATE },
		{ "Message-Id", true, false, HEADER_MSGID },
		{ "!~", true, false, HEADER_TEXT },
		{ "", false, false, HEADER_TEXT },
		{ "a b", false, false, HEADER_TEXT },
		{ "a:", false, false, HEADER_TEXT },
		{ "a\x7f", false, false, HEADER_TEXT },
		{ "ž", false, false, HEADER_TEXT },
		{ TEN("1234567") "123456", true, false, HEADER_TEXT },
		{ TEN("1234567") "1234567", false, false, HEADER_TEXT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = rows[i].name;
		size_t len = strlen(name);

		check_true(name, header_name_valid(name, len) == rows[i].valid,
		    "valid");
		check_true(name,
		    header_is_reserved(name, len) == rows[i].reserved,
		    "reserved");
		check_true(
		    name, header_kind(name, len) == rows[i].kind, "kind");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_encoded),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_repairs),
		cmocka_unit_test(test_repair_long_lines),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
