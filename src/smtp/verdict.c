/* SPDX-License-Identifier: MIT */
/*
 * Replies decide; what the network did counts only where no reply was heard.
 */
#include "smtp/verdict.h"

#include "smtp/refusal.h"

#include <string.h>

bool
verdict_crowd(const struct reply *r)
{
	if (reply_class(r) < 4)
		return false;
	if (r->enhanced[0] != '\0')
		return reply_is(r, "5.3");
	return strcasestr(r->text, "too many recipients") != NULL;
}

bool
verdict_too_many(const struct recipient *r)
{
	if (verdict_crowd(&r->reply))
		return true;
	if (r->reply.enhanced[0] != '\0')
		return false;
	return r->reply.code == 452 ||
	    (r->reply.code == 552 &&
		strcasestr(r->reply.text, "too many") != NULL);
}

static enum recipient_state
state_of(const struct reply *r)
{
	return reply_class(r) == 5 ? RECIPIENT_REFUSED : RECIPIENT_DEFERRED;
}

/* --- recipients -------------------------------------------------------- */

/* What the RCPT replies alone say. */
static void
judge_rcpts(const struct transaction *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct recipient *r = t->recipients[i];

		if (r->reply.code == 0)
			r->state = RECIPIENT_UNTRIED;
		else if (reply_class(&r->reply) == 2)
			r->state = RECIPIENT_PENDING;
		else if (verdict_too_many(r))
			r->state = RECIPIENT_DEFERRED;
		else
			r->state = state_of(&r->reply);
	}
}

/* Everybody whom the RCPT replies did not refuse shares one fate. */
static void
settle(const struct transaction *t, enum recipient_state state,
    const struct reply *reply)
{
	for (size_t i = 0; i < t->count; i++) {
		struct recipient *r = t->recipients[i];

		if (r->state != RECIPIENT_PENDING &&
		    r->state != RECIPIENT_UNTRIED)
			continue;
		r->state = state;
		if (reply != NULL)
			r->reply = *reply;
	}
}

static size_t
count_state(const struct transaction *t, enum recipient_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->recipients[i]->state == state;
	return n;
}

/* --- one transaction --------------------------------------------------- */

/* What becomes of recipients when nobody said anything about them. */
static enum recipient_state
state_after(const struct error *err)
{
	return err->kind == ERR_TEMPORARY ? RECIPIENT_DEFERRED
					  : RECIPIENT_UNTRIED;
}

static void
in_doubt(const struct smtp_session *s, const struct transaction *t,
    struct outcome *o, struct error *err)
{
	struct hint_facts facts = session_facts(s);

	settle(t, RECIPIENT_UNKNOWN, NULL);
	/* The 354 before the message says nothing of it. */
	o->reply = (struct reply){ .code = 0 };
	o->in_doubt = true;
	hint_set(err, HINT_IN_DOUBT, &facts);
}

/* The reply that refused it all.  Where we stopped, why we did says more about
 * the connection; a transaction that was refused before stays refused. */
static const struct reply *
find_refusal(const struct smtp_session *s, enum stage *stage)
{
	const struct reply *refused = refusal_find(&s->recorder, stage);

	return s->stop == SESSION_STOPPED && *stage < STAGE_MAIL ? NULL
								 : refused;
}

/* "250 ok" to what went before says nothing of what failed. */
static void
forget_old_reply(const struct recorder *r, struct outcome *o)
{
	enum verb verb = recorder_waiting(r);

	/* libcurl may have said QUIT, and that is not what failed. */
	if ((verb != VERB_NONE && verb != VERB_QUIT) ||
	    (o->stage < STAGE_MAIL && reply_class(&o->reply) < 4))
		o->reply = (struct reply){ .code = 0 };
}

void
verdict_transaction(const struct smtp_session *s, const struct transaction *t,
    int carried, struct outcome *o, struct error *err)
{
	const struct recorder *r = &s->recorder;
	enum stage stage = STAGE_CONNECT;
	const struct reply *refused = find_refusal(s, &stage);
	size_t open;

	o->stage = r->stage;
	o->reply = r->last;
	judge_rcpts(t);
	open = count_state(t, RECIPIENT_PENDING) +
	    count_state(t, RECIPIENT_UNTRIED);
	if (refused != NULL) {
		o->reply = *refused;
		o->stage = stage;
		refusal_explain(s, t, stage, o, err);
		settle(t,
		    stage < STAGE_MAIL ? state_after(err) : state_of(refused),
		    stage < STAGE_MAIL ? NULL : &o->reply);
	} else if (reply_class(&r->final) == 2) {
		*err = (struct error)ERROR_INIT;
		o->reply = r->final;
		settle(t, RECIPIENT_ACCEPTED, NULL);
	} else if (carried != 0 && open == 0) {
		/* Each has his answer: nothing that counts was lost. */
		*err = (struct error)ERROR_INIT;
	} else if (carried != 0 && r->dot && reply_class(&r->mail) < 3) {
		in_doubt(s, t, o, err);
	} else if (carried != 0) {
		forget_old_reply(r, o);
		settle(t, state_after(err), NULL);
	} else if (t->check) {
		settle(t, RECIPIENT_ACCEPTED, NULL);
	} else if (open > 0) {
		(void)error_set(err, ERR_SOFTWARE,
		    "libcurl ended without a verdict at stage %s",
		    stage_name(r->stage));
		settle(t, RECIPIENT_UNTRIED, NULL);
	}
}

/* --- the whole message ------------------------------------------------- */

/* The one to speak of: refused for good before put off. */
static const struct recipient *
first_failed(const struct outcome *o)
{
	const struct recipient *first = NULL;

	for (size_t i = 0; i < o->count; i++) {
		const struct recipient *r = &o->recipients[i];

		if (r->state == RECIPIENT_REFUSED)
			return r;
		if (first == NULL && r->state != RECIPIENT_ACCEPTED)
			first = r;
	}
	return first;
}

/* Is the mailbox unknown?  5.1.7 and 5.1.8 are about the sender. */
static bool
is_unknown_user(const struct recipient *r)
{
	const char *code = r->reply.enhanced;

	return r->state == RECIPIENT_REFUSED && strncmp(code, "5.1.", 4) == 0 &&
	    strcmp(code, "5.1.7") != 0 && strcmp(code, "5.1.8") != 0;
}

static enum error_kind
kind_of_recipients(const struct outcome *o)
{
	size_t accepted = outcome_count(o, RECIPIENT_ACCEPTED);
	size_t unknown = 0;
	size_t login = 0;

	/* Neither yes nor no: a 3xx belongs to other commands. */
	for (size_t i = 0; i < o->count && accepted == 0; i++)
		if (reply_class(&o->recipients[i].reply) == 3)
			return ERR_PROTOCOL;
	if (outcome_count(o, RECIPIENT_REFUSED) == 0)
		return ERR_TEMPORARY;
	for (size_t i = 0; i < o->count; i++) {
		unknown += is_unknown_user(&o->recipients[i]);
		login += refusal_wants_login(&o->recipients[i].reply);
	}
	if (unknown == o->count)
		return ERR_NOUSER;
	return accepted == 0 && login == o->count ? ERR_NOPERM
						  : ERR_UNAVAILABLE;
}

static void
say_recipients(const struct smtp_session *s, struct outcome *o)
{
	const struct recipient *first = first_failed(o);
	size_t bad = o->count - outcome_count(o, RECIPIENT_ACCEPTED);
	enum error_kind kind = kind_of_recipients(o);
	struct hint_facts facts = session_facts(s);
	bool later = kind == ERR_TEMPORARY;

	if (bad == 1)
		(void)error_set(&o->error, kind,
		    later ? "%s does not take mail for <%s> now"
			  : "%s refused the recipient <%s>",
		    s->server, first->address);
	else
		(void)error_set(&o->error, kind,
		    later ? "%s does not take mail for %zu of %zu recipients "
			    "now"
			  : "%s refused %zu of %zu recipients",
		    s->server, bad, o->count);
	facts.name = first->address;
	hint_for_reply(&o->error, STAGE_RCPT, &first->reply, &facts);
	if (bad == o->count)
		o->reply = first->reply;
}

void
verdict_message(const struct smtp_session *s, const struct error *stopped,
    struct outcome *o)
{
	size_t accepted = outcome_count(o, RECIPIENT_ACCEPTED);

	if (accepted == o->count) {
		o->error = (struct error)ERROR_INIT;
		o->stage = STAGE_DONE;
	} else if (stopped->kind == ERR_NONE) {
		say_recipients(s, o);
		if (accepted > 0)
			o->stage = STAGE_DONE;
	} else {
		o->error = *stopped;
		if (accepted > 0)
			(void)error_wrap(&o->error,
			    "sent to %zu of %zu recipients", accepted,
			    o->count);
		/* To try again helps only some of them. */
		if (o->error.kind == ERR_TEMPORARY &&
		    outcome_count(o, RECIPIENT_REFUSED) > 0)
			o->error.kind = ERR_UNAVAILABLE;
	}
}
