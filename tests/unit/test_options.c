/* SPDX-License-Identifier: MIT */
/*
 * The option table: each row is set and printed once, and what people read of
 * it keeps to its limits.
 */
#include "base/mem.h"
#include "settings/options.h"
#include "settings/provider.h"
#include "text/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One good value of each row. */
static const struct {
	const char *name, *value, *printed;
} good[] = {
	{ "subject", "Príliš žluťoučký", "Príliš žluťoučký" },
	{ "to", "a@x.example, b@x.example", "a@x.example, b@x.example" },
	{ "cc", "Ana <a@x.example>", "Ana <a@x.example>" },
	{ "bcc", "a@x.example", "a@x.example" },
	{ "from", "Jana <jana@x.example>", "Jana <jana@x.example>" },
	{ "from-name", "Jana", "Jana" },
	{ "reply-to", "a@x.example,b@x.example", "a@x.example,b@x.example" },
	{ "envelope-from", "<>", "<>" },
	{ "header", "X-Loop: 1", "X-Loop: 1" },
	{ "in-reply-to", "<1@x.example>", "<1@x.example>" },
	{ "thread", "disk", "disk" },
	{ "priority", "high", "high" },
	{ "message", "two\nlines", "two\nlines" },
	{ "body", "text.txt", "text.txt" },
	{ "html", "-", "-" },
	{ "type", "text/html; charset=utf-8", "text/html; charset=utf-8" },
	{ "read-headers", "yes", "yes" },
	{ "raw", "on", "yes" },
	{ "edit", "TRUE", "yes" },
	{ "skip-empty", "1", "yes" },
	{ "charset", "iso-8859-2", "iso-8859-2" },
	{ "attach", "a.pdf;name=b.pdf", "a.pdf;name=b.pdf" },
	{ "inline", "logo.png", "logo.png" },
	{ "max-size", "25M", "25M" },
	{ "account", "home", "home" },
	{ "provider", "gmail", "gmail" },
	{ "region", "eu-west-1", "eu-west-1" },
	{ "server", "smtps://smtp.x.example", "smtps://smtp.x.example" },
	{ "port", "2525", "2525" },
	{ "tls", "starttls", "starttls" },
	{ "user", "jana", "jana" },
	{ "auth", "cram-md5", "cram-md5" },
	{ "password-file", "/run/secrets/smtp", "/run/secrets/smtp" },
	{ "password-command", "pass show x", "pass show x" },
	{ "password-env", "SMTP_PW", "SMTP_PW" },
	{ "password", " # $ & : \" \\ % ", "****" },
	{ "insecure", "yes", "yes" },
	{ "cacert", "ca.pem", "ca.pem" },
	{ "cert", "me.pem", "me.pem" },
	{ "key", "me.key", "me.key" },
	{ "fingerprint",
	    "00112233445566778899AABBCCDDEEFF:"
	    "00112233445566778899aabbccddeeff",
	    "00112233445566778899AABBCCDDEEFF:"
	    "00112233445566778899aabbccddeeff" },
	{ "proxy", "socks5h://me:pw@proxy:1080", "socks5h://****@proxy:1080" },
	{ "oauth-client-id", "app.example", "app.example" },
	{ "oauth-client-secret", "s3cret", "****" },
	{ "oauth-auth-url", "https://x.example/a", "https://x.example/a" },
	{ "oauth-token-url", "http://127.0.0.1:1/t", "http://127.0.0.1:1/t" },
	{ "oauth-device-url", "https://x.example/d", "https://x.example/d" },
	{ "oauth-scope", "mail offline", "mail offline" },
	{ "ipv4", "yes", "yes" },
	{ "ipv6", "yes", "yes" },
	{ "helo", "host.example", "host.example" },
	{ "interface", "eth0", "eth0" },
	{ "timeout", "90s", "90s" },
	{ "allow-plain-login", "yes", "yes" },
	{ "lane", "engine", "engine" },
	{ "chunking", "never", "never" },
	{ "config", "none", "none" },
	{ "dry-run", "yes", "yes" },
	{ "check", "yes", "yes" },
	{ "output", "-", "-" },
	{ "queue", "never", "never" },
	{ "spool", "/var/x", "/var/x" },
	{ "notify", "success,delay", "success,delay" },
	{ "return", "hdrs", "hdrs" },
	{ "envid", "a+b", "a+b" },
	{ "verbose", "2", "2" },
	{ "quiet", "yes", "yes" },
	{ "json", "yes", "yes" },
	{ "progress", "always", "always" },
	{ "color", "never", "never" },
	{ "transcript", "t.log", "t.log" },
	{ "log", "m.log", "m.log" },
	{ "syslog", "yes", "yes" },
	{ "no-input", "yes", "yes" },
	{ "on", "change", "change" },
	{ "unsubscribe", "https://x.example/u", "https://x.example/u" },
	{ "jobs", "10", "10" },
	{ "rate", "20/min", "20/min" },
	{ "pause", "2s", "2s" },
	{ "retry", "90s", "90s" },
	{ "journal", "list.journal", "list.journal" },
	{ "result", "out.csv", "out.csv" },
	{ "resend-doubtful", "yes", "yes" },
	{ "tail", "20", "20" },
	{ "job", "nightly backup", "nightly backup" },
	{ "device", "yes", "yes" },
	{ "keyring", "never", "never" },
	{ "forget", "yes", "yes" },
	{ "origin", "yes", "yes" },
	{ "secrets", "yes", "yes" },
	{ "write", "yes", "yes" },
	{ "force", "yes", "yes" },
	{ "autoconfig", "yes", "yes" },
	{ "dns", "127.0.0.1:5353", "127.0.0.1:5353" },
	{ "default-domain", "x.example", "x.example" },
	{ "alias-file", "/etc/mail/aliases", "/etc/mail/aliases" },
	{ "from-header", "force", "force" },
	{ "allow-from-override", "off", "no" },
	{ "match", "/^a+@x\\.example$/", "/^a+@x\\.example$/" },
	{ "inherit", "home", "home" },
	{ "notice", "root@x.example", "root@x.example" },
	{ "delay-notice", "off", "no" },
	{ "spool-on-network-fs", "on", "yes" },
	{ "wait", NULL, "yes" },
};

static void
test_every_row_is_set(void **state UNUSED)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		struct request r = { 0 }, untouched = { 0 };
		auto_buf struct buf out = buf_make(1000);
		struct error err = ERROR_INIT;
		size_t row = 0;

		if (o->type == OPTION_ACTION)
			continue;
		while (row < ARRAY_SIZE(good) &&
		    strcmp(good[row].name, o->name) != 0)
			row++;
		if (row == ARRAY_SIZE(good))
			fail_msg("no value for row %s", o->name);
		if (option_set(&r, o, good[row].value, &err) != 0)
			fail_msg("%s: %s", o->name, err.text);
		option_print(&out, o, &r);
		if (strcmp(out.data, good[row].printed) != 0)
			fail_msg("%s: printed '%s'", o->name, out.data);
		option_clear(&r, o);
		if (memcmp(&r, &untouched, sizeof(r)) != 0)
			fail_msg("%s: not cleared", o->name);
	}
}

static void
test_release_frees_all(void **state UNUSED)
{
	struct request r = { 0 };
	struct request untouched = { 0 };
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(option_set(&r, option_by_name(good[i].name),
				     good[i].value, &err),
		    0);
	request_release(&r);
	assert_memory_equal(&r, &untouched, sizeof(r));
}

/* Values, one after the other, separated by '|'. */
static const struct {
	const char *option, *values, *want; /* want NULL: refused */
	enum error_kind kind;
	const char *text; /* part of the error or its hint */
} values[] = {
	{ "port", "1", "1", 0, NULL },
	{ "port", "65535", "65535", 0, NULL },
	{ "port", "0", NULL, ERR_USAGE, "from 1 to 65535" },
	{ "port", "65536", NULL, ERR_USAGE, "from 1 to 65535" },
	{ "port", "smtp", NULL, ERR_USAGE, "'smtp'" },
	{ "port", "-1", NULL, ERR_USAGE, "'-1'" },
	{ "port", "10x", NULL, ERR_USAGE, "'10x'" },
	{ "port", " 10", NULL, ERR_USAGE, "' 10'" },
	{ "port", "99999999999999999999", NULL, ERR_USAGE, "--port: " },
	{ "timeout", "30", "30s", 0, NULL },
	{ "timeout", "500ms", "500ms", 0, NULL },
	{ "timeout", "5m", "5m", 0, NULL },
	{ "timeout", "120m", "2h", 0, NULL },
	{ "timeout", "24h", "24h", 0, NULL },
	{ "timeout", "25h", NULL, ERR_USAGE, "at most 24h" },
	{ "timeout", "0", NULL, ERR_USAGE, "90s" },
	{ "timeout", "1d", NULL, ERR_USAGE, "90s" },
	{ "timeout", "", NULL, ERR_USAGE, "90s" },
	{ "timeout", "99999999999999999999", NULL, ERR_USAGE, "90s" },
	{ "timeout", "9223372036854775807h", NULL, ERR_USAGE, "90s" },
	{ "max-size", "512k", "512k", 0, NULL },
	{ "max-size", "1024k", "1M", 0, NULL },
	{ "max-size", "1GiB", "1G", 0, NULL },
	{ "max-size", "1000", "1000", 0, NULL },
	{ "max-size", "9223372036854775807G", NULL, ERR_USAGE, "25M" },
	{ "max-size", "-5M", NULL, ERR_USAGE, "25M" },
	{ "verbose", "3", "3", 0, NULL },
	{ "verbose", "no", "", 0, NULL },
	{ "verbose", "4", NULL, ERR_USAGE, "0 to 3" },
	{ "json", "yes|off", "no", 0, NULL },
	{ "json", "maybe", NULL, ERR_USAGE, "yes or no" },
	{ "tls", "none", "plain", 0, NULL },
	{ "tls", "off", "plain", 0, NULL },
	{ "tls", "SSL", "ssl", 0, NULL },
	{ "tls", "startls", NULL, ERR_USAGE, "did you mean starttls?" },
	{ "tls", "x", NULL, ERR_USAGE,
	    "one of: auto, plain, starttls, ssl, try" },
	{ "queue", "x", NULL, ERR_USAGE, "one of: fail, always, never" },
	{ "notice", "root", NULL, ERR_DATA, "has no domain" },
	{ "notice", "a@", NULL, ERR_DATA, "bad address" },
	{ "cc", "a@x.example|b@x.example", "a@x.example, b@x.example", 0,
	    NULL },
	{ "cc", "a@x.example|", "", 0, NULL },
	{ "cc", "a@x.example||b@x.example", "b@x.example", 0, NULL },
	{ "cc", "a@@x", NULL, ERR_DATA, "--cc: bad address" },
	{ "cc", "a@x.example\r\nBcc: b@x.example", NULL, ERR_DATA, "--cc" },
	{ "cc", ",", NULL, ERR_DATA, "no address" },
	{ "from", "a@x.example, b@x.example", NULL, ERR_DATA, "--from" },
	{ "from", "", NULL, ERR_USAGE, "empty" },
	{ "subject", "one|two", "two", 0, NULL },
	{ "subject", "one|", "", 0, NULL },
	{ "subject", "a\nb", NULL, ERR_DATA, "--subject" },
	{ "subject", "\xff", NULL, ERR_DATA, "--subject" },
	{ "helo", "x|", "", 0, NULL },
	{ "message", "", "", 0, NULL },
	{ "attach", "", NULL, ERR_USAGE, "file name is empty" },
	{ "body", "", NULL, ERR_USAGE, "file name is empty" },
	{ "password", "", NULL, ERR_USAGE, "empty" },
	{ "provider", "GMail", "GMail", 0, NULL },
	{ "region", "eu-central-1", "eu-central-1", 0, NULL },
	{ "region", "EU.x", NULL, ERR_USAGE, "no region" },
	{ "server", "smtp://u:geheim@h", NULL, ERR_USAGE, "--user" },
	{ "server", "a:b", NULL, ERR_USAGE, "HOST:PORT" },
	{ "server", "a b", NULL, ERR_USAGE, "a b" },
	{ "fingerprint", "00:11", NULL, ERR_USAGE, "64 hexadecimal" },
	{ "header", "no colon", NULL, ERR_USAGE, "'Name: value'" },
	{ "header", "Content-Type: x", NULL, ERR_USAGE, "--type" },
	{ "header", "bcc: x", NULL, ERR_USAGE, "--bcc" },
	{ "header", "X: a\nB: c", NULL, ERR_DATA, "--header" },
	{ "type", "html", NULL, ERR_USAGE, "TYPE/SUBTYPE" },
	{ "match", "/(/", NULL, ERR_USAGE, "regular expression" },
	{ "password-env", "$PW", NULL, ERR_USAGE, "without $" },
	{ "default-domain", "@x", NULL, ERR_USAGE, "no domain" },
	{ "envelope-from", "a@x.example|", "", 0, NULL },
	{ "user", "jane:geheim", NULL, ERR_USAGE, "--password-file" },
	{ "proxy", "junk://u:geheim@h", NULL, ERR_USAGE, "socks5h" },
	{ "envelope-from", "a b", NULL, ERR_DATA, "--envelope-from" },
	{ "account", "../x", NULL, ERR_USAGE, "account" },
};

/* Set all of them; the result of the last. */
static int
set_all(struct request *r, const struct option *o, const char *list,
    struct error *err)
{
	int result;

	do {
		size_t len = strcspn(list, "|");
		auto_free char *value = mem_strndup(list, len);

		result = option_set(r, o, value, err);
		list += len;
	} while (*list++ == '|');
	return result;
}

static void
test_values(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const struct option *o = option_by_name(values[i].option);
		const char *want = values[i].want;
		struct request r = { 0 };
		auto_buf struct buf out = buf_make(1000);
		struct error err = ERROR_INIT;
		int result = set_all(&r, o, values[i].values, &err);

		option_print(&out, o, &r);
		if ((result == 0) != (want != NULL))
			fail_msg("%s '%s': result %d", o->name,
			    values[i].values, result);
		if (want != NULL && strcmp(out.data, want) != 0)
			fail_msg("%s '%s': is '%s'", o->name, values[i].values,
			    out.data);
		if (want == NULL &&
		    (err.kind != values[i].kind ||
			(strstr(err.text, values[i].text) == NULL &&
			    strstr(err.hint, values[i].text) == NULL)))
			fail_msg("%s '%s': kind %d, '%s', '%s'", o->name,
			    values[i].values, (int)err.kind, err.text,
			    err.hint);
		if (strstr(err.text, "geheim") != NULL)
			fail_msg("%s: the error shows a password", o->name);
		request_release(&r);
	}
}

static void
test_counting(void **state UNUSED)
{
	const struct option *o = option_by_letter('v');
	struct request r = { 0 };
	struct error err = ERROR_INIT;

	for (int i = 1; i <= 5; i++) {
		assert_int_equal(option_set(&r, o, NULL, &err), 0);
		assert_int_equal(r.settings.verbose, i < 3 ? i : 3);
	}
	assert_int_equal(option_set(&r, option_by_name("tls"), NULL, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
}

static void
test_rows_are_sound(void **state UNUSED)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		size_t help = utf8_width(o->help, strlen(o->help));
		size_t end = strlen(o->manual) - 1;
		size_t quotes = 0, group = 0;

		for (const char *p = o->manual; *p != '\0'; p++)
			quotes += *p == '`' ? 1 : 0;
		while (option_groups[group] != NULL &&
		    strcmp(option_groups[group], o->group) != 0)
			group++;
		if (help > 50 || o->help[0] == '\0')
			fail_msg("%s: help of %zu columns", o->name, help);
		if (o->manual[end] != '.' || quotes % 2 != 0)
			fail_msg("%s: manual", o->name);
		if (option_groups[group] == NULL)
			fail_msg("%s: group %s", o->name, o->group);
		if (option_by_name(o->name) != o)
			fail_msg("%s: two rows of this name", o->name);
		if (o->letter != '\0' && option_by_letter(o->letter) != o)
			fail_msg("%s: two rows of this letter", o->name);
		if ((o->type == OPTION_CHOICE) != (o->choices != NULL))
			fail_msg("%s: choices", o->name);
		if (o->type == OPTION_NUMBER && o->max <= o->min)
			fail_msg("%s: bounds", o->name);
		if (o->arg == NULL && o->type != OPTION_FLAG &&
		    o->type != OPTION_COUNT && o->type != OPTION_ACTION)
			fail_msg("%s: argument has no name", o->name);
	}
}

static void
test_lookup(void **state UNUSED)
{
	assert_ptr_equal(option_by_letter('r'), option_by_name("from"));
	assert_ptr_equal(option_by_letter('f'), option_by_name("from"));
	assert_null(option_by_letter('\0'));
	assert_string_equal(option_by_letter('Q')->letter_value, "always");
	assert_null(option_by_letter('Z'));
	assert_null(option_by_name("notified"));
	assert_string_equal(option_suggest("sujbect", IN_ARGV), "subject");
	assert_string_equal(
	    option_suggest("pasword-command", IN_CONFIG), "password-command");
	assert_null(option_suggest("edot", IN_CONFIG));
	assert_string_equal(option_suggest("edot", IN_ARGV), "edit");
	assert_null(option_suggest("completely-else", IN_ARGV));
}

static void
test_providers(void **state UNUSED)
{
	for (size_t i = 0; i < provider_count; i++) {
		const struct provider *p = &providers[i];

		if (provider_by_name(p->name) != p)
			fail_msg("%s: two presets", p->name);
		if (p->host[0] == '\0' || p->port <= 0 ||
		    p->source[0] == '\0' || p->login[0] == '\0' ||
		    p->tls == TLS_AUTO)
			fail_msg("%s: incomplete", p->name);
	}
	assert_string_equal(provider_by_host("SMTP.gmail.com")->name, "gmail");
	assert_null(provider_by_host("localhost"));
	assert_null(provider_by_host("smtp.example.org"));
	assert_string_equal(
	    provider_by_host("email-smtp.eu-west-1.amazonaws.com")->name,
	    "ses");
	assert_null(provider_by_host("email-smtp.amazonaws.com"));
	assert_null(provider_by_name("nobody"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_set),
		cmocka_unit_test(test_release_frees_all),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_rows_are_sound),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_providers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
