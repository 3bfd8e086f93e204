/* SPDX-License-Identifier: MIT */
/*
 * From a run to an entry of the spool.
 */
#include "command/later.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "command/route.h"
#include "spool/hold.h"

#include <stdio.h>
#include <string.h>

/* --- an entry ------------------------------------------------------------- */

/* One recipient more, with what is known of it; r is NULL when it was not
 * tried. */
static void
add_recipient(struct entry *e, struct state *state, const char *address,
    const char *parameters, const struct recipient *r)
{
	struct mark *m = &state->marks[e->recipients.count];

	entry_add(e, address, parameters);
	if (r == NULL)
		return;
	m->kind = r->state == RECIPIENT_UNKNOWN ? MARK_DOUBT
	    : r->state == RECIPIENT_REFUSED     ? MARK_REFUSED
						: MARK_WAITING;
	m->when = clock_now();
	m->code = r->reply.code;
	(void)snprintf(
	    m->enhanced, sizeof(m->enhanced), "%s", r->reply.enhanced);
	state_text(m->text, r->reply.text);
}

static int
fill_entry(struct entry *e, struct run *run)
{
	const struct composition *c = &run->composition;

	*e = (struct entry){
		.created = clock_now(),
		.sender = mem_strdup(c->sender),
		.eight_bit = c->wire.eight_bit,
		.smtputf8 = c->smtputf8,
		.dot_lines = c->wire.dot_lines,
		.size = c->wire.size,
	};
	if (c->message_id != NULL)
		e->message_id = mem_strdup(c->message_id);
	if (run->request.settings.account != NULL)
		e->account = mem_strdup(run->request.settings.account);
	return route_record(&e->settings, &run->cmdline, &run->later_error);
}

/* Put e into the spool of this run; its path, when *kept, is left open in
 * *spool for more. */
static int
enter(struct run *run, struct spool *spool, enum spool_box box,
    const struct entry *e, const struct state *state, char id[SPOOL_ID])
{
	struct error *err = &run->later_error;

	if (route_spool(&run->request.settings, spool, true, err) < 0 ||
	    stream_rewind(run->composition.wire.stream, err) < 0)
		return -1;
	return spool_enter(
	    spool, box, e, run->composition.wire.stream, state, id, err);
}

/* --- the queue ------------------------------------------------------------ */

void
later_all(struct run *run)
{
	const struct strlist *to = &run->composition.recipients;
	auto_spool struct spool spool = SPOOL_INIT;
	struct entry e;
	struct state state;

	state_init(&state, to->count);
	state.schedule = schedule_new(clock_now());
	if (fill_entry(&e, run) == 0) {
		for (size_t i = 0; i < to->count; i++)
			add_recipient(&e, &state, to->items[i],
			    run->composition.parameters.items[i], NULL);
		if (enter(run, &spool, BOX_QUEUE, &e, &state, run->queue_id) ==
		    0) {
			run->result.state = RESULT_QUEUED;
			run->result.queue_id = run->queue_id;
			spool_trigger(&spool);
		}
	}
	run->error = run->later_error;
	state_release(&state);
	entry_release(&e);
}

static bool
may_wait(const struct recipient *r)
{
	return r->state == RECIPIENT_DEFERRED || r->state == RECIPIENT_UNKNOWN;
}

/* An attempt counts for the message if the server came to hear of it; else the
 * account has to wait. */
static void
plan(struct state *state, const struct outcome *o)
{
	int64_t now = clock_now();
	uint16_t random = spool_chance();

	state->schedule = schedule_new(now);
	if (o->stage >= STAGE_MAIL)
		(void)schedule_attempt(&state->schedule, now, random);
	else
		state->schedule.next = now + schedule_delay(1, random);
	state_text(state->reason, o->error.text);
}

/* All that is left is queued now: say so. */
static void
queued(struct run *run, const struct state *state, const struct spool *spool,
    const struct entry *e)
{
	const struct outcome *o = &run->outcome;
	size_t accepted = outcome_count(o, RECIPIENT_ACCEPTED);
	size_t refused = o->count - accepted - e->recipients.count;
	auto_free char *route = route_key(e);

	run->result.queue_id = run->queue_id;
	run->result.retry_seconds = state->schedule.next - state->schedule.last;
	if (accepted + refused > 0)
		run->result.state = RESULT_PARTIAL;
	else if (!o->in_doubt)
		run->result.state = RESULT_QUEUED;
	if (o->stage < STAGE_MAIL)
		hold_set(
		    spool, route, o->error.text, clock_now(), spool_chance());
}

void
later_rest(struct run *run)
{
	const struct settings *s = &run->request.settings;
	struct outcome *o = &run->outcome;
	auto_spool struct spool spool = SPOOL_INIT;
	struct state state;
	struct entry e;
	size_t waiting = 0;

	for (size_t i = 0; i < o->count; i++)
		waiting += may_wait(&o->recipients[i]);
	if (s->queue.value == QUEUE_NEVER || s->check || waiting == 0 ||
	    o->error.kind == ERR_INTERRUPTED)
		return;
	state_init(&state, waiting);
	plan(&state, o);
	if (fill_entry(&e, run) == 0) {
		for (size_t i = 0; i < o->count; i++)
			if (may_wait(&o->recipients[i]))
				add_recipient(&e, &state,
				    o->recipients[i].address,
				    o->recipients[i].parameters,
				    &o->recipients[i]);
		if (enter(run, &spool, BOX_QUEUE, &e, &state, run->queue_id) ==
		    0)
			queued(run, &state, &spool, &e);
	}
	if (run->later_error.kind != ERR_NONE)
		watch_warn(&run->watch, run->later_error.text);
	state_release(&state);
	entry_release(&e);
}

/* --- failed/ -------------------------------------------------------------- */

/* Is this recipient's copy nowhere else? */
static bool
is_lost(const struct run *run, const struct recipient *r)
{
	return r->state != RECIPIENT_ACCEPTED &&
	    (run->result.queue_id == NULL || !may_wait(r));
}

static const char *
why(const struct run *run)
{
	return run->error.kind != ERR_NONE ? run->error.text
					   : run->outcome.error.text;
}

bool
later_keep(struct run *run)
{
	const struct strlist *to = &run->composition.recipients;
	auto_spool struct spool spool = SPOOL_INIT;
	bool tried = run->outcome.count == to->count;
	struct entry e = { .sender = NULL };
	struct state state;
	bool kept = false;

	if (run->request.settings.queue.value == QUEUE_NEVER ||
	    run->composition.wire.stream == NULL || to->count == 0 ||
	    run->later_error.kind != ERR_NONE ||
	    run->composition.sender == NULL)
		return false;
	state_init(&state, to->count);
	state.schedule = schedule_new(clock_now());
	state_text(state.reason, why(run));
	if (fill_entry(&e, run) == 0) {
		for (size_t i = 0; i < to->count; i++) {
			const struct recipient *r =
			    tried ? &run->outcome.recipients[i] : NULL;

			if (r == NULL || is_lost(run, r))
				add_recipient(&e, &state, to->items[i],
				    run->composition.parameters.items[i], r);
		}
		state.count = e.recipients.count;
		kept = e.recipients.count == 0 ||
		    enter(run, &spool, BOX_FAILED, &e, &state, run->kept_id) ==
			0;
	}
	if (kept && e.recipients.count > 0)
		(void)fprintf(stderr,
		    "the message is kept in failed/; to send it: "
		    "mitto queue retry %s\n",
		    run->kept_id);
	state_release(&state);
	entry_release(&e);
	return kept;
}

char *
later_folder(const struct run *run)
{
	const struct settings *s = &run->request.settings;
	auto_spool struct spool spool = SPOOL_INIT;
	struct error ignored = ERROR_INIT;

	if (s->queue.value == QUEUE_NEVER ||
	    route_spool(s, &spool, true, &ignored) < 0)
		return NULL;
	return mem_printf("%s/%s", spool.path, spool_box_name(BOX_FAILED));
}

void
later_remind(const struct run *run)
{
	const struct settings *s = &run->request.settings;
	auto_strlist struct strlist ids = { .items = NULL };
	auto_spool struct spool spool = SPOOL_INIT;
	struct error ignored = ERROR_INIT;

	if (s->queue.value == QUEUE_NEVER || s->quiet ||
	    !run->watch.terminal.tty)
		return;
	if (route_spool(s, &spool, false, &ignored) == 0 &&
	    spool_list(&spool, BOX_FAILED, &ids, NULL, &ignored) == 0 &&
	    ids.count > 0)
		(void)fprintf(stderr,
		    "undelivered messages in failed/: %zu; see mitto queue "
		    "list\n",
		    ids.count);
}
