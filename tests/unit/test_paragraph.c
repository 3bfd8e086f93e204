/* SPDX-License-Identifier: MIT */
/*
 * Lines of a terminal.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/paragraph.h"

#define X39 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_lines(void **state UNUSED)
{
	static const struct {
		const char *before, *text;
		size_t indent;
		const char *want;
	} rows[] = {
		{ "", "", 0, "\n" },
		{ "", "a b", 2, "  a b\n" },
		{ "x", "a b", 4, "x   a b\n" },
		{ "old\nx", "a", 4, "old\nx   a\n" },
		{ "", X39 " " X39, 0, X39 " " X39 "\n" },
		{ "", X39 " " X39, 1, " " X39 "\n " X39 "\n" },
		{ "", X39 X39 X39 " a", 2, "  " X39 X39 X39 "\n  a\n" },
		{ "", "\xc3\xa1 b", 1, " \xc3\xa1 b\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(1000);

		buf_puts(&out, rows[i].before);
		paragraph_put(&out, rows[i].text, rows[i].indent);
		check_str(rows[i].text, out.data, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
