/* SPDX-License-Identifier: MIT */
/* Finished messages: what stays, what is mended, what is refused. */
#include "streamtest.h"

#include "message/repair.h"

#define S(text) text, sizeof(text) - 1

#define X100 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X500 X100 X100 X100 X100 X100
#define X998 \
	X500 X100 X100 X100 X100 \
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* A line of 75 and a soft break, as quoted-printable has them. */
#define Q75 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxx=\r\n"
#define Q975 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75 Q75
#define X76 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxx"
#define L1000 X998 "xx"

#define BLANK100 \
	"                                                  " \
	"                                                  "
#define BLANK998 \
	BLANK100 BLANK100 BLANK100 BLANK100 BLANK100 BLANK100 BLANK100 \
	    BLANK100 BLANK100 BLANK100

#define QP   "Content-Transfer-Encoding: quoted-printable\r\n"
#define B64  "Content-Transfer-Encoding: base64\r\n"
#define UTF8 "Content-Type: text/plain; charset=utf-8\r\n"
#define MIME "MIME-Version: 1.0\r\n"

/* The quoted-printable rest of L1000 behind Q975. */
#define Q25 "xxxxxxxxxxxxxxxxxxxxxxxxx"

struct row {
	const char *name;
	const char *input;
	size_t len;
	const char *want; /* the wire form, or what the refusal says */
};

static const struct row rows[] = {
	/* nothing to do */
	{ "fit", S("A: b\r\n\r\nhi\r\n"), "A: b\r\n\r\nhi\r\n" },
	{ "line ends", S("A: b\n\na\nb\r\nc\rd"),
	    "A: b\r\n\r\na\r\nb\r\nc\r\nd\r\n" },
	{ "smuggling", S("A: b\n\nx\n.\nMAIL FROM:<x>\r.\r"),
	    "A: b\r\n\r\nx\r\n.\r\nMAIL FROM:<x>\r\n.\r\n" },
	{ "no body", S("A: b\n"), "A: b\r\n\r\n" },
	{ "no blank line", S("A: b\nhi there\n"), "A: b\r\n\r\nhi there\r\n" },
	{ "no header", S("hi there\n.\n"), "\r\nhi there\r\n.\r\n" },
	{ "nothing at all", S(""), "\r\n" },
	{ "998 bytes", S("A: b\n\n" X998), "A: b\r\n\r\n" X998 "\r\n" },
	{ "field with a dot", S(".A: b\n\n.\n"), ".A: b\r\n\r\n.\r\n" },
	{ "declared 8bit",
	    S(UTF8 "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\n"),
	    UTF8 "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n" },
	{ "declared 8BIT", S("Content-Transfer-Encoding: 8BIT (x)\n\n\xff\n"),
	    "Content-Transfer-Encoding: 8BIT (x)\r\n\r\n\xff\r\n" },
	/* fields */
	{ "mbox line, Return-Path, Bcc",
	    S("From x Mon\nReturn-Path: <a>\nA: b\nBCC: c@d,\n e@f\n"
	      "Resent-Bcc: g@h\nZ: y\n\n"),
	    "A: b\r\nZ: y\r\n\r\n" },
	{ "folded field", S("A: b\n c\n\n"), "A: b\r\n c\r\n\r\n" },
	{ "raw 8-bit subject", S("Subject: caf\xc3\xa9\n\nhi\n"),
	    "Subject: =?UTF-8?B?Y2Fmw6k=?=\r\n\r\nhi\r\n" },
	{ "two Received", S("Received: a\nReceived: b\n\n"),
	    "Received: a\r\nReceived: b\r\n\r\n" },
	/* a single part at fault */
	{ "raw utf-8, no MIME",
	    S("A: b\n\n.caf\xc3\xa9 and so on, and so on\n"),
	    "A: b\r\n" UTF8 QP MIME
	    "\r\n=2Ecaf=C3=A9 and so on, and so on\r\n" },
	{ "mostly utf-8, no MIME", S("A: b\n\n\xc3\xa9\xc3\xa9\xc3\xa9\n"),
	    "A: b\r\n" UTF8 B64 MIME "\r\nw6nDqcOpDQo=\r\n" },
	{ "raw latin-1, no MIME", S("A: b\n\ncaf\xe9\n"),
	    "A: b\r\nContent-Type: text/plain; charset=unknown-8bit\r\n" B64
		MIME "\r\nY2Fm6Qo=\r\n" },
	{ "charset declared, encoding not",
	    S(MIME "Content-Type: text/html; charset=iso-8859-1\n"
		   "Content-Transfer-Encoding: 7bit\nA: b\n\n"
		   "caf\xe9 and so on, and so on\n"),
	    MIME "Content-Type: text/html; charset=iso-8859-1\r\nA: b\r\n" QP
		 "\r\ncaf=E9 and so on, and so on\r\n" },
	{ "charset missing",
	    S(MIME "Content-Type: text/html; x=y\nA: b\n\n"
		   "caf\xc3\xa9 and so on, and so on\n"),
	    MIME "A: b\r\nContent-Type: text/html; x=y; charset=utf-8\r\n" QP
		 "\r\ncaf=C3=A9 and so on, and so on\r\n" },
	{ "us-ascii is a lie",
	    S(MIME "Content-Type: text/plain; charset=\"US-ASCII\"; x=y\n\n"
		   "caf\xc3\xa9 and so on, and so on\n"),
	    MIME "Content-Type: text/plain; charset=\"utf-8\"; x=y\r\n" QP
		 "\r\ncaf=C3=A9 and so on, and so on\r\n" },
	{ "bad Content-Type",
	    S(MIME "Content-Type: text\n\ncaf\xc3\xa9 and so on, and so on\n"),
	    MIME UTF8 QP "\r\ncaf=C3=A9 and so on, and so on\r\n" },
	{ "long line", S("A: b\n\n" L1000 "\n"),
	    "A: b\r\n" QP MIME "\r\n" Q975 Q25 "\r\n" },
	{ "long line without an end", S("A: b\n\n" L1000),
	    "A: b\r\n" QP MIME "\r\n" Q975 Q25 "\r\n" },
	{ "long line, 8bit declared",
	    S(MIME UTF8 "Content-Transfer-Encoding: 8bit\n\n" L1000 "\n"),
	    MIME UTF8 QP "\r\n" Q975 Q25 "\r\n" },
	{ "nul", S("A: b\n\na\0b\n"), "A: b\r\n" B64 MIME "\r\nYQBiCg==\r\n" },
	{ "no text", S(MIME "Content-Type: image/png\n\na\xff\n"),
	    MIME "Content-Type: image/png\r\n" B64 "\r\nYf8K\r\n" },
	{ "base64 in one line",
	    S(MIME "Content-Type: image/png\n" B64 "\n" X76 X998 "\n"),
	    MIME "Content-Type: image/png\r\n" B64 "\r\n" X76 "\r\n" X76
		 "\r\n" X76 "\r\n" X76 "\r\n" X76 "\r\n" X76 "\r\n" X76
		 "\r\n" X76 "\r\n" X76 "\r\n" X76 "\r\n" X76 "\r\n" X76
		 "\r\n" X76 "\r\n" X76 "\r\nxxxxxxxxxx\r\n" },
	{ "quoted-printable with a raw byte",
	    S(MIME UTF8 QP "\n.=C3=A9\xc3\xa9\n"),
	    MIME UTF8 QP "\r\n.=C3=A9=C3=A9\r\n" },
	{ "quoted-printable in one line",
	    S(MIME UTF8 QP "\n" L1000 "=C3=A9 \n"),
	    MIME UTF8 QP "\r\n" Q975 Q25 "=C3=A9 \r\n" },
};

/* The header of a message as the caller of repair_wire reads it. */
static void
read_head(struct head *head, const char *data, size_t len)
{
	struct error err = ERROR_INIT;

	head_init(head);
	if (head_push(head, data, len, &err) < 0 ||
	    (!head->complete && head_finish(head, &err) < 0))
		fail_msg("header: %s", err.text);
}

static int
repair(const char *input, size_t len, const char *added, const char *drop,
    struct wire *out, struct error *err)
{
	auto_store struct store *st =
	    store_memory(mem_strndup(input, len), len, "x");
	auto_buf struct buf top = buf_make(1000);
	auto_strlist struct strlist names = { 0 };
	auto_head struct head head;

	read_head(&head, input, len);
	buf_puts(&top, added);
	if (drop != NULL)
		strlist_add(&names, drop);
	return repair_wire(st, &head, &top, &names, out, err);
}

/* Lines of text that begin with a dot; *eight_bit: has it bytes >= 0x80? */
static int64_t
count_dots(const char *text, bool *eight_bit)
{
	int64_t dots = 0;

	*eight_bit = false;
	for (const char *p = text; *p != '\0'; p++) {
		dots += *p == '.' && (p == text || p[-1] == '\n');
		*eight_bit |= (unsigned char)*p >= 0x80;
	}
	return dots;
}

static void
check_row(const struct row *row)
{
	struct error err = ERROR_INIT;
	struct wire w = { 0 };
	bool eight_bit;
	int64_t dots = count_dots(row->want, &eight_bit);

	if (repair(row->input, row->len, "", NULL, &w, &err) < 0)
		fail_msg("%s: %s", row->name, err.text);
	if (w.size != (int64_t)strlen(row->want) || w.dot_lines != dots ||
	    w.eight_bit != eight_bit)
		fail_msg("%s: size %lld instead of %zu, dot lines %lld, "
			 "8-bit %d",
		    row->name, (long long)w.size, strlen(row->want),
		    (long long)w.dot_lines, w.eight_bit);
	streamtest(row->name, w.stream, row->want, strlen(row->want), true);
	wire_release(&w);
}

static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

/* --- trees ---------------------------------------------------------------- */

#define MIXED     MIME "Content-Type: multipart/mixed; boundary=M\r\n\r\n"
#define BAD_UTF8  "caf\xc3\xa9 and so on, and so on"
#define GOOD_UTF8 "caf=C3=A9 and so on, and so on"
#define HTML      "Content-Type: text/html\r\n\r\n"

static const struct row trees[] = {
	{ "second of three",
	    S(MIXED "--M\r\n\r\none\r\n--M\r\nA: b\r\n\r\n" BAD_UTF8
		    "\r\n--M\r\n" HTML "three\n--M--\r\n"),
	    MIXED "--M\r\n\r\none\r\n--M\r\nA: b\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M\r\n" HTML "three\r\n--M--\r\n" },
	{ "line ends before boundaries belong to them",
	    S(MIXED "--M\n\n" BAD_UTF8 "\n\n--M\n\n" BAD_UTF8
		    "\r--M\r\n\n" BAD_UTF8 "\n--M--"),
	    MIXED "--M\r\n" UTF8 QP "\r\n" GOOD_UTF8 "\r\n\r\n--M\r\n" UTF8 QP
		  "\r\n" GOOD_UTF8 "\r\n--M\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M--\r\n" },
	{ "not closed", S(MIXED "--M\n\n" BAD_UTF8),
	    MIXED "--M\r\n" UTF8 QP "\r\n" GOOD_UTF8 "\r\n" },
	{ "nested, inner not closed",
	    S(MIXED "--M\nContent-Type: multipart/alternative;\n"
		    " boundary=\"A B\"\n\n--A B\n\n" BAD_UTF8
		    "\n--M\n\nend\n--M--\n"),
	    MIXED "--M\r\nContent-Type: multipart/alternative;\r\n"
		  " boundary=\"A B\"\r\n\r\n--A B\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M\r\n\r\nend\r\n--M--\r\n" },
	{ "boundary that begins with another",
	    S(MIXED "--M\n\nx\n--MM\n--M \t\n\n" BAD_UTF8 "\n--M-- \n"),
	    MIXED "--M\r\n\r\nx\r\n--MM\r\n--M \t\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M-- \r\n" },
	{ "preamble and epilogue stay",
	    S(MIXED "pre\n--M\n\n" BAD_UTF8 "\n--M--\nepi\n"),
	    MIXED "pre\r\n--M\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M--\r\nepi\r\n" },
	{ "preamble and epilogue at fault go",
	    S(MIXED "\xc3\xa9\n--M\n\nok\n--M--\n" L1000 "\n"),
	    MIXED "--M\r\n\r\nok\r\n--M--\r\n" },
	{ "message in a message",
	    S(MIXED
		"--M\nContent-Type: message/rfc822\n\nSubject: s\n\n" BAD_UTF8
		"\n--M--\n"),
	    MIXED "--M\r\nContent-Type: message/rfc822\r\n\r\n"
		  "Subject: s\r\n" UTF8 QP "\r\n" GOOD_UTF8 "\r\n--M--\r\n" },
	{ "digest",
	    S(MIME "Content-Type: multipart/digest; boundary=M\r\n\r\n--M\n\n"
		   "Subject: s\n\n" BAD_UTF8 "\n--M--\n"),
	    MIME "Content-Type: multipart/digest; boundary=M\r\n\r\n"
		 "--M\r\n\r\nSubject: s\r\n" UTF8 QP "\r\n" GOOD_UTF8
		 "\r\n--M--\r\n" },
	{ "8-bit name in a part's header",
	    S(MIXED "--M\nX-Name: caf\xc3\xa9\n\nok\n--M--\n"),
	    MIXED "--M\r\nX-Name: =?UTF-8?B?Y2Fmw6k=?=\r\n\r\n"
		  "ok\r\n--M--\r\n" },
	{ "declared 8bit in a part",
	    S(MIXED "--M\nContent-Transfer-Encoding: 8bit\n\n\xc3\xa9\n"
		    "--M--\n"),
	    MIXED "--M\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n"
		  "--M--\r\n" },
	{ "header that ends at a boundary",
	    S(MIXED "--M\nA: b\n--M\n\n" BAD_UTF8 "\n--M--\n"),
	    MIXED "--M\r\nA: b\r\n--M\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M--\r\n" },
	{ "part without a header", S(MIXED "--M\n" BAD_UTF8 "\n--M--\n"),
	    MIXED "--M\r\n" UTF8 QP "\r\n" GOOD_UTF8 "\r\n--M--\r\n" },
	{ "raw 8-bit in signed stays",
	    S(MIME "Content-Type: multipart/signed; boundary=M\n\n"
		   "--M\n\n\xc3\xa9\n--M--\n"),
	    MIME "Content-Type: multipart/signed; boundary=M\r\n\r\n"
		 "--M\r\n\r\n\xc3\xa9\r\n--M--\r\n" },
	{ "beside a signed part",
	    S(MIXED "--M\nContent-Type: multipart/signed; boundary=S\n\n"
		    "--S\n\nok\n--S--\n--M\n\n" BAD_UTF8 "\n--M--\n"),
	    MIXED "--M\r\nContent-Type: multipart/signed; boundary=S\r\n\r\n"
		  "--S\r\n\r\nok\r\n--S--\r\n--M\r\n" UTF8 QP "\r\n" GOOD_UTF8
		  "\r\n--M--\r\n" },
	{ "no boundary, but nothing wrong",
	    S(MIME "Content-Type: multipart/mixed\n\nok\n"),
	    MIME "Content-Type: multipart/mixed\r\n\r\nok\r\n" },
};

static void
test_trees(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
		check_row(&trees[i]);
}

/* --- refused -------------------------------------------------------------- */

static const struct row refused[] = {
	{ "two From", S("From: a@b\nA: b\nfrom: c@d\n\n"),
	    "the header has more than one from field" },
	{ "two Content-Type",
	    S("Content-Type: text/plain\nContent-Type: text/html\n\n"),
	    "the header has more than one Content-Type field" },
	{ "signed",
	    S(MIME "Content-Type: multipart/signed; boundary=M\n\n"
		   "--M\n\n" L1000 "\n--M--\n"),
	    "line 6 is longer than 998 bytes and cannot be changed" },
	{ "signed inside",
	    S(MIXED "--M\nContent-Type: multipart/signed; boundary=S\n\n"
		    "--S\n\nok\n" L1000 "\n--S--\n--M--\n"),
	    "line 10 is longer than 998 bytes" },
	{ "nul in signed",
	    S(MIME "Content-Type: multipart/signed; boundary=M\n\n"
		   "--M\n\na\0b\n--M--\n"),
	    "line 6 holds a NUL" },
	{ "no boundary",
	    S(MIME "Content-Type: multipart/mixed\n\n" BAD_UTF8 "\n"),
	    "a multipart/mixed part has no boundary" },
	{ "nul in a line that is no field",
	    S(MIME "Content-Type: multipart/signed; boundary=M\n\n"
		   "--M\nFrom \0x\nA: b\n\nok\n--M--\n"),
	    "line 5 holds a NUL" },
	{ "boundary line too long", S(MIXED "--M\n\nok\n--M-- " BLANK998 "\n"),
	    "line 7, a boundary, is longer than 998 bytes" },
	{ "control character in a part's header",
	    S(MIXED "--M\nA: b\a\n\n\xff\n--M--\n"), "line 5: " },
};

static void
test_refused(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct row *row = &refused[i];
		struct error err = ERROR_INIT;
		struct wire w = { 0 };

		if (repair(row->input, row->len, "", NULL, &w, &err) == 0 ||
		    err.kind != ERR_DATA || strstr(err.text, row->want) == NULL)
			fail_msg("%s: '%s'", row->name, err.text);
	}
}

/* --- what the caller adds ------------------------------------------------- */

static void
test_added_and_dropped(void **state UNUSED)
{
	static const char input[] = "From: a@b\nA: b\nFROM: c@d\n\nhi\n";
	static const char want[] = "From: x@y\r\nA: b\r\n\r\nhi\r\n";
	struct error err = ERROR_INIT;
	struct wire w;

	/* Duplicates that are replaced anyway do no harm. */
	assert_int_equal(
	    repair(S(input), "From: x@y\r\n", "From", &w, &err), 0);
	streamtest("added", w.stream, want, strlen(want), true);
	wire_release(&w);
}

static void
test_mime_version_is_not_doubled(void **state UNUSED)
{
	static const char want[] =
	    "mime-version: 1.0\r\nA: b\r\n" UTF8 QP "\r\n" GOOD_UTF8 "\r\n";
	struct error err = ERROR_INIT;
	struct wire w;

	assert_int_equal(repair(S("A: b\n\n" BAD_UTF8 "\n"),
			     "mime-version: 1.0\r\n", NULL, &w, &err),
	    0);
	streamtest("version", w.stream, want, strlen(want), true);
	wire_release(&w);
}

/* --- limits --------------------------------------------------------------- */

/* `levels` multiparts, one in the other, and a part at fault inside. */
static char *
nest(int levels)
{
	auto_buf struct buf out = buf_make(100000);

	buf_puts(&out, "MIME-Version: 1.0\n");
	for (int i = 0; i < levels; i++)
		buf_printf(&out,
		    "Content-Type: multipart/mixed; boundary=b%dx\n\n--b%dx\n",
		    i, i);
	buf_puts(&out, "\n" BAD_UTF8 "\n");
	return buf_take(&out);
}

static char *
many(int parts)
{
	auto_buf struct buf out = buf_make(100000);

	buf_puts(&out, MIXED);
	for (int i = 0; i < parts; i++)
		buf_puts(&out, "--M\n\nx\n");
	buf_puts(&out, "--M--\n\xff");
	return buf_take(&out);
}

static const struct {
	const char *name;
	char *(*make)(int n);
	int n;
	const char *text; /* NULL: accepted */
} limits[] = {
	{ "depth 50", nest, 50, NULL },
	{ "depth 51", nest, 51, "more than 50 levels" },
	{ "1000 parts", many, 1000, NULL },
	{ "1001 parts", many, 1001, "more than 1000 parts" },
};

static void
test_limits(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		auto_free char *input = limits[i].make(limits[i].n);
		struct error err = ERROR_INIT;
		struct wire w = { 0 };
		int got = repair(input, strlen(input), "", NULL, &w, &err);

		if ((got == 0) != (limits[i].text == NULL))
			fail_msg("%s: %d %s", limits[i].name, got, err.text);
		if (got < 0 && strstr(err.text, limits[i].text) == NULL)
			fail_msg("%s: %s", limits[i].name, err.text);
		wire_release(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_added_and_dropped),
		cmocka_unit_test(test_mime_version_is_not_doubled),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
