/* SPDX-License-Identifier: MIT */
/*
 * The digests of FIPS 180-2, however the text is cut.
 */
#include "base/digest.h"
#include "texttest.h"

static void
check_digest(const char *text, size_t cut, const char *want)
{
	auto_digest struct digest *d = digest_new();
	char hex[DIGEST_HEX];

	digest_add(d, text, cut);
	digest_add(d, text + cut, strlen(text) - cut);
	digest_hex(d, hex);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
