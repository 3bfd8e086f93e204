/* SPDX-License-Identifier: MIT */
/*
 * Domain names: what becomes of them, what is none.
 */
#include "texttest.h"

#include "base/mem.h"
#include "text/idn.h"

#include <locale.h>

#define LABEL63 \
	"012345678901234567890123456789012345678901234567890123456789012"

static const struct {
	const char *input;
	const char *want; /* NULL: refused */
} rows[] = {
	{ "example.org", "example.org" },
	{ "EXAMPLE.org", "EXAMPLE.org" },
	{ "localhost", "localhost" },
	{ "a_b.example", "a_b.example" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "[192.0.2.1]", "[192.0.2.1]" },
	{ "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]" },
	{ LABEL63 ".example", LABEL63 ".example" },
	{ LABEL63 "x.example", NULL },
	{ LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, NULL },
	{ "", NULL },
	{ ".", NULL },
	{ "a.", NULL },
	{ ".a", NULL },
	{ "a..b", NULL },
	{ "-a.example", NULL },
	{ "a-.example", NULL },
	{ "a b", NULL },
	{ "a/b", NULL },
	{ "a@b", NULL },
	{ "[192.0.2.1", NULL },
#ifdef HAVE_LIBIDN2
	{ "bücher.example", "xn--bcher-kva.example" },
	{ "BÜCHER.example", "xn--bcher-kva.example" },
	{ "bu\xcc\x88"
	  "cher.example",
	    "xn--bcher-kva.example" },
	{ "straße.example", "xn--strae-oqa.example" }, /* nontransitional */
	{ "例え.テスト", "xn--r8jz45g.xn--zckzah" },
	{ "例え。テスト", "xn--r8jz45g.xn--zckzah" },
	{ "žluťoučký_kůň.example", "xn--luouk_k-z2a6lsyxjlexh.example" },
	{ "ａｂ.example", "ab.example" },
	{ "a\xe2\x84\x80"
	  "b.example",
	    NULL }, /* maps to "a/c" */
	{ "a\xef\xbc\xa0"
	  "b.example",
	    NULL }, /* maps to '@' */
	{ "a\xc2\xa0.example", NULL },
	{ "\xe2\x80\xae"
	  "a.example",
	    NULL },
	{ "☃\xff", NULL },
#endif
};

static void
check_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;
		auto_free char *got = idn_to_ascii(rows[i].input, &err);

		if (got == NULL)
			check_true(
			    rows[i].input, err.kind == ERR_DATA, "error kind");
		check_str(rows[i].input, got ? got : err.text,
		    rows[i].want ? rows[i].want : err.text);
	}
}

static void
test_any_locale(void **state UNUSED)
{
	static const char *const locales[] = { "C", "C.UTF-8", "" };

	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		(void)setlocale(LC_ALL, locales[i]);
		check_rows();
	}
	(void)setlocale(LC_ALL, "C");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
