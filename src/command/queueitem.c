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

void
runner_say(const struct runner *r, const char *text)
{
	if (r->talk)
		watch_warn(r->watch, text);
}

void
queueitem_cannot_use(
    const struct runner *r, const char *id, const struct error *why)
{
	struct error err = *why;

	if (why->kind == ERR_NOINPUT || why->kind == ERR_TEMPORARY)
		return;
	if (why->kind == ERR_DATA && spool_quarantine(r->spool, id, &err) == 0)
		(void)error_wrap(&err, "moved to corrupt/");
	runner_say(r, err.text);
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

	journal_write(r->settings, NULL, &result);
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

/* Move to failed/, and let somebody know. */
static int
give_up(struct runner *r, struct item *it, const struct outcome *o,
    struct error *err)
{
	struct error ignored = ERROR_INIT;
	auto_free char *text = mem_printf(
	    "message %s is kept in failed/: %s", it->id, it->state.reason);

	if (item_move(it, BOX_FAILED, err) < 0)
		return -1;
	r->failed++;
	if (o != NULL)
		tell(r, it, o, RESULT_FAILED);
	runner_say(r, text);
	if (notice_send(r->spool, it, r->settings, &ignored) < 0)
		runner_say(r, ignored.text);
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

/* Everybody's fate to stable storage. */
static int
record(struct item *it, const struct outcome *o, const size_t *which,
    struct error *err)
{
	if (record_marks(it, o, which, err) < 0)
		return -1;
	if (o->error.kind != ERR_INTERRUPTED)
		schedule_attempt(
		    &it->state.schedule, clock_now(), spool_chance());
	state_text(it->state.reason, o->error.text);
	return item_sync(it, err);
}

void
queueitem_settled(void *ctx, const struct outcome *o)
{
	struct runner *r = ctx;
	struct error err = ERROR_INIT;

	if (record_marks(r->item, o, r->which, &err) < 0 ||
	    item_sync(r->item, &err) < 0)
		runner_say(r, err.text);
}

/* What became of it decides where it goes. */
static int
settle(struct runner *r, struct item *it, const struct outcome *o,
    const size_t *which, struct error *err)
{
	struct state *s = &it->state;
	int recorded = record(it, o, which, err);

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
	return 0;
}

/* Send a locked message to those who have not got it. */
static enum next
send_item(struct runner *r, struct item *it, struct smtp_session *session,
    struct error *err)
{
	const struct strlist *to = &it->entry.recipients;
	auto_free const char **names = mem_alloc(to->count * sizeof(*names));
	auto_free const char **asked = mem_alloc(to->count * sizeof(*asked));
	auto_free size_t *which = mem_alloc(to->count * sizeof(*which));
	struct envelope envelope = {
		.sender = it->entry.sender,
		.recipients = names,
		.parameters = asked,
		.dsn = smtp_dsn(r->route),
		.smtputf8 = it->entry.smtputf8,
	};
	enum next next = NEXT_MESSAGE;
	struct error why = ERROR_INIT;
	struct outcome o;
	struct wire wire;

	for (size_t i = 0; i < to->count; i++) {
		enum mark_kind kind = it->state.marks[i].kind;

		if (kind != MARK_WAITING && kind != MARK_DOUBT)
			continue;
		which[envelope.count] = i;
		asked[envelope.count] = it->entry.parameters.items[i];
		names[envelope.count++] = to->items[i];
	}
	entry_wire(&it->entry, it->file, &wire);
	r->item = it;
	r->which = which;
	(void)smtp_send(session, &envelope, &wire, false, &o);
	watch_clear(r->watch);
	if (is_accounts_fault(&o)) {
		if (o.error.kind != ERR_INTERRUPTED)
			*err = o.error;
		next = NEXT_ROUTE;
	} else {
		if (settle(r, it, &o, which, &why) < 0)
			runner_say(r, why.text);
		if (o.reply.code == 421) {
			*err = o.error;
			next = NEXT_ROUTE;
		}
	}
	wire_release(&wire);
	outcome_release(&o);
	return next;
}

enum next
queueitem_send(struct runner *r, const char *id, struct smtp_session *session,
    struct error *err)
{
	struct error why = ERROR_INIT;
	enum next next = NEXT_MESSAGE;
	struct item it;

	if (item_open(&it, r->spool, BOX_QUEUE, id, true, &why) < 0) {
		queueitem_cannot_use(r, id, &why);
		return next;
	}
	if (!state_open(&it.state)) {
		if (finish_item(r, &it, NULL, &why) < 0)
			runner_say(r, why.text);
	} else if (r->largest > 0 && it.entry.size > r->largest) {
		r->waiting++;
	} else if (entry_verify(it.file, &why) < 0) {
		queueitem_cannot_use(r, id, &why);
	} else {
		next = send_item(r, &it, session, err);
	}
	item_close(&it);
	return next;
}
