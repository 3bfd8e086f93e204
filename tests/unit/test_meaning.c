/* SPDX-License-Identifier: MIT */
/*
 * The table of meanings is whole, and what is not in it has no meaning.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/error.h"
#include "smtp/meaning.h"

#include <stdio.h>

static void
test_enhanced(void **state UNUSED)
{
	assert_string_equal(meaning_of_enhanced("5.7.8")->key, "7.8");
	assert_ptr_equal(
	    meaning_of_enhanced("4.7.8"), meaning_of_enhanced("5.7.8"));
	assert_string_equal(meaning_of_enhanced("5.7.99")->key, "7");
	assert_int_equal(meaning_of_enhanced("5.7.99")->kind, MEANING_SUBJECT);
	assert_null(meaning_of_enhanced("5.9.1"));
	assert_null(meaning_of_enhanced("3.7.8"));
	assert_null(meaning_of_enhanced("5"));
	assert_null(meaning_of_enhanced(""));
}

static void
test_codes(void **state UNUSED)
{
	assert_string_equal(meaning_of_code("535")->key, "535");
	assert_string_equal(meaning_of_code("559")->key, "5");
	assert_null(meaning_of_code("577"));
	assert_null(meaning_of_code("177"));
	assert_null(meaning_of_code("5"));
	assert_null(meaning_of_code("5350"));
	assert_null(meaning_of_code(""));
}

/* Each status that mitto can end with. */
static void
test_statuses(void **state UNUSED)
{
	for (int kind = ERR_NONE; kind <= ERR_INTERRUPTED; kind++) {
		char text[12];

		(void)snprintf(text, sizeof(text), "%d",
		    error_status((enum error_kind)kind));
		if (meaning_of_status(text) == NULL)
			fail_msg("%s", text);
	}
	assert_null(meaning_of_status("1"));
	assert_null(meaning_of_status(""));
}

static void
test_words(void **state UNUSED)
{
	assert_string_equal(
	    meaning_of_words("SSL routines:: Wrong Version Number")->key,
	    "wrong version number");
	assert_null(meaning_of_words("all is well"));
}

/* No row that a row above it hides, no empty field, sentences to read. */
static void
test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < meaning_count; i++) {
		const struct meaning *m = &meanings[i];

		check_true(m->key, m->text[0] != '\0', "text");
		check_true(m->key, m->advice[0] != '\0', "advice");
		check_true(m->key, m->text[strlen(m->text) - 1] != '.',
		    "no full stop");
		if (m->kind == MEANING_WORDS)
			assert_ptr_equal(meaning_of_words(m->key), m);
		for (size_t k = 0; k < i; k++)
			check_true(m->key,
			    meanings[k].kind != m->kind ||
				strcmp(meanings[k].key, m->key) != 0,
			    "once");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enhanced),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
