/* SPDX-License-Identifier: MIT */
/*
 * What is a code in a line, and what only looks like one.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/buf.h"
#include "text/codescan.h"

static void
test_lines(void **state UNUSED)
{
	static const struct {
		const char *line;
		const char *want; /* kind and text of each */
	} rows[] = {
		{ "5.7.8", "E5.7.8 " },
		{ "535 5.7.8 no", "R535 E5.7.8 " },
		{ "535-5.7.8 no", "R535 E5.7.8 " },
		{ "       550 no such user", "R550 " },
		{ "< 550-no such user", "R550 " },
		{ "550", "R550 " },
		{ "Diagnostic-Code: smtp; 550 5.1.1 <a@x>: unknown",
		    "R550 E5.1.1 " },
		{ "Diagnostic-Code: smtp; 550 no", "R550 " },
		{ "Status: 5.1.10", "E5.1.10 " },
		{ "a@x.example: 450 4.2.0 Greylisted", "R450 E4.2.0 " },
		{ "said: 552 too big", "R552 " },
		{ "error: (554)", "R554 " },
		{ "exit 76", "S76 " },
		{ "exit status 76", "S76 " },
		{ "exit code: 76", "S76 " },
		{ "code=exited, status=75/TEMPFAIL", "S75 " },
		{ "mailed 5 bytes of output but got status 0x004e from MTA",
		    "S78 " },
		{ "status 550", "R550 " },
		{ "(5.7.1)", "E5.7.1 " },
		/* none */
		{ "", "" },
		{ "127.0.0.1 said hello", "" },
		{ "2.3.4.5", "" },
		{ "5.10.0-23-amd64", "" },
		{ "5.1", "" },
		{ "5.1.", "" },
		{ "x5.1.1", "" },
		{ "5.1.1234", "" },
		{ "5.1.1x", "" },
		{ "3.1.1", "" },
		{ "libcurl 7.88.1", "" },
		{ "I sent 550 letters", "" },
		{ "24.11.2026 04:05:50", "" },
		{ "550.5 apples", "" },
		{ "5500 no", "" },
		{ "599 no", "" },
		{ "exit 4096", "" },
		{ "exit", "" },
		{ "exit 0x", "S0 " },
		{ "status", "" },
	};
	static const char kinds[] = "ERS";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct code codes[4];
		auto_buf struct buf got = buf_make(100);
		size_t n = codescan_line(rows[i].line, strlen(rows[i].line),
		    codes, ARRAY_SIZE(codes));

		for (size_t k = 0; k < n; k++)
			buf_printf(
			    &got, "%c%s ", kinds[codes[k].kind], codes[k].text);
		check_str(rows[i].line, got.data, rows[i].want);
	}
}

static void
test_no_more_than_asked_for(void **state UNUSED)
{
	struct code codes[2];

	assert_int_equal(codescan_line("5.1.1 5.1.2 5.1.3", 17, codes, 2), 2);
	assert_string_equal(codes[1].text, "5.1.2");
	assert_int_equal(codescan_line("5.1.1", 4, codes, 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_no_more_than_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
