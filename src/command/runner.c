/* SPDX-License-Identifier: MIT */
/*
 * The runner: routes in the order of their oldest message; on each route a
 * session, opened once; each recipient's fate on stable storage before the next
 * message begins.
 *
 * What the account or its server is to blame for puts the account on hold and
 * leaves its messages as they are; only what was said of a message counts for
 * the message.
 */
#include "command/runner.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "command/journal.h"
#include "command/notice.h"
#include "command/route.h"
#include "spool/hold.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE_MS   3000      /* after an own message */
#define SMALL_MESSAGE (1 << 20) /* bytes of one that is sent then */
#define LOOK_AT       100       /* messages that are looked at then */

static uint16_t
chance(void)
{
	uint16_t value;

	io_random(&value, sizeof(value));
	return value;
}

/* --- what waits ----------------------------------------------------------- */

/* Messages that go the same way. */
struct group {
	char *key;
	struct entry way; /* what route.h looks at */
	struct strlist ids;
};

struct groups {
	struct group *items;
	size_t count;
};

static void
groups_release(struct groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->items[i].key);
		entry_release(&g->items[i].way);
		strlist_release(&g->items[i].ids);
	}
	free(g->items);
}

static struct group *
group_of(struct groups *g, const struct entry *e)
{
	auto_free char *key = route_key(e);
	struct group *new;

	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->items[i].key, key) == 0)
			return &g->items[i];
	g->items = mem_resize(g->items, g->count + 1, sizeof(*g->items));
	new = &g->items[g->count++];
	*new = (struct group){ .key = steal(key) };
	route_copy(&new->way, e);
	return new;
}

static void
say(const struct runner *r, const char *text)
{
	if (r->talk)
		watch_warn(r->watch, text);
}

/* A message that cannot be opened: put away if it is damaged, else left alone.
 */
static void
cannot_use(const struct runner *r, const char *id, const struct error *why)
{
	struct error err = *why;

	if (why->kind == ERR_NOINPUT || why->kind == ERR_TEMPORARY)
		return;
	if (why->kind == ERR_DATA && spool_quarantine(r->spool, id, &err) == 0)
		(void)error_wrap(&err, "moved to corrupt/");
	say(r, err.text);
}

/* Shall this one go now? */
static bool
is_wanted(struct runner *r, const struct item *it, int64_t now)
{
	if (r->only != NULL)
		return strlist_has(r->only, it->id);
	/* All done: what is left to do is to take it away. */
	if (!state_open(&it->state) || schedule_due(&it->state.schedule, now))
		return true;
	r->waiting++;
	return false;
}

static int
collect(struct runner *r, struct groups *g, struct error *err)
{
	auto_strlist struct strlist ids = { .items = NULL };
	int64_t now = clock_now();
	size_t foreign = 0;

	if (spool_list(r->spool, BOX_QUEUE, &ids, &foreign, err) < 0)
		return -1;
	if (foreign > 0) {
		auto_free char *text = mem_printf(
		    "%zu files in '%s/queue' are none of the queue's", foreign,
		    r->spool->path);

		say(r, text);
	}
	for (size_t i = 0; i < ids.count && run_interrupted == 0; i++) {
		struct error why = ERROR_INIT;
		struct item it;

		if (item_open(&it, r->spool, BOX_QUEUE, ids.items[i], false,
			&why) < 0) {
			cannot_use(r, ids.items[i], &why);
			continue;
		}
		if (is_wanted(r, &it, now))
			strlist_add(&group_of(g, &it.entry)->ids, it.id);
		item_close(&it);
	}
	return 0;
}

/* --- one message ---------------------------------------------------------- */

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
	say(r, text);
	if (notice_send(r->spool, it, r->settings, &ignored) < 0)
		say(r, ignored.text);
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
		schedule_attempt(&it->state.schedule, clock_now(), chance());
	state_text(it->state.reason, o->error.text);
	return item_sync(it, err);
}

/* Between two transactions: what the server has taken stays taken, whatever
 * happens in the next one. */
static void
on_settled(void *ctx, const struct outcome *o)
{
	struct runner *r = ctx;
	struct error err = ERROR_INIT;

	if (record_marks(r->item, o, r->which, &err) < 0 ||
	    item_sync(r->item, &err) < 0)
		say(r, err.text);
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

/* How a route goes on. */
enum next {
	NEXT_MESSAGE,
	NEXT_ROUTE, /* the account has to wait */
};

/* Send a locked message to those who have not got it. */
static enum next
send_item(struct runner *r, struct item *it, struct smtp_session *session,
    struct error *err)
{
	const struct strlist *to = &it->entry.recipients;
	auto_free const char **names = mem_alloc(to->count * sizeof(*names));
	auto_free size_t *which = mem_alloc(to->count * sizeof(*which));
	struct envelope envelope = {
		.sender = it->entry.sender,
		.recipients = names,
		.smtputf8 = it->entry.smtputf8,
	};
	enum next next = NEXT_MESSAGE;
	struct error why = ERROR_INIT;
	struct outcome o;
	struct wire wire;

	for (size_t i = 0; i < to->count; i++) {
		enum mark_kind kind = it->state.marks[i].kind;

		if (kind != MARK_TODO && kind != MARK_DOUBT)
			continue;
		which[envelope.count] = i;
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
			say(r, why.text);
		if (o.reply.code == 421) {
			*err = o.error;
			next = NEXT_ROUTE;
		}
	}
	wire_release(&wire);
	outcome_release(&o);
	return next;
}

/* Take up one message by its ID; others may have done so meanwhile. */
static enum next
take_item(struct runner *r, const char *id, struct smtp_session *session,
    struct error *err)
{
	struct error why = ERROR_INIT;
	enum next next = NEXT_MESSAGE;
	struct item it;

	if (item_open(&it, r->spool, BOX_QUEUE, id, true, &why) < 0) {
		cannot_use(r, id, &why);
		return next;
	}
	if (!state_open(&it.state)) {
		if (finish_item(r, &it, NULL, &why) < 0)
			say(r, why.text);
	} else if (r->largest > 0 && it.entry.size > r->largest) {
		r->waiting++;
	} else if (entry_verify(it.file, &why) < 0) {
		cannot_use(r, id, &why);
	} else {
		next = send_item(r, &it, session, err);
	}
	item_close(&it);
	return next;
}

/* --- one route ------------------------------------------------------------ */

/* The messages of a group over an open session; *err says why the account has
 * to wait, if it has to. */
static void
run_session(struct runner *r, const struct group *g,
    struct smtp_session *session, bool last, struct error *err)
{
	for (size_t i = 0; i < g->ids.count; i++) {
		enum next next;

		if (run_interrupted != 0 ||
		    (r->deadline_ms != 0 && clock_ms() > r->deadline_ms))
			return;
		if (last && i + 1 == g->ids.count)
			smtp_last(session);
		next = take_item(r, g->ids.items[i], session, err);
		if (next == NEXT_ROUTE) {
			r->held += g->ids.count - i;
			return;
		}
	}
}

/* What was wrong with the account, or nothing. */
static void
set_hold(struct runner *r, const struct group *g, const struct error *why)
{
	auto_free char *text = NULL;
	struct state hold;
	bool known;

	if (why->kind == ERR_NONE || why->kind == ERR_INTERRUPTED)
		return;
	hold_read(r->spool, g->key, &hold);
	known = strcmp(hold.reason, why->text) == 0;
	hold_set(r->spool, g->key, why->text, clock_now(), chance());
	if (r->error.kind == ERR_NONE)
		r->error = *why;
	/* The same trouble is told once, except to a person; and who asked for
	 * these messages hears of it at the end. */
	if (r->only != NULL || (known && !r->watch->terminal.tty))
		return;
	text = g->way.account != NULL
	    ? mem_printf("account '%s' waits: %s", g->way.account, why->text)
	    : mem_printf("mail without an account waits: %s", why->text);
	say(r, text);
}

static void
run_group(struct runner *r, const struct group *g)
{
	struct smtp_observer observer = watch_observer(r->watch);
	struct error err = ERROR_INIT;
	struct smtp_session *session = NULL;
	struct state hold;
	struct route route;

	observer.settled = on_settled;
	observer.settled_ctx = r;
	hold_read(r->spool, g->key, &hold);
	if (r->only == NULL && !schedule_due(&hold.schedule, clock_now())) {
		r->held += g->ids.count;
		return;
	}
	if (route_open(&route, &g->way, &err) == 0)
		session = smtp_open(&route.request.settings, &route.endpoint,
		    &route.password, &observer, &run_interrupted, &err);
	if (session == NULL) {
		r->held += g->ids.count;
	} else {
		run_session(r, g, session, true, &err);
		smtp_close(session);
		if (err.kind == ERR_NONE && hold.schedule.attempts > 0 &&
		    run_interrupted == 0)
			hold_clear(r->spool, g->key);
	}
	set_hold(r, g, &err);
	route_release(&route);
}

int
runner_run(struct runner *r, struct error *err)
{
	struct groups g = { .items = NULL };
	int result;

	spool_sweep(r->spool);
	result = collect(r, &g, err);
	for (size_t i = 0; i < g.count && run_interrupted == 0; i++)
		run_group(r, &g.items[i]);
	groups_release(&g);
	return result;
}

/* --- after an own message ------------------------------------------------- */

/* Due messages on the route g->key. */
static void
find_due(const struct spool *spool, size_t limit, struct group *g)
{
	auto_strlist struct strlist ids = { .items = NULL };
	struct error ignored = ERROR_INIT;
	int64_t now = clock_now();

	if (spool_list(spool, BOX_QUEUE, &ids, NULL, &ignored) < 0)
		return;
	for (size_t i = 0; i < ids.count && i < LOOK_AT; i++) {
		auto_free char *key = NULL;
		struct item it;

		if (g->ids.count == limit ||
		    item_open(&it, spool, BOX_QUEUE, ids.items[i], false,
			&ignored) < 0)
			continue;
		key = route_key(&it.entry);
		if (it.entry.size <= SMALL_MESSAGE &&
		    schedule_due(&it.state.schedule, now) &&
		    strcmp(key, g->key) == 0)
			strlist_add(&g->ids, it.id);
		item_close(&it);
	}
}

/* Due messages of the same route as this run's; `limit` ends the search. */
static void
find_same_route(const struct run *run, const struct spool *spool, size_t limit,
    struct group *g)
{
	struct entry way = {
		.account = run->request.settings.account,
		.sender = run->composition.sender,
	};
	struct error ignored = ERROR_INIT;

	if (route_record(&way.settings, &run->cmdline, &ignored) == 0) {
		g->key = route_key(&way);
		find_due(spool, limit, g);
	}
	strlist_release(&way.settings);
}

/* The spool of this run, if there is one and it may be used. */
static bool
open_spool(const struct run *run, struct spool *spool)
{
	const struct settings *s = &run->request.settings;
	struct error ignored = ERROR_INIT;
	auto_free char *path = NULL;

	if (s->queue.value == QUEUE_NEVER || s->check)
		return false;
	path = route_spool(s, &ignored);
	return path != NULL && spool_open(spool, path, false, &ignored) == 0;
}

static void
group_release(struct group *g)
{
	free(g->key);
	strlist_release(&g->ids);
}

bool
runner_has_more(const struct run *run)
{
	auto_spool struct spool spool = SPOOL_INIT;
	struct group g = { .key = NULL };
	bool found;

	if (!open_spool(run, &spool))
		return false;
	find_same_route(run, &spool, 1, &g);
	found = g.ids.count > 0;
	group_release(&g);
	return found;
}

void
runner_go_on(struct run *run, struct smtp_session *session)
{
	auto_spool struct spool spool = SPOOL_INIT;
	struct runner r = {
		.spool = &spool,
		.watch = &run->watch,
		.settings = &run->request.settings,
		.deadline_ms = clock_ms() + PATIENCE_MS,
		.largest = SMALL_MESSAGE,
	};
	struct error err = ERROR_INIT;
	struct group g = { .key = NULL };

	if (!open_spool(run, &spool) || spool_lock(&spool, &err) != 0)
		return;
	find_same_route(run, &spool, SIZE_MAX, &g);
	if (g.ids.count > 0) {
		hold_clear(&spool, g.key);
		run_session(&r, &g, session, false, &err);
		if (err.kind != ERR_NONE && err.kind != ERR_INTERRUPTED)
			hold_set(
			    &spool, g.key, err.text, clock_now(), chance());
	}
	group_release(&g);
}
