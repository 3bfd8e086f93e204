/* SPDX-License-Identifier: MIT */
/* libmagic and the rules behind it. */
#include "streamtest.h"

#include "message/sniff.h"
#include "message/types.h"

#include <string.h>

#define S(text) text, sizeof(text) - 1

static const struct {
	const char *name;
	const char *content;
	size_t len;
	const char *want;
} rows[] = {
	/* what libmagic knows, whatever the name says */
	{ "x.txt", S("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "application/pdf" },
	{ NULL, S("\x89PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0"),
	    "image/png" },
	{ "a.doc", S("{\"a\": [1, 2, 3]}\n"), "application/json" },
	{ NULL, S("#!/bin/sh\necho hello\n"), "text/x-shellscript" },
	{ NULL, S("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"),
	    "text/calendar" },
	{ "mail.txt", S("From: a@b.example\nTo: c@d.example\nSubject: x\n\n"),
	    "message/rfc822" },
	/* where it only says "text", the name decides */
	{ "notes.md", S("some words\n"), "text/markdown" },
	{ "NOTES.MD", S("some words\n"), "text/markdown" },
	{ "a.b/c.yaml", S("a: b\n"), "application/yaml" },
	{ "page.html", S("just words\n"), "text/html" },
	{ "words", S("just words\n"), "text/plain" },
	{ "words.unknown", S("just words\n"), "text/plain" },
	{ NULL, S("just words\n"), "text/plain" },
	{ "latin1.csv", S("h\xe9llo\n"), "text/csv" },
	/* zip archives */
	{ "a.docx", S("PK\3\4\24\0\0\0\10\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	    "application/vnd.openxmlformats-officedocument."
	    "wordprocessingml.document" },
	/* nothing in it, or nothing known */
	{ "empty.txt", S(""), "text/plain" },
	{ "empty.pdf", S(""), "application/pdf" },
	{ "empty", S(""), "application/octet-stream" },
	{ NULL, S(""), "application/octet-stream" },
	{ "old.msg", S("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0"),
	    "application/vnd.ms-outlook" },
	{ "noise", S("\1\2\3\4\xff\xfe\xfd\0\0\5"),
	    "application/octet-stream" },
	/* a NUL is in no text */
	{ "nul.txt", S("text\0text\n"), "application/octet-stream" },
	{ "utf16.txt", S("\xff\xfeh\0e\0l\0l\0o\0\n\0"),
	    "application/octet-stream" },
};

static struct content_facts
facts_of(const char *data, size_t len)
{
	struct content_scanner scan = { 0 };

	content_scan(&scan, data, len);
	content_scan_finish(&scan);
	return scan.facts;
}

static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct content_facts facts =
		    facts_of(rows[i].content, rows[i].len);
		const char *note = "unset";
		const char *got = sniff_type(
		    rows[i].name, rows[i].content, rows[i].len, &facts, &note);

		if (strcmp(got, rows[i].want) != 0 || note != NULL)
			fail_msg("%s: '%s' instead of '%s' (note: %s)",
			    rows[i].name ? rows[i].name : "no name", got,
			    rows[i].want, note ? note : "none");
	}
}

/* A NUL far behind the bytes that are looked at counts as well. */
static void
test_facts_are_of_everything(void **state UNUSED)
{
	struct content_facts facts = facts_of("words\n", 6);

	facts.nuls = 1;
	assert_string_equal(sniff_type("a.txt", "words\n", 6, &facts, NULL),
	    "application/octet-stream");
}

static const struct {
	const char *name;
	const char *content;
	size_t len;
	const char *want;
} without[] = {
	{ "a.pdf", S("%PDF-1.7\n"), "application/pdf" },
	{ NULL, S("%PDF-1.7\n"), "text/plain" },
	{ "photo.jpg", S("\xff\xd8\xff\xe0"), "image/jpeg" },
	{ "photo", S("\xff\xd8\xff\xe0"), "application/octet-stream" },
	{ "empty", S(""), "application/octet-stream" },
	{ "caf\xc3\xa9", S("caf\xc3\xa9\n"), "text/plain" },
};

static void
test_without_database(void **state UNUSED)
{
	assert_int_equal(setenv("MAGIC", "/nowhere/magic.mgc", 1), 0);
	for (size_t i = 0; i < ARRAY_SIZE(without); i++) {
		struct content_facts facts =
		    facts_of(without[i].content, without[i].len);
		const char *note = NULL;
		const char *got = sniff_type(without[i].name,
		    without[i].content, without[i].len, &facts, &note);

		if (strcmp(got, without[i].want) != 0)
			fail_msg("row %zu: '%s' instead of '%s'", i, got,
			    without[i].want);
		assert_non_null(note);
		assert_non_null(
		    strstr(note, "file types are taken from names only: "));
	}
	assert_int_equal(unsetenv("MAGIC"), 0);
}

static void
test_names(void **state UNUSED)
{
	assert_null(type_of_name(NULL));
	assert_null(type_of_name(""));
	assert_null(type_of_name("."));
	assert_null(type_of_name("pdf"));
	assert_null(type_of_name("a.pdf.xyz"));
	assert_string_equal(type_of_name(".pdf"), "application/pdf");
	assert_string_equal(type_of_name("a.xyz.PDF"), "application/pdf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_facts_are_of_everything),
		cmocka_unit_test(test_without_database),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
