/* SPDX-License-Identifier: MIT */
/*
 * Near misses.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/suggest.h"

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_distance(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "subject", "subject", 0 },
		{ "Subject", "sUBJECT", 0 },
		{ "sujbect", "subject", 1 },
		{ "subjct", "subject", 1 },
		{ "subjectt", "subject", 1 },
		{ "subjekt", "subject", 1 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 }, /* 2 if a swap could be edited again */
		{ "ab", "ba", 1 },
		{ X32 X32, X32 X32, 0 },
		{ X32 X32 "x", X32 X32, SIZE_MAX },
		{ "a", X32 X32 "x", SIZE_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t got = suggest_distance(rows[i].a, rows[i].b);

		if (got != rows[i].want)
			fail_msg("'%s' '%s': %zu", rows[i].a, rows[i].b, got);
	}
}

static const char *
nth(void *ctx, size_t i)
{
	return ((const char *const *)ctx)[i];
}

static void
test_nearest(void **state UNUSED)
{
	static const char *words[] = { "subject", "to", "tls", "cc", "header",
		"attach", "server", NULL };
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "sujbect", "subject" },
		{ "SUBJECT", "subject" },
		{ "atach", "attach" },
		{ "attachments", "-" },
		{ "heder", "header" },
		{ "hdr", "-" }, /* three letters: one change only */
		{ "tsl", "tls" },
		{ "t", "to" },
		{ "xy", "-" },
		{ "reader", "header" },
		{ "serve", "server" },
		{ "", "-" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *got =
		    suggest_nearest(rows[i].word, nth, (void *)words);

		check_str(rows[i].word, got != NULL ? got : "-", rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
