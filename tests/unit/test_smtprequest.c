/* SPDX-License-Identifier: MIT */
/* Commands of SMTP as a server reads them. */
#include "texttest.h"

#include "base/buf.h"
#include "text/smtprequest.h"

/* Shown as "VERB address RET ENVID NOTIFY [ORCPT]", what is not there as "-".
 */
static const struct {
	const char *line, *want;
} good[] = {
	{ "EHLO client.example", "1 - - - -" },
	{ "helo [127.0.0.1]", "0 - - - -" },
	{ "MAIL FROM:<a@x.example>", "2 a@x.example - - -" },
	{ "mail from:<a@x.example>  ", "2 a@x.example - - -" },
	{ "MAIL FROM: <a@x.example>", "2 a@x.example - - -" },
	{ "MAIL FROM:<>", "2  - - -" },
	{ "MAIL FROM:<> SIZE=10 BODY=8BITMIME SMTPUTF8", "2  - - -" },
	{ "MAIL FROM:<a@x.example> RET=HDRS ENVID=q+2Bq",
	    "2 a@x.example hdrs q+q -" },
	{ "MAIL FROM:<a@x.example> ret=full body=7bit",
	    "2 a@x.example full - -" },
	{ "MAIL FROM:<@a.example,@b.example:a@x.example>",
	    "2 a@x.example - - -" },
	{ "MAIL FROM:<\"a b\"@x.example>", "2 \"a b\"@x.example - - -" },
	{ "MAIL FROM:<\"a>b\"@x.example>", "2 \"a>b\"@x.example - - -" },
	{ "MAIL FROM:<\"a\\\"> b\"@x.example>",
	    "2 \"a\\\"> b\"@x.example - - -" },
	{ "MAIL FROM:<a@[127.0.0.1]>", "2 a@[127.0.0.1] - - -" },
	{ "MAIL FROM:<j\xc3\xbcrgen@x.example> SMTPUTF8",
	    "2 j\xc3\xbcrgen@x.example - - -" },
	{ "RCPT TO:<root>", "3 root - - -" },
	{ "RCPT TO:<b@x.example> NOTIFY=never",
	    "3 b@x.example - - NOTIFY=NEVER" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;b@x.example NOTIFY=SUCCESS,DELAY",
	    "3 b@x.example - - NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@x.example" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;b+2Bc@x.example",
	    "3 b@x.example - - - ORCPT=rfc822;b+2Bc@x.example" },
	{ "RCPT TO:<b@x.example> ORCPT=utf-8;j\xc3\xbcrgen@x.example",
	    "3 b@x.example - - - ORCPT=utf-8;j\\x{FC}rgen@x.example" },
	{ "RCPT TO:<a=b+c@x.example>", "3 a=b+c@x.example - - -" },
	{ "DATA", "4 - - - -" },
	{ "RSET", "5 - - - -" },
	{ "NOOP and more", "6 - - - -" },
	{ "VRFY bob", "7 - - - -" },
	{ "HELP", "8 - - - -" },
	{ "QUIT ", "9 - - - -" },
};

static const struct {
	const char *line, *code;
} bad[] = {
	{ "", "502 5.5.1" },
	{ "EXPN list", "502 5.5.1" },
	{ "STARTTLS", "502 5.5.1" },
	{ "AUTH PLAIN x", "502 5.5.1" },
	{ "DATAX", "502 5.5.1" },
	{ "EHLO", "501 5.5.4" },
	{ "DATA now", "501 5.5.4" },
	{ "QUIT now", "501 5.5.4" },
	{ "MAIL", "501 5.1.7" },
	{ "MAIL a@x.example", "501 5.1.7" },
	{ "MAIL FROM:a@x.example", "501 5.1.7" },
	{ "MAIL FROM:<a@x.example", "501 5.1.7" },
	{ "MAIL FROM:<a@x.example>SIZE=1", "501 5.1.7" },
	{ "MAIL FROM:<a@x.example,b@x.example>", "501 5.1.7" },
	{ "MAIL FROM:<<a@x.example>>", "501 5.1.7" },
	{ "MAIL FROM:<Ana \"<a@x.example>\">", "501 5.1.7" },
	{ "MAIL FROM:<a@x.example (comment)>", "501 5.1.7" },
	{ "MAIL FROM:<mailto:a@x.example>", "501 5.1.7" },
	{ "MAIL FROM:<a b@x.example>", "501 5.1.7" },
	{ "MAIL FROM:<@a.example:>", "501 5.1.7" },
	{ "MAIL FROM:<g:a@x.example;>", "501 5.1.7" },
	{ "MAIL FROM:<a@x.example> SIZE", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> SIZE=", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> SIZE=-1", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> SIZE=123456789012345678901", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> SIZE=1 SIZE=1", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> BODY=BINARYMIME", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> SMTPUTF8=1", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> RET=HALF", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> ENVID=a+0", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> ENVID=a+00", "501 5.5.4" },
	{ "MAIL FROM:<a@x.example> NOTIFY=NEVER", "555 5.5.4" },
	{ "MAIL FROM:<a@x.example> AUTH=<>", "555 5.5.4" },
	{ "RCPT TO:<>", "501 5.1.7" },
	{ "RCPT TO:</etc/passwd>", "501 5.1.7" },
	{ "RCPT TO:<|cat>", "501 5.1.7" },
	{ "RCPT TO:<b@x.example> SIZE=1", "555 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=;x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=NOTIFY=;x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;a=b@x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;a+b@x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;a+4", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=rfc822;a+2b", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=utf-8;\xff@x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> ORCPT=utf-8;a\xc2\x85@x", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> NOTIFY=", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> NOTIFY=MAYBE", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> NOTIFY=NEVER,DELAY", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> NOTIFY=DELAY,DELAY", "501 5.5.4" },
	{ "RCPT TO:<b@x.example> NOTIFY=NEVER NOTIFY=NEVER", "501 5.5.4" },
	{ "RCPT TO:<b@x.example>\rDATA", "500 5.5.2" },
	{ "NOOP \t", "500 5.5.2" },
};

static const char *
or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void
test_good(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		const char *line = good[i].line;
		auto_smtp_request struct smtp_request r;
		auto_buf struct buf out = buf_make(1000);
		const char *wrong = smtp_request_parse(&r, line, strlen(line));

		check_true(line, wrong == NULL, or_dash(wrong));
		buf_printf(&out, "%d %s %s %s %s", (int)r.verb,
		    or_dash(r.address), or_dash(r.return_parts),
		    or_dash(r.envid), or_dash(r.notify));
		if (r.orcpt != NULL)
			buf_printf(&out, " %s", r.orcpt);
		check_str(line, out.data, good[i].want);
	}
}

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *line = bad[i].line;
		auto_smtp_request struct smtp_request r;
		const char *wrong = smtp_request_parse(&r, line, strlen(line));

		check_true(line, wrong != NULL, "taken");
		check_has(line, wrong, bad[i].code);
		check_true(line, strlen(wrong) <= 80, "a short line");
	}
}

static void
test_length(void **state UNUSED)
{
	char line[SMTP_REQUEST_MAX + 1] = "NOOP ";
	auto_smtp_request struct smtp_request r;

	memset(line + 5, 'x', sizeof(line) - 5);
	assert_null(smtp_request_parse(&r, line, SMTP_REQUEST_MAX));
	smtp_request_release(&r);
	check_has("too long",
	    smtp_request_parse(&r, line, SMTP_REQUEST_MAX + 1), "500 5.5.6");
	check_has("NUL", smtp_request_parse(&r, "NOOP\0x", 6), "500 5.5.2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
