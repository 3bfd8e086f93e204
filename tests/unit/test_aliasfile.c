/* SPDX-License-Identifier: MIT */
/*
 * The syntax of /etc/aliases, and when such a file is believed.
 */
#include "texttest.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/aliasfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* "name@line=value|name@line=value" */
static void
show(struct buf *out, const struct alias_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		buf_printf(out, "%s%s@%zu=%s", i > 0 ? "|" : "",
		    f->entries[i].name, f->entries[i].line,
		    f->entries[i].value);
}

static const struct {
	const char *name, *text, *want;
	size_t bad_line;
} files[] = {
	{ "nothing", "", "", 0 },
	{ "one", "root: ana@x.example\n", "root@1=ana@x.example", 0 },
	{ "no last line end", "root: ana@x.example", "root@1=ana@x.example",
	    0 },
	{ "CRLF and a mark", "\xef\xbb\xbfroot: a@x\r\nb: c\r\n",
	    "b@2=c|root@1=a@x", 0 },
	{ "no blanks", "root:a@x", "root@1=a@x", 0 },
	{ "blanks", "root \t:\t a@x", "root@1=a@x", 0 },
	{ "comments", "# c: d\n\n  # x\nroot: a@x\n\t# y\n", "root@4=a@x", 0 },
	{ "a hash in a line is no comment", "root: a@x # y", "root@1=a@x # y",
	    0 },
	{ "continued", "root: a@x,\n\tb@x,\n  c@x\n", "root@1=a@x, b@x, c@x",
	    0 },
	{ "continued behind a comment", "root: a@x,\n# no\n\n b@x\n",
	    "root@1=a@x, b@x", 0 },
	{ "continued by a backslash", "root: a@x, \\\nb@x\nc: d\n",
	    "c@3=d|root@1=a@x,  b@x", 0 },
	{ "an empty value", "root:\n", "root@1=", 0 },
	{ "value on the next line", "root:\n  a@x\n", "root@1=a@x", 0 },
	{ "quoted", "\"a b\": c\n\"d:\\\"e\" : f\n", "a b@1=c|d:\"e@2=f", 0 },
	{ "sorted without case, doubles by line",
	    "b: 1\nA: 2\nc: 3\nB: 4\na: 5\n", "A@2=2|a@5=5|b@1=1|B@4=4|c@3=3",
	    0 },
	{ "no colon", "a: b\nroot ana@x\nc: d\n", "a@1=b|c@3=d", 2 },
	{ "no name", ": a@x\n", "", 1 },
	{ "a domain", "root@x.example: a@x\n", "", 1 },
	{ "begins with a blank", " root: a@x\nb: c\n", "b@2=c", 1 },
	{ "quotes not closed", "\"root: a@x\n", "", 1 },
	{ "the first bad line counts", "x\ny\n", "", 1 },
	{ "a command", "prog: \"|/bin/sh -c 'a, b'\"\n",
	    "prog@1=\"|/bin/sh -c 'a, b'\"", 0 },
};

static void
test_parse(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct alias_file f = { .path = NULL };
		auto_buf struct buf out = buf_make(1000);
		struct error err = ERROR_INIT;

		check_true(files[i].name,
		    alias_file_parse(&f, "f", files[i].text,
			strlen(files[i].text), &err) == 0,
		    "refused");
		show(&out, &f);
		check_str(files[i].name, out.data, files[i].want);
		check_true(files[i].name, f.bad_line == files[i].bad_line,
		    "another bad line");
		alias_file_release(&f);
	}
}

static void
test_nul(void **state UNUSED)
{
	struct alias_file f = { .path = NULL };
	struct error err = ERROR_INIT;

	assert_int_equal(alias_file_parse(&f, "f", "a: b\0c\n", 7, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	alias_file_release(&f);
}

static void
test_find(void **state UNUSED)
{
	struct alias_file f = { .path = NULL };
	auto_buf struct buf text = buf_make(100000);
	struct error err = ERROR_INIT;

	assert_null(alias_file_find(&f, "root"));
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "n%d: v%d\nN%d: later\n", i, i, i);
	assert_int_equal(
	    alias_file_parse(&f, "f", text.data, text.len, &err), 0);
	for (int i = 0; i < 1000; i++) {
		auto_free char *name = mem_printf("N%d", i);
		auto_free char *value = mem_printf("v%d", i);

		assert_string_equal(alias_file_find(&f, name)->value, value);
	}
	assert_null(alias_file_find(&f, "n"));
	assert_null(alias_file_find(&f, "n1000"));
	assert_null(alias_file_find(&f, ""));
	alias_file_release(&f);
}

/* Kinds: a address, f final, c command, p path, i include. */
static const struct {
	const char *value, *want;
} values[] = {
	{ "", "" },
	{ " , ,, ", "" },
	{ "a@x", "a[a@x]" },
	{ "a@x , b@x,c", "a[a@x]a[b@x]a[c]" },
	{ "\"B, M\" <b@x>, c", "a[\"B, M\" <b@x>]a[c]" },
	{ "b@x (one, (two, ) three), c", "a[b@x (one, (two, ) three)]a[c]" },
	{ "<@r,@s:a@x>, c", "a[<@r,@s:a@x>]a[c]" },
	{ "\"a\\\",b\"@x, c", "a[\"a\\\",b\"@x]a[c]" },
	{ "\\root, b", "f[root]a[b]" },
	{ "\"\\root\", b", "f[\"root\"]a[b]" },
	{ "|cmd a", "c[|cmd a]" },
	{ "\"|cmd a, b\", c", "c[\"|cmd a, b\"]a[c]" },
	{ "/var/mail/x, b", "p[/var/mail/x]a[b]" },
	{ "\"/a b\"", "p[\"/a b\"]" },
	{ ":include:/x, b", "i[:include:/x]a[b]" },
	{ "\":include:/x\"", "i[\":include:/x\"]" },
	{ "\"not closed, b", "a[\"not closed, b]" },
	{ "(not closed, b", "a[(not closed, b]" },
	{ "a\\", "a[a\\]" },
	{ "\\", "f[]" },
};

static void
test_members(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const char *p = values[i].value;
		auto_buf struct buf member = buf_make(1000);
		auto_buf struct buf out = buf_make(1000);
		enum alias_kind kind;

		while (alias_next(&p, &member, &kind))
			buf_printf(&out, "%c[%s]", "afcpi"[kind], member.data);
		check_str(values[i].value, out.data, values[i].want);
	}
}

/* A file with these bytes and mode; its path in `path`. */
static void
write_file(char *path, const char *text, mode_t mode)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void
test_load(void **state UNUSED)
{
	char path[] = "/tmp/mitto-aliases.XXXXXX";
	struct alias_file f = { .path = NULL };
	struct error err = ERROR_INIT;

	write_file(path, "root: a@x\n", 0644);
	assert_int_equal(alias_file_load(&f, path, false, &err), 0);
	assert_string_equal(f.path, path);
	assert_string_equal(alias_file_find(&f, "ROOT")->value, "a@x");
	alias_file_release(&f);

	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(alias_file_load(&f, path, false, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	check_has("mode", err.hint, "chmod go-w");
	assert_int_equal(unlink(path), 0);

	assert_int_equal(alias_file_load(&f, path, false, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(alias_file_load(&f, path, true, &err), 0);
	assert_null(f.path);
	assert_int_equal(alias_file_load(&f, "/dev/null", false, &err), -1);
	check_has("device", err.text, "no regular file");

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(alias_file_load(&f, path, true, &err), -1);
	assert_int_equal(unlink(path), 0);
	alias_file_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
