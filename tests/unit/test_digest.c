/* SPDX-License-Identifier: MIT */
/*
 * The digests of FIPS 180-2, and where one text ends and the next begins.
 */
#include "base/digest.h"
#include "texttest.h"

static void
check_digest(const char *text, size_t cut, const char *want)
{
	auto_digest struct digest d = { .state = NULL };
	struct error err = ERROR_INIT;
	char hex[DIGEST_HEX + 1];

	assert_int_equal(digest_init(&d, &err), 0);
	digest_add(&d, text, cut);
	digest_add(&d, text + cut, strlen(text) - cut);
	digest_finish(&d, hex);
	check_str(text, hex, want);
}

static void
test_known(void **state UNUSED)
{
	for (size_t cut = 0; cut <= 3; cut++)
		check_digest("abc", cut,
		    "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad");
	check_digest("", 0,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
}

static void
test_texts_are_apart(void **state UNUSED)
{
	static const char *const pairs[][2] = { { "ab", "c" }, { "a", "bc" } };
	char hex[2][DIGEST_HEX + 1];

	for (size_t i = 0; i < 2; i++) {
		auto_digest struct digest d = { .state = NULL };
		struct error err = ERROR_INIT;

		assert_int_equal(digest_init(&d, &err), 0);
		digest_add_text(&d, pairs[i][0]);
		digest_add_text(&d, pairs[i][1]);
		digest_finish(&d, hex[i]);
	}
	assert_string_not_equal(hex[0], hex[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_texts_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
