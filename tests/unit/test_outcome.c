/* SPDX-License-Identifier: MIT */
/*
 * From replies to states and an exit status: the table of SPEC 4.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX 4

static void
test_names(void **state UNUSED)
{
	static const char *const stages[] = { "connect", "tls", "greeting",
		"auth", "mail", "rcpt", "data", "body", "done" };
	static const char *const states[] = { "unknown", "unknown", "accepted",
		"deferred", "refused", "unknown" };

	for (int i = 0; i <= STAGE_DONE; i++)
		check_str("stage", stage_name((enum stage)i), stages[i]);
	for (int i = 0; i <= RECIPIENT_UNKNOWN; i++)
		check_str("state",
		    recipient_state_name((enum recipient_state)i), states[i]);
}

static void
test_init(void **state UNUSED)
{
	static const char *const people[] = { "a@x", "b@x" };
	const struct envelope e = {
		.sender = "s@x", .recipients = people, .count = 2
	};
	struct outcome o;

	outcome_init(&o, &e);
	assert_int_equal(o.count, 2);
	check_str("copy", o.recipients[1].address, "b@x");
	assert_int_equal(outcome_count(&o, RECIPIENT_UNTRIED), 2);
	assert_int_equal(o.error.kind, ERR_NONE);
	outcome_release(&o);
	outcome_release(&o);
}

/* "550 5.1.1 text" */
static struct reply
make_reply(const char *line)
{
	struct reply_parser p = { .lines = 0 };

	if (line != NULL)
		(void)reply_line(&p, line, strlen(line));
	return p.reply;
}

/* Letters of the states: untried, pending, accepted, deferred, refused,
 * unknown. */
static void
put_states(const struct outcome *o, char *out)
{
	for (size_t i = 0; i < o->count; i++)
		*out++ = "upadrx"[o->recipients[i].state];
	*out = '\0';
}

struct row {
	const char *name;
	const char *rcpt[MAX]; /* replies; "" = none */
	const char *mail, *data, *final;
	bool dot, check;
	enum error_kind lost; /* what the lane says, ERR_NONE = carried */
	const char *states;
	enum error_kind kind;
	bool in_doubt;
};

#define OK "250 2.1.5 ok"

static const struct row rows[] = {
	{ "all good", { OK, OK }, "250 ok", "354 go", "250 2.0.0 ok", true,
	    false, ERR_NONE, "aa", ERR_NONE, false },
	{ "251", { OK }, "250 ok", "354 go", "251 ok", true, false, ERR_NONE,
	    "a", ERR_NONE, false },
	{ "final yes beats a lost connection", { OK }, "250 ok", "354 go",
	    "250 ok", true, false, ERR_TEMPORARY, "a", ERR_NONE, false },
	{ "one refused", { OK, "550 5.1.1 no" }, "250 ok", "354 go", "250 ok",
	    true, false, ERR_NONE, "ar", ERR_UNAVAILABLE, false },
	{ "one deferred", { OK, "450 4.2.0 no" }, "250 ok", "354 go", "250 ok",
	    true, false, ERR_NONE, "ad", ERR_TEMPORARY, false },
	{ "both", { OK, "450 4.2.0 no", "550 5.1.1 no" }, "250 ok", "354 go",
	    "250 ok", true, false, ERR_NONE, "adr", ERR_UNAVAILABLE, false },
	{ "all unknown", { "550 5.1.1 no", "553 5.1.3 no" }, "250 ok", NULL,
	    NULL, false, false, ERR_NONE, "rr", ERR_NOUSER, false },
	{ "sender's fault", { "550 5.1.8 no" }, "250 ok", NULL, NULL, false,
	    false, ERR_NONE, "r", ERR_UNAVAILABLE, false },
	{ "all refused", { "550 5.1.1 no", "550 no" }, "250 ok", NULL, NULL,
	    false, false, ERR_NONE, "rr", ERR_UNAVAILABLE, false },
	{ "login wanted", { "530 5.7.0 no", "530 5.7.0 no" }, "250 ok", NULL,
	    NULL, false, false, ERR_NONE, "rr", ERR_NOPERM, false },
	{ "all deferred", { "451 no", "450 no" }, "250 ok", NULL, NULL, false,
	    false, ERR_NONE, "dd", ERR_TEMPORARY, false },
	{ "too many, old code", { OK, "552 5.5.3 too many" }, "250 ok",
	    "354 go", "250 ok", true, false, ERR_NONE, "ad", ERR_TEMPORARY,
	    false },
	{ "final 5xx", { OK, "550 5.1.1 no" }, "250 ok", "354 go",
	    "554 5.7.1 spam", true, false, ERR_NONE, "rr", ERR_UNAVAILABLE,
	    false },
	{ "final 4xx", { OK, OK }, "250 ok", "354 go", "451 later", true, false,
	    ERR_NONE, "dd", ERR_TEMPORARY, false },
	{ "final 4xx, one refused", { OK, "550 5.1.1 no" }, "250 ok", "354 go",
	    "451 later", true, false, ERR_NONE, "dr", ERR_UNAVAILABLE, false },
	{ "early 552", { OK }, "250 ok", "354 go", "552 5.3.4 big", false,
	    false, ERR_TEMPORARY, "r", ERR_UNAVAILABLE, false },
	{ "DATA refused", { OK }, "250 ok", "554 5.5.1 no", NULL, false, false,
	    ERR_NONE, "r", ERR_UNAVAILABLE, false },
	{ "MAIL refused", { "" }, "550 5.7.1 no", NULL, NULL, false, false,
	    ERR_NONE, "r", ERR_UNAVAILABLE, false },
	{ "MAIL wants a login", { "" }, "530 5.7.0 no", NULL, NULL, false,
	    false, ERR_NONE, "r", ERR_NOPERM, false },
	{ "MAIL deferred", { "", "" }, "451 4.3.0 no", NULL, NULL, false, false,
	    ERR_NONE, "dd", ERR_TEMPORARY, false },
	{ "lost before the dot", { OK, "550 5.1.1 no" }, "250 ok", "354 go",
	    NULL, false, false, ERR_TEMPORARY, "dr", ERR_UNAVAILABLE, false },
	{ "lost after the dot", { OK, OK }, "250 ok", "354 go", NULL, true,
	    false, ERR_TEMPORARY, "xx", ERR_TEMPORARY, true },
	{ "interrupted after the dot", { OK }, "250 ok", "354 go", NULL, true,
	    false, ERR_INTERRUPTED, "x", ERR_INTERRUPTED, true },
	{ "no connection", { "", "" }, NULL, NULL, NULL, false, false,
	    ERR_TEMPORARY, "dd", ERR_TEMPORARY, false },
	{ "bad certificate", { "" }, NULL, NULL, NULL, false, false,
	    ERR_PROTOCOL, "u", ERR_PROTOCOL, false },
	{ "check", { OK, OK }, "250 ok", NULL, NULL, false, true, ERR_NONE,
	    "aa", ERR_NONE, false },
	{ "check, one refused", { OK, "550 5.1.1 no" }, "250 ok", NULL, NULL,
	    false, true, ERR_NONE, "ar", ERR_UNAVAILABLE, false },
	{ "a bug is no success", { OK }, "250 ok", NULL, NULL, false, false,
	    ERR_NONE, "u", ERR_SOFTWARE, false },
};

/* What the recorder would have heard. */
static void
record(struct recorder *r, const struct row *row)
{
	const char *const replies[] = { row->mail, row->data, row->final };
	static const enum verb verbs[] = { VERB_MAIL, VERB_DATA, VERB_BODY };
	static const enum stage stages[] = { STAGE_MAIL, STAGE_DATA,
		STAGE_BODY };

	r->mail = make_reply(row->mail);
	r->data = make_reply(row->data);
	r->final = make_reply(row->final);
	r->dot = row->dot;
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		if (replies[i] == NULL)
			continue;
		r->answered = verbs[i];
		r->stage = stages[i];
		r->last = make_reply(replies[i]);
	}
}

static void
run(const struct row *row)
{
	static const char *const people[MAX] = { "a@x", "b@x", "c@x", "d@x" };
	struct settings settings = { .user = NULL };
	struct smtp_session s = { .settings = &settings,
		.server = "mx:25",
		.endpoint = { .host = "mx", .port = 25 } };
	struct recipient *pointers[MAX];
	struct wire wire = { .size = 2000000, .content = 1000000 };
	struct transaction t = { .sender = "s@x",
		.wire = &wire,
		.recipients = pointers,
		.check = row->check };
	struct envelope e = { .sender = "s@x", .recipients = people };
	struct error err = ERROR_INIT;
	char states[MAX + 1];
	struct outcome o;

	while (e.count < MAX && row->rcpt[e.count] != NULL)
		e.count++;
	outcome_init(&o, &e);
	t.count = e.count;
	for (size_t i = 0; i < e.count; i++) {
		pointers[i] = &o.recipients[i];
		if (row->rcpt[i][0] != '\0')
			pointers[i]->reply = make_reply(row->rcpt[i]);
	}
	record(&s.recorder, row);
	s.transaction = &t;
	if (row->lost != ERR_NONE)
		(void)error_set(&err, row->lost, "lost");
	verdict_transaction(&s, &t, row->lost != ERR_NONE ? -1 : 0, &o, &err);
	verdict_message(&s, &err, &o);
	put_states(&o, states);
	check_str(row->name, states, row->states);
	if (o.error.kind != row->kind)
		fail_msg("%s: kind %d, %s", row->name, (int)o.error.kind,
		    o.error.text);
	check_true(row->name, o.in_doubt == row->in_doubt, "in doubt");
	check_true(
	    row->name, !row->in_doubt || o.error.hint[0] != '\0', "hint");
	check_true(row->name,
	    (outcome_count(&o, RECIPIENT_ACCEPTED) > 0) ==
		(o.stage == STAGE_DONE),
	    "stage");
	outcome_release(&o);
}

static void
test_verdicts(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		run(&rows[i]);
}

static void
test_too_many(void **state UNUSED)
{
	static const struct {
		const char *reply;
		bool want;
	} table[] = {
		{ "452 4.5.3 too many", true },
		{ "452 too much", true },
		{ "552 5.5.3 limit", true },
		{ "552 Too Many recipients", true },
		{ "552 5.2.2 full", false },
		{ "552 full", false },
		{ "452 4.2.2 full", false },
		{ "452 4.3.1 disk", false },
		{ "550 too many", false },
		{ "451 4.5.3 x", true },
		{ "550 5.5.3 x", true },
		{ "550 Too many recipients", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct recipient r = { .reply = make_reply(table[i].reply) };

		check_true(table[i].reply,
		    verdict_too_many(&r) == table[i].want, "too many");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
