/* SPDX-License-Identifier: MIT */
/*
 * Which account is used and what it sets.
 */
#include "base/mem.h"
#include "settings/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A config text and a command line, words separated by '|'. */
struct setup {
	struct config config;
	struct cmdline cl;
	char *words;
};

static void
setup_init(struct setup *s, const char *text, const char *words)
{
	auto_buf struct buf report = buf_make(10000);
	struct error err = ERROR_INIT;
	char *argv[32];
	int argc = 0;

	if (config_parse(&s->config, "f", text, strlen(text), &report, &err))
		fail_msg("%s", report.data);
	s->words = mem_strdup(words);
	for (char *p = s->words; p != NULL && *p != '\0';) {
		argv[argc++] = p;
		p = strchr(p, '|');
		if (p != NULL)
			*p++ = '\0';
	}
	if (cmdline_parse(&s->cl, argc, argv, &err) != 0)
		fail_msg("%s", err.text);
}

static void
setup_release(struct setup *s)
{
	config_release(&s->config);
	cmdline_release(&s->cl);
	free(s->words);
}

static const char accounts[] = "[account home]\n"
			       "from = Jana <jana@home.example>\n"
			       "[account work]\n"
			       "match = *@Work.Example\n"
			       "match = /^(alerts|cron)\\+.*@jobs\\.example$/\n"
			       "[account late]\n"
			       "match = *@work.example\n"
			       "match = Boss@*\n";

static const struct {
	const char *name, *text, *words, *sender, *want;
} choices[] = {
	{ "no account at all", "[defaults]\nport = 1\n", "", NULL, NULL },
	{ "the only one", "[account a]\n", "", NULL, "a" },
	{ "the only one in two sections", "[account a]\n[account a]\n", "",
	    NULL, "a" },
	{ "two and no default", "[account a]\n[account b]\n", "", NULL, NULL },
	{ "the default", "[defaults]\naccount = b\n[account a]\n[account b]\n",
	    "", "x@y.example", "b" },
	{ "by flag", "[defaults]\naccount = b\n[account a]\n[account b]\n",
	    "-A|a", NULL, "a" },
	{ "by -O", "[account a]\n[account b]\n", "-O|account=b", NULL, "b" },
	{ "flag before sender", accounts, "-A|home", "x@work.example", "home" },
	{ "by from", accounts, "", "jana@home.example", "home" },
	{ "by from with a name", accounts, "", "J <jana@HOME.example>",
	    "home" },
	{ "by from with a detail", accounts, "", "jana+list@home.example",
	    "home" },
	{ "local part counts case", accounts, "", "Jana@home.example", NULL },
	{ "by pattern, first wins", accounts, "", "x@work.example", "work" },
	{ "by pattern of a later one", accounts, "", "Boss@x.example", "late" },
	{ "pattern counts case in front", accounts, "", "boss@x.example",
	    NULL },
	{ "by regex", accounts, "", "cron+db1@Jobs.example", "work" },
	{ "regex that does not fit", accounts, "", "cron@jobs.example", NULL },
	{ "a sender that is none", accounts, "", "a b", NULL },
};

static void
test_choose(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		struct setup s;
		const char *account = "?";
		struct error err = ERROR_INIT;

		setup_init(&s, choices[i].text, choices[i].words);
		if (account_choose(&s.config, &s.cl, choices[i].sender,
			&account, &err) != 0)
			fail_msg("%s: %s", choices[i].name, err.text);
		if ((account == NULL) != (choices[i].want == NULL) ||
		    (account != NULL && strcmp(account, choices[i].want) != 0))
			fail_msg("%s: got %s", choices[i].name,
			    account != NULL ? account : "none");
		setup_release(&s);
	}
}

static void
test_unknown_account(void **state UNUSED)
{
	static const struct {
		const char *text, *words, *hint;
	} rows[] = {
		{ accounts, "-A|hom", "one of: home, work, late" },
		{ "", "-A|home", "no account is configured" },
	};
	struct setup s;
	const char *account = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup_init(&s, rows[i].text, rows[i].words);
		assert_int_equal(
		    account_choose(&s.config, &s.cl, NULL, &account, &err), -1);
		assert_int_equal(err.kind, ERR_CONFIG);
		if (strstr(err.hint, rows[i].hint) == NULL)
			fail_msg("row %zu: '%s'", i, err.hint);
		setup_release(&s);
	}
}

static void
test_account_by_environment(void **state UNUSED)
{
	struct setup s;
	const char *account = NULL;
	struct error err = ERROR_INIT;

	setup_init(&s, accounts, "");
	assert_int_equal(setenv("MITTO_ACCOUNT", "late", 1), 0);
	assert_int_equal(
	    account_choose(&s.config, &s.cl, NULL, &account, &err), 0);
	assert_string_equal(account, "late");
	assert_int_equal(unsetenv("MITTO_ACCOUNT"), 0);
	setup_release(&s);
}

/* Environment is one NAME=VALUE per '|'; want is one option=value per '|',
 * origin the same with the origin. */
static const struct {
	const char *name, *text, *account, *env, *words, *want, *origin;
} layers[] = {
	{ "nothing", "", NULL, "", "", "server=|port=|tls=auto|user=|json=no",
	    "server=|tls=" },
	{ "defaults", "[defaults]\nserver = a\nport = 1\n", NULL, "", "",
	    "server=a|port=1", "server=f:2:10" },
	{ "account over defaults",
	    "[defaults]\nport = 1\ntls = ssl\n[account x]\nport = 2\n", "x", "",
	    "", "port=2|tls=ssl|account=x", "port=f:5:8|tls=f:3:7" },
	{ "another account does not count",
	    "[account x]\nport = 1\n[account y]\nport = 2\n", "x", "", "",
	    "port=1", "port=f:2:8" },
	{ "a later section over an earlier",
	    "[account x]\nport = 1\n[account x]\nport = 2\n", "x", "", "",
	    "port=2", "port=f:4:8" },
	{ "inherit",
	    "[account x]\ninherit = y\nport = 1\n"
	    "[account y]\nport = 2\ntls = ssl\n",
	    "x", "", "", "port=1|tls=ssl", "port=f:3:8|tls=f:6:7" },
	{ "environment over account", "[account x]\nport = 1\n", "x",
	    "MITTO_PORT=2|MITTO_ALLOW_PLAIN_LOGIN=yes", "",
	    "port=2|allow-plain-login=yes", "port=MITTO_PORT" },
	{ "empty environment", "[account x]\nport = 1\n", "x",
	    "MITTO_PORT=", "", "port=1", "port=f:2:8" },
	{ "flag over environment", "[account x]\nport = 1\n", "x",
	    "MITTO_PORT=2", "-p|3", "port=3", "port=-p" },
	{ "lists grow", "[defaults]\ncc = a@x\n[account x]\ncc = b@x\n", "x",
	    "", "-c|c@x", "cc=a@x, b@x, c@x", "cc=-c" },
	{ "lists are emptied", "[defaults]\ncc = a@x\n", NULL, "",
	    "--cc=|-c|c@x", "cc=c@x", "cc=-c" },
	{ "preset",
	    "[account x]\nprovider = gmail\nfrom = J <jana@gmail.com>\n", "x",
	    "", "",
	    "server=smtp.gmail.com|port=465|tls=ssl|user=jana@gmail.com",
	    "server=provider gmail|user=provider gmail" },
	{ "preset with a fixed login", "[account x]\nprovider = sendgrid\n",
	    "x", "", "", "user=apikey|port=587|tls=starttls", "" },
	{ "preset without a login", "[account x]\nprovider = mailpit\n", "x",
	    "", "-f|a@x.example", "user=|tls=plain", "" },
	{ "the login is the account's, not the sender's",
	    "[account x]\nprovider = gmail\nfrom = jana@gmail.com\n", "x", "",
	    "-f|other@x.example", "user=jana@gmail.com", "" },
	{ "another server leaves the preset",
	    "[account x]\nprovider = gmail\nfrom = jana@gmail.com\n", "x", "",
	    "-S|localhost:1025", "server=localhost:1025|port=|tls=auto",
	    "server=-S" },
	{ "another host has another login",
	    "[account x]\nprovider = gmail\nfrom = jana@gmail.com\n", "x", "",
	    "-S|other.example", "server=other.example|user=|provider=", "" },
	{ "a preset of the file",
	    "[provider p]\nserver = smtps://h.example\nuser = u\n"
	    "[account x]\nprovider = P\n",
	    "x", "", "", "server=h.example|tls=ssl|user=u|auth=auto",
	    "server=provider P" },
	{ "a preset with a region", "[account x]\nprovider = ses\n", "x", "",
	    "--region=eu-west-1",
	    "server=email-smtp.eu-west-1.amazonaws.com|port=465", "" },
	{ "a preset with a kind of login", "[account x]\nprovider = outlook\n",
	    "x", "", "", "auth=xoauth2", "auth=provider outlook" },
	{ "another port leaves the mode", "[account x]\nprovider = gmail\n",
	    "x", "", "-p|587", "server=smtp.gmail.com|port=587|tls=auto", "" },
	{ "no login", "[account x]\nprovider = sendgrid\n", "x", "",
	    "--user=", "user=", "" },
	{ "container names", "", NULL,
	    "SMTP_HOST=h|SMTP_PORT=2525|SMTP_USERNAME=u|SMTP_PASSWORD=p|"
	    "SMTP_FROM=a@x.example",
	    "", "server=h|port=2525|user=u|password=****|from=a@x.example",
	    "port=SMTP_PORT" },
	{ "container names and ours", "", NULL, "SMTP_HOST=h|MITTO_SERVER=m",
	    "", "server=m", "server=MITTO_SERVER" },
	{ "container names with an account", "[account x]\nport = 1\n", "x",
	    "SMTP_HOST=h|SMTP_PORT=2525", "", "server=|port=1", "" },
	{ "a flag's password source drops the account's",
	    "[account x]\npassword-command = c\n", "x", "", "--password-file|f",
	    "password-command=|password-file=f",
	    "password-command=|password-file=--password-file" },
	{ "an account's password source drops the defaults'",
	    "[defaults]\npassword-command = c\n[account x]\n"
	    "password-env = E\n",
	    "x", "", "", "password-command=|password-env=E", "" },
	{ "the environment's password source drops the account's",
	    "[account x]\npassword = c\n", "x", "MITTO_PASSWORD_FILE=f", "",
	    "password=|password-file=f", "" },
	{ "our password variable goes first", "", NULL,
	    "SMTP_PASSWORD=p|MITTO_PASSWORD=m", "", "password=", "" },
};

/* Put the variables into the environment, or take them away again. */
static void
change_environment(const char *list, bool set)
{
	while (*list != '\0') {
		size_t name = strcspn(list, "="), len = strcspn(list, "|");
		auto_free char *key = mem_strndup(list, name);
		auto_free char *value =
		    mem_strndup(list + name + 1, len - name - 1);

		assert_int_equal(
		    set ? setenv(key, value, 1) : unsetenv(key), 0);
		list += len;
		list += *list == '|' ? 1 : 0;
	}
}

/* Compare each NAME=VALUE of the list with what the request or the walk
 * says. */
static void
check_list(const char *row, const char *list, const struct setup *s,
    const struct request *r, bool origin)
{
	while (*list != '\0') {
		size_t name = strcspn(list, "="), len = strcspn(list, "|");
		auto_free char *key = mem_strndup(list, name);
		auto_free char *want =
		    mem_strndup(list + name + 1, len - name - 1);
		const struct option *o = option_by_name(key);
		auto_buf struct buf got = buf_make(1000);

		if (origin)
			account_origin(&got, o, r, &s->config, &s->cl);
		else
			option_print(&got, o, r);
		if (strcmp(got.data, want) != 0)
			fail_msg("%s: %s is '%s'", row, key, got.data);
		list += len;
		list += *list == '|' ? 1 : 0;
	}
}

static void
test_resolve(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		struct setup s;
		struct request r = { 0 };
		struct error err = ERROR_INIT;

		setup_init(&s, layers[i].text, layers[i].words);
		change_environment(layers[i].env, true);
		if (account_resolve(
			&r, &s.config, &s.cl, layers[i].account, &err) != 0)
			fail_msg("%s: %s", layers[i].name, err.text);
		check_list(layers[i].name, layers[i].want, &s, &r, false);
		check_list(layers[i].name, layers[i].origin, &s, &r, true);
		change_environment(layers[i].env, false);
		request_release(&r);
		setup_release(&s);
	}
}

static void
test_bad_environment(void **state UNUSED)
{
	struct setup s;
	struct request r = { 0 };
	struct error err = ERROR_INIT;

	setup_init(&s, "", "");
	assert_int_equal(setenv("MITTO_TLS", "sll", 1), 0);
	assert_int_equal(account_resolve(&r, &s.config, &s.cl, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_string_equal(err.text, "MITTO_TLS: no such choice 'sll'");
	assert_non_null(strstr(err.hint, "ssl"));
	assert_int_equal(unsetenv("MITTO_TLS"), 0);
	request_release(&r);
	setup_release(&s);
}

static void
test_config_file(void **state UNUSED)
{
	struct setup s;
	struct request r = { 0 };
	struct error err = ERROR_INIT;

	setup_init(&s, "", "-C|none");
	assert_string_equal(account_config_file(&s.cl), "none");
	assert_int_equal(account_resolve(&r, &s.config, &s.cl, NULL, &err), 0);
	assert_true(r.settings.no_config);
	request_release(&r);
	setup_release(&s);
	setup_init(&s, "", "");
	assert_null(account_config_file(&s.cl));
	assert_int_equal(setenv("MITTO_CONFIG", "x", 1), 0);
	assert_string_equal(account_config_file(&s.cl), "x");
	assert_int_equal(unsetenv("MITTO_CONFIG"), 0);
	setup_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_unknown_account),
		cmocka_unit_test(test_account_by_environment),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_bad_environment),
		cmocka_unit_test(test_config_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
