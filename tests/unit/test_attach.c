/* SPDX-License-Identifier: MIT */
/*
 * FILE;key=value as people write it.
 */
#include "texttest.h"

#include "compose/attach.h"

#include <fcntl.h>
#include <unistd.h>

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void
test_parse(void **state UNUSED)
{
	static const struct {
		const char *text;
		const char *path, *name, *type, *charset, *cid;
		bool is_inline;
	} rows[] = {
		{ "a.pdf", "a.pdf", "", "", "", "", false },
		{ "-", "-", "", "", "", "", false },
		{ "a;name=b c.txt;type=text/csv", "a", "b c.txt", "text/csv",
		    "", "", false },
		{ "-;name=dir.tgz", "-", "dir.tgz", "", "", "", false },
		{ "a;inline;cid=x.y", "a", "", "", "", "x.y", true },
		{ "a;charset=utf-8;inline", "a", "", "", "utf-8", "", true },
		{ "a;name=x;name=y", "a", "y", "", "", "", false },
		/* not all keys are known: it is all one name */
		{ "a;b", "a;b", "", "", "", "", false },
		{ "a;name=b;x=y", "a;name=b;x=y", "", "", "", "", false },
		{ "a;inline=1", "a;inline=1", "", "", "", "", false },
		{ "a;name", "a;name", "", "", "", "", false },
		{ ";name=b", ";name=b", "", "", "", "", false },
		/* there is a file of the whole name */
		{ "there;name=x", "there;name=x", "", "", "", "", false },
	};
	int fd = open("there;name=x", O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_attach struct attach_spec s = { .path = NULL };
		struct error err = ERROR_INIT;

		if (attach_parse(&s, rows[i].text, &err) < 0)
			fail_msg("%s: %s", rows[i].text, err.text);
		check_str(rows[i].text, s.path, rows[i].path);
		check_str(rows[i].text, or_empty(s.name), rows[i].name);
		check_str(rows[i].text, or_empty(s.type), rows[i].type);
		check_str(rows[i].text, or_empty(s.charset), rows[i].charset);
		check_str(rows[i].text, or_empty(s.cid), rows[i].cid);
		check_true(
		    rows[i].text, s.is_inline == rows[i].is_inline, "inline");
	}
	(void)close(fd);
	(void)unlink("there;name=x");
}

static void
test_refused(void **state UNUSED)
{
	static const struct {
		const char *text;
		enum error_kind kind;
		const char *says;
	} rows[] = {
		{ "a;type=pdf", ERR_USAGE, "media type" },
		{ "a;type=multipart/mixed", ERR_USAGE, "multipart/mixed" },
		{ "a;charset=none", ERR_DATA, "charset" },
		{ "a;cid=a b", ERR_DATA, "Content-ID" },
		{ "a;cid=<a>", ERR_DATA, "Content-ID" },
		{ "a;cid=a\nb", ERR_DATA, "Content-ID" },
		{ "a;cid=", ERR_DATA, "Content-ID" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_attach struct attach_spec s = { .path = NULL };
		struct error err = ERROR_INIT;

		check_true(rows[i].text,
		    attach_parse(&s, rows[i].text, &err) < 0, "taken");
		check_has(rows[i].text, err.text, rows[i].says);
		check_true(rows[i].text, err.kind == rows[i].kind, "kind");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
