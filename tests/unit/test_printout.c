/* SPDX-License-Identifier: MIT */
/*
 * Output of programs as text: colours go, nothing else goes unseen.
 */
#include "text/printout.h"
#include "texttest.h"

static void
test_printout(void **state UNUSED)
{
	static const struct {
		const char *name, *input, *want;
		bool whole;
	} rows[] = {
		{ "empty", "", "", true },
		{ "text", "a b\n\tc\n", "a b\n\tc\n", true },
		{ "utf-8", "caf\xc3\xa9 \xf0\x9f\x98\x80\n",
		    "caf\xc3\xa9 \xf0\x9f\x98\x80\n", true },
		{ "colours", "\033[1;31mred\033[0m\n", "red\n", true },
		{ "cursor", "\033[2J\033[?25lx\033[K", "x", true },
		{ "title", "\033]0;name\ax\033]2;name\033\\y", "xy", true },
		{ "charset", "\033(Bx\0337y", "xy", true },
		{ "crlf", "a\r\nb\r\n", "a\nb\n", true },
		{ "progress", " 10%\r 20%\r\n", " 10%\n 20%\n", true },
		{ "cr at the end", "a\r", "a\n", true },
		{ "backslash", "a\\x41", "a\\x41", true },
		{ "backspace", "a\bb", "a\\x08b", false },
		{ "bell", "\a", "\\x07", false },
		{ "lone escape", "a\033", "a\\e", false },
		{ "broken sequence", "\033[1;3\n", "\\e[1;3\n", false },
		{ "unended title", "\033]0;name\nx", "\\e]0;name\nx", false },
		{ "latin1", "caf\xe9\n", "caf\\xE9\n", false },
		{ "cut character", "\xc3", "\\xC3", false },
		{ "bidi",
		    "a\xe2\x80\xae"
		    "b",
		    "a\\u{202E}b", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(1000);
		bool whole =
		    printout_add(&out, rows[i].input, strlen(rows[i].input));

		check_str(rows[i].name, out.data, rows[i].want);
		check_true(rows[i].name, whole == rows[i].whole, "whole");
	}
}

static void
test_nul(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(1000);

	assert_false(printout_add(&out, "a\0b", 3));
	assert_string_equal(out.data, "a\\x00b");
}

/* Every escape that is not ended makes the rest be looked at once, not again
 * for each of them. */
static void
test_long(void **state UNUSED)
{
	enum {
		LENGTH = 1 << 20
	};
	auto_buf struct buf in = buf_make(2 * LENGTH);
	auto_buf struct buf out = buf_make(8 * LENGTH);
	double start;

	while (in.len < LENGTH)
		buf_puts(&in, "\033]\033[");
	start = cpu_seconds();
	assert_false(printout_add(&out, in.data, in.len));
	assert_true(cpu_seconds() - start < patience(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printout),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
