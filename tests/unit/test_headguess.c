/* SPDX-License-Identifier: MIT */
/*
 * Headers, and texts that look like one.
 */
#include "texttest.h"

#include "text/headguess.h"

static const struct {
	const char *text;
	bool header;
} cases[] = {
	{ "", false },
	{ "\n", false },
	{ "hi\n", false },
	{ "To: a@x\n\nx\n", true },
	{ "TO : a@x\nx\n", true },
	{ "subject: x", true },
	{ "From ana\nSubject: x\n\n", true },
	{ "Received: x\nx\n", true },
	{ "Warning: disk full\n", false },
	{ "Warning: disk full\n\ntext\n", false },
	{ "Warning: disk full\nSubject: x\n\ntext\n", true },
	{ "Subject: x\nWarning: disk full\ntext\n", true },
	{ "Date: today\n\ntext\n", false },
	{ "Comments: none\n\ntext\n", false },
	{ "X-Y: z\n\ntext\n", true },
	{ "X-Y: z\ntext\n", false },
	{ "X-: z\n\ntext\n", false },
	{ "Content-Type: text/html\n\n<p>\n", true },
	{ "Content-Type: text/html\n<p>\n", false },
	{ "Resent-To: a@x\n\n", true },
	{ "Resent-From: a@x\ntext\n", false },
	{ "Tomorrow: rain\n\n", false },
	{ "T: x\n\n", false },
	/* Reading fails: what stands above decides. */
	{ "Status: \x1b[31mred\n", false },
	{ "Subject: \x1b[31mred\n", false },
	{ "To: a@x\nStatus: \x1b[31mred\n", true },
	{ "Status: ok\n: colon\n", false },
};

/* Also byte by byte. */
static void
test_guess(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t step = 1; step < 100; step += 98) {
			const char *p = cases[i].text;
			auto_head struct head h;
			struct error err = ERROR_INIT;
			ssize_t n = 0;

			head_init(&h);
			while (n >= 0 && !h.complete && *p != '\0') {
				size_t len = strnlen(p, step);

				n = head_push(&h, p, len, &err);
				p += len;
			}
			if (n >= 0)
				n = head_finish(&h, &err);
			head_stop(&h);
			assert_true(h.complete);
			check_true(cases[i].text,
			    head_is_header(&h) == cases[i].header,
			    n < 0 ? err.text : "wrong guess");
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
