/* SPDX-License-Identifier: MIT */
/* Texts with places for columns, and rows that try to be more than values. */
#include "texttest.h"

#include "base/attr.h"
#include "text/template.h"

#include <stdlib.h>

static const char *
find(void *ctx UNUSED, const char *name)
{
	static const char *const values[][2] = {
		{ "name", "Jana" },
		{ "a b", "blank" },
		{ "empty", "" },
		{ "html", "<b>&\"'</b>" },
		{ "trick", "{{name}} {{{name}}} \\{{" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (strcmp(values[i][0], name) == 0)
			return values[i][1];
	return NULL;
}

static const struct template_values values = { .find = find };

static void
test_expand(void **state UNUSED)
{
	static const struct {
		const char *text, *plain, *html; /* html NULL: like plain */
	} rows[] = {
		{ "", "", NULL },
		{ "no place", "no place", NULL },
		{ "{{name}}", "Jana", NULL },
		{ "Hi {{name}}, {{name}}!", "Hi Jana, Jana!", NULL },
		{ "{{ name }}{{\tname\n}}", "JanaJana", NULL },
		{ "{{a b}}", "blank", NULL },
		{ "{{name|x}}{{empty|x}}{{none|x}}", "Janaxx", NULL },
		{ "{{empty}}{{none|}}", "", NULL },
		{ "{{none|a|b}}", "a|b", NULL },
		{ "{{none| a }}", " a ", NULL },
		{ "{{html}}", "<b>&\"'</b>",
		    "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;" },
		{ "{{{html}}}", "<b>&\"'</b>", "<b>&\"'</b>" },
		{ "{{none|<i>}}", "<i>", "&lt;i&gt;" },
		{ "<p>{{name}}", "<p>Jana", NULL },
		{ "{{trick}}", "{{name}} {{{name}}} \\{{", NULL },
		{ "\\{{name}}", "{{name}}", NULL },
		{ "\\{{{{name}}", "{{Jana", NULL },
		{ "a { b } c }} {", "a { b } c }} {", NULL },
		{ "{{name}}}", "Jana}", NULL },
		{ "{{none}}", "error: no value for 'none'", NULL },
		{ "x{{name}}\n{{name", "error: line 2: '{{' without", NULL },
		{ "{{}}", "error: line 1: '{{' without", NULL },
		{ "{{ |x}}", "error: line 1: '{{' without", NULL },
		{ "{{a{b}}", "error: line 1: '{{' without", NULL },
		{ "{{{name}}", "error: line 1: '{{' without", NULL },
		{ "{{", "error: line 1: '{{' without", NULL },
		{ "{{{", "error: line 1: '{{' without", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int html = 0; html < 2; html++) {
			auto_template struct template t = { .count = 0 };
			auto_buf struct buf out = buf_make(4096);
			struct error err = ERROR_INIT;
			const char *want = html && rows[i].html != NULL
			    ? rows[i].html
			    : rows[i].plain;

			if (template_parse(&t, rows[i].text,
				strlen(rows[i].text), &err) < 0 ||
			    template_expand(
				&out, &t, html != 0, &values, &err) < 0) {
				buf_clear(&out);
				buf_printf(&out, "error: %s", err.text);
			}
			if (strncmp(want, "error: line", 11) == 0)
				check_has(rows[i].text, out.data, want);
			else
				check_str(rows[i].text, out.data, want);
		}
}

static void
test_fixed(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool fixed;
	} rows[] = { { "", true }, { "a \\{{b}}", true }, { "{{b}}", false },
		{ "a{{{b}}}", false } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_template struct template t = { .count = 0 };
		struct error err = ERROR_INIT;

		assert_int_equal(template_parse(&t, rows[i].text,
				     strlen(rows[i].text), &err),
		    0);
		check_true(rows[i].text, template_is_fixed(&t) == rows[i].fixed,
		    "is it fixed?");
	}
}

static void
test_bytes(void **state UNUSED)
{
	auto_template struct template t = { .count = 0 };
	auto_buf struct buf out = buf_make(64);
	struct error err = ERROR_INIT;

	assert_int_equal(template_parse(&t, "a\0{{name}}\0b", 12, &err), 0);
	assert_int_equal(template_expand(&out, &t, false, &values, &err), 0);
	assert_int_equal(out.len, 8);
	assert_memory_equal(out.data, "a\0Jana\0b", 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
