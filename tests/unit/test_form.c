/* SPDX-License-Identifier: MIT */
/*
 * Forms there and back, and the words of PKCE.
 */
#include "texttest.h"

#include "base/digest.h"
#include "text/base64.h"
#include "text/form.h"

static void
test_add(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(1000);

	form_add(&out, "a", "b c");
	form_add(&out, "none", NULL);
	form_add(&out, "empty", "");
	form_add(&out, "x&y", "/+=&%~-._\xc3\xa9\n");
	check_str("form", out.data,
	    "a=b%20c&empty=&x%26y=%2F%2B%3D%26%25~-._%C3%A9%0A");
	buf_clear(&out);
	buf_puts(&out, "https://x.example/?");
	form_add(&out, "a", "1");
	form_add(&out, "b", "2");
	check_str("query", out.data, "https://x.example/?a=1&b=2");
}

static void
test_find(void **state UNUSED)
{
	static const struct {
		const char *form, *name, *want;
	} rows[] = {
		{ "a=1&b=2", "a", "1" },
		{ "a=1&b=2", "b", "2" },
		{ "a=1&a=2", "a", "1" },
		{ "aa=1&a=2", "a", "2" },
		{ "a=1&b=2", "c", NULL },
		{ "a", "a", NULL },
		{ "a=", "a", "" },
		{ "=x&a=1", "", "x" },
		{ "&&a=1&", "a", "1" },
		{ "a=b+c%20d%2b", "a", "b c d+" },
		{ "%61=1", "a", "1" },
		{ "a=%", "a", NULL },
		{ "a=%4", "a", NULL },
		{ "a=%zz", "a", NULL },
		{ "a=x%00y", "a", NULL },
		{ "a=b=c", "a", "b=c" },
		{ "", "a", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *got =
		    form_find(rows[i].form, strlen(rows[i].form), rows[i].name);

		if (rows[i].want == NULL)
			check_true(rows[i].form, got == NULL, "found");
		else
			check_str(rows[i].form, got != NULL ? got : "NULL",
			    rows[i].want);
	}
}

/* The example of RFC 7636 appendix B. */
static void
test_challenge(void **state UNUSED)
{
	static const char verifier[] =
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	auto_digest struct digest *d = digest_new();
	unsigned char raw[DIGEST_RAW];
	char out[48];

	digest_add(d, verifier, strlen(verifier));
	digest_raw(d, raw);
	assert_int_equal(base64_url(raw, sizeof(raw), out), 43);
	check_str(
	    "challenge", out, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	assert_int_equal(base64_url("\xfb\xff", 2, out), 3);
	check_str("alphabet", out, "-_8");
	assert_int_equal(base64_url("", 0, out), 0);
}

/* What is reserved does not move. */
static void
test_reserve(void **state UNUSED)
{
	auto_buf struct buf b = buf_make(100000);
	const char *before;

	buf_reserve(&b);
	before = b.data;
	check_str("reserved", b.data, "");
	for (int i = 0; i < 100000; i++)
		buf_putc(&b, 'x');
	assert_ptr_equal(b.data, before);
	assert_false(b.full);
	buf_putc(&b, 'x');
	assert_true(b.full);
	buf_reserve(&b);
	assert_ptr_equal(b.data, before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_reserve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
