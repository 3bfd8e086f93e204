/* SPDX-License-Identifier: MIT */
/*
 * Each recipient's fate goes to stable storage before anything else happens;
 * then the message is removed, kept, or given up.
 *
 * What the account or its server is to blame for leaves a message as it is:
 * only what was said of the message counts for it.
 */
#include "command/queueitem.h"

#include "base/clock.h"
#include "base/mem.h"
#include "command/journal.h"
#include "command/notice.h"

#include <stdio.h>
#include <string.h>

struct sending {
	struct item item;
	const char **names; /* of the envelope */
	const char **asked; /* what is asked for each */
	size_t *which;      /* their places in the entry */
	struct envelope envelope;
	struct wire wire;
	struct outcome outcome;
};

void
runner_say(const struct runner *r, const char *text)
{
	if (r->talk)
		watch_warn(r->watch, text);
}

/* Trouble of the queue itself, which leaves a message where it is.  A quiet run
 * tells it too, unless it is of a kind that each run would find again; who
 * asked for this message hears of it at the end. */
static void
trouble(struct runner *r, const struct error *why)
{
	bool lasts = why->kind == ERR_NOPERM || why->kind == ERR_CONFIG;

	if (r->error.kind == ERR_NONE)
		r->error = *why;
	if (why->kind == ERR_TEMPORARY || r->only != NULL)
		return;
	if (!r->warn || lasts) {
		runner_say(r, why->text);
		return;
	}
	watch_clear(r->watch);
	result_print_error(why, &r->watch->terminal);
}

void
queueitem_cannot_use(struct runner *r, const char *id, const struct error *why)
{
	struct error err = *why;

	if (why->kind == ERR_NOINPUT)
		return;
	if (why->kind == ERR_DATA && spool_quarantine(r->spool, id, &err) == 0)
		(void)error_wrap(&err, "moved to corrupt/");
	else
		r->held++;
	trouble(r, &err);
}

static void
tell(struct runner *r, const struct item *it, const struct outcome *o,
    enum result_state state)
{
	struct result result = {
		.state = state,
		.message_id = it->entry.message_id,
		.account = it->entry.account,
		.sender = it->entry.sender,
		.outcome = o,
		.queue_id = it->id,
		.retry_seconds =
		    it->state.schedule.next - it->state.schedule.last,
	};

	journal_write(r->settings, r->tag, &result);
	if (r->json != NULL) {
		if (r->json->len > 0)
			buf_putc(r->json, ',');
		result_json(&result, r->json);
		buf_truncate(r->json, r->json->len - 1);
	}
	if (!r->talk)
		return;
	if (state == RESULT_SENT || state == RESULT_FAILED)
		result.queue_id = NULL;
	result_print(&result, &r->watch->terminal, true);
}

/* Let somebody know; where that fails, nothing changes for the message. */
static void
notify(const struct runner *r, const struct item *it, enum notice_kind kind)
{
	struct error err = ERROR_INIT;

	if (notice_send(r->spool, it, kind, r->settings, &err) < 0)
		runner_say(r, err.text);
}

/* Move to failed/, and let somebody know. */
static int
give_up(struct runner *r, struct item *it, const struct outcome *o,
    struct error *err)
{
	auto_free char *text = mem_printf(
	    "message %s is kept in failed/: %s", it->id, it->state.reason);

	if (item_move(it, BOX_FAILED, err) < 0)
		return -1;
	r->failed++;
	if (o != NULL)
		tell(r, it, o, RESULT_FAILED);
	runner_say(r, text);
	notify(r, it, NOTICE_FAILED);
	return 0;
}

/* Nobody is left to send it to. */
static int
finish_item(struct runner *r, struct item *it, const struct outcome *o,
    struct error *err)
{
	if (state_count(&it->state, MARK_REFUSED) > 0)
		return give_up(r, it, o, err);
	if (item_remove(it, err) < 0)
		return -1;
	if (o == NULL)
		return 0;
	r->sent++;
	tell(r, it, o, RESULT_SENT);
	return 0;
}

/* Was the message refused by our own look at what the server offers: its size,
 * or its addresses? */
static bool
is_unfit(const struct outcome *o)
{
	return o->stage < STAGE_MAIL && reply_class(&o->reply) < 4 &&
	    (o->error.kind == ERR_DATA || o->error.kind == ERR_UNAVAILABLE);
}

/* Is the account to blame, or its server, and not the message? */
static bool
is_accounts_fault(const struct outcome *o)
{
	if (o->error.kind == ERR_NONE || is_unfit(o) ||
	    outcome_count(o, RECIPIENT_ACCEPTED) > 0)
		return false;
	return o->stage < STAGE_MAIL || o->error.kind == ERR_NOPERM;
}

static struct mark
mark_of(const struct recipient *r, const struct mark *before,
    const struct outcome *o)
{
	struct mark m = { .kind = before->kind, .when = clock_now() };

	m.code = r->reply.code;
	(void)snprintf(m.enhanced, sizeof(m.enhanced), "%s", r->reply.enhanced);
	state_text(m.text, r->reply.text);
	if (r->state == RECIPIENT_ACCEPTED)
		m.kind = MARK_DONE;
	else if (r->state == RECIPIENT_REFUSED)
		m.kind = MARK_REFUSED;
	else if (r->state == RECIPIENT_UNKNOWN)
		m.kind = MARK_DOUBT;
	else if (is_unfit(o)) {
		m.kind = MARK_REFUSED;
		state_text(m.text, o->error.text);
	}
	return m;
}

/* which[i] is the place of recipient i of the outcome in the entry. */
static int
record_marks(struct item *it, const struct outcome *o, const size_t *which,
    struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < o->count; i++) {
		struct mark m =
		    mark_of(&o->recipients[i], &it->state.marks[which[i]], o);

		if (item_mark(it, which[i], &m, err) < 0)
			result = -1;
	}
	return result;
}

/* Everybody's fate to stable storage; *delayed: it is time to tell. */
static int
record(struct item *it, const struct outcome *o, const size_t *which,
    bool *delayed, struct error *err)
{
	*delayed = false;
	if (record_marks(it, o, which, err) < 0)
		return -1;
	if (o->error.kind != ERR_INTERRUPTED)
		*delayed = schedule_attempt(
		    &it->state.schedule, clock_now(), spool_chance());
	state_text(it->state.reason, o->error.text);
	return item_sync(it, err);
}

void
queueitem_settled(void *ctx, const struct outcome *o)
{
	const struct carrier *c = ctx;
	struct sending *s = c->sending;
	struct error err = ERROR_INIT;

	if (record_marks(&s->item, o, s->which, &err) < 0 ||
	    item_sync(&s->item, &err) < 0)
		runner_say(c->runner, err.text);
}

/* What became of it decides where it goes. */
static int
settle(struct runner *r, struct item *it, const struct outcome *o,
    const size_t *which, struct error *err)
{
	struct state *s = &it->state;
	bool delayed;
	int recorded = record(it, o, which, &delayed, err);

	/* With all of it done, only the removal matters. */
	if (!state_open(s) && (recorded == 0 || o->error.kind == ERR_NONE))
		return finish_item(r, it, o, err);
	if (recorded < 0)
		return -1;
	if (schedule_expired(&s->schedule)) {
		auto_free char *text =
		    mem_printf("given up after %lld attempts: %s",
			(long long)s->schedule.attempts, o->error.text);

		state_text(s->reason, text);
		if (item_sync(it, err) < 0)
			return -1;
		return give_up(r, it, o, err);
	}
	r->later++;
	tell(r, it, o, o->in_doubt ? RESULT_IN_DOUBT : RESULT_QUEUED);
	if (delayed)
		notify(r, it, NOTICE_DELAYED);
	return 0;
}

/* --- taken up, sent ------------------------------------------------------- */

/* Those who have not got it. */
static void
address(struct sending *s, const struct settings *settings)
{
	const struct item *it = &s->item;
	const struct strlist *to = &it->entry.recipients;

	s->names = mem_alloc(to->count * sizeof(*s->names));
	s->asked = mem_alloc(to->count * sizeof(*s->asked));
	s->which = mem_alloc(to->count * sizeof(*s->which));
	s->envelope = (struct envelope){
		.sender = it->entry.sender,
		.recipients = s->names,
		.parameters = s->asked,
		.dsn = smtp_dsn(settings),
		.smtputf8 = it->entry.smtputf8,
	};
	for (size_t i = 0; i < to->count; i++) {
		enum mark_kind kind = it->state.marks[i].kind;

		if (kind != MARK_WAITING && kind != MARK_DOUBT)
			continue;
		s->which[s->envelope.count] = i;
		s->asked[s->envelope.count] = it->entry.parameters.items[i];
		s->names[s->envelope.count++] = to->items[i];
	}
	entry_wire(&it->entry, it->file, &s->wire);
}

struct sending *
queueitem_take(const struct carrier *c, const char *id)
{
	struct runner *r = c->runner;
	struct sending *s = mem_zero(sizeof(*s));
	struct item *it = &s->item;
	struct error why = ERROR_INIT;

	if (item_open(it, r->spool, BOX_QUEUE, id, true, &why) < 0) {
		queueitem_cannot_use(r, id, &why);
	} else if (!state_open(&it->state)) {
		if (finish_item(r, it, NULL, &why) < 0)
			trouble(r, &why);
	} else if (r->largest > 0 && it->entry.size > r->largest) {
		r->waiting++;
	} else if (entry_verify(it->file, &why) < 0) {
		queueitem_cannot_use(r, id, &why);
	} else {
		address(s, c->settings);
		return s;
	}
	queueitem_free(s);
	return NULL;
}

void
queueitem_free(struct sending *s)
{
	if (s == NULL)
		return;
	wire_release(&s->wire);
	outcome_release(&s->outcome);
	item_close(&s->item);
	free(s->names);
	free(s->asked);
	free(s->which);
	free(s);
}

void
queueitem_announce(struct sending *s, const struct carrier *c)
{
	smtp_next(c->session, &s->envelope, &s->wire, &s->outcome);
}

enum next
queueitem_send(struct carrier *c, struct sending *s, struct error *err)
{
	struct runner *r = c->runner;
	const struct outcome *o = &s->outcome;
	struct error why = ERROR_INIT;

	c->sending = s;
	(void)smtp_send(c->session, &s->envelope, &s->wire, false, &s->outcome);
	c->sending = NULL;
	watch_clear(r->watch);
	if (is_accounts_fault(o)) {
		if (o->error.kind != ERR_INTERRUPTED)
			*err = o->error;
		r->held++;
		return NEXT_ROUTE;
	}
	if (settle(r, &s->item, o, s->which, &why) < 0) {
		r->held++;
		trouble(r, &why);
	}
	if (o->reply.code != 421)
		return NEXT_MESSAGE;
	*err = o->error;
	return NEXT_ROUTE;
}
