/* SPDX-License-Identifier: MIT */
/*
 * The next thing to type, for what servers say.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/hint.h"

static const struct hint_facts facts = {
	.host = "mx.example",
	.port = 587,
	.user = "joe",
	.sender = "root@box",
	.name = "NAME",
};

static void
test_situations(void **state UNUSED)
{
	static const struct {
		enum hint hint;
		const char *want;
	} rows[] = {
		{ HINT_NO_SERVER, "--server" },
		{ HINT_REFUSED, "--port=465 --tls=ssl" },
		{ HINT_REFUSED_25, "block port 25" },
		{ HINT_UNKNOWN_HOST, "mx.example" },
		{ HINT_DID_YOU_MEAN, "did you mean NAME?\n--server=NAME:587" },
		{ HINT_SILENT, "--port=465" },
		{ HINT_USE_SSL, "port 587 speaks TLS at once:\n--tls=ssl" },
		{ HINT_USE_STARTTLS, "--tls=starttls" },
		{ HINT_USE_PLAIN, "--tls=plain" },
		{ HINT_NO_STARTTLS, "--tls=plain" },
		{ HINT_NO_STARTTLS_LOGIN, "--port=465 --tls=ssl" },
		{ HINT_NOT_SMTP, "--port=465 --tls=ssl" },
		{ HINT_UNTRUSTED, "--fingerprint=NAME" },
		{ HINT_WRONG_NAME, "--fingerprint=NAME" },
		{ HINT_OTHER_NAME, "--server=NAME:587" },
		{ HINT_EXPIRED, "--fingerprint=NAME" },
		{ HINT_FAMILY, "--no-ipv4" },
		{ HINT_PINNED, "--fingerprint=NAME" },
		{ HINT_NO_LOGIN_OFFERED, "--auth=off" },
		{ HINT_NO_LOGIN_25, "--port=465" },
		{ HINT_MECHANISM, "--auth=auto" },
		{ HINT_TOKEN_ONLY, "xoauth2" },
		{ HINT_BEARER_ONLY, "oauthbearer" },
		{ HINT_EXTERNAL_ONLY, "--cert" },
		{ HINT_CLEAR_PASSWORD, "--allow-plain-login" },
		{ HINT_LOWER_CASE, "curl --version" },
		{ HINT_TOKEN_REFUSED, "token" },
		{ HINT_LOG_IN_AGAIN, "mitto login NAME" },
		{ HINT_TOO_BIG, "--dry-run" },
		{ HINT_SMTPUTF8, "'NAME'" },
		{ HINT_CACERT, "--cacert" },
		{ HINT_IN_DOUBT, "twice" },
	};

	assert_int_equal(ARRAY_SIZE(rows), HINT_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;

		hint_set(&err, rows[i].hint, &facts);
		check_has(rows[i].want, err.hint, rows[i].want);
		check_true(err.hint, strpbrk(err.hint, "{}") == NULL, "braces");
	}
}

static struct reply
make_reply(const char *line)
{
	struct reply_parser p = { .lines = 0 };

	(void)reply_line(&p, line, strlen(line));
	return p.reply;
}

static void
test_replies(void **state UNUSED)
{
	static const struct {
		enum stage stage;
		const char *reply;
		const char *want; /* "" = no hint */
	} rows[] = {
		{ STAGE_AUTH, "535 5.7.8 not accepted", "app password" },
		{ STAGE_AUTH,
		    "550 5.7.30 Basic authentication is not "
		    "supported",
		    "xoauth2" },
		{ STAGE_AUTH,
		    "535 5.7.139 Authentication unsuccessful, basic "
		    "authentication is disabled.",
		    "switched off" },
		{ STAGE_AUTH,
		    "535 5.7.139 SmtpClientAuthentication is "
		    "disabled for the Tenant",
		    "SMTP AUTH" },
		{ STAGE_AUTH,
		    "534 5.7.9 Application-specific password "
		    "required",
		    "app password" },
		{ STAGE_AUTH, "538 5.7.11 encryption required",
		    "--tls=starttls" },
		{ STAGE_GREETING, "554 5.7.1 go away", "--server=HOST" },
		{ STAGE_GREETING, "550 bad HELO", "--helo" },
		{ STAGE_MAIL, "530 5.7.0 Authentication required", "--user" },
		{ STAGE_MAIL, "530 5.7.0 Must issue a STARTTLS command first",
		    "--tls=starttls" },
		{ STAGE_RCPT, "530 5.7.0 Authentication required", "--user" },
		{ STAGE_MAIL,
		    "553 5.7.1 <x>: Sender address rejected: not "
		    "owned by user joe",
		    "<root@box>" },
		{ STAGE_BODY,
		    "554 5.2.252 SendAsDenied; joe not allowed to "
		    "send as root",
		    "'joe'" },
		{ STAGE_MAIL, "550 5.7.60 Client does not have permissions",
		    "--from" },
		{ STAGE_MAIL, "550 5.7.1 no", "<root@box>" },
		{ STAGE_MAIL, "552 5.3.4 too big", "less" },
		{ STAGE_BODY, "552 5.2.3 too big", "less" },
		{ STAGE_BODY, "552 message exceeds limit", "less" },
		{ STAGE_RCPT, "552 5.2.2 mailbox full", "full" },
		{ STAGE_RCPT, "550 5.1.1 no such user", "spelling" },
		{ STAGE_RCPT, "554 5.7.1 Relay access denied", "login" },
		{ STAGE_RCPT, "450 4.2.0 Greylisted", "minutes" },
		{ STAGE_RCPT, "451 4.7.1 try later", "minutes" },
		{ STAGE_RCPT, "450 please wait, GreyListed", "minutes" },
		{ STAGE_MAIL,
		    "504 5.5.2 <root>: Sender address rejected: "
		    "need fully-qualified address",
		    "USER@DOMAIN" },
		{ STAGE_RCPT, "504 5.5.2 <box>: Helo command rejected",
		    "--helo" },
		{ STAGE_RCPT,
		    "501 5.1.3 Recipient address must contain a "
		    "domain",
		    "default-domain" },
		{ STAGE_BODY, "550 5.7.25 PTR record missing", "-4" },
		{ STAGE_BODY,
		    "550 5.7.1 does not meet IPv6 sending "
		    "guidelines",
		    "-4" },
		{ STAGE_RCPT,
		    "504 5.5.2 <root>: Recipient address rejected: need "
		    "fully-qualified address",
		    "--set=default-domain=DOMAIN" },
		{ STAGE_BODY, "550 5.7.1 missing a valid Message-ID header",
		    "--dry-run -v" },
		{ STAGE_BODY, "552 bare LF received", "--tls=starttls" },
		{ STAGE_BODY, "554 5.7.1 spam", "mitto explain 5.7.1" },
		{ STAGE_BODY, "550 5.7.139 x", "mitto explain 5.7.139" },
		{ STAGE_BODY, "554 spam", "mitto explain 554" },
		{ STAGE_DATA, "451 4.3.0 later", "-Q" },
		{ STAGE_DATA, "354 go on", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply reply = make_reply(rows[i].reply);
		struct error err = ERROR_INIT;

		hint_for_reply(&err, rows[i].stage, &reply, &facts);
		if (rows[i].want[0] == '\0')
			check_str(rows[i].reply, err.hint, "");
		else
			check_has(rows[i].reply, err.hint, rows[i].want);
	}
}

static void
test_provider(void **state UNUSED)
{
	struct hint_facts gmail = facts;
	struct reply refused = make_reply("535 5.7.8 not accepted");
	struct reply later = make_reply("454 4.7.0 later");
	struct error err = ERROR_INIT;

	gmail.provider = provider_by_name("gmail");
	hint_for_reply(&err, STAGE_AUTH, &refused, &gmail);
	check_has("gmail", err.hint, "gmail takes an app password");
	check_has("gmail", err.hint, "app password");
	err = (struct error)ERROR_INIT;
	hint_for_reply(&err, STAGE_AUTH, &later, &gmail);
	check_has("temporary", err.hint, "-Q");
}

/* Where else to knock: at the provider's other ports, if they are known. */
static void
test_other_port(void **state UNUSED)
{
	static const struct {
		const char *provider;
		int port;
		const char *want;
	} rows[] = {
		{ NULL, 25, ":\n--port=587 --tls=starttls" },
		{ NULL, 587, ":\n--port=465 --tls=ssl" },
		{ NULL, 465, ":\n--port=587 --tls=starttls" },
		{ "gmail", 25, ":\n--port=465 --tls=ssl" },
		{ "gmail", 465, ":\n--port=587 --tls=starttls" },
		{ "postmark", 587, ":\n--port=2525 --tls=starttls" },
		{ "outlook", 587, ":\n--port=465 --tls=ssl" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hint_facts f = facts;
		struct error err = ERROR_INIT;

		f.port = rows[i].port;
		if (rows[i].provider != NULL)
			f.provider = provider_by_name(rows[i].provider);
		hint_set(&err, HINT_REFUSED, &f);
		check_has(rows[i].want, err.hint, rows[i].want);
	}
}

/* The last line is all that is to be typed. */
static void
test_shape(void **state UNUSED)
{
	for (int hint = 0; hint < HINT_COUNT; hint++) {
		struct error err = ERROR_INIT;
		const char *line;

		hint_set(&err, (enum hint)hint, &facts);
		line = strchr(err.hint, '\n');
		assert_non_null(line);
		check_true(err.hint,
		    line[1] == '-' || strncmp(line + 1, "mitto ", 6) == 0 ||
			strncmp(line + 1, "curl ", 5) == 0,
		    "a thing to type");
		check_true(err.hint, strchr(line + 1, '\n') == NULL, "last");
		check_true(err.hint, strchr(":?", line[-1]) != NULL, "colon");
		check_true(
		    err.hint, strlen(err.hint) < sizeof(err.hint) - 1, "whole");
	}
}

/* However long the facts are, the cure is whole. */
static void
test_long_facts(void **state UNUSED)
{
	static char user[320];
	struct reply reply = make_reply("553 5.7.1 not owned by user");
	struct hint_facts f = facts;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i + 2 < sizeof(user); i += 2)
		memcpy(user + i, "\xc3\xa1", 2);
	f.user = f.sender = user;
	f.own = "jana@own.example";
	hint_for_reply(&err, STAGE_MAIL, &reply, &f);
	check_has("cut", err.hint, "\xc3\xa1...:\n--from=jana@own.example");
	assert_true(strlen(err.hint) < sizeof(err.hint));
}

/* A row about the login says nothing to who has none. */
static void
test_without_login(void **state UNUSED)
{
	struct reply reply = make_reply("553 5.7.1 not owned by user");
	struct hint_facts nobody = facts;
	struct error err = ERROR_INIT;

	nobody.user = NULL;
	hint_for_reply(&err, STAGE_MAIL, &reply, &nobody);
	check_true(err.hint, strstr(err.hint, "login ''") == NULL, "login");
	check_has("sender", err.hint, "<root@box>");
}

static void
test_first_stays(void **state UNUSED)
{
	struct error err = ERROR_INIT;

	hint_set(&err, HINT_USE_SSL, &facts);
	hint_set(&err, HINT_USE_STARTTLS, &facts);
	check_has("first", err.hint, "--tls=ssl");
}

static void
test_nearest_host(void **state UNUSED)
{
	check_str(
	    "swapped", hint_nearest_host("smtp.gmial.com"), "smtp.gmail.com");
	assert_null(hint_nearest_host("smtp.gmail.com"));
	assert_null(hint_nearest_host("relay.home.example"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_situations),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_provider),
		cmocka_unit_test(test_other_port),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_long_facts),
		cmocka_unit_test(test_without_login),
		cmocka_unit_test(test_first_stays),
		cmocka_unit_test(test_nearest_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
