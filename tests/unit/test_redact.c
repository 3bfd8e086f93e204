/* SPDX-License-Identifier: MIT */
/*
 * Secrets that a text repeats.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/redact.h"

#include <stdio.h>
#include <string.h>

static bool
hides(const struct redactor *r, const char *text)
{
	auto_buf struct buf out = buf_make(1000);
	bool any = redact_text(r, text, strlen(text), &out);

	assert_int_equal(any, out.len > 0);
	return any && strstr(out.data, REDACT_MARK) != NULL;
}

static void
test_all_places(void **state UNUSED)
{
	struct redactor r = { .count = 0 };
	auto_buf struct buf out = buf_make(1000);
	static const char text[] = "a secret, a token; secretsecret";

	redact_add(&r, "secret", 6);
	redact_add(&r, "token", 5);
	redact_add(&r, "abc", 3);
	assert_true(redact_text(&r, text, strlen(text), &out));
	assert_string_equal(out.data,
	    "a " REDACT_MARK ", a " REDACT_MARK "; " REDACT_MARK REDACT_MARK);
	assert_false(hides(&r, "abc secre"));
	redact_release(&r);
}

/* A process that logs in again and again forgets neither the password nor what
 * it said last. */
static void
test_many(void **state UNUSED)
{
	struct redactor r = { .count = 0 };
	char word[20];

	redact_add(&r, "password", 8);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(word, sizeof(word), "answer-%04d", i);
		redact_add(&r, word, strlen(word));
		redact_add(&r, "again", 5);
		assert_true(hides(&r, word));
		assert_true(hides(&r, "the password"));
	}
	redact_release(&r);
	assert_false(hides(&r, "the password"));
}

/* One and the same is kept once. */
static void
test_same(void **state UNUSED)
{
	struct redactor r = { .count = 0 };

	redact_add(&r, "first", 5);
	for (int i = 0; i < 1000; i++)
		redact_add(&r, "again", 5);
	assert_int_equal(r.count, 2);
	redact_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_places),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
