/* SPDX-License-Identifier: MIT */
/*
 * Untrusted text for terminals and JSON.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/escape.h"

#define RLO     "\xe2\x80\xae"
#define E_ACUTE "\xc3\xa9"
#define CJK     "\xe6\x97\xa5"

static void
test_print(void **state UNUSED)
{
	static const struct {
		const char *name, *input;
		size_t limit;
		const char *want;
	} rows[] = {
		{ "plain", "250 ok", 0, "250 ok" },
		{ "UTF-8", "Nov" E_ACUTE, 0, "Nov" E_ACUTE },
		{ "backslash stays", "a\\n", 0, "a\\n" },
		{ "line ends", "a\r\nb", 0, "a\\r\\nb" },
		{ "tab", "a\tb", 0, "a\\tb" },
		{ "escape sequence", "\033[31m", 0, "\\e[31m" },
		{ "bell", "\a", 0, "\\x07" },
		{ "DEL", "\x7f", 0, "\\x7F" },
		{ "C1", "\xc2\x9b", 0, "\\u{009B}" },
		{ "line separator", "\xe2\x80\xa8", 0, "\\u{2028}" },
		{ "right-to-left", "a" RLO "fdp.exe", 0, "a\\u{202E}fdp.exe" },
		{ "not UTF-8", "\xe9t\xe9", 0, "\\xE9t\\xE9" },
		{ "half a character", "a\xc3", 0, "a\\xC3" },
		{ "fits exactly", "abcdef", 6, "abcdef" },
		{ "one too many", "abcdefg", 6, "abc..." },
		{ "wide fits", CJK CJK CJK, 6, CJK CJK CJK },
		{ "wide cut", CJK CJK CJK CJK, 6, CJK "..." },
		{ "wide at an odd limit", CJK CJK CJK CJK, 7, CJK CJK "..." },
		{ "accents take no room",
		    "e\xcc\x81"
		    "bc",
		    3,
		    "e\xcc\x81"
		    "bc" },
		{ "accent stays with its letter",
		    "abe\xcc\x81"
		    "defg",
		    6, "abe\xcc\x81..." },
		{ "escape is not split", "ab\a\a\a", 8, "ab..." },
		{ "escapes count", "\n\n\n", 6, "\\n\\n\\n" },
		{ "limit three", "abcd", 3, "..." },
		{ "limit one", "abcd", 1, "." },
		{ "empty", "", 5, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);

		buf_puts(&out, ">");
		escape_print(
		    &out, rows[i].input, strlen(rows[i].input), rows[i].limit);
		check_str(rows[i].name, out.data + 1, rows[i].want);
	}
}

static void
test_print_nul(void **state UNUSED)
{
	struct buf out auto_buf = buf_make(1000);

	escape_print(&out, "a\0b", 3, 0);
	check_str("NUL", out.data, "a\\x00b");
}

static void
test_json(void **state UNUSED)
{
	static const struct {
		const char *name, *input, *want;
	} rows[] = {
		{ "empty", "", "\"\"" },
		{ "plain", "250 ok", "\"250 ok\"" },
		{ "UTF-8", "Nov" E_ACUTE, "\"Nov" E_ACUTE "\"" },
		{ "quotes", "\"a\"", "\"\\\"a\\\"\"" },
		{ "backslash", "a\\n", "\"a\\\\n\"" },
		{ "named controls", "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
		{ "other controls", "\x01\x1f\x7f",
		    "\"\\u0001\\u001f\\u007f\"" },
		{ "C1", "\xc2\x85", "\"\\u0085\"" },
		{ "line separator", "\xe2\x80\xa8", "\"\\u2028\"" },
		{ "right-to-left", RLO, "\"\\u202e\"" },
		{ "beyond the BMP", "\xf0\x9f\x98\x80",
		    "\"\xf0\x9f\x98\x80\"" },
		{ "not UTF-8",
		    "a\xff"
		    "b",
		    "\"a\xef\xbf\xbd"
		    "b\"" },
		{ "slash", "a/b", "\"a/b\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);

		escape_json(&out, rows[i].input, strlen(rows[i].input));
		check_str(rows[i].name, out.data, rows[i].want);
	}
}

static void
test_json_nul(void **state UNUSED)
{
	struct buf out auto_buf = buf_make(1000);

	escape_json(&out, "a\0b", 3);
	check_str("NUL", out.data, "\"a\\u0000b\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_nul),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
