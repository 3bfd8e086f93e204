/* SPDX-License-Identifier: MIT */
/*
 * The ground: buffers, errors, lists, secrets, clocks.
 */
#include "texttest.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/strlist.h"

static void
test_buf_limit(void **state UNUSED)
{
	static const struct {
		const char *name;
		size_t max;
		const char *adds[4];
		const char *want;
		bool full;
	} rows[] = {
		{ "empty", 10, { NULL }, "", false },
		{ "nothing fits", 0, { "a", NULL }, "", true },
		{ "just fits", 4, { "ab", "cd", NULL }, "abcd", false },
		{ "too much is not cut", 4, { "ab", "cde", NULL }, "ab", true },
		{ "overflow sticks", 4, { "abcde", "f", NULL }, "", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf b = buf_make(rows[i].max);
		struct error err = ERROR_INIT;

		for (size_t k = 0; rows[i].adds[k] != NULL; k++)
			buf_puts(&b, rows[i].adds[k]);
		check_str(rows[i].name, b.data, rows[i].want);
		check_true(rows[i].name, b.full == rows[i].full, "full");
		check_true(rows[i].name,
		    (buf_check(&b, "it", &err) < 0) == rows[i].full, "check");
		check_true(rows[i].name, (err.kind == ERR_DATA) == rows[i].full,
		    "kind");
		buf_clear(&b);
		check_true(rows[i].name, !b.full && b.len == 0, "clear");
	}
}

static void
test_buf_printf_and_take(void **state UNUSED)
{
	auto_buf struct buf b = buf_make(100);
	auto_free char *taken = NULL;

	buf_printf(&b, "%d-%s", 42, "x");
	buf_putc(&b, '!');
	buf_truncate(&b, 100);
	check_str("printf", b.data, "42-x!");
	buf_truncate(&b, 2);
	check_str("truncate", b.data, "42");
	taken = buf_take(&b);
	check_str("take", taken, "42");
	check_str("empty after take", b.data, "");
	free(taken);
	taken = buf_take(&b);
	check_str("take nothing", taken, "");
}

static void
test_error_texts(void **state UNUSED)
{
	struct error err = ERROR_INIT;

	assert_int_equal(error_set(&err, ERR_DATA, "bad '%s'", "x"), -1);
	check_str("set", err.text, "bad 'x'");
	assert_int_equal(error_hint(&err, "first"), -1);
	(void)error_hint(&err, "second");
	check_str("the first hint stays", err.hint, "first");
	(void)error_wrap(&err, "file %d", 7);
	check_str("wrap", err.text, "file 7: bad 'x'");
	check_str("wrap keeps the hint", err.hint, "first");
	(void)error_errno(&err, ERR_IO, 2, "cannot read '%s'", "y");
	check_str(
	    "errno", err.text, "cannot read 'y': No such file or directory");
	check_str("a new error has no hint", err.hint, "");
}

/* A text that is cut ends with a whole character. */
static void
test_error_cut(void **state UNUSED)
{
	for (size_t lead = 0; lead < 4; lead++) {
		struct error err = ERROR_INIT;
		char text[2000];
		size_t n = 0;

		memset(text, 'x', lead);
		for (n = lead; n + 3 < sizeof(text); n += 3)
			memcpy(text + n, "\u20ac", 3);
		text[n] = '\0';
		(void)error_set(&err, ERR_DATA, "%s", text);
		n = strlen(err.text);
		check_true("cut",
		    n > sizeof(err.text) - 5 && (n - lead) % 3 == 0,
		    "in the middle of a character");
	}
}

static void
test_error_statuses(void **state UNUSED)
{
	static const struct {
		enum error_kind kind;
		int status;
	} rows[] = {
		{ ERR_NONE, 0 },
		{ ERR_USAGE, 64 },
		{ ERR_DATA, 65 },
		{ ERR_NOINPUT, 66 },
		{ ERR_NOUSER, 67 },
		{ ERR_NOHOST, 68 },
		{ ERR_UNAVAILABLE, 69 },
		{ ERR_SOFTWARE, 70 },
		{ ERR_OS, 71 },
		{ ERR_OSFILE, 72 },
		{ ERR_CANTCREATE, 73 },
		{ ERR_IO, 74 },
		{ ERR_TEMPORARY, 75 },
		{ ERR_PROTOCOL, 76 },
		{ ERR_NOPERM, 77 },
		{ ERR_CONFIG, 78 },
		{ ERR_INTERRUPTED, 130 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(error_status(rows[i].kind), rows[i].status);
		assert_true(error_phrase(rows[i].kind)[0] != '\0');
	}
}

static void
test_strlist(void **state UNUSED)
{
	auto_strlist struct strlist list = { .items = NULL };
	auto_strlist struct strlist copy = { .items = NULL };

	for (int i = 0; i < 1000; i++)
		strlist_take(&list, mem_printf("%d", i));
	strlist_copy(&copy, &list);
	assert_int_equal(copy.count, 1000);
	check_str("last", copy.items[999], "999");
	check_true("has", strlist_has(&copy, "500"), "500");
	check_true("has", !strlist_has(&copy, "1000"), "1000");
	strlist_release(&list);
	check_true("release", list.count == 0 && list.items == NULL, "empty");
}

static void
test_secret(void **state UNUSED)
{
	auto_secret struct secret s = { .text = NULL };

	check_true("unset", !secret_is_set(&s), "set");
	secret_set(&s, "geheim\n", 6);
	check_str("set", s.text, "geheim");
	secret_set(&s, "", 0);
	check_true("an empty one is set", secret_is_set(&s), "unset");
}

static void
test_clock(void **state UNUSED)
{
	static const struct {
		const char *value;
		bool fixed;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "x", false },
		{ "-1", false },
		{ "12x", false },
		{ "99999999999999999999", false },
		{ "0", true },
		{ "1763935200", true },
	};
	long long before = clock_ms();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].value == NULL)
			(void)unsetenv("SOURCE_DATE_EPOCH");
		else
			(void)setenv("SOURCE_DATE_EPOCH", rows[i].value, 1);
		check_true(rows[i].value != NULL ? rows[i].value : "unset",
		    clock_is_fixed() == rows[i].fixed, "fixed");
	}
	assert_true(clock_now() == 1763935200);
	(void)unsetenv("SOURCE_DATE_EPOCH");
	assert_true(clock_now() > 1763935200 - 86400 * 3650);
	assert_true(clock_ms() >= before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_limit),
		cmocka_unit_test(test_buf_printf_and_take),
		cmocka_unit_test(test_error_texts),
		cmocka_unit_test(test_error_cut),
		cmocka_unit_test(test_error_statuses),
		cmocka_unit_test(test_strlist),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
