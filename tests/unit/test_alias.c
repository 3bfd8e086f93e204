/* SPDX-License-Identifier: MIT */
/*
 * Who is meant by a name: [alias], the alias file, the catch-all, this host.
 */
#include "texttest.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/alias.h"
#include "settings/host.h"

#include <stdio.h>

static void
load(struct config *c, const char *text)
{
	auto_buf struct buf report = buf_make(10000);
	struct error err = ERROR_INIT;

	if (config_parse(c, "f", text, strlen(text), &report, &err) != 0)
		fail_msg("%s", report.data);
}

/* One line an address. */
static void
show(struct buf *out, const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		address_display(out, &list->items[i]);
		buf_putc(out, '\n');
	}
}

static const char aliases[] =
    "[alias]\n"
    "root = Ops <ops@work.example>\n"
    "team = ana@work.example, Boris <boris@work.example>, root\n"
    "all = team, ROOT, jana@x.example\n"
    "loop = a@x.example, pool\n"
    "pool = loop\n"
    "d1 = d2\nd2 = d3\nd3 = d4\nd4 = d5\nd5 = d6\nd6 = d7\nd7 = d8\n"
    "d8 = d9\nd9 = d10\nd10 = d11\nd11 = a@x.example\n"
    "stray = nobody-knows\n"
    "self = self@home.example\n";

static const struct {
	const char *name, *list, *domain, *want; /* want NULL: an error */
	enum error_kind kind;
	const char *text;
} expansions[] = {
	{ "an address", "a@x.example", NULL, "a@x.example\n", 0, NULL },
	{ "an alias", "root", NULL, "Ops <ops@work.example>\n", 0, NULL },
	{ "an alias of any case", "Root", NULL, "Ops <ops@work.example>\n", 0,
	    NULL },
	{ "an address is no alias", "root@x.example", NULL, "root@x.example\n",
	    0, NULL },
	{ "aliases in aliases", "all", NULL,
	    "ana@work.example\nBoris <boris@work.example>\n"
	    "Ops <ops@work.example>\njana@x.example\n",
	    0, NULL },
	{ "doubles", "A <a@x.example>, a@X.example, A@x.example, a@x.example",
	    NULL, "A <a@x.example>\nA@x.example\n", 0, NULL },
	{ "order stays", "z@x.example, b@x.example, a@x.example, b@x.example",
	    NULL, "z@x.example\nb@x.example\na@x.example\n", 0, NULL },
	{ "default domain", "jana, root", "home.example",
	    "jana@home.example\nOps <ops@work.example>\n", 0, NULL },
	{ "an alias of a local name", "stray", "home.example",
	    "nobody-knows@home.example\n", 0, NULL },
	{ "no domain", "jana", NULL, NULL, ERR_DATA, "'jana' has no domain" },
	{ "a member without a domain", "stray", NULL, NULL, ERR_DATA,
	    "f:18:9: 'nobody-knows' has no domain" },
	{ "at this host", "team@localhost, X <Root@LocalHost.LocalDomain>",
	    NULL,
	    "ana@work.example\nBoris <boris@work.example>\n"
	    "Ops <ops@work.example>\n",
	    0, NULL },
	{ "at this host, no alias", "jana@localhost", NULL, "jana@localhost\n",
	    0, NULL },
	{ "at the default domain", "root@Home.example, jana@home.example",
	    "home.example", "Ops <ops@work.example>\njana@home.example\n", 0,
	    NULL },
	{ "a circle that a domain ends", "self", "home.example",
	    "self@home.example\n", 0, NULL },
	{ "a quoted name", "\"root\"@localhost", NULL,
	    "Ops <ops@work.example>\n", 0, NULL },
	{ "a group", "all of us: root, jana@x.example;", NULL,
	    "Ops <ops@work.example>\njana@x.example\n", 0, NULL },
	{ "a circle", "loop", NULL, NULL, ERR_CONFIG, "contains itself" },
	{ "too deep", "d1", NULL, NULL, ERR_CONFIG, "deeper than 10" },
	{ "just deep enough", "d2", NULL, "a@x.example\n", 0, NULL },
};

/* Expand `text` and compare; want NULL: an error of that kind and text. */
static void
check_expand(const char *row, struct aliases *book, const char *text,
    const char *want, enum error_kind kind, const char *says)
{
	auto_address_list struct address_list list = { 0 };
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	int result;

	if (address_parse(&list, text, strlen(text), &err) != 0)
		fail_msg("%s: %s", row, err.text);
	result = aliases_expand(book, &list, &err);
	check_true(row, (result == 0) == (want != NULL),
	    result == 0 ? "no error" : err.text);
	if (want != NULL) {
		show(&out, &list);
		check_str(row, out.data, want);
		return;
	}
	check_has(row, err.text, says);
	check_true(row, err.kind == kind, "another kind");
}

static void
test_config(void **state UNUSED)
{
	struct config config;

	load(&config, aliases);
	for (size_t i = 0; i < ARRAY_SIZE(expansions); i++) {
		auto_free char *domain = expansions[i].domain != NULL
		    ? mem_strdup(expansions[i].domain)
		    : NULL;
		char none[] = "none";
		struct settings settings = {
			.default_domain = domain,
			.alias_file = none,
		};
		auto_aliases struct aliases book =
		    aliases_make(&config, &settings);

		check_expand(expansions[i].name, &book, expansions[i].list,
		    expansions[i].want, expansions[i].kind, expansions[i].text);
	}
	config_release(&config);
}

static const char file_text[] =
    "root: ops@file.example\n"
    "team: ana@x.example, Boris <boris@x.example>,\n"
    "    root, \\root@x.example\n"
    "prog: \"|/bin/sh\"\n"
    "path: ana@x.example, /var/mail/x\n"
    "list: :include:/x\n"
    "empty:\n"
    "wrong: a@b@c\n"
    "far: prog\n"
    "mbox: \\mbox, a@x.example\n"
    "jana: jana@localhost, j@x.example\n"
    "me: me\n"
    "\"two words\": two@x.example\n"
    "config: only\n";

static const struct {
	const char *name, *list, *domain, *want;
	enum error_kind kind;
	const char *text;
} rows[] = {
	{ "a name", "ROOT", NULL, "ops@file.example\n", 0, NULL },
	{ "members", "team", NULL,
	    "ana@x.example\nBoris <boris@x.example>\nops@file.example\n"
	    "root@x.example\n",
	    0, NULL },
	{ "[alias] goes first", "both", NULL, "config@x.example\n", 0, NULL },
	{ "from [alias] to the file", "team2", NULL, "ops@file.example\n", 0,
	    NULL },
	{ "from the file to [alias]", "config", NULL, "only@x.example\n", 0,
	    NULL },
	{ "a quoted name", "\"two words\"", NULL, "two@x.example\n", 0, NULL },
	{ "a command", "prog", NULL, NULL, ERR_CONFIG,
	    ":4: alias 'prog' stands for a command" },
	{ "a path beside an address", "path", NULL, NULL, ERR_CONFIG,
	    ":5: alias 'path' stands for a file, '/var/mail/x'" },
	{ "an include", "list", NULL, NULL, ERR_CONFIG,
	    ":6: alias 'list' stands for a list" },
	{ "nobody", "empty", NULL, NULL, ERR_CONFIG, ":7: alias 'empty' has" },
	{ "no address", "wrong", NULL, NULL, ERR_CONFIG, ":8: bad address" },
	{ "the innermost is to blame", "far", NULL, NULL, ERR_CONFIG,
	    ":4: alias 'prog'" },
	{ "a final name", "mbox", "home.example",
	    "mbox@home.example\na@x.example\n", 0, NULL },
	{ "a final name without a domain", "mbox", NULL, NULL, ERR_DATA,
	    ":10: 'mbox' has no domain" },
	{ "a circle with a domain", "jana", NULL,
	    "jana@localhost\nj@x.example\n", 0, NULL },
	{ "a circle", "me", NULL, NULL, ERR_CONFIG, "contains itself" },
	{ "unknown", "stranger", NULL, NULL, ERR_DATA, "has no domain" },
	{ "a stranger at this host", "stranger@localhost", NULL,
	    "stranger@localhost\n", 0, NULL },
};

/* The file as it would be on disk. */
static void
write_file(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(close(fd), 0);
}

static void
test_file(void **state UNUSED)
{
	char path[] = "/tmp/mitto-aliases.XXXXXX";
	struct config config;

	write_file(path, file_text);
	load(&config,
	    "[alias]\nboth = config@x.example\nonly = only@x.example\n"
	    "team2 = root\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *domain =
		    rows[i].domain != NULL ? mem_strdup(rows[i].domain) : NULL;
		struct settings settings = {
			.default_domain = domain,
			.alias_file = path,
		};
		auto_aliases struct aliases book =
		    aliases_make(&config, &settings);

		check_expand(rows[i].name, &book, rows[i].list, rows[i].want,
		    rows[i].kind, rows[i].text);
	}
	config_release(&config);
	assert_int_equal(unlink(path), 0);
}

static void
test_catch_all(void **state UNUSED)
{
	char path[] = "/tmp/mitto-aliases.XXXXXX";
	auto_free char *host = host_name();
	auto_free char *there = NULL;
	char domain[] = "home.example";
	struct config none = { 0 };
	struct settings settings = { .alias_file = path };
	auto_aliases struct aliases book = aliases_make(&none, &settings);

	write_file(path, "default: ops, all@x.example\nops: o@x.example\n");
	check_expand(
	    "bare", &book, "jana", "o@x.example\nall@x.example\n", 0, NULL);
	check_expand("private", &book, "jana@localhost, ops",
	    "o@x.example\nall@x.example\n", 0, NULL);
	host[strcspn(host, ".")] = '\0';
	there = mem_printf("jana@%s", host);
	check_expand("short name", &book, there, "o@x.example\nall@x.example\n",
	    0, NULL);
	settings.default_domain = domain;
	check_expand("a real domain keeps its people", &book,
	    "jana@home.example, ops@home.example",
	    "jana@home.example\no@x.example\n", 0, NULL);
	check_expand("before the default domain", &book, "jana",
	    "o@x.example\nall@x.example\n", 0, NULL);
	assert_int_equal(unlink(path), 0);
}

static void
test_catch_all_of_nobody(void **state UNUSED)
{
	struct config config;
	char path[] = "none";
	struct settings settings = { .alias_file = path };
	auto_aliases struct aliases book = { 0 };

	load(&config, "[alias]\ndefault = root\n");
	book = aliases_make(&config, &settings);
	check_expand("not for its own members", &book, "jana", NULL, ERR_DATA,
	    "f:2:11: 'root' has no domain");
	config_release(&config);
}

/* What is only shown never fails. */
static void
test_complete(void **state UNUSED)
{
	static const struct {
		const char *list, *want; /* want NULL: nothing changes */
	} cases[] = {
		{ "a@x.example, B <b@x.example>", NULL },
		{ "a@localhost", NULL },
		{ "group: a@x.example;", NULL },
		{ "root", "ops@x.example\n" },
		{ "Root <root@localhost>, a@x.example",
		    "ops@x.example\na@x.example\n" },
		{ "X <jana>", "X <jana@home.example>\n" },
		{ "loop, far", "loop@home.example\ngone@home.example\n" },
		{ "self@home.example", NULL },
	};
	struct config config;
	char path[] = "none", domain[] = "home.example";
	struct settings settings = {
		.alias_file = path,
		.default_domain = domain,
	};
	auto_aliases struct aliases book = { 0 };

	load(&config,
	    "[alias]\nroot = ops@x.example\nloop = loop\nfar = gone\n"
	    "self = self@home.example\n");
	book = aliases_make(&config, &settings);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].list;
		auto_address_list struct address_list list = { 0 };
		auto_buf struct buf out = buf_make(1000);
		struct error err = ERROR_INIT;
		bool changed;

		assert_int_equal(
		    address_parse(&list, text, strlen(text), &err), 0);
		changed = aliases_complete(&book, &list);
		check_true(text, changed == (cases[i].want != NULL),
		    changed ? "changed" : "not changed");
		if (!changed)
			continue;
		show(&out, &list);
		check_str(text, out.data, cases[i].want);
	}
	config_release(&config);
}

static void
test_fill(void **state UNUSED)
{
	auto_free char *user = host_user();
	auto_free char *name = host_name();
	const struct {
		const char *text;
		char *want;
	} cases[] = {
		{ "", mem_strdup("") },
		{ "a@x.example", mem_strdup("a@x.example") },
		{ "%u@%h", mem_printf("%s@%s", user, name) },
		{ "%u+%h@x", mem_printf("%s+%s@x", user, name) },
		{ "Cron on %h <%u@x>",
		    mem_printf("Cron on %s <%s@x>", name, user) },
		{ "ana%home@x", mem_strdup("ana%home@x") },
		{ "%x@y%", mem_strdup("%x@y%") },
		{ "%%u@x", mem_printf("%%%s@x", user) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_free char *got = host_fill(cases[i].text);

		check_str(cases[i].text, got, cases[i].want);
		free(cases[i].want);
	}
}

static void
test_hosts(void **state UNUSED)
{
	auto_free char *name = host_name();

	assert_true(host_is_self("localhost"));
	assert_true(host_is_self("LOCALHOST.localdomain"));
	assert_true(host_is_self(name));
	assert_true(host_is_private("localhost"));
	assert_int_equal(host_is_private(name), strchr(name, '.') == NULL);
	assert_false(host_is_self("gmail.com"));
	assert_false(host_is_self(""));
	assert_false(host_is_private("localhost.example"));
}

/* Nine levels of ten names each would be 10^9 addresses, all of them alike. */
static void
test_fan_out(void **state UNUSED)
{
	auto_buf struct buf text = buf_make(100000);
	struct config config;
	struct settings settings = { 0 };
	auto_aliases struct aliases book = { 0 };
	auto_address_list struct address_list list = { 0 };
	struct error err = ERROR_INIT;

	buf_puts(&text, "[alias]\n");
	for (int i = 0; i < 9; i++) {
		buf_printf(&text, "a%d = a%d", i, i + 1);
		for (int j = 0; j < 9; j++)
			buf_printf(&text, ", a%d", i + 1);
		buf_putc(&text, '\n');
	}
	buf_puts(&text, "a9 = x@x.example\n");
	load(&config, text.data);
	assert_int_equal(address_parse(&list, "a0", 2, &err), 0);
	book = aliases_make(&config, &settings);
	assert_int_equal(aliases_expand(&book, &list, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, "recipients"));
	config_release(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_catch_all),
		cmocka_unit_test(test_catch_all_of_nobody),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_fan_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
