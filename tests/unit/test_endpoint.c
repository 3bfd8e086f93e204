/* SPDX-License-Identifier: MIT */
/*
 * Server, port and mode from what was written down; EHLO names; addresses that
 * may stand in an envelope.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/envelope.h"
#include "smtp/helo.h"
#include "smtp/smtp.h"

static void
test_good(void **state UNUSED)
{
	static const struct {
		const char *server;
		int port;
		enum tls_mode tls;
		const char *host;
		int want_port;
		enum tls_mode want_tls;
		bool loopback;
	} rows[] = {
		{ "mx.example", 0, TLS_AUTO, "mx.example", 587, TLS_STARTTLS,
		    false },
		{ "mx.example:25", 0, TLS_AUTO, "mx.example", 25, TLS_STARTTLS,
		    false },
		{ "mx.example:465", 0, TLS_AUTO, "mx.example", 465, TLS_SSL,
		    false },
		{ "mx.example:2465", 0, TLS_AUTO, "mx.example", 2465, TLS_SSL,
		    false },
		{ "mx.example", 465, TLS_AUTO, "mx.example", 465, TLS_SSL,
		    false },
		{ "mx.example", 0, TLS_SSL, "mx.example", 465, TLS_SSL, false },
		{ "mx.example", 0, TLS_PLAIN, "mx.example", 587, TLS_PLAIN,
		    false },
		{ "mx.example", 0, TLS_TRY, "mx.example", 587, TLS_TRY, false },
		{ "smtp://mx.example", 0, TLS_AUTO, "mx.example", 587,
		    TLS_STARTTLS, false },
		{ "smtps://mx.example", 0, TLS_AUTO, "mx.example", 465, TLS_SSL,
		    false },
		{ "SMTPS://mx.example/", 0, TLS_AUTO, "mx.example", 465,
		    TLS_SSL, false },
		{ "smtps://mx.example:587", 0, TLS_AUTO, "mx.example", 587,
		    TLS_SSL, false },
		{ "smtp+starttls://localhost", 0, TLS_AUTO, "localhost", 25,
		    TLS_STARTTLS, true },
		{ "smtp+starttls://mx.example:465/", 0, TLS_AUTO, "mx.example",
		    465, TLS_STARTTLS, false },
		{ "smtp+plain://mx.example:2525", 0, TLS_AUTO, "mx.example",
		    2525, TLS_PLAIN, false },
		/* What a hint says to type wins over the scheme. */
		{ "smtps://mx.example:587", 0, TLS_STARTTLS, "mx.example", 587,
		    TLS_STARTTLS, false },
		{ "mx.example:25", 587, TLS_AUTO, "mx.example", 587,
		    TLS_STARTTLS, false },
		{ "localhost", 0, TLS_AUTO, "localhost", 25, TLS_PLAIN, true },
		{ "LocalHost:1025", 0, TLS_AUTO, "localhost", 1025, TLS_PLAIN,
		    true },
		{ "mail.localhost", 0, TLS_AUTO, "mail.localhost", 25,
		    TLS_PLAIN, true },
		{ "localhost:465", 0, TLS_AUTO, "localhost", 465, TLS_SSL,
		    true },
		{ "127.9.8.7", 0, TLS_AUTO, "127.9.8.7", 25, TLS_PLAIN, true },
		{ "::1", 0, TLS_AUTO, "::1", 25, TLS_PLAIN, true },
		{ "[::1]:26", 0, TLS_AUTO, "::1", 26, TLS_PLAIN, true },
		{ "2001:db8::5", 0, TLS_AUTO, "2001:db8::5", 587, TLS_STARTTLS,
		    false },
		{ "smtps://[2001:db8::5]:465", 0, TLS_AUTO, "2001:db8::5", 465,
		    TLS_SSL, false },
		{ "fe80::1%eth0", 0, TLS_AUTO, "fe80::1%eth0", 587,
		    TLS_STARTTLS, false },
		{ "192.0.2.1", 0, TLS_AUTO, "192.0.2.1", 587, TLS_STARTTLS,
		    false },
		{ "127.example.org", 0, TLS_AUTO, "127.example.org", 587,
		    TLS_STARTTLS, false },
		{ "127.0.0.1.example", 0, TLS_AUTO, "127.0.0.1.example", 587,
		    TLS_STARTTLS, false },
		{ "notlocalhost", 0, TLS_AUTO, "notlocalhost", 587,
		    TLS_STARTTLS, false },
		{ "b\xc3\xbc"
		  "cher.example",
		    0, TLS_AUTO, "xn--bcher-kva.example", 587, TLS_STARTTLS,
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct settings s = {
			.server = (char *)(uintptr_t)rows[i].server,
			.port = rows[i].port,
			.tls.value = (int)rows[i].tls,
		};
		struct error err = ERROR_INIT;
		struct endpoint e;

		if (smtp_endpoint(&e, &s, &err) != 0)
			fail_msg("%s: %s", rows[i].server, err.text);
		if (strcasecmp(e.host, rows[i].host) != 0)
			fail_msg("%s: host '%s'", rows[i].server, e.host);
		check_true(rows[i].server, e.port == rows[i].want_port, "port");
		check_true(rows[i].server, e.tls == rows[i].want_tls, "mode");
		check_true(
		    rows[i].server, e.loopback == rows[i].loopback, "loopback");
		check_true(rows[i].server, !e.guessed, "guessed");
	}
}

static void
test_bad(void **state UNUSED)
{
	static const char *const rows[] = { "", ":25", "mx:", "mx:x", "mx:0",
		"mx:65536", "mx:25x", "mx:-1", "smtp://", "http://mx",
		"ldap://mx:25", "joe@mx", "smtp://joe:pass@mx", "mx/path",
		"smtp://mx:25/path", "[::1", "[::1]x", "a b", "mx\r\nX",
		"mx%0d", "[1.2.3.4.5:]:x", "mx\"", "fe80::1%", "mx:25:26" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct settings s = {
			.server = (char *)(uintptr_t)rows[i],
		};
		struct error err = ERROR_INIT;
		struct endpoint e;

		check_true(rows[i], smtp_endpoint(&e, &s, &err) != 0, "taken");
		check_has(rows[i], err.text, "server");
		check_true(rows[i], err.kind == ERR_USAGE, "kind");
		check_true(rows[i], strstr(err.text, "pass") == NULL, "leak");
	}
}

static void
test_none(void **state UNUSED)
{
	struct settings s = { .port = 0 };
	struct error err = ERROR_INIT;
	struct endpoint e;

	assert_int_equal(smtp_endpoint(&e, &s, &err), 0);
	check_str("host", e.host, "localhost");
	assert_int_equal(e.port, 25);
	assert_int_equal(e.tls, TLS_PLAIN);
	assert_true(e.guessed);
}

static void
test_helo(void **state UNUSED)
{
	static const struct {
		const char *given, *want; /* NULL: refused */
	} rows[] = {
		{ "mx.example", "mx.example" },
		{ "[192.0.2.1]", "[192.0.2.1]" },
		{ "two words", NULL },
		{ "mx\r\nRSET", NULL },
		{ "mx\t", NULL },
		{ "<mx>", NULL },
		{ "[192.0.2.1] x", NULL },
		{ "[a b]", NULL },
		{ "[a\r\nRSET]", NULL },
	};
	struct error err = ERROR_INIT;
	auto_free char *name = helo_name(NULL, true, &err);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *got = helo_name(rows[i].given, false, &err);

		if (rows[i].want == NULL)
			check_true(rows[i].given, got == NULL, "taken");
		else
			check_str(rows[i].given, got, rows[i].want);
	}
	assert_non_null(strchr(name, '.'));
	assert_null(strstr(name, "localhost"));
}

static void
test_envelope(void **state UNUSED)
{
	static const struct {
		const char *address;
		bool good;
	} rows[] = {
		{ "bob@x.example", true },
		{ "\"a b\"@x.example", true },
		{ "\"a>b\\\"<@c\"@x.example", true },
		{ "bob@[IPv6:2001:db8::1]", true },
		{ "j\xc3\xbcrgen@x.example", true },
		{ "bob@x.example\r\nRSET", false },
		{ "bob@x.example\n", false },
		{ "\"a\rb\"@x.example", false },
		{ "\"a\\\nb\"@x.example", false },
		{ "\"a\\", false },
		{ "bob @x.example", false },
		{ "<bob@x.example", false },
		{ "bob@x.example>", false },
		{ "bob@x.example> NOTIFY=NEVER", false },
		{ "\"bob@x.example", false },
		{ "bob\x7f@x.example", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *address = rows[i].address;
		struct envelope to = {
			.sender = "a@x", .recipients = &address, .count = 1
		};
		const char *other = "b@x";
		struct envelope from = {
			.sender = address, .recipients = &other, .count = 1
		};
		struct error err = ERROR_INIT;

		check_true(address,
		    (envelope_check(&to, &err) == 0) == rows[i].good,
		    "as a recipient");
		check_true(address,
		    (envelope_check(&from, &err) == 0) ==
			(rows[i].good || address[0] == '\0'),
		    "as a sender");
	}
}

static void
test_envelope_parameters(void **state UNUSED)
{
	static const struct {
		const char *parameters;
		bool good;
	} rows[] = {
		{ "", true },
		{ "NOTIFY=NEVER", true },
		{ "ORCPT=rfc822;b@x", true },
		{ "NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+20c@x", true },
		{ "NOTIFY=never", false },
		{ "NOTIFY=NEVER ", false },
		{ "NOTIFY=NEVER\r\nDATA", false },
		{ "ORCPT=rfc822;b@x NOTIFY=NEVER", false },
		{ "ORCPT=rfc822;b x", false },
		{ "ORCPT=rfc822;b@x\r\nDATA", false },
		{ " ", false },
		{ "SIZE=1", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *address = "b@x";
		struct envelope e = { .sender = "a@x",
			.recipients = &address,
			.parameters = &rows[i].parameters,
			.count = 1 };
		struct error err = ERROR_INIT;

		check_true(rows[i].parameters,
		    (envelope_check(&e, &err) == 0) == rows[i].good, err.text);
	}
}

static void
test_envelope_utf8(void **state UNUSED)
{
	static const char *const people[] = { "a@x", "\xc3\xbc@x" };
	struct envelope e = {
		.sender = "a@x", .recipients = people, .count = 1
	};
	struct error err = ERROR_INIT;

	assert_null(envelope_utf8(&e));
	e.count = 2;
	assert_ptr_equal(envelope_utf8(&e), people[1]);
	e.sender = people[1];
	assert_ptr_equal(envelope_utf8(&e), e.sender);
	e.count = 0;
	assert_int_equal(envelope_check(&e, &err), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_helo),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_envelope_utf8),
		cmocka_unit_test(test_envelope_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
