/* SPDX-License-Identifier: MIT */
/* Which type, charset and encoding a leaf gets; which names may go out. */
#include "streamtest.h"

#include "message/message.h"

#define S(text) text, sizeof(text) - 1

#define TEXT   DISPOSITION_NONE
#define INLINE DISPOSITION_INLINE
#define ATTACH DISPOSITION_ATTACHMENT

#define X100 \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X900 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define X998 \
	X900 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

#define PLAIN "text/plain"
#define OCTET "application/octet-stream"

static const struct {
	const char *name;
	const char *content;
	size_t len;
	const char *type;
	const char *charset;
	enum disposition disposition;
	/* wanted */
	const char *got_type;
	const char *got_charset;
	enum encoding encoding;
	bool canonical;
	int64_t skip;
} rows[] = {
	/* text bodies */
	{ "ascii", S("a\nb\n"), PLAIN, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 0 },
	{ "nothing", S(""), PLAIN, NULL, TEXT, PLAIN, "us-ascii", ENCODING_7BIT,
	    true, 0 },
	{ "utf-8", S("caf\xc3\xa9, plain words around it\n"), PLAIN, NULL, TEXT,
	    PLAIN, "utf-8", ENCODING_QP, true, 0 },
	{ "mostly utf-8", S("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n"), PLAIN, NULL,
	    TEXT, PLAIN, "utf-8", ENCODING_BASE64, true, 0 },
	{ "998 bytes", S(X998 "\n"), PLAIN, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 0 },
	{ "999 bytes", S(X998 "x\n"), PLAIN, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_QP, true, 0 },
	{ "bell", S("ding \a dong, dong, dong\n"), PLAIN, NULL, TEXT, PLAIN,
	    "us-ascii", ENCODING_QP, true, 0 },
	{ "nul", S("a\0b\n"), PLAIN, NULL, TEXT, PLAIN, NULL, ENCODING_BASE64,
	    false, 0 },
	{ "latin-1 without a word", S("caf\xe9 and more words\n"), PLAIN, NULL,
	    TEXT, PLAIN, NULL, ENCODING_BASE64, false, 0 },
	{ "latin-1 declared", S("caf\xe9 and more words\n"), PLAIN,
	    "iso-8859-1", TEXT, PLAIN, "iso-8859-1", ENCODING_QP, true, 0 },
	{ "said to be utf-8", S("caf\xe9 and more words\n"), PLAIN, "utf-8",
	    TEXT, PLAIN, NULL, ENCODING_BASE64, false, 0 },
	{ "ascii said to be utf-8", S("cafe\n"), PLAIN, "UTF-8", TEXT, PLAIN,
	    "UTF-8", ENCODING_7BIT, true, 0 },
	{ "utf-16 declared", S("ab\ncd\r"), PLAIN, "utf-16le", TEXT, PLAIN,
	    "utf-16le", ENCODING_BASE64, false, 0 },
	{ "html", S("<p>a\n"), "text/html", NULL, TEXT, "text/html", "us-ascii",
	    ENCODING_7BIT, true, 0 },
	{ "inline text", S("a\nb\n"), PLAIN, NULL, INLINE, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 0 },
	{ "body that is no text", S("{}\n"), "application/json", NULL, TEXT,
	    "application/json", NULL, ENCODING_BASE64, false, 0 },
	/* byte order marks */
	{ "bom", S("\xef\xbb\xbfwords"), PLAIN, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 3 },
	{ "only a bom", S("\xef\xbb\xbf"), PLAIN, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 3 },
	{ "bom, utf-8 declared", S("\xef\xbb\xbfwords"), PLAIN, "UTF-8", TEXT,
	    PLAIN, "UTF-8", ENCODING_7BIT, true, 3 },
	{ "bom, then latin-1", S("\xef\xbb\xbf\xe9"), PLAIN, NULL, TEXT, PLAIN,
	    NULL, ENCODING_BASE64, false, 0 },
	{ "bom, another charset", S("\xef\xbb\xbfwords"), PLAIN, "iso-8859-1",
	    TEXT, PLAIN, "iso-8859-1", ENCODING_QP, true, 0 },
	{ "bom of an attachment", S("\xef\xbb\xbfwords, words, words"), PLAIN,
	    NULL, ATTACH, PLAIN, "utf-8", ENCODING_QP, false, 0 },
	/* attachments */
	{ "crlf text", S("a\r\nb\r\n"), PLAIN, NULL, ATTACH, PLAIN, "us-ascii",
	    ENCODING_7BIT, false, 0 },
	{ "one line, no end", S("a"), PLAIN, NULL, ATTACH, PLAIN, "us-ascii",
	    ENCODING_7BIT, false, 0 },
	{ "lf text", S("a\nb\n"), PLAIN, NULL, ATTACH, PLAIN, "us-ascii",
	    ENCODING_BASE64, false, 0 },
	{ "cr text", S("a\rb"), PLAIN, NULL, ATTACH, PLAIN, "us-ascii",
	    ENCODING_BASE64, false, 0 },
	{ "crlf utf-8", S("caf\xc3\xa9 and more words\r\n"), PLAIN, NULL,
	    ATTACH, PLAIN, "utf-8", ENCODING_QP, false, 0 },
	{ "latin-1 text", S("caf\xe9\r\n"), PLAIN, NULL, ATTACH, PLAIN, NULL,
	    ENCODING_BASE64, false, 0 },
	{ "octets", S("a"), OCTET, NULL, ATTACH, OCTET, NULL, ENCODING_BASE64,
	    false, 0 },
	{ "octets with a charset", S("a"), "application/xml", "utf-8", ATTACH,
	    "application/xml", "utf-8", ENCODING_BASE64, false, 0 },
	/* types that may not be encoded */
	{ "message", S("A: b\n\nc\n"), "message/rfc822", NULL, ATTACH,
	    "message/rfc822", NULL, ENCODING_7BIT, false, 0 },
	{ "8-bit message", S("A: b\n\n\xc3\xa9\n"), "message/rfc822", NULL,
	    ATTACH, OCTET, NULL, ENCODING_BASE64, false, 0 },
	{ "multipart", S("--a"), "multipart/mixed", NULL, ATTACH, OCTET, NULL,
	    ENCODING_BASE64, false, 0 },
	/* sniffed */
	{ "x.pdf", S("%PDF-1.7\n"), NULL, NULL, ATTACH, "application/pdf", NULL,
	    ENCODING_BASE64, false, 0 },
	{ "x.md", S("words\r\n"), NULL, NULL, ATTACH, "text/markdown",
	    "us-ascii", ENCODING_7BIT, false, 0 },
	{ "stdin", S("words\n"), NULL, NULL, TEXT, PLAIN, "us-ascii",
	    ENCODING_7BIT, true, 0 },
};

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
test_leaf(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;
		auto_part struct part *p = part_leaf(
		    store_memory(mem_strndup(rows[i].content, rows[i].len),
			rows[i].len, "x"),
		    rows[i].type, rows[i].charset, rows[i].name,
		    rows[i].disposition, &err);

		if (p == NULL)
			fail_msg("%s: %s", rows[i].name, err.text);
		if (!same(p->type, rows[i].got_type) ||
		    !same(p->charset, rows[i].got_charset) ||
		    p->encoding != rows[i].encoding ||
		    p->canonical != rows[i].canonical ||
		    p->skip != rows[i].skip ||
		    p->facts.bytes != (int64_t)rows[i].len - p->skip)
			fail_msg("%s: type %s, charset %s, encoding %d, "
				 "canonical %d, skip %d",
			    rows[i].name, p->type,
			    p->charset ? p->charset : "none", (int)p->encoding,
			    p->canonical, (int)p->skip);
		assert_string_equal(p->name, rows[i].name);
	}
}

static const struct {
	const char *type;
	const char *charset;
	const char *text;
} bad[] = {
	{ "text", NULL, "bad media type 'text'" },
	{ "", NULL, "bad media type ''" },
	{ "text/plain; charset=x", NULL,
	    "bad media type 'text/plain; charset=x'" },
	{ "text/plain\r\nBcc: x@y", NULL, "bad media type" },
	{ "text/plain", "", "bad charset ''" },
	{ "text/plain", "utf-8; x=y", "bad charset 'utf-8; x=y'" },
	{ "text/plain", "utf-8\r\nBcc: x@y", "bad charset" },
};

static void
test_bad_types(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error err = ERROR_INIT;

		assert_null(part_leaf(store_memory(mem_strdup("a"), 1, "x"),
		    bad[i].type, bad[i].charset, NULL, TEXT, &err));
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.text, bad[i].text) == NULL)
			fail_msg("'%s' instead of '%s'", err.text, bad[i].text);
	}
}

static void
test_without_magic(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	auto_part struct part *p = NULL;

	assert_int_equal(setenv("MAGIC", "/nowhere", 1), 0);
	p = part_leaf(store_memory(mem_strdup("a"), 1, "x"), NULL, NULL,
	    "a.png", ATTACH, &err);
	assert_int_equal(unsetenv("MAGIC"), 0);
	assert_non_null(p);
	assert_string_equal(p->type, "image/png");
	assert_non_null(p->note);
}

static const struct {
	const char *path;
	const char *name; /* NULL: refused */
	const char *text;
} names[] = {
	{ "a.pdf", "a.pdf", NULL },
	{ "/x/y/a.pdf", "a.pdf", NULL },
	{ "a/../b", "b", NULL },
	{ "caf\xc3\xa9.txt", "caf\xc3\xa9.txt", NULL },
	{ "q\"uo\\te;.txt", "q\"uo\\te;.txt", NULL },
	{ " a . ", " a . ", NULL },
	{ "CON", "CON", NULL },
	{ "-", "-", NULL },
	{ "", NULL, "file name '' is none" },
	{ "x/", NULL, "file name '' is none" },
	{ "x/..", NULL, "file name '..' is none" },
	{ ".", NULL, "file name '.' is none" },
	{ "a\r\nBcc: x", NULL, "holds a control character" },
	{ "a\tb", NULL, "holds a control character" },
	{ "a\x7f", NULL, "holds a control character" },
	{ "a\xc2\x85", NULL, "holds a control character" },
	{ "a\xe2\x80\xa8", NULL, "holds a control character" },
	{ "a\xe2\x80\xae"
	  "fdp.exe",
	    NULL, "reverses text" },
	{ "a\xe9.txt", NULL, "is not UTF-8" },
	{ "dir\xe9/a.txt", "a.txt", NULL },
};

static void
test_names(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error err = ERROR_INIT;
		auto_free char *got = part_name(names[i].path, &err);

		if (!same(got, names[i].name))
			fail_msg("'%s': '%s'", names[i].path,
			    got != NULL ? got : err.text);
		if (got != NULL)
			continue;
		assert_int_equal(err.kind, ERR_DATA);
		assert_true(err.hint[0] != '\0');
		if (strstr(err.text, names[i].text) == NULL)
			fail_msg("'%s': '%s'", names[i].path, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaf),
		cmocka_unit_test(test_bad_types),
		cmocka_unit_test(test_without_magic),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
