/* SPDX-License-Identifier: MIT */
/*
 * Conversations replayed: what is filed where, and what is shown.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/buf.h"
#include "smtp/recorder.h"

#define MAX 8

struct fixture {
	struct recorder recorder;
	struct recipient people[MAX];
	struct recipient *pointers[MAX];
	struct buf shown;
};

static void
show(void *ctx, bool from_server, const char *text, size_t len)
{
	struct buf *shown = ctx;

	buf_puts(shown, from_server ? "<" : ">");
	buf_add(shown, text, len);
	buf_putc(shown, '\n');
}

static void
start(struct fixture *f, size_t count)
{
	memset(f->people, 0, sizeof(f->people));
	for (size_t i = 0; i < MAX; i++)
		f->pointers[i] = &f->people[i];
	f->shown = buf_make(65536);
	recorder_init(&f->recorder, show, &f->shown);
	recorder_begin(&f->recorder, f->pointers, count);
	recorder_connect(&f->recorder);
}

static void
finish(struct fixture *f)
{
	recorder_release(&f->recorder);
	buf_release(&f->shown);
}

/* Lines that begin with '>' or '<' and end in LF; the last line's record. */
static enum record
play(struct fixture *f, const char *script)
{
	enum record last = RECORD_MORE;

	while (*script != '\0') {
		size_t len = strcspn(script, "\n");
		auto_buf struct buf line = buf_make(65536);

		buf_add(&line, script + 1, len - 1);
		buf_puts(&line, "\r\n");
		if (script[0] == '>')
			recorder_client(&f->recorder, line.data, line.len);
		else
			last =
			    recorder_server(&f->recorder, line.data, line.len);
		script += len + 1;
	}
	return last;
}

static void
test_whole(void **state UNUSED)
{
	static const char script[] = "<220 mx ESMTP\n"
				     ">EHLO me\n"
				     "<250-mx\n"
				     "<250-SIZE 1000\n"
				     "<250 STARTTLS\n"
				     ">MAIL FROM:<a>\n"
				     "<250 2.1.0 ok\n"
				     ">RCPT TO:<b>\n"
				     "<250 2.1.5 ok\n"
				     ">RCPT TO:<c>\n"
				     "<550-5.1.1 no\n"
				     "<550 5.1.1 body\n"
				     ">DATA\n"
				     "<354 go\n"
				     "<250 2.0.0 queued\n";
	struct fixture f;
	struct recorder *r = &f.recorder;

	start(&f, 2);
	assert_int_equal(play(&f, script), RECORD_REPLY);
	check_str("shown", f.shown.data, script);
	assert_int_equal(r->stage, STAGE_BODY);
	assert_int_equal(r->offers.size, 1000);
	assert_int_equal(
	    r->offers.offered, CAPABILITY_SIZE | CAPABILITY_STARTTLS);
	assert_int_equal(r->mail.code, 250);
	assert_int_equal(f.people[0].reply.code, 250);
	assert_int_equal(f.people[1].reply.code, 550);
	check_str("refusal", f.people[1].reply.text, "no\nbody");
	assert_int_equal(r->data.code, 354);
	assert_int_equal(r->final.code, 250);
	check_str("final", r->final.text, "queued");
	assert_int_equal(recorder_waiting(r), VERB_NONE);
	finish(&f);
}

/* A group of commands is answered in its order. */
static void
test_pipelined(void **state UNUSED)
{
	static const char group[] =
	    "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nRCPT TO:<d>\r\n"
	    "DATA\r\n";
	struct fixture f;

	start(&f, 3);
	(void)play(&f, "<220 mx\n>EHLO me\n<250 mx\n");
	recorder_client(&f.recorder, group, sizeof(group) - 1);
	(void)play(&f,
	    "<250 2.1.0 s\n<250 2.1.5 b\n<450 4.2.0 c\n<550 5.1.1 d\n"
	    "<354 go\n");
	assert_int_equal(f.recorder.mail.code, 250);
	assert_int_equal(f.people[0].reply.code, 250);
	assert_int_equal(f.people[1].reply.code, 450);
	assert_int_equal(f.people[2].reply.code, 550);
	assert_int_equal(f.recorder.data.code, 354);
	assert_int_equal(recorder_waiting(&f.recorder), VERB_BODY);
	finish(&f);
}

static void
test_stages(void **state UNUSED)
{
	static const struct {
		const char *script;
		enum stage stage;
		enum verb waiting;
	} rows[] = {
		{ "", STAGE_CONNECT, VERB_GREETING },
		{ "<220-a\n", STAGE_GREETING, VERB_GREETING },
		{ "<220 a\n", STAGE_GREETING, VERB_NONE },
		{ "<220 a\n>EHLO x\n", STAGE_GREETING, VERB_EHLO },
		{ "<220 a\n>STARTTLS\n", STAGE_TLS, VERB_STARTTLS },
		{ "<220 a\n>STARTTLS\n<220 go\n", STAGE_TLS, VERB_NONE },
		{ "<220 a\n>auth login\n", STAGE_AUTH, VERB_AUTH },
		{ "<220 a\n>AUTH LOGIN\n<334 x\n>eA==\n", STAGE_AUTH,
		    VERB_AUTH },
		{ "<220 a\n>MAIL FROM:<>\n", STAGE_MAIL, VERB_MAIL },
		{ "<220 a\n>RCPT TO:<>\n", STAGE_RCPT, VERB_RCPT },
		{ "<220 a\n>DATA\n", STAGE_DATA, VERB_DATA },
		{ "<220 a\n>DATA\n<354 x\n", STAGE_BODY, VERB_BODY },
		{ "<220 a\n>DATA\n<554 x\n", STAGE_DATA, VERB_NONE },
		{ "<220 a\n>DATA\n<554 x\n>QUIT\n", STAGE_DATA, VERB_QUIT },
		{ "<220 a\n>NOOP\n", STAGE_GREETING, VERB_OTHER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture f;

		start(&f, 1);
		(void)play(&f, rows[i].script);
		check_true(
		    rows[i].script, f.recorder.stage == rows[i].stage, "stage");
		check_true(rows[i].script,
		    recorder_waiting(&f.recorder) == rows[i].waiting,
		    "waiting");
		finish(&f);
	}
}

static void
test_records(void **state UNUSED)
{
	static const struct {
		const char *script;
		enum record want;
	} rows[] = {
		{ "<220-a\n", RECORD_MORE },
		{ "<220 a\n", RECORD_REPLY },
		{ "<SSH-2.0-x\n", RECORD_BAD },
		{ "<220 a\n<220 b\n", RECORD_BAD }, /* nobody asked */
		{ "<220-a\n<221 b\n", RECORD_BAD },
		{ "<220 a\n>EHLO x\n<250-a\n<hello\n", RECORD_BAD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture f;

		start(&f, 1);
		check_true(rows[i].script,
		    play(&f, rows[i].script) == rows[i].want, "record");
		finish(&f);
	}
}

/* What the good-bye says is not what the server said last. */
static void
test_quit(void **state UNUSED)
{
	struct fixture f;

	start(&f, 1);
	(void)play(
	    &f, "<220 a\n>MAIL FROM:<a>\n<550 5.7.1 no\n>QUIT\n<221 bye\n");
	assert_int_equal(f.recorder.last.code, 550);
	assert_int_equal(f.recorder.answered, VERB_MAIL);
	finish(&f);
}

/* What was offered before TLS is forgotten, and so is a connection. */
static void
test_forgets(void **state UNUSED)
{
	struct fixture f;

	start(&f, 1);
	(void)play(&f,
	    "<220 a\n>EHLO x\n<250-a\n<250-AUTH PLAIN\n<250 STARTTLS\n"
	    ">STARTTLS\n<220 go\n>EHLO x\n<250 a\n");
	assert_int_equal(f.recorder.offers.offered, 0);
	assert_true(f.recorder.tls_granted);
	recorder_connect(&f.recorder);
	assert_false(f.recorder.tls_granted);
	assert_int_equal(recorder_waiting(&f.recorder), VERB_GREETING);
	assert_int_equal(f.recorder.last.code, 0);
	finish(&f);
}

/* Keywords are parsed beyond what a reply's text can hold. */
static void
test_long_ehlo(void **state UNUSED)
{
	struct fixture f;

	start(&f, 1);
	(void)play(&f, "<220 a\n>EHLO x\n<250-a\n");
	for (int i = 0; i < 100; i++)
		(void)play(&f, "<250-XKEYWORD0123456789012345678901234567\n");
	(void)play(&f, "<250 SIZE 77\n");
	assert_int_equal(f.recorder.offers.size, 77);
	finish(&f);
}

static void
test_redaction(void **state UNUSED)
{
	static const struct {
		const char *name, *script, *shown;
	} rows[] = {
		{ "initial response",
		    ">AUTH PLAIN AGpvZQBjYW5hcnk=\n<235 welcome\n>MAIL x\n",
		    ">AUTH PLAIN ********\n<235 welcome\n>MAIL x\n" },
		{ "challenges",
		    ">AUTH LOGIN\n<334 VXNlcjo=\n>am9l\n<334 UGFzczo=\n"
		    ">Y2FuYXJ5\n<535 no\n>QUIT\n",
		    ">AUTH LOGIN\n<334 VXNlcjo=\n>********\n<334 UGFzczo=\n"
		    ">********\n<535 no\n>QUIT\n" },
		{ "repeated by the server",
		    ">AUTH PLAIN Y2FuYXJ5\n<535 bad AUTH PLAIN Y2FuYXJ5\n"
		    ">MAIL x\n<503 after Y2FuYXJ5 Y2FuYXJ5!\n",
		    ">AUTH PLAIN ********\n<535 bad AUTH PLAIN ********\n"
		    ">MAIL x\n<503 after ******** ********!\n" },
		{ "lower case", ">auth plain Y2FuYXJ5\n<235 ok\n",
		    ">auth plain ********\n<235 ok\n" },
		{ "cancelled", ">AUTH XOAUTH2 Y2FuYXJ5\n<334 eyJ9\n>\n<535 x\n",
		    ">AUTH XOAUTH2 ********\n<334 eyJ9\n>********\n<535 x\n" },
		{ "the password itself",
		    ">MAIL x\n<550 your password canary is known\n",
		    ">MAIL x\n<550 your password ******** is known\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fixture f;

		start(&f, 1);
		redact_add(&f.recorder.redactor, "canary", 6);
		(void)play(&f, "<220 a\n");
		buf_clear(&f.shown);
		(void)play(&f, rows[i].script);
		check_str(rows[i].name, f.shown.data, rows[i].shown);
		check_true(rows[i].name,
		    strstr(f.recorder.last.text, "canary") == NULL &&
			strstr(f.recorder.last.text, "Y2FuYXJ5") == NULL,
		    "kept in a reply");
		finish(&f);
	}
}

/* More recipients' replies, or commands, than expected do no harm. */
static void
test_too_many(void **state UNUSED)
{
	struct fixture f;

	start(&f, 1);
	(void)play(&f, "<220 a\n");
	for (int i = 0; i < RECORDER_GROUP + 50; i++)
		recorder_client(&f.recorder, "RCPT TO:<x>\r\n", 13);
	for (int i = 0; i < RECORDER_GROUP; i++)
		assert_int_equal(recorder_server(&f.recorder, "250 ok\r\n", 8),
		    RECORD_REPLY);
	assert_int_equal(
	    recorder_server(&f.recorder, "250 ok\r\n", 8), RECORD_BAD);
	assert_int_equal(f.people[1].reply.code, 0);
	finish(&f);
}

/* Behind a refused MAIL, or without a recipient, replies say nothing new. */
static void
test_consequences(void **state UNUSED)
{
	static const struct {
		const char *name, *script;
		enum stage stage;
		int last, mail, rcpt, data, final;
	} rows[] = {
		{ "MAIL",
		    ">MAIL\n>RCPT\n>DATA\n<550 no\n<503 first\n<503 first\n",
		    STAGE_MAIL, 550, 550, 0, 0, 0 },
		{ "RCPT", ">MAIL\n>RCPT\n>DATA\n<250 a\n<550 b\n<554 c\n",
		    STAGE_RCPT, 550, 250, 550, 0, 0 },
		{ "354 for nobody",
		    ">MAIL\n>RCPT\n>DATA\n<250 a\n<550 b\n<354 c\n<250 d\n",
		    STAGE_RCPT, 550, 250, 550, 0, 0 },
		{ "BDAT",
		    ">MAIL\n>RCPT\n>BDAT 1 LAST\n<250 a\n<250 b\n<250 c\n",
		    STAGE_BODY, 250, 250, 250, 0, 250 },
		{ "BDAT for nobody",
		    ">MAIL\n>RCPT\n>BDAT 1 LAST\n<250 a\n<550 b\n<503 c\n",
		    STAGE_RCPT, 550, 250, 550, 0, 0 },
		{ "421 counts", ">MAIL\n>RCPT\n>DATA\n<550 no\n<421 closing\n",
		    STAGE_MAIL, 421, 550, 0, 0, 0 },
		{ "half a group", ">MAIL\n>RCPT\n>DATA\n<250 a\n", STAGE_RCPT,
		    250, 250, 0, 0, 0 },
		{ "the next group waits",
		    ">MAIL\n>RCPT\n>DATA\n<250 a\n<250 b\n<354 c\n>MAIL\n"
		    "<251 d\n",
		    STAGE_BODY, 251, 250, 250, 354, 251 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = rows[i].name;
		const struct recorder *r;
		struct fixture f;

		start(&f, 1);
		r = &f.recorder;
		(void)play(&f, "<220 a\n>EHLO me\n<250 a\n");
		assert_int_equal(play(&f, rows[i].script), RECORD_REPLY);
		check_true(name, r->stage == rows[i].stage, "stage");
		check_true(name, r->last.code == rows[i].last, "last");
		check_true(name, r->mail.code == rows[i].mail, "mail");
		check_true(
		    name, f.people[0].reply.code == rows[i].rcpt, "rcpt");
		check_true(name, r->data.code == rows[i].data, "data");
		check_true(name, r->final.code == rows[i].final, "final");
		finish(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_consequences),
		cmocka_unit_test(test_quit),
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_long_ehlo),
		cmocka_unit_test(test_redaction),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
