/* SPDX-License-Identifier: MIT */
/*
 * Charsets: which are known, and what a text means in them.
 */
#include "texttest.h"

#include "text/charset.h"

static void
test_known(void **state UNUSED)
{
	static const struct {
		const char *name;
		bool known;
	} rows[] = {
		{ "utf-8", true },
		{ "ISO-8859-2", true },
		{ "windows-1250", true },
		{ "", false },
		{ "no-such-charset", false },
		{ "utf-8//TRANSLIT", false },
		{ "utf-8\r\nX: y", false },
		{ "utf 8", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].name,
		    charset_known(rows[i].name) == rows[i].known, "known");
}

static void
test_to_utf8(void **state UNUSED)
{
	static const struct {
		const char *name, *charset, *text;
		const char *want; /* NULL: refused */
		const char *says;
	} rows[] = {
		{ "ascii", "us-ascii", "abc", "abc", NULL },
		{ "latin-2", "iso-8859-2", "\xbelu\xbb", "\u017elu\u0165",
		    NULL },
		{ "not ascii", "us-ascii", "ab\xe9", NULL, "byte 2" },
		{ "broken utf-8", "utf-8", "a\xc3", NULL, "byte 1" },
		{ "unknown", "x-none", "a", NULL, "x-none" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(100);
		struct error err = ERROR_INIT;
		int result = charset_to_utf8(&out, rows[i].charset,
		    rows[i].text, strlen(rows[i].text), &err);

		check_true(rows[i].name,
		    (result == 0) == (rows[i].want != NULL), err.text);
		if (result == 0)
			check_str(rows[i].name, out.data, rows[i].want);
		else
			check_has(rows[i].name, err.text, rows[i].says);
	}
}

/* More than one block of the converter. */
static void
test_long(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(100000);
	struct error err = ERROR_INIT;
	char text[20000];

	memset(text, '\xe9', sizeof(text));
	assert_int_equal(
	    charset_to_utf8(&out, "iso-8859-1", text, sizeof(text), &err), 0);
	assert_int_equal(out.len, 2 * sizeof(text));
	check_has("end", out.data + out.len - 2, "\u00e9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_to_utf8),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
