/* SPDX-License-Identifier: MIT */
/*
 * The limit of each phase, seen to expire on a conversation that got that far:
 * the clock cannot be turned on, so the last step is moved back.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/clock.h"
#include "smtp/deadline.h"
#include "smtp/session.h"

#define MINUTE   60000LL
#define GREETING "<220 hi\n"
#define EHLO     GREETING ">EHLO me\n"
#define HELLO    EHLO "<250 me\n"
#define MAIL     HELLO ">MAIL FROM:<a@x>\n"
#define RCPT     MAIL "<250 ok\n>RCPT TO:<b@x>\n"
#define DATA     RCPT "<250 ok\n>DATA\n"

/* RFC 5321 4.5.3.2 has the limits from the greeting on. */
static const struct {
	const char *name;
	const char *script;
	enum stage stage; /* where no line tells, else STAGE_DONE */
	bool dot;
	int minutes;
	const char *says; /* %s: the seconds */
} phases[] = {
	{ "connect", "", STAGE_DONE, false, 1, "no connection to h:25 within" },
	{ "handshake", "", STAGE_TLS, false, 1,
	    "the TLS handshake with h:25 was not done within" },
	{ "greeting", "", STAGE_GREETING, false, 5,
	    "h:25 sent no greeting within" },
	{ "EHLO", EHLO, STAGE_DONE, false, 5,
	    "h:25 did not answer EHLO within" },
	{ "HELO", EHLO "<502 no\n>HELO me\n", STAGE_DONE, false, 5,
	    "h:25 did not answer HELO within" },
	{ "STARTTLS", HELLO ">STARTTLS\n", STAGE_DONE, false, 1,
	    "h:25 did not answer STARTTLS within" },
	{ "AUTH", HELLO ">AUTH LOGIN\n", STAGE_DONE, false, 5,
	    "h:25 did not answer the login within" },
	{ "challenge", HELLO ">AUTH LOGIN\n<334 x\n>x\n", STAGE_DONE, false, 5,
	    "h:25 did not answer the login within" },
	{ "MAIL", MAIL, STAGE_DONE, false, 5,
	    "h:25 did not answer MAIL within" },
	{ "RCPT", RCPT, STAGE_DONE, false, 5,
	    "h:25 did not answer RCPT within" },
	{ "DATA", DATA, STAGE_DONE, false, 2,
	    "h:25 did not answer DATA within" },
	{ "block", DATA "<354 go\n", STAGE_DONE, false, 3,
	    "h:25 took no more of the message for" },
	{ "final dot", DATA "<354 go\n", STAGE_DONE, true, 10,
	    "h:25 did not confirm the message within" },
	{ "a group", MAIL ">RCPT TO:<b@x>\n>DATA\n", STAGE_DONE, false, 5,
	    "h:25 did not answer MAIL within" },
	{ "end of a group", MAIL ">RCPT TO:<b@x>\n>DATA\n<250 ok\n<250 ok\n",
	    STAGE_DONE, false, 2, "h:25 did not answer DATA within" },
};

struct fixture {
	struct smtp_session session;
	struct settings settings;
	struct recipient person;
	struct recipient *people[1];
};

static void
play(struct recorder *r, const char *script)
{
	while (*script != '\0') {
		size_t len = strcspn(script, "\n");

		if (*script == '<')
			(void)recorder_server(r, script + 1, len - 1);
		else
			recorder_client(r, script + 1, len - 1);
		script += len + 1;
	}
}

/* A session that has come to phase i; `every` is --timeout in ms. */
static void
come_to(struct fixture *f, size_t i, int64_t every)
{
	struct recorder *r = &f->session.recorder;

	*f = (struct fixture){ .settings.timeout.ms = every };
	f->people[0] = &f->person;
	f->session.settings = &f->settings;
	f->session.endpoint.port = 25;
	(void)snprintf(f->session.server, sizeof(f->session.server), "h:25");
	recorder_init(r, NULL, NULL);
	recorder_begin(r, f->people, 1);
	recorder_connect(r);
	play(r, phases[i].script);
	if (phases[i].stage != STAGE_DONE)
		recorder_stage(r, phases[i].stage);
	r->dot = phases[i].dot;
}

static void
check_expiry(size_t i, int64_t every, int64_t limit, const char *limit_text)
{
	const char *name = phases[i].name;
	struct fixture f;
	struct recorder *r = &f.session.recorder;
	char says[128];

	come_to(&f, i, every);
	check_true(name, deadline_limit(r, every) == limit, "limit");
	check_true(name, session_watch(&f.session) == 0, "at once");
	r->since = clock_ms() - limit / 2;
	check_true(name, session_watch(&f.session) == 0, "half of it");
	check_true(name, session_patience(&f.session) <= 1000, "patience");
	r->since = clock_ms() - limit;
	check_true(name, session_patience(&f.session) == 0, "no patience");
	check_true(name, session_watch(&f.session) == -1, "expired");
	check_true(name, f.session.stop == SESSION_STOPPED, "stopped");
	check_true(name, f.session.stopped.kind == ERR_TEMPORARY, "try again");
	(void)snprintf(says, sizeof(says), "%s %s", phases[i].says, limit_text);
	assert_string_equal(f.session.stopped.text, says);
	recorder_release(r);
}

static void
test_each_phase_expires(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		char text[32];

		(void)snprintf(
		    text, sizeof(text), "%d s", phases[i].minutes * 60);
		check_expiry(i, 0, phases[i].minutes * MINUTE, text);
	}
}

static void
test_one_limit_for_all(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		check_expiry(i, 90500, 90500, "90.5 s");
}

/* Each reply starts the time of the next phase. */
static void
test_a_step_forward(void **state UNUSED)
{
	struct fixture f;

	come_to(&f, 0, 0);
	f.session.recorder.since -= 30 * MINUTE;
	play(&f.session.recorder, MAIL);
	assert_int_equal(session_watch(&f.session), 0);
	recorder_release(&f.session.recorder);
}

/* QUIT holds nobody up, and is no failure. */
static void
test_quit(void **state UNUSED)
{
	struct fixture f;

	come_to(&f, 0, 0);
	play(&f.session.recorder, HELLO ">QUIT\n");
	assert_int_equal(session_watch(&f.session), 0);
	f.session.recorder.since -= SESSION_QUIT_WAIT * 1000;
	assert_int_equal(session_watch(&f.session), -1);
	assert_int_equal(f.session.stop, SESSION_GO);
	recorder_release(&f.session.recorder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_phase_expires),
		cmocka_unit_test(test_one_limit_for_all),
		cmocka_unit_test(test_a_step_forward),
		cmocka_unit_test(test_quit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
