/* SPDX-License-Identifier: MIT */
/*
 * The gate: what an EHLO reply lets pass, under which policy.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/auth.h"
#include "smtp/gate.h"

#define OLD 0x075801 /* 7.88.1 */
#define NEW 0x081500

/* Lines of an EHLO reply, separated by LF, into capabilities. */
static struct capabilities
parse(const char *lines)
{
	struct capabilities c = { .offered = 0 };

	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		capabilities_line(&c, lines, len);
		lines += len + (lines[len] == '\n');
	}
	return c;
}

static void
test_capabilities(void **state UNUSED)
{
	static const struct {
		const char *lines;
		unsigned offered, mechanisms;
		long long size;
		const char *auth;
	} rows[] = {
		{ "", 0, 0, 0, "" },
		{ "STARTTLS\nSIZE 1000", CAPABILITY_STARTTLS | CAPABILITY_SIZE,
		    0, 1000, "" },
		{ "starttls\nsize 1000", CAPABILITY_STARTTLS | CAPABILITY_SIZE,
		    0, 1000, "" },
		{ "STARTTLSX\nXSIZE 1", 0, 0, 0, "" },
		{ "SIZE", CAPABILITY_SIZE, 0, 0, "" },
		{ "SIZE 12a", CAPABILITY_SIZE, 0, 0, "" },
		{ "SIZE 99999999999999999999", CAPABILITY_SIZE, 0, 0, "" },
		{ "AUTH PLAIN  LOGIN\tSCRAM-SHA-256", CAPABILITY_AUTH,
		    MECHANISM_PLAIN | MECHANISM_LOGIN, 0,
		    "PLAIN LOGIN SCRAM-SHA-256" },
		{ "AUTH PLAINX", CAPABILITY_AUTH, 0, 0, "PLAINX" },
		{ "AUTH=PLAIN", 0, 0, 0, "" },
		{ "AUTH", CAPABILITY_AUTH, 0, 0, "" },
		{ " \nPIPELINING\n8BITMIME\nSMTPUTF8",
		    CAPABILITY_PIPELINING | CAPABILITY_8BITMIME |
			CAPABILITY_SMTPUTF8,
		    0, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capabilities c = parse(rows[i].lines);

		check_true(
		    rows[i].lines, c.offered == rows[i].offered, "offered");
		check_true(rows[i].lines, c.mechanisms == rows[i].mechanisms,
		    "mechanisms");
		check_true(rows[i].lines, c.size == rows[i].size, "size");
		check_str(rows[i].lines, c.auth, rows[i].auth);
	}
	assert_int_equal(parse("LIMITS MAILMAX=3 rcptmax=50").rcpt_max, 50);
	assert_int_equal(parse("LIMITS RCPTMAX=5x").rcpt_max, 0);
	assert_int_equal(parse("LIMITS").rcpt_max, 0);
	assert_int_equal(parse("DSN").offered, CAPABILITY_DSN);
	assert_true(parse("AUTH=LOGIN PLAIN").old_auth);
	assert_false(parse("AUTH PLAIN").old_auth);
}

#define LOGIN  .login = true, .clear_password = true, .mechanisms = ~0U
#define IN_TLS .want_tls = true, .tls = true

static void
test_ehlo(void **state UNUSED)
{
	static const struct {
		const char *name;
		const char *lines;
		struct policy policy;
		enum gate want;
		enum error_kind kind;
		const char *text;
	} rows[] = {
		{ "nothing wanted", "", { .tls = false }, GATE_PASS, ERR_NONE,
		    "" },
		{ "STARTTLS comes", "STARTTLS", { .want_tls = true }, GATE_PASS,
		    ERR_NONE, "" },
		{ "no STARTTLS", "AUTH PLAIN", { .want_tls = true, LOGIN },
		    GATE_STOP, ERR_PROTOCOL, "STARTTLS" },
		{ "try without", "",
		    { .want_tls = true, .may_fall_back = true }, GATE_PLAIN,
		    ERR_NONE, "" },
		{ "starttls, old", "starttls",
		    { .want_tls = true, .libcurl = OLD }, GATE_STOP,
		    ERR_PROTOCOL, "lower case" },
		{ "starttls, old, try", "starttls",
		    { .want_tls = true, .may_fall_back = true, .libcurl = OLD },
		    GATE_STOP, ERR_PROTOCOL, "lower case" },
		{ "starttls, new", "starttls",
		    { .want_tls = true, .libcurl = NEW }, GATE_PASS, ERR_NONE,
		    "" },
		{ "before TLS nothing counts", "STARTTLS\nSIZE 1",
		    { .want_tls = true, .size = 2, LOGIN }, GATE_PASS, ERR_NONE,
		    "" },
		{ "login", "AUTH PLAIN", { LOGIN }, GATE_PASS, ERR_NONE, "" },
		{ "login in TLS", "AUTH PLAIN",
		    { IN_TLS, .login = true, .mechanisms = MECHANISM_PLAIN },
		    GATE_PASS, ERR_NONE, "" },
		{ "password in clear", "AUTH PLAIN",
		    { .login = true, .mechanisms = ~0U }, GATE_STOP, ERR_CONFIG,
		    "without TLS" },
		{ "no AUTH", "SIZE", { LOGIN }, GATE_STOP, ERR_NOPERM,
		    "no login" },
		{ "no AUTH in TLS", "SIZE", { IN_TLS, LOGIN }, GATE_STOP,
		    ERR_NOPERM, "no login" },
		{ "AUTH=", "AUTH=PLAIN", { LOGIN }, GATE_STOP, ERR_NOPERM,
		    "'AUTH='" },
		{ "auth, old", "auth PLAIN", { LOGIN, .libcurl = OLD },
		    GATE_STOP, ERR_PROTOCOL, "lower case" },
		{ "auth, new", "auth PLAIN", { LOGIN, .libcurl = NEW },
		    GATE_PASS, ERR_NONE, "" },
		{ "plain, old", "AUTH plain", { LOGIN, .libcurl = OLD },
		    GATE_STOP, ERR_PROTOCOL, "lower case" },
		{ "none in common", "AUTH GSSAPI NTLM", { LOGIN }, GATE_STOP,
		    ERR_NOPERM, "GSSAPI NTLM" },
		{ "asked for another", "AUTH PLAIN",
		    { LOGIN, .auth = AUTH_CRAM_MD5 }, GATE_STOP, ERR_NOPERM,
		    "CRAM-MD5; it offers: PLAIN" },
		{ "another plan", "AUTH CRAM-MD5",
		    { IN_TLS, .login = true,
			.mechanisms = MECHANISM_PLAIN | MECHANISM_LOGIN },
		    GATE_MECHANISM, ERR_NONE, "" },
		{ "too big", "SIZE 100", { .size = 101 }, GATE_STOP, ERR_DATA,
		    "101 bytes" },
		{ "just fits", "SIZE 100", { .size = 100 }, GATE_PASS, ERR_NONE,
		    "" },
		{ "SIZE 0 is no limit", "SIZE 0", { .size = 100 }, GATE_PASS,
		    ERR_NONE, "" },
		{ "no SMTPUTF8", "", { .utf8 = "\xc3\xbc@x" }, GATE_STOP,
		    ERR_UNAVAILABLE, "\xc3\xbc@x" },
		{ "SMTPUTF8", "SMTPUTF8", { .utf8 = "\xc3\xbc@x" }, GATE_PASS,
		    ERR_NONE, "" },
		{ "smtputf8, old", "smtputf8",
		    { .utf8 = "\xc3\xbc@x", .libcurl = OLD }, GATE_STOP,
		    ERR_PROTOCOL, "lower case" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy p = rows[i].policy;
		struct capabilities c = parse(rows[i].lines);
		struct error err = ERROR_INIT;
		unsigned mechanisms = 0;
		enum gate got;

		p.server = "mx:25";
		p.facts = (struct hint_facts){ .host = "mx", .port = 25 };
		if (p.libcurl == 0)
			p.libcurl = OLD;
		got = gate_ehlo(&p, &c, &mechanisms, &err);
		check_true(rows[i].name, got == rows[i].want, "gate");
		check_true(rows[i].name, err.kind == rows[i].kind, "kind");
		check_has(rows[i].name, err.text, rows[i].text);
		check_true(rows[i].name,
		    (got == GATE_STOP) == (err.hint[0] != '\0'), "hint");
		check_true(rows[i].name,
		    (got == GATE_MECHANISM) == (mechanisms != 0), "plan");
	}
}

static void
test_no_ehlo(void **state UNUSED)
{
	static const struct {
		const char *name;
		struct policy policy;
		int code;
		enum gate want;
		enum error_kind kind;
	} rows[] = {
		{ "HELO is enough", { .tls = false }, 502, GATE_PASS,
		    ERR_NONE },
		{ "no login", { LOGIN }, 502, GATE_STOP, ERR_PROTOCOL },
		{ "no login now", { LOGIN }, 421, GATE_STOP, ERR_TEMPORARY },
		{ "no TLS", { .want_tls = true }, 502, GATE_STOP,
		    ERR_PROTOCOL },
		{ "no TLS now", { .want_tls = true, .may_fall_back = true },
		    451, GATE_STOP, ERR_TEMPORARY },
		{ "try", { .want_tls = true, .may_fall_back = true }, 502,
		    GATE_PLAIN, ERR_NONE },
		{ "refused in TLS", { IN_TLS, LOGIN }, 502, GATE_STOP,
		    ERR_PROTOCOL },
		{ "UTF-8", { .utf8 = "x" }, 502, GATE_STOP, ERR_PROTOCOL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy p = rows[i].policy;
		struct reply r = { .code = rows[i].code };
		struct error err = ERROR_INIT;

		p.server = "mx:25";
		check_true(rows[i].name,
		    gate_no_ehlo(&p, &r, &err) == rows[i].want, "gate");
		check_true(rows[i].name, err.kind == rows[i].kind, "kind");
	}
}

static void
test_not_smtp(void **state UNUSED)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "SSH-2.0-OpenSSH", "SSH server" },
		{ "HTTP/1.1 400 Bad Request", "web server" },
		{ "<html>", "web server" },
		{ "+OK ready", "POP3 server" },
		{ "* OK ready", "IMAP server" },
		{ "hello", "hello" },
		{ "", "not a mail server" },
	};
	const struct policy p = { .server = "mx:25" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;

		gate_not_smtp(&p, rows[i].line, &err);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		check_has(rows[i].line, err.text, rows[i].want);
		check_has(rows[i].line, err.text, rows[i].line);
		check_has(rows[i].line, err.hint, "--port");
	}
}

static void
test_choice(void **state UNUSED)
{
	static const struct {
		enum auth_mode mode;
		bool tls;
		unsigned offered, want;
	} rows[] = {
		{ AUTH_AUTO, true, ~0U, MECHANISM_PLAIN },
		{ AUTH_AUTO, true, MECHANISM_LOGIN | MECHANISM_CRAM_MD5,
		    MECHANISM_LOGIN },
		{ AUTH_AUTO, true, MECHANISM_CRAM_MD5, MECHANISM_CRAM_MD5 },
		{ AUTH_AUTO, false, ~0U, MECHANISM_CRAM_MD5 },
		{ AUTH_AUTO, false, MECHANISM_PLAIN | MECHANISM_LOGIN,
		    MECHANISM_PLAIN },
		/* A token or a certificate is used only when asked for. */
		{ AUTH_TOKEN, true, ~0U,
		    MECHANISM_OAUTHBEARER | MECHANISM_XOAUTH2 },
		{ AUTH_TOKEN, true, MECHANISM_PLAIN, 0 },
		{ AUTH_AUTO, true,
		    MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER |
			MECHANISM_EXTERNAL,
		    0 },
		{ AUTH_XOAUTH2, true, ~0U, MECHANISM_XOAUTH2 },
		{ AUTH_EXTERNAL, true, ~0U, MECHANISM_EXTERNAL },
		{ AUTH_LOGIN, false, MECHANISM_PLAIN, 0 },
	};
	char options[128];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (auth_choose(rows[i].mode, rows[i].tls, rows[i].offered) !=
		    rows[i].want)
			fail_msg("row %zu", i);
	auth_options(options, auth_allowed(AUTH_AUTO, true));
	check_str("in TLS", options, "AUTH=PLAIN;AUTH=LOGIN");
	auth_options(options, auth_allowed(AUTH_AUTO, false));
	check_str("in clear", options, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5");
	auth_options(options, auth_allowed(AUTH_OAUTHBEARER, true));
	check_str("token", options, "AUTH=OAUTHBEARER");
	auth_options(options, ~0U);
	assert_true(strlen(options) < sizeof(options) - 1);
}

static void
test_credentials(void **state UNUSED)
{
	static const struct {
		const char *name, *user, *password, *cert;
		enum auth_mode mode;
		enum error_kind want;
	} rows[] = {
		{ "none", NULL, NULL, NULL, AUTH_AUTO, ERR_NONE },
		{ "off", "joe", NULL, NULL, AUTH_OFF, ERR_NONE },
		{ "good", "joe", "secret", NULL, AUTH_AUTO, ERR_NONE },
		{ "odd but good", "j \xc3\xb6:@", "p:@ \xc3\xb6", NULL,
		    AUTH_PLAIN, ERR_NONE },
		{ "no password", "joe", NULL, NULL, AUTH_AUTO, ERR_CONFIG },
		{ "no token", "joe", NULL, NULL, AUTH_XOAUTH2, ERR_CONFIG },
		{ "no user", NULL, "secret", NULL, AUTH_PLAIN, ERR_CONFIG },
		{ "line end", "joe\r\nRSET", "secret", NULL, AUTH_AUTO,
		    ERR_DATA },
		{ "separator", "joe\1auth=x", "t", NULL, AUTH_XOAUTH2,
		    ERR_DATA },
		{ "in password", "joe", "secret\n", NULL, AUTH_AUTO, ERR_DATA },
		{ "external", NULL, NULL, "c.pem", AUTH_EXTERNAL, ERR_NONE },
		{ "external without", "joe", NULL, NULL, AUTH_EXTERNAL,
		    ERR_CONFIG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct settings s = {
			.user = (char *)(uintptr_t)rows[i].user,
			.cert = (char *)(uintptr_t)rows[i].cert,
			.auth.value = (int)rows[i].mode,
		};
		auto_secret struct secret password = { .text = NULL };
		struct error err = ERROR_INIT;

		if (rows[i].password != NULL)
			secret_set(&password, rows[i].password,
			    strlen(rows[i].password));
		check_true(rows[i].name,
		    (auth_check(&s, &password, &err) == 0) ==
			(rows[i].want == ERR_NONE),
		    "result");
		check_true(rows[i].name, err.kind == rows[i].want, "kind");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_ehlo),
		cmocka_unit_test(test_no_ehlo),
		cmocka_unit_test(test_not_smtp),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
