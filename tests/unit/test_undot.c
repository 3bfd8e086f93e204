/* SPDX-License-Identifier: MIT */
/* The end of a text at a lone dot, however it is cut into blocks. */
#include "texttest.h"

#include "base/attr.h"
#include "text/undot.h"

static const struct {
	bool crlf, unstuff;
	const char *in;
	const char *text;
	const char *rest; /* NULL: the end was not there */
} rows[] = {
	/* sendmail without -i */
	{ false, false, "", "", NULL },
	{ false, false, "a\n.\nb\n", "a\n", "b\n" },
	{ false, false, "a\r\n.\r\nb\r\n", "a\r\n", "b\r\n" },
	{ false, false, ".\n", "", "" },
	{ false, false, "a\n.", "a\n", NULL },
	{ false, false, "a\n.\r", "a\n", NULL },
	{ false, false, "a\n..\n.b\n", "a\n..\n.b\n", NULL },
	{ false, false, "a\n.\r.\n", "a\n.\r.\n", NULL },
	{ false, false, "a.\n .\nb", "a.\n .\nb", NULL },
	{ false, false, "a\n\n.\n", "a\n\n", "" },
	{ false, false, "a\r.\nb", "a\r.\nb", NULL },
	/* DATA */
	{ true, true, "a\r\n..\r\n...b\r\n.c\r\n.\r\nQUIT",
	    "a\r\n.\r\n..b\r\nc\r\n", "QUIT" },
	{ true, true, ".\r\n", "", "" },
	{ true, true, ".\r\r\n.\r\n", "\r\r\n", "" },
	/* Neither a bare LF nor a bare CR is a line end there. */
	{ true, true, "a\n.\nMAIL\n.\r\n.\r\nQ", "a\n.\nMAIL\n.\r\n", "Q" },
	{ true, true, "a\n.\r\nMAIL\r\n.\r\n", "a\n.\r\nMAIL\r\n", "" },
	{ true, true, "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", "" },
	{ true, true, "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", "" },
	/* From a client that ends its commands with LF. */
	{ false, true, "a\n..b\n.\nQUIT\n", "a\n.b\n", "QUIT\n" },
};

static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *in = rows[i].in;
		size_t size = strlen(in);

		for (size_t block = 1; block <= size + 1; block++) {
			struct undot u = { .crlf = rows[i].crlf,
				.unstuff = rows[i].unstuff };
			char out[128 + UNDOT_HELD] = "";
			size_t used = 0, at = 0;

			while (at < size && !u.ended) {
				size_t len = size - at;
				size_t got;

				len = len < block ? len : block;
				at += undot(&u, in + at, len, out + used, &got);
				assert_true(got <= len + UNDOT_HELD);
				used += got;
			}
			out[used] = '\0';
			check_str(in, out, rows[i].text);
			check_true(in, u.ended == (rows[i].rest != NULL),
			    "whether it ended");
			if (rows[i].rest != NULL)
				check_str(in, in + at, rows[i].rest);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
