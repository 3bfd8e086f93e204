/* SPDX-License-Identifier: MIT */
/*
 * Dots at line starts, however the message is cut into blocks.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/dots.h"

static const struct {
	const char *text;
	const char *want;
	size_t lines;
} rows[] = {
	{ "", "", 0 },
	{ "a.b.\r\n", "a.b.\r\n", 0 },
	{ ".\r\n", "..\r\n", 1 },
	{ "...\r\n", "....\r\n", 1 },
	{ "a\r\n.\r\n..\r\nb.\r\n", "a\r\n..\r\n...\r\nb.\r\n", 2 },
	{ ".\r\n.\r\n.\r\n", "..\r\n..\r\n..\r\n", 3 },
	{ "a\r.b\r\n", "a\r.b\r\n", 0 },
	{ "x\r\n.", "x\r\n..", 1 },
	{ ".a.b\r\n.c", "..a.b\r\n..c", 2 },
};

static void
test_blocks(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = rows[i].text;
		size_t size = strlen(text);

		for (size_t block = 1; block <= size; block++) {
			struct dots dots = { .read = 0 };
			char out[128] = "";
			size_t used = 0;

			for (size_t at = 0; at < size; at += block) {
				size_t len =
				    size - at < block ? size - at : block;
				bool begins = dots_line_begins(&dots);
				size_t found;

				memcpy(out + used, text + at, len);
				found = dots_scan(&dots, out + used, len);
				used +=
				    dots_stuff(out + used, len, found, begins);
			}
			out[used] = '\0';
			check_str(text, out, rows[i].want);
			check_true(text, dots.lines == (int64_t)rows[i].lines,
			    "lines");
			check_true(text, dots.read == (int64_t)size, "read");
		}
	}
}

static void
test_check(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t size, lines;
		enum error_kind want;
	} checks[] = {
		{ "a\r\n", 3, 0, ERR_NONE },
		{ ".\r\n", 3, 1, ERR_NONE },
		{ "a\r\n", 4, 0, ERR_IO },
		{ "a\r\n", 2, 0, ERR_IO },
		{ "a\r\n", 3, 1, ERR_SOFTWARE },
		{ "ab\n", 3, 0, ERR_SOFTWARE },
		{ "a\r\n\r", 4, 0, ERR_SOFTWARE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct wire wire = { .size = checks[i].size,
			.dot_lines = checks[i].lines };

		for (size_t block = 1; block <= 4; block++) {
			size_t size = strlen(checks[i].text);
			struct dots dots = { .read = 0 };
			struct error err = ERROR_INIT;

			for (size_t at = 0; at < size; at += block)
				(void)dots_scan(&dots, checks[i].text + at,
				    size - at < block ? size - at : block);
			(void)!dots_check(&dots, &wire, &err);
			check_true(
			    checks[i].text, err.kind == checks[i].want, "kind");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
