/* SPDX-License-Identifier: MIT */
/*
 * Addresses: what is read, what is refused and where, what is written.
 */
#include "texttest.h"

#include "base/mem.h"
#include "text/address.h"

/* "name|local|domain|group" of each address, "-" for none, joined by "\n". */
static char *
flatten(const struct address_list *list)
{
	struct buf out auto_buf = buf_make(1 << 20);

	for (size_t i = 0; i < list->count; i++) {
		const struct address *a = &list->items[i];

		buf_printf(&out, "%s%s|%s|%s|%s", i > 0 ? "\n" : "",
		    a->name ? a->name : "-", a->local,
		    a->domain ? a->domain : "-", a->group ? a->group : "-");
	}
	return buf_take(&out);
}

static const struct {
	const char *name, *input, *want;
} good[] = {
	{ "addr-spec", "a@b.example", "-|a|b.example|-" },
	{ "angle", "<a@b>", "-|a|b|-" },
	{ "name", "Name <a@b>", "Name|a|b|-" },
	{ "no blank before <", "Name<a@b>", "Name|a|b|-" },
	{ "two words", "  Ana  Nova <a@b>  ", "Ana Nova|a|b|-" },
	{ "quoted name", "\"quoted, name\" <a@b>", "quoted, name|a|b|-" },
	{ "escapes", "\"a \\\"b\\\" \\\\c\" <a@b>", "a \"b\" \\c|a|b|-" },
	{ "blanks in quotes", "\" x  y \" <a@b>", " x  y |a|b|-" },
	{ "empty quotes", "\"\" <a@b>", "-|a|b|-" },
	{ "dots in a name", "John Q. Public <j@b>", "John Q. Public|j|b|-" },
	{ "UTF-8 name", "Žofie Nováková <z@b>", "Žofie Nováková|z|b|-" },
	{ "UTF-8 in quotes", "\"Žofie, N.\" <z@b>", "Žofie, N.|z|b|-" },
	{ "emoji", "🚀 <z@b>", "🚀|z|b|-" },
	{ "comment name", "a@b (comment name)", "comment name|a|b|-" },
	{ "comment behind angle", "<a@b> ( Joe )", "Joe|a|b|-" },
	{ "comment beside a name", "Ana <a@b> (x)", "Ana|a|b|-" },
	{ "comment in front", "(x) a@b", "-|a|b|-" },
	{ "nested comment", "a@b (x (y) \\) z)", "x (y) ) z|a|b|-" },
	{ "bare local part", "root", "-|root|-|-" },
	{ "bare with name", "Boss <root>", "Boss|root|-|-" },
	{ "bare with comment", "root (Charlie)", "Charlie|root|-|-" },
	{ "dots in local", "a.b-c+d@e", "-|a.b-c+d|e|-" },
	{ "odd atoms", "!#$%&'*+-/=?^_`{|}~@b", "-|!#$%&'*+-/=?^_`{|}~|b|-" },
	{ "quoted local", "\"a b\"@c", "-|\"a b\"|c|-" },
	{ "@ in quotes", "\"a@evil b\"@good.example",
	    "-|\"a@evil b\"|good.example|-" },
	{ "needless quotes", "\"a.b\"@c", "-|a.b|c|-" },
	{ "quotes that matter", "\"a..b\"@c", "-|\"a..b\"|c|-" },
	{ "mixed words", "\"a b\".c@d", "-|\"a b.c\"|d|-" },
	{ "escaped quote", "\"a\\\"b\"@c", "-|\"a\\\"b\"|c|-" },
	{ "IPv4 literal", "a@[192.0.2.1]", "-|a|[192.0.2.1]|-" },
	{ "IPv6 literal", "a@[IPv6:2001:db8::1]", "-|a|[IPv6:2001:db8::1]|-" },
	{ "IDN", "a@žluť.example", "-|a|žluť.example|-" },
	{ "UTF-8 local part", "jiří@b", "-|jiří|b|-" },
	{ "underscore in domain", "a@b_c.d", "-|a|b_c.d|-" },
	{ "list", "a@b, c@d,e@f", "-|a|b|-\n-|c|d|-\n-|e|f|-" },
	{ "empty elements", ", ,a@b,, (x),", "-|a|b|-" },
	{ "nothing", "", "" },
	{ "blanks", " \t ", "" },
	{ "mailto", "mailto:a@b", "-|a|b|-" },
	{ "MAILTO in angle", "X <MAILTO:a@b>, c@d", "X|a|b|-\n-|c|d|-" },
	{ "group", "Team: a@b, C <c@d>; , e@f",
	    "-|a|b|Team\nC|c|d|Team\n-|e|f|-" },
	{ "empty group", "undisclosed-recipients:;", "" },
	{ "mailto in a group", "T: mailto:a@b;", "-|a|b|T" },
	{ "UTF-8 group", "Tým: a@b;", "-|a|b|Tým" },
	{ "encoded word stays", "=?utf-8?q?J=C3=A1n?= =?utf-8?q?_N?= <a@b>",
	    "=?utf-8?q?J=C3=A1n?= =?utf-8?q?_N?=|a|b|-" },
	/* RFC 5322 appendix A, unfolded */
	{ "A.1.1", "John Doe <jdoe@machine.example>",
	    "John Doe|jdoe|machine.example|-" },
	{ "A.1.2 from", "\"Joe Q. Public\" <john.q.public@example.com>",
	    "Joe Q. Public|john.q.public|example.com|-" },
	{ "A.1.2 to",
	    "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
	    "Mary Smith|mary|x.test|-\n-|jdoe|example.org|-\n"
	    "Who?|one|y.test|-" },
	{ "A.1.2 cc",
	    "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" "
	    "<sysservices@example.net>",
	    "-|boss|nil.test|-\n"
	    "Giant; \"Big\" Box|sysservices|example.net|-" },
	{ "A.1.3 to",
	    "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
	    "Ed Jones|c|a.test|A Group\n-|joe|where.test|A Group\n"
	    "John|jdoe|one.test|A Group" },
	{ "A.1.3 cc", "Undisclosed recipients:;", "" },
	{ "A.2", "\"Mary Smith: Personal Account\" <smith@home.example>",
	    "Mary Smith: Personal Account|smith|home.example|-" },
	{ "A.5 from",
	    "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
	    "Pete|pete|silly.test|-" },
	{ "A.5 to",
	    "A Group(Some people)     :Chris Jones <c@(Chris's host.)"
	    "public.example>,     joe@example.org,  John <jdoe@one.test> "
	    "(my dear friend); (the end of the group)",
	    "Chris Jones|c|public.example|A Group\n"
	    "-|joe|example.org|A Group\nJohn|jdoe|one.test|A Group" },
	{ "A.5 cc",
	    "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
	    "" },
	{ "A.6.1 from", "Joe Q. Public <john.q.public@example.com>",
	    "Joe Q. Public|john.q.public|example.com|-" },
	{ "A.6.1 to", "Mary Smith <mary@example.net>, , jdoe@test   . example",
	    "Mary Smith|mary|example.net|-\n-|jdoe|test.example|-" },
	{ "A.6.3", "John Doe <jdoe@machine(comment).  example>",
	    "John Doe|jdoe|machine.example|-" },
};

static void
test_good(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		auto_address_list struct address_list list = { 0 };
		auto_free char *got = NULL;
		struct error err = ERROR_INIT;

		if (address_parse(
			&list, good[i].input, strlen(good[i].input), &err) < 0)
			fail_msg("%s: %s", good[i].name, err.text);
		got = flatten(&list);
		check_str(good[i].name, got, good[i].want);
	}
}

static const struct {
	const char *name, *input, *want;
} bad[] = {
	{ "';' outside a group", "a@b, c@d; e@f",
	    "bad address 'a@b, c@d; e@f': ';' outside a group at column 9" },
	{ "missing comma", "a@b c@d", "missing comma at column 5" },
	{ "two names", "John Smith", "missing '@' or comma at column 6" },
	{ "blank in local", "a b@c", "missing '@' or comma at column 3" },
	{ "second @", "a@b@c", "second '@' at column 4" },
	{ "@ in a name", "a@b <c@d>", "'@' in a name must be quoted at" },
	{ "text behind >", "<a@b> x", "text after '>' at column 7" },
	{ "parameter", "a@b> SIZE=1", "unexpected '>' at column 4" },
	{ "parameter behind angle", "<a@b> SIZE=1", "text after '>'" },
	{ "second <", "<a <b@c>", "second '<' at column 4" },
	{ "no >", "x <a@b", "'<' without '>' at column 3" },
	{ "empty angle", "x <>", "empty address at column 3" },
	{ "only @", "@", "nothing before '@' at column 1" },
	{ "no local", "@b", "nothing before '@' at column 1" },
	{ "no domain", "a@", "nothing after '@' at column 3" },
	{ "no domain in angle", "<a@>", "nothing after '@' at column 4" },
	{ "trailing dot", "a@b.", "dot at the end at column 4" },
	{ "sentence", "a@b.com. Thanks", "blank in an address at column 9" },
	{ "leading dot", ".a@b", "dot at the start at column 1" },
	{ "two dots", "a..b@c", "two dots in a row at column 3" },
	{ "dot before @", "a.@c", "dot before '@' at column 3" },
	{ "dot first in domain", "a@.b", "dot at the start at column 3" },
	{ "bad label", "a@b!c", "unexpected '!' at column 4" },
	{ "port", "a@b:25", "unexpected ':' at column 4" },
	{ "specials in a name", "[x] <a@b>", "'[' in a name must be quoted" },
	{ "backslash", "a\\b@c", "unexpected '\\' at column 2" },
	{ "stray )", "a@b )", "unexpected ')'" },
	{ "open comment", "a@b (x", "'(' without ')' at column 5" },
	{ "open quote", "\"a@b", "quote without an end at column 1" },
	{ "quote ends in backslash", "\"a\\", "quote without an end" },
	{ "open literal", "a@[1.2.3.4", "'[' without ']' at column 3" },
	{ "bad literal", "a@[1.2.3.999]", "no IP address" },
	{ "bad IPv6", "a@[IPv6:zz]", "no IP address" },
	{ "literal and more", "a@[1.2.3.4]x", "unexpected 'x' at column 12" },
	{ "group without end", "T: a@b", "group without ';' at column 7" },
	{ "group in a group", "T: U: a@b;;", "group within a group" },
	{ "after a group", "T: a@b; c@d", "missing comma after a group" },
	{ "second ;", "T: a@b;;", "missing comma after a group at column 8" },
	{ "source route", "<@a,@b:c@d>", "source routes are not supported" },
	{ "line feed", "a@b\nc@d", "a control character at column 4" },
	{ "CR LF", "a@b\r\nRCPT TO:<x@y>", "a control character at column 4" },
	{ "C1", "a\xc2\x85@b", "a control character at column 2" },
	{ "not UTF-8", "\xe1@b", "a byte that is not UTF-8 at column 1" },
	{ "columns are characters", "žšč@b ř@c", "missing comma at column 7" },
	{ "path", "/etc/passwd", "files, commands and includes" },
	{ "command", "|sh -c x", "files, commands and includes" },
	{ "include", ":include:/x", "files, commands and includes" },
	{ "quoted command", "\"|cmd\"@host", "files, commands and includes" },
	{ "quoted path", "\" /bin/sh\"", "files, commands and includes" },
	{ "quoted include", "\":include:/x\"@h", "files, commands and inc" },
	{ "encoded word", "=?utf-8?q?x=40evil.example=3e?=@good.example",
	    "encoded word in an address at column 1" },
	{ "encoded word in quotes", "\"=?x?q?=40?=\"@b", "encoded word in an" },
	{ "zero width", "a\xe2\x80\x8b@b", "invisible character U+200B" },
	{ "right to left", "a@b\xe2\x80\xae.c", "invisible character U+202E" },
	{ "invisible in quotes", "\"\xd8\x9c\"@b",
	    "invisible character U+061C" },
	{ "no-break space", "a@b.c\xc2\xa0", "invisible character U+00A0" },
	{ "tab in local", "\"a\tb\"@c", "a tab in the local part" },
	{ "mailto query", "mailto:a@b?subject=x", "more than an address" },
	{ "mailto percent", "mailto:a%20b@c", "more than an address" },
	{ "mailto alone", "mailto:", "empty address" },
	{ "URL", "http://a/b", "files, commands and includes" },
	{ "long local part",
	    "0123456789012345678901234567890123456789012345678901234567890"
	    "1234@b",
	    "local part longer than 64 bytes at column 1" },
	{ "comments 51 deep",
	    "((((((((((((((((((((((((((((((((((((((((((((((((((("
	    ")))))))))))))))))))))))))))))))))))))))))))))))))))a@b",
	    "comments nested too deeply at column 51" },
};

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		auto_address_list struct address_list list = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse(&list, "x@y", 3, &err), 0);
		if (address_parse(
			&list, bad[i].input, strlen(bad[i].input), &err) == 0)
			fail_msg("%s: was accepted", bad[i].name);
		check_has(bad[i].name, err.text, bad[i].want);
		check_true(bad[i].name, err.kind == ERR_DATA, "kind");
		check_true(bad[i].name, list.count == 1, "list changed");
	}
}

static const struct {
	const char *name, *input, *want;
} hints[] = {
	{ "short", "a@b, c@d; e@f", "a@b, c@d; e@f\n        ^" },
	{ "at the end", "a@", "a@\n  ^" },
	{ "characters, not bytes", "žšč@b ř@c", "žšč@b ř@c\n      ^" },
	{ "wide", "日本@b x@c", "日本@b x@c\n       ^" },
	{ "escaped", "ab\ncd", "ab\\ncd\n  ^" },
	{ "long",
	    "a1@example.org, a2@example.org, a3@example.org, b c@example.org, "
	    "a4@example.org, a5@example.org",
	    "....org, a2@example.org, a3@example.org, b c@example.org, "
	    "a4@ex...\n"
	    "                                           ^" },
};

static void
test_hints(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		auto_address_list struct address_list list = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse(&list, hints[i].input,
				     strlen(hints[i].input), &err),
		    -1);
		check_str(hints[i].name, err.hint, hints[i].want);
	}
}

static void
test_nul_is_refused(void **state UNUSED)
{
	auto_address_list struct address_list list = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(address_parse(&list, "a@b\0c", 5, &err), -1);
	check_has("NUL", err.text, "a control character at column 4");
}

static void
test_too_many(void **state UNUSED)
{
	struct buf text auto_buf = buf_make(1 << 20);
	auto_address_list struct address_list list = { 0 };
	struct error err = ERROR_INIT;

	for (int i = 0; i < ADDRESS_MAX_RECIPIENTS; i++)
		buf_printf(&text, "u%d@example.org,", i);
	assert_int_equal(address_parse(&list, text.data, text.len, &err), 0);
	assert_int_equal(list.count, ADDRESS_MAX_RECIPIENTS);
	assert_int_equal(address_parse(&list, "a@b", 3, &err), -1);
	check_has("one more", err.text, "more than 10000 addresses");
	assert_int_equal(list.count, ADDRESS_MAX_RECIPIENTS);
}

/* A mebibyte of one pattern ends at once, whatever the verdict. */
static void
test_speed(void **state UNUSED)
{
	static const char *const patterns[] = { "(", "<", "\"", "[", "a", ".",
		"a.", "@", ",", ":", ";", "\\", "\"\"", "\"\" ", "()", "a ",
		"a,", "x:;", "x:;,", "a@b.", "\"a\" <", "(())", "=?",
		"\xc5\xa1", "<>", "a(b)" };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct buf text auto_buf = buf_make(1 << 20);
		auto_address_list struct address_list list = { 0 };
		struct error err = ERROR_INIT;
		double start;

		while (!text.full)
			buf_puts(&text, patterns[i]);
		start = cpu_seconds();
		if (address_parse(&list, text.data, text.len, &err) == 0)
			assert_int_equal(list.count <= 1, 1);
		check_true(patterns[i], cpu_seconds() - start < patience(0.1),
		    "too slow");
	}
}

static const struct {
	const char *name, *input;
	const char *display, *header, *wire;
} written[] = {
	{ "plain", "a@b.example", "a@b.example", "a@b.example", "a@b.example" },
	{ "name", "Ana <a@b>", "Ana <a@b>", "Ana <a@b>", "a@b" },
	{ "dots", "J. Doe <a@b>", "J. Doe <a@b>", "\"J. Doe\" <a@b>", "a@b" },
	{ "comma", "\"Doe, J\" <a@b>", "\"Doe, J\" <a@b>", "\"Doe, J\" <a@b>",
	    "a@b" },
	{ "quotes", "\"a \\\"b\\\" \\\\\" <a@b>", "\"a \\\"b\\\" \\\\\" <a@b>",
	    "\"a \\\"b\\\" \\\\\" <a@b>", "a@b" },
	{ "double blank", "\"a  b\" <a@b>", "\"a  b\" <a@b>", "\"a  b\" <a@b>",
	    "a@b" },
	{ "UTF-8", "Jiří <a@b>", "Jiří <a@b>", "=?UTF-8?B?SmnFmcOt?= <a@b>",
	    "a@b" },
	{ "quoted local", "\"a b\"@c", "\"a b\"@c", "\"a b\"@c", "\"a b\"@c" },
	{ "literal", "a@[192.0.2.1]", "a@[192.0.2.1]", "a@[192.0.2.1]",
	    "a@[192.0.2.1]" },
#ifdef HAVE_LIBIDN2
	{ "IDN", "jan@Bücher.example", "jan@Bücher.example",
	    "jan@xn--bcher-kva.example", "jan@xn--bcher-kva.example" },
	{ "UTF-8 local", "jiří@bücher.example", "jiří@bücher.example",
	    "jiří@xn--bcher-kva.example", "jiří@xn--bcher-kva.example" },
#endif
};

static void
test_written(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		auto_address struct address a = { 0 }, again = { 0 };
		struct buf out auto_buf = buf_make(1000);
		struct error err = ERROR_INIT;

		assert_int_equal(
		    address_parse_one(&a, written[i].input, &err), 0);
		address_display(&out, &a);
		check_str(written[i].name, out.data, written[i].display);
		assert_int_equal(address_parse_one(&again, out.data, &err), 0);
		check_true(written[i].name, address_same(&a, &again), "same");
		check_str(written[i].name, again.name ? again.name : "-",
		    a.name ? a.name : "-");
		address_release(&again);
		buf_clear(&out);
		address_header(&out, &a);
		check_str(written[i].name, out.data, written[i].header);
		buf_clear(&out);
		assert_int_equal(address_wire(&out, &a, &err), 0);
		check_str(written[i].name, out.data, written[i].wire);
	}
}

static void
test_wire_refuses(void **state UNUSED)
{
	static const struct {
		const char *input, *want;
	} rows[] = {
		{ "root", "'root' has no domain" },
		{ "a@-b", "bad address 'a@-b': '-b' is not a domain name" },
		{ "a@b-", "'b-' is not a domain name" },
		{ "a@"
		  "0123456789012345678901234567890123456789"
		  "012345678901234567890123.example",
		    "part longer than 63 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_address struct address a = { 0 };
		struct buf out auto_buf = buf_make(1000);
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse_one(&a, rows[i].input, &err), 0);
		assert_int_equal(address_wire(&out, &a, &err), -1);
		check_has(rows[i].input, err.text, rows[i].want);
		check_str(rows[i].input, out.data, "");
	}
}

static void
test_one(void **state UNUSED)
{
	auto_address struct address a = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(address_parse_one(&a, "", &err), -1);
	check_has("none", err.text, "no address in ''");
	assert_int_equal(address_parse_one(&a, "a@b, c@d", &err), -1);
	check_has("two", err.text, "2 addresses in 'a@b, c@d' where one");
	assert_int_equal(address_parse_one(&a, " X <a@b>,", &err), 0);
	check_str("one", a.name, "X");
}

static void
test_same(void **state UNUSED)
{
	static const struct {
		const char *a, *b;
		bool want;
	} rows[] = {
		{ "a@b", "X <a@B>", true },
		{ "a@b", "A@b", false },
		{ "a@b", "a@c", false },
		{ "a", "a", true },
		{ "a", "a@b", false },
		{ "\"a\"@b", "a@b", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_address struct address a = { 0 }, b = { 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse_one(&a, rows[i].a, &err), 0);
		assert_int_equal(address_parse_one(&b, rows[i].b, &err), 0);
		check_true(
		    rows[i].b, address_same(&a, &b) == rows[i].want, rows[i].a);
	}
}

static void
test_smtputf8(void **state UNUSED)
{
	struct address ascii = { .local = (char[]){ "a" } };
	struct address utf8 = { .local = (char[]){ "ř" } };

	assert_false(address_needs_smtputf8(&ascii));
	assert_true(address_needs_smtputf8(&utf8));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_wire_refuses),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_smtputf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
