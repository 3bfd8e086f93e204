/* SPDX-License-Identifier: MIT */
/*
 * MAIL and RCPT with what the server offers, and nothing else.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/mem.h"
#include "smtp/command.h"

#define DSN CAPABILITY_DSN

static void
test_commands(void **state UNUSED)
{
	static const struct {
		const char *name;
		const char *sender, *to, *utf8;
		unsigned offered;
		bool eight_bit;
		struct dsn dsn;
		const char *want;
	} rows[] = {
		{ "bare", "a@x", "b@y", NULL, 0, false, { 0 },
		    "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n" },
		{ "nothing offered", "", "b@y", "b@y", 0, true,
		    { "never", "FULL", "1" },
		    "MAIL FROM:<>\r\nRCPT TO:<b@y>\r\n" },
		{ "size", "a@x", "b@y", NULL, CAPABILITY_SIZE, true, { 0 },
		    "MAIL FROM:<a@x> SIZE=42\r\nRCPT TO:<b@y>\r\n" },
		{ "eight bit", "a@x", "b@y", NULL, CAPABILITY_8BITMIME, true,
		    { 0 },
		    "MAIL FROM:<a@x> BODY=8BITMIME\r\nRCPT TO:<b@y>\r\n" },
		{ "seven bit", "a@x", "b@y", NULL, CAPABILITY_8BITMIME, false,
		    { 0 }, "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n" },
		{ "utf8", "a@x", "\xc3\xbc@y", "\xc3\xbc@y",
		    CAPABILITY_SMTPUTF8, false, { 0 },
		    "MAIL FROM:<a@x> SMTPUTF8\r\nRCPT TO:<\xc3\xbc@y>\r\n" },
		{ "no wish", "a@x", "b@y", NULL, DSN, false, { 0 },
		    "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n" },
		{ "notify", "a@x", "b@y", NULL, DSN, false,
		    { .notify = "Success,delay" },
		    "MAIL FROM:<a@x>\r\nRCPT TO:<b@y> NOTIFY=SUCCESS,DELAY "
		    "ORCPT=rfc822;b@y\r\n" },
		{ "xtext", "a@x", "\"b c\"+=@y", NULL, DSN, false,
		    { .envid = "a b+=~" },
		    "MAIL FROM:<a@x> ENVID=a+20b+2B+3D~\r\n"
		    "RCPT TO:<\"b c\"+=@y> "
		    "ORCPT=rfc822;\"b+20c\"+2B+3D@y\r\n" },
		{ "utf8 has no rfc822 form", "a@x", "\xc3\xbc@y", "\xc3\xbc@y",
		    DSN, false, { .parts = "HDRS" },
		    "MAIL FROM:<a@x> RET=HDRS\r\nRCPT TO:<\xc3\xbc@y>\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *to = strdup(rows[i].to);
		struct recipient person = { .address = to };
		struct recipient *people[] = { &person };
		struct wire wire = { .size = 42,
			.eight_bit = rows[i].eight_bit };
		struct transaction t = { .sender = rows[i].sender,
			.recipients = people,
			.count = 1,
			.wire = &wire,
			.utf8 = rows[i].utf8,
			.dsn = rows[i].dsn };
		struct capabilities offers = { .offered = rows[i].offered };
		auto_buf struct buf out = buf_make(4096);

		command_mail(&out, &t, &offers);
		command_rcpt(&out, &t, 0, &offers);
		check_str(rows[i].name, out.data, rows[i].want);
	}
}

/* What is asked for one recipient goes before what is asked for all. */
static void
test_parameters(void **state UNUSED)
{
	static const struct {
		const char *parameters;
		unsigned offered;
		const char *notify;
		const char *want;
	} rows[] = {
		{ "", DSN, NULL, "" },
		{ NULL, DSN, NULL, "" },
		{ "NOTIFY=DELAY", DSN, "never",
		    " NOTIFY=DELAY ORCPT=rfc822;b@y" },
		{ "ORCPT=rfc822;c@z", DSN, "never",
		    " ORCPT=rfc822;c@z NOTIFY=NEVER" },
		{ "NOTIFY=DELAY ORCPT=x;c", DSN, NULL,
		    " NOTIFY=DELAY ORCPT=x;c" },
		{ "NOTIFY=DELAY ORCPT=x;c", 0, "never", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char to[] = "b@y";
		struct recipient person = { .address = to,
			.parameters = rows[i].parameters };
		struct recipient *people[] = { &person };
		struct transaction t = { .recipients = people,
			.count = 1,
			.dsn.notify = rows[i].notify };
		struct capabilities offers = { .offered = rows[i].offered };
		auto_free char *want =
		    mem_printf("RCPT TO:<b@y>%s\r\n", rows[i].want);
		auto_buf struct buf out = buf_make(4096);

		command_rcpt(&out, &t, 0, &offers);
		check_str(rows[i].want, out.data, want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
