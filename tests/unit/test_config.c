/* SPDX-License-Identifier: MIT */
/*
 * Config texts: what is taken, and the report on what is not, letter for
 * letter.
 */
#include "base/io.h"
#include "base/mem.h"
#include "settings/config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* Assignments are shown as SECTION.KEY=VALUE@LINE:COL. */
static const struct {
	const char *name, *text, *want;
} good[] = {
	{ "nothing", "", "" },
	{ "comments and blank lines", "# a\n\n  ; b\n\t\n", "" },
	{ "defaults", "[defaults]\nport = 25\n", "defaults.port=25@2:8\n" },
	{ "account", "[account home]\ntls=ssl", "home.tls=ssl@2:5\n" },
	{ "blanks", "  [ account   my home ]  \n\ttls \t=  ssl \t\n",
	    "my home.tls=ssl@2:10\n" },
	{ "CRLF and BOM", "\xef\xbb\xbf[defaults]\r\nport = 25\r\n",
	    "defaults.port=25@2:8\n" },
	{ "verbatim value", "[defaults]\npassword = # $ & : \" \\ % ' ; x\n",
	    "defaults.password=# $ & : \" \\ % ' ; x@2:12\n" },
	{ "quoted value", "[defaults]\npassword = \"  a\\tb\\\"\\\\\\x41 \"\n",
	    "defaults.password=  a\tb\"\\A @2:12\n" },
	{ "quotes that are no pair",
	    "[defaults]\nfrom = \"Novak, J.\" <j@x.example>\n",
	    "defaults.from=\"Novak, J.\" <j@x.example>@2:8\n" },
	{ "open quote", "[defaults]\nhelo = \"abc\n",
	    "defaults.helo=\"abc@2:8\n" },
	{ "octal escapes", "[defaults]\npassword = \"\\102\\1012\"\n",
	    "defaults.password=BA2@2:12\n" },
	{ "equals in the value", "[defaults]\npassword-command = a b=c\n",
	    "defaults.password-command=a b=c@2:20\n" },
	{ "a list", "[account a]\nmatch = *@a\nmatch = /^b@/\n",
	    "a.match=*@a@2:9\na.match=/^b@/@3:9\n" },
	{ "an empty list", "[defaults]\ncc =\n", "defaults.cc=@2:5\n" },
	{ "aliases", "[alias]\nroot = ops@x.example\nTeam = a@x, B <b@x>\n",
	    "alias.root=ops@x.example@2:8\nalias.Team=a@x, B <b@x>@3:8\n" },
	{ "own keys", "x-a = 1\n[defaults]\nx-b\t= 2\nX-C = 3\n", "" },
	{ "a section twice", "[account a]\nport = 1\n[account a]\nport = 2\n",
	    "a.port=1@2:8\na.port=2@4:8\n" },
	{ "UTF-8", "[defaults]\nfrom-name = Nov\u00e1k\n",
	    "defaults.from-name=Nov\u00e1k@2:13\n" },
	{ "inherit", "[account b]\ninherit = a\n[account a]\nport = 1\n",
	    "b.inherit=a@2:11\na.port=1@4:8\n" },
	{ "optional include", "include = -/nonexistent/x\n", "" },
	{ "optional pattern", "include = -/nonexistent/*.conf\n", "" },
};

static const struct {
	const char *name, *text, *report;
} bad[] = {
	{ "unknown key",
	    "[account home]\npasword-command = pass show mail/gmail-app\n",
	    "f:2:1: unknown key 'pasword-command'\n"
	    "    pasword-command = pass show mail/gmail-app\n"
	    "    ^~~~~~~~~~~~~~~   did you mean password-command?\n"
	    "1 error\n" },
	{ "comment behind a choice",
	    "[defaults]\nqueue     = fail   # when offline\n",
	    "f:2:13: queue: no such choice 'fail   # when offline'\n"
	    "    queue     = fail   # when offline\n"
	    "                ^~~~~~~~~~~~~~~~~~~~~\n"
	    "    one of: fail, always, never        hint: a comment needs a line of its own\n"
	    "1 error\n" },
	{ "choice", "[defaults]\n\ttls = startls\n",
	    "f:2:8: tls: no such choice 'startls'\n"
	    "     tls = startls\n"
	    "           ^~~~~~~\n"
	    "    did you mean starttls? (one of: auto, plain, starttls, ssl, "
	    "try)\n"
	    "1 error\n" },
	{ "number", "[defaults]\nport = 10x\n",
	    "f:2:8: port: '10x' is no number from 1 to 65535\n"
	    "    port = 10x\n"
	    "           ^~~   a number from 1 to 65535\n"
	    "1 error\n" },
	{ "two mistakes", "[defalts]\nport = x\n[defaults]\nport = 0\n",
	    "f:1:2: unknown section 'defalts'\n"
	    "    [defalts]\n"
	    "     ^~~~~~~   did you mean [defaults]?\n"
	    "f:4:8: port: '0' is no number from 1 to 65535\n"
	    "    port = 0\n"
	    "           ^   a number from 1 to 65535\n"
	    "2 errors\n" },
	{ "double key", "[defaults]\nport = 1\ntls = ssl\nport = 2\n",
	    "f:4:1: 'port' stands on line 2 already\n"
	    "    port = 2\n"
	    "    ^~~~\n"
	    "1 error\n" },
	{ "double alias", "[alias]\nroot = a@x\nRoot = b@x\n",
	    "f:3:1: 'Root' stands on line 2 already\n"
	    "    Root = b@x\n"
	    "    ^~~~\n"
	    "1 error\n" },
	{ "no section", "port = 1\n",
	    "f:1:1: 'port' stands in no section\n"
	    "    port = 1\n"
	    "    ^~~~   begin with [defaults] or [account NAME]\n"
	    "1 error\n" },
	{ "no equals sign", "[defaults]\nhost smtp.x.example\n",
	    "f:2:1: 'host' has no '=' behind it\n"
	    "    host smtp.x.example\n"
	    "    ^~~~   KEY = VALUE\n"
	    "1 error\n" },
	{ "no key", "[defaults]\n = 3\n",
	    "f:2:2: there is no key before '='\n"
	    "     = 3\n"
	    "     ^   KEY = VALUE\n"
	    "1 error\n" },
	{ "section without end", "[defaults\nport = 1\n",
	    "f:1:1: the section's name has no ']'\n"
	    "    [defaults\n"
	    "    ^~~~~~~~~\n"
	    "1 error\n" },
	{ "text behind a section", "[defaults] # mine\n",
	    "f:1:12: text behind the section's name\n"
	    "    [defaults] # mine\n"
	    "               ^~~~~~   a comment needs a line of its own\n"
	    "1 error\n" },
	{ "account without name", "[account]\n",
	    "f:1:2: an account needs a name\n"
	    "    [account]\n"
	    "     ^~~~~~~   [account NAME]\n"
	    "1 error\n" },
	{ "account that is a path", "[account ../x]\n",
	    "f:1:10: '../x' cannot name an account\n"
	    "    [account ../x]\n"
	    "             ^~~~\n"
	    "1 error\n" },
	{ "empty section", "[]\n",
	    "f:1:2: unknown section ''\n"
	    "    []\n"
	    "     ^   one of: [defaults], [account NAME], [provider NAME], "
	    "[alias]\n"
	    "1 error\n" },
	{ "quote within quotes", "[defaults]\nhelo = \"a\"b\"\n",
	    "f:2:10: a quote within quotes\n"
	    "    helo = \"a\"b\"\n"
	    "             ^   write \\\" for a quote within quotes\n"
	    "1 error\n" },
	{ "unknown escape", "[defaults]\nhelo = \"a\\qb\"\n",
	    "f:2:10: unknown escape\n"
	    "    helo = \"a\\qb\"\n"
	    "             ^~   write \\\\ for a backslash within quotes\n"
	    "1 error\n" },
	{ "NUL escape", "[defaults]\nhelo = \"\\x00\"\n",
	    "f:2:9: unknown escape\n"
	    "    helo = \"\\x00\"\n"
	    "            ^~   write \\\\ for a backslash within quotes\n"
	    "1 error\n" },
	{ "not UTF-8",
	    "[defaults]\nhelo = a\xff"
	    "b\n",
	    "f:2:9: not UTF-8\n"
	    "    helo = a\\xFFb\n"
	    "            ^~~~\n"
	    "1 error\n" },
	{ "secret value is hidden", "[defaults]\npasswrd = geheim\n",
	    "f:2:1: unknown key 'passwrd'\n"
	    "    passwrd = ****\n"
	    "    ^~~~~~~   did you mean password?\n"
	    "1 error\n" },
	{ "secret without equals sign", "[defaults]\npassword geheim\n",
	    "f:2:1: 'password' has no '=' behind it\n"
	    "    password ****\n"
	    "    ^~~~~~~~   KEY = VALUE\n"
	    "1 error\n" },
	{ "secret that is not UTF-8", "[defaults]\npassword = geheim\xff\n",
	    "f:2:18: not UTF-8\n"
	    "    password = ****\n"
	    "                   ^\n"
	    "1 error\n" },
	{ "login in a URL", "[defaults]\nserver = smtp://u:geheim@h\n",
	    "f:2:10: server: a server's address holds no login\n"
	    "    server = ****\n"
	    "             ^~~~   give the login name with --user\n"
	    "1 error\n" },
	{ "match in defaults", "[defaults]\nmatch = *\n",
	    "f:2:1: match stands in an [account NAME] only\n"
	    "    match = *\n"
	    "    ^~~~~\n"
	    "1 error\n" },
	{ "account in an account", "[account a]\naccount = a\n",
	    "f:2:1: account stands in [defaults] only\n"
	    "    account = a\n"
	    "    ^~~~~~~\n"
	    "1 error\n" },
	{ "flag that is no key", "[defaults]\nattach = a.pdf\n",
	    "f:2:1: unknown key 'attach'\n"
	    "    attach = a.pdf\n"
	    "    ^~~~~~   it is a flag of the command line only\n"
	    "1 error\n" },
	{ "alias with a domain", "[alias]\na@x = b@x\n",
	    "f:2:1: an alias is a name without a domain\n"
	    "    a@x = b@x\n"
	    "    ^~~\n"
	    "1 error\n" },
	{ "alias without members", "[alias]\nroot =\n",
	    "f:2:7: root: the alias has no members\n"
	    "    root =\n"
	    "          ^\n"
	    "1 error\n" },
	{ "variable that is not set",
	    "[defaults]\ncacert = ${MITTO_TEST_UNSET}/ca.pem\n",
	    "f:2:10: cacert: ${MITTO_TEST_UNSET} is not set\n"
	    "    cacert = ${MITTO_TEST_UNSET}/ca.pem\n"
	    "             ^~~~~~~~~~~~~~~~~~~~~~~~~~\n"
	    "1 error\n" },
	{ "include behind a section", "[defaults]\ninclude = x\n",
	    "f:2:1: include stands before the first section\n"
	    "    include = x\n"
	    "    ^~~~~~~\n"
	    "1 error\n" },
	{ "missing include", "include = /nonexistent/x\n",
	    "f:1:11: include: cannot read '/nonexistent/x': No such file or "
	    "directory\n"
	    "    include = /nonexistent/x\n"
	    "              ^~~~~~~~~~~~~~\n"
	    "1 error\n" },
	{ "include of a device", "include = /dev/zero\n",
	    "f:1:11: include: '/dev/zero' is no regular file\n"
	    "    include = /dev/zero\n"
	    "              ^~~~~~~~~\n"
	    "1 error\n" },
	{ "unknown account", "[defaults]\naccount = hom\n[account home]\n",
	    "f:2:11: account: there is no account 'hom'\n"
	    "    one of: home\n"
	    "1 error\n" },
	{ "inherit in a circle",
	    "[account a]\ninherit = b\n[account b]\ninherit = a\n",
	    "f:2:11: account 'a' inherits from itself\n"
	    "f:4:11: account 'b' inherits from itself\n"
	    "2 errors\n" },
};

static void
dump(struct buf *out, const struct config *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t j = 0; j < s->count; j++) {
			const char *name = s->name;

			if (name == NULL)
				name = s->kind == SECTION_ALIAS ? "alias"
								: "defaults";
			buf_printf(out, "%s.%s=%s@%s\n", name, s->items[j].key,
			    s->items[j].value,
			    strchr(s->items[j].where, ':') + 1);
		}
	}
}

static void
test_good(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct config c;
		auto_buf struct buf report = buf_make(10000);
		auto_buf struct buf out = buf_make(10000);
		struct error err = ERROR_INIT;

		if (config_parse(&c, "f", good[i].text, strlen(good[i].text),
			&report, &err) != 0)
			fail_msg("%s: %s", good[i].name, report.data);
		dump(&out, &c);
		if (strcmp(out.data, good[i].want) != 0 || report.len != 0)
			fail_msg("%s: got\n%s", good[i].name, out.data);
		config_release(&c);
	}
}

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct config c;
		auto_buf struct buf report = buf_make(10000);
		struct error err = ERROR_INIT;

		if (config_parse(&c, "f", bad[i].text, strlen(bad[i].text),
			&report, &err) != -1)
			fail_msg("%s: accepted", bad[i].name);
		if (strcmp(report.data, bad[i].report) != 0)
			fail_msg("%s: got\n%s", bad[i].name, report.data);
		if (err.kind != ERR_CONFIG || err.text[0] == '\0' ||
		    strstr(err.text, "geheim") != NULL)
			fail_msg("%s: %s", bad[i].name, err.text);
		config_release(&c);
	}
}

static void
test_nul_byte(void **state UNUSED)
{
	static const char text[] = "[defaults]\nhelo = a\0b\nport = 1\n";
	struct config c;
	auto_buf struct buf report = buf_make(10000);
	struct error err = ERROR_INIT;

	assert_int_equal(
	    config_parse(&c, "f", text, sizeof(text) - 1, &report, &err), -1);
	assert_non_null(strstr(report.data, "f:2:9: NUL byte\n"));
	assert_non_null(config_find(&c, NULL, "port"));
	config_release(&c);
}

/* --- files -------------------------------------------------------------- */

static char dir[] = "/tmp/mitto-test-XXXXXX";

static int
make_dir(void **state UNUSED)
{
	return mkdtemp(dir) != NULL && chdir(dir) == 0 &&
		setenv("HOME", dir, 1) == 0 && unsetenv("XDG_CONFIG_HOME") == 0
	    ? 0
	    : -1;
}

static void
write_file(const char *name, mode_t mode, const char *text)
{
	int fd;

	/* One of an earlier test may be read-only. */
	(void)remove(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static int
remove_dir(void **state UNUSED)
{
	static const char *const names[] = { "a", "b", "c", "d1.inc", "d2.inc",
		".mitto", ".config/mitto/config", ".config/mitto", ".config",
		"xdg/mitto/config", "xdg/mitto", "xdg" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)remove(names[i]);
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

/* Load one file; the report and the error come back. */
static int
load(const char *only, struct buf *report, struct buf *out, struct error *err)
{
	struct config c;
	int result = config_load(&c, only, report, err);

	dump(out, &c);
	config_release(&c);
	return result;
}

static void
test_modes(void **state UNUSED)
{
	static const struct {
		mode_t mode;
		const char *text;
		enum error_kind kind;
		const char *said;
	} rows[] = {
		{ 0600, "[defaults]\npassword = x\n", ERR_NONE, NULL },
		{ 0644, "[defaults]\nport = 1\n", ERR_NONE, NULL },
		{ 0644, "[defaults]\npassword = x\n", ERR_CONFIG,
		    "chmod 600 " },
		{ 0640, "[defaults]\npassword = x\n", ERR_CONFIG,
		    "chmod 600 " },
		{ 0604, "[account a]\npassword = \n", ERR_CONFIG,
		    "chmod 600 " },
		{ 0664, "[defaults]\nport = 1\n", ERR_NOPERM, "chmod go-w " },
		{ 0602, "[defaults]\nport = 1\n", ERR_NOPERM, "chmod go-w " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf report = buf_make(10000);
		auto_buf struct buf out = buf_make(1000);
		struct error err = ERROR_INIT;
		int result;

		write_file("a", rows[i].mode, rows[i].text);
		result = load("a", &report, &out, &err);
		if ((result == 0) != (rows[i].said == NULL) ||
		    err.kind != rows[i].kind ||
		    (rows[i].said != NULL &&
			strstr(report.data, rows[i].said) == NULL))
			fail_msg("row %zu: %s", i, report.data);
	}
}

/* Only root can make a file of somebody else. */
static void
test_owner(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(1000);
	struct error err = ERROR_INIT;

	write_file("a", 0600, "[defaults]\nport = 1\n");
	if (chown("a", 12345, (gid_t)-1) != 0)
		skip();
	assert_int_equal(load("a", &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	assert_non_null(strstr(report.data, "another user (uid 12345)"));
	assert_int_equal(remove("a"), 0);
}

static void
test_named_file(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(1000);
	struct error err = ERROR_INIT;

	assert_int_equal(load("missing", &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "cannot read 'missing'"));
	assert_int_equal(load(".", &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_int_equal(load("none", &report, &out, &err), 0);
	assert_int_equal(load("/dev/null", &report, &out, &err), 0);
	assert_int_equal(report.len, 0);
	assert_int_equal(out.len, 0);
	write_file("a", 0, "");
	if (geteuid() != 0) {
		assert_int_equal(load("a", &report, &out, &err), -1);
		assert_int_equal(err.kind, ERR_NOPERM);
	}
}

static void
test_include(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	auto_free char *path = mem_printf("%s/a", dir);

	write_file("a", 0600,
	    "include = ~/b\ninclude = d*.inc\n[defaults]\nport = 3\n");
	write_file("b", 0600, "include = ${HOME}/c\n[defaults]\nport = 2\n");
	write_file("c", 0600, "[defaults]\nport = 1\n");
	write_file("d1.inc", 0600, "[account d]\nport = 4\n");
	write_file("d2.inc", 0600, "[account d]\nport = 5\n");
	if (load(path, &report, &out, &err) != 0)
		fail_msg("%s", report.data);
	assert_string_equal(out.data,
	    "defaults.port=1@2:8\ndefaults.port=2@3:8\nd.port=4@2:8\n"
	    "d.port=5@2:8\ndefaults.port=3@4:8\n");
}

static void
test_include_in_a_circle(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	auto_free char *path = mem_printf("%s/a", dir);

	write_file("a", 0600, "include = b\n");
	write_file("b", 0600, "include = a\n");
	assert_int_equal(load(path, &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(report.data, "includes itself"));
	assert_non_null(strstr(report.data, "~/b:1:11: include"));
}

/* Ten levels are read, an eleventh is not. */
static void
test_include_depth(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	auto_free char *deep = mem_printf("%s/n0", dir);
	auto_free char *flat = mem_printf("%s/n1", dir);

	for (int i = 0; i <= CONFIG_MAX_DEPTH + 1; i++) {
		auto_free char *name = mem_printf("n%d", i);
		auto_free char *text = mem_printf("include = n%d\n", i + 1);

		write_file(name, 0600, i <= CONFIG_MAX_DEPTH ? text : "");
	}
	assert_int_equal(load(flat, &report, &out, &err), 0);
	assert_int_equal(load(deep, &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "nested deeper than 10"));
	for (int i = 0; i <= CONFIG_MAX_DEPTH + 1; i++) {
		auto_free char *name = mem_printf("n%d", i);

		assert_int_equal(remove(name), 0);
	}
}

static void
test_search_path(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(10000);
	auto_strlist struct strlist paths = { 0 };
	struct error err = ERROR_INIT;
	auto_free char *xdg = mem_printf("%s/xdg", dir);

	/* What the machine's own files say does not matter here. */
	write_file(".mitto", 0600, "[account t]\nport = 1\n");
	assert_int_equal(load(NULL, &report, &out, &err), 0);
	assert_non_null(strstr(out.data, "t.port=1@2:8\n"));
	assert_int_equal(mkdir(".config", 0700), 0);
	assert_int_equal(mkdir(".config/mitto", 0700), 0);
	write_file(".config/mitto/config", 0600, "[account t]\nport = 2\n");
	buf_clear(&out);
	assert_int_equal(load(NULL, &report, &out, &err), 0);
	assert_non_null(strstr(out.data, "t.port=2@2:8\n"));
	assert_null(strstr(out.data, "t.port=1@"));
	assert_int_equal(mkdir("xdg", 0700), 0);
	assert_int_equal(mkdir("xdg/mitto", 0700), 0);
	write_file("xdg/mitto/config", 0600, "[account t]\nport = 3\n");
	assert_int_equal(setenv("XDG_CONFIG_HOME", xdg, 1), 0);
	buf_clear(&out);
	assert_int_equal(load(NULL, &report, &out, &err), 0);
	assert_non_null(strstr(out.data, "t.port=3@2:8\n"));
	assert_null(strstr(out.data, "t.port=2@"));
	config_paths(&paths);
	assert_string_equal(paths.items[0], SYSCONFDIR "/mitto.conf");
	assert_non_null(
	    strstr(paths.items[paths.count - 2], "/xdg/mitto/config"));
	assert_non_null(strstr(paths.items[paths.count - 1], "/.mitto"));
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
}

/* A user's file that cannot be read is told, the others are still checked. */
static void
test_all_files_are_checked(void **state UNUSED)
{
	auto_buf struct buf report = buf_make(10000);
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	auto_free char *path = mem_printf("%s/a", dir);

	write_file(
	    "a", 0600, "include = b\ninclude = c\n[defaults]\nport = z\n");
	write_file("b", 0600, "[defaults]\nport = x\n");
	write_file("c", 0666, "[defaults]\nport = y\n");
	assert_int_equal(load(path, &report, &out, &err), -1);
	assert_int_equal(err.kind, ERR_NOPERM);
	assert_non_null(strstr(report.data, "~/b:2:8: port: 'x'"));
	assert_non_null(strstr(report.data, "~/c: others can change"));
	assert_non_null(strstr(report.data, "~/a:4:8: port: 'z'"));
	assert_non_null(strstr(report.data, "\n3 errors\n"));
	assert_string_equal(err.text, "the configuration has 3 errors");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul_byte),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_named_file),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_in_a_circle),
		cmocka_unit_test(test_include_depth),
		cmocka_unit_test(test_search_path),
		cmocka_unit_test(test_all_files_are_checked),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
