/* SPDX-License-Identifier: MIT */
/*
 * The runner: routes in the order of their oldest message; on each route a
 * session, opened once; each recipient's fate on stable storage before the next
 * message begins.
 *
 * What the account or its server is to blame for puts the account on hold.
 */
#include "command/runner.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "command/credential.h"
#include "command/queueitem.h"
#include "command/route.h"
#include "spool/hold.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE_MS   3000      /* after an own message */
#define SMALL_MESSAGE (1 << 20) /* bytes of one that is sent then */
#define LOOK_AT       100       /* messages that are looked at then */

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

		runner_say(r, text);
	}
	for (size_t i = 0; i < ids.count && run_interrupted == 0; i++) {
		struct error why = ERROR_INIT;
		struct item it;

		if (item_open(&it, r->spool, BOX_QUEUE, ids.items[i], false,
			&why) < 0) {
			queueitem_cannot_use(r, ids.items[i], &why);
			continue;
		}
		if (is_wanted(r, &it, now))
			strlist_add(&group_of(g, &it.entry)->ids, it.id);
		item_close(&it);
	}
	return 0;
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
		next = queueitem_send(r, g->ids.items[i], session, err);
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
	hold_set(r->spool, g->key, why->text, clock_now(), spool_chance());
	if (r->error.kind == ERR_NONE)
		r->error = *why;
	/* The same trouble is told once, except to a person; and who asked for
	 * these messages hears of it at the end. */
	if (r->only != NULL || (known && !r->watch->terminal.tty))
		return;
	text = g->way.account != NULL
	    ? mem_printf("account '%s' waits: %s", g->way.account, why->text)
	    : mem_printf("mail without an account waits: %s", why->text);
	runner_say(r, text);
}

static void
run_group(struct runner *r, const struct group *g)
{
	struct smtp_observer observer = watch_observer(r->watch);
	struct error err = ERROR_INIT;
	struct smtp_session *session = NULL;
	struct state hold;
	struct route route;

	observer.settled = queueitem_settled;
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
	if (err.kind == ERR_NOPERM)
		credential_refused(&route.request.settings, &route.password);
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
			hold_set(&spool, g.key, err.text, clock_now(),
			    spool_chance());
	}
	group_release(&g);
}
