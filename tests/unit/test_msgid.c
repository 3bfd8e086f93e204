/* SPDX-License-Identifier: MIT */
/*
 * Identifiers: their form, that they differ, and that a fixed time fixes them.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/msgid.h"

#include <stdlib.h>

static int
random_time(void **state UNUSED)
{
	return unsetenv("SOURCE_DATE_EPOCH");
}

static int
fixed_time(void **state UNUSED)
{
	return setenv("SOURCE_DATE_EPOCH", "1800000000", 1);
}

static void
test_make(void **state UNUSED)
{
	struct buf a auto_buf = buf_make(200), b auto_buf = buf_make(200);

	msgid_make(&a, "example.org", "x");
	msgid_make(&b, "example.org", "x");
	check_true(a.data, msgid_valid(a.data, a.len), "not valid");
	check_has("domain", a.data, "@example.org>");
	check_true(a.data, a.len == 7 + 24 + strlen("<.@example.org>"), "size");
	check_true(a.data, strcmp(a.data, b.data) != 0, "the same again");
	check_true(a.data, strncmp(a.data + 9, b.data + 9, 24) != 0,
	    "differs in time only");
}

static void
test_make_fixed(void **state UNUSED)
{
	struct buf a auto_buf = buf_make(200), b auto_buf = buf_make(200),
		     c auto_buf = buf_make(200);

	msgid_make(&a, "example.org", "one");
	msgid_make(&b, "example.org", "one");
	msgid_make(&c, "example.org", "two");
	check_str("same seed", a.data, b.data);
	check_true(a.data, strcmp(a.data, c.data) != 0, "another seed");
	(void)setenv("SOURCE_DATE_EPOCH", "1800000001", 1);
	buf_clear(&b);
	msgid_make(&b, "example.org", "one");
	check_true(a.data, strcmp(a.data + 9, b.data + 9) != 0, "another time");
}

static void
test_boundary(void **state UNUSED)
{
	struct buf a auto_buf = buf_make(200), b auto_buf = buf_make(200);

	msgid_boundary(&a, "x");
	msgid_boundary(&b, "x");
	check_true(
	    a.data, a.len == 30 && strncmp(a.data, "=_", 2) == 0, "form");
	check_true(a.data,
	    strspn(a.data + 2, "0123456789abcdefghijklmnopqrstuvwxyz") == 28,
	    "characters");
	check_true(a.data, strcmp(a.data, b.data) != 0, "the same again");
}

static void
test_boundary_fixed(void **state UNUSED)
{
	struct buf a auto_buf = buf_make(200), b auto_buf = buf_make(200),
		     c auto_buf = buf_make(200);

	msgid_boundary(&a, "x");
	msgid_boundary(&b, "x");
	msgid_boundary(&c, "y");
	check_str("same seed", a.data, b.data);
	check_true(a.data, strcmp(a.data, c.data) != 0, "another seed");
}

static void
test_thread(void **state UNUSED)
{
	struct buf a auto_buf = buf_make(200), b auto_buf = buf_make(200),
		     c auto_buf = buf_make(200);

	msgid_thread(&a, "example.org", "disk full on host17");
	msgid_thread(&b, "example.org", "disk full on host17");
	msgid_thread(&c, "example.org", "disk full on host18");
	/* It must be the same in later versions, or threads break. */
	check_str("stable", a.data, "<thread.6kt4votrwjjc@example.org>");
	check_str("same key", a.data, b.data);
	check_true(a.data, strcmp(a.data, c.data) != 0, "another key");
	check_true(a.data, msgid_valid(a.data, a.len), "not valid");
}

static void
test_valid(void **state UNUSED)
{
	static const struct {
		const char *input;
		bool want;
	} rows[] = {
		{ "<a@b>", true },
		{ "<1234@local.machine.example>", true },
		{ "<000001c1$abc/d=e+f@host>", true },
		{ "<a..b.@c>", true }, /* obsolete */
		{ "<\"a b\"@c>", true },
		{ "<\"a\\\"@b\"@c>", true },
		{ "<a@[192.0.2.1]>", true },
		{ "<a@b@c>", true }, /* wrong, but seen */
		{ "<\xc5\x99@b>", true },
		{ "", false },
		{ "<>", false },
		{ "a@b", false },
		{ "<a@b", false },
		{ "a@b>", false },
		{ "<ab>", false },
		{ "<@bcd>", false },
		{ "<a@>", false },
		{ "<\"a@b\">", false },
		{ "<a b@c>", false },
		{ "<a@b c>", false },
		{ "<a@b><c@d>", false },
		{ "<a@b> <c@d>", false },
		{ "<a(x)@b>", false },
		{ "<a\t@b>", false },
		{ "<a\r\n@b>", false },
		{ "<a\x7f@b>", false },
		{ "<\"a@b>", false },
		{ "<\"a\"@b\\>", true },
		{ "<a@b\"\\>", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].input,
		    msgid_valid(rows[i].input, strlen(rows[i].input)) ==
			rows[i].want,
		    "judged wrongly");
	assert_false(msgid_valid("<a\0@b>", 6));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_make, random_time),
		cmocka_unit_test_setup(test_make_fixed, fixed_time),
		cmocka_unit_test_setup(test_boundary, random_time),
		cmocka_unit_test_setup(test_boundary_fixed, fixed_time),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
