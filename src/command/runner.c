/* SPDX-License-Identifier: MIT */
/*
 * The runner: routes in the order of their oldest message, some at a time, each
 * in its turn; on each route a session, opened once; each recipient's fate on
 * stable storage before the next message of the session begins.
 *
 * What the account or its server is to blame for puts the account on hold.
 */
#include "command/runner.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/loop.h"
#include "base/mem.h"
#include "command/credential.h"
#include "command/queueitem.h"
#include "command/route.h"
#include "spool/hold.h"

#include <limits.h>
#include <string.h>

#define PATIENCE_MS   3000      /* after an own message */
#define SMALL_MESSAGE (1 << 20) /* bytes of one that is sent then */
#define LOOK_AT       100       /* messages that are looked at then */

/* What a connection may do while others wait for one of the workers. */
#define WORKERS       4
#define TURN_MESSAGES 20
#define TURN_MS       10000
#define KEPT_SESSIONS 16 /* open while others have their turn */

/* --- messages that go the same way ---------------------------------------- */

struct group;

/* A connection of a group, in the hands of a worker when it is busy. */
struct post {
	struct carrier carrier;
	struct group *group;
	bool busy;
};

struct group {
	char *key;
	struct entry way; /* what route.h looks at */
	struct strlist ids;
	size_t next;         /* the first of ids that was not taken up */
	bool works;          /* the server has said something of a message */
	bool failed;         /* the last time */
	struct route *route; /* of its sessions */
	struct post *posts;
};

struct groups {
	struct group *items;
	size_t count;
};

static int
open_session(struct post *p, struct error *err)
{
	struct runner *r = p->carrier.runner;
	struct group *g = p->group;
	struct smtp_observer observer = watch_observer(r->watch);
	const struct route *route;

	observer.settled = queueitem_settled;
	observer.settled_ctx = &p->carrier;
	if (g->route == NULL) {
		g->route = mem_zero(sizeof(*g->route));
		if (route_open(g->route, &g->way, err) < 0)
			return -1;
	}
	route = g->route;
	p->carrier.settings = &route->request.settings;
	p->carrier.session = smtp_open(p->carrier.settings, &route->endpoint,
	    &route->password, &observer, &run_interrupted, err);
	return p->carrier.session != NULL ? 0 : -1;
}

static void
close_session(struct post *p)
{
	smtp_close(p->carrier.session);
	p->carrier.session = NULL;
}

/* Its sessions are closed. */
static void
group_release(struct group *g)
{
	if (g->route != NULL)
		route_release(g->route);
	free(g->route);
	free(g->posts);
	free(g->key);
	entry_release(&g->way);
	strlist_release(&g->ids);
}

static void
groups_release(struct groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		group_release(&g->items[i]);
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

/* --- what waits ----------------------------------------------------------- */

/* Shall this one go now? */
static bool
is_wanted(struct runner *r, const struct item *it, int64_t now)
{
	if (r->only != NULL)
		return true;
	/* All done: what is left to do is to take it away. */
	if (!state_open(&it->state) || schedule_due(&it->state.schedule, now)) {
		r->ahead += schedule_is_ahead(&it->state.schedule, now);
		return true;
	}
	r->waiting++;
	return false;
}

/* All that is queued, or what was asked for; oldest first. */
static int
list_queue(const struct runner *r, struct strlist *ids, struct error *err)
{
	size_t foreign = 0;

	if (r->only != NULL) {
		strlist_copy(ids, r->only);
		return 0;
	}
	if (spool_list(r->spool, BOX_QUEUE, ids, &foreign, err) < 0)
		return -1;
	if (foreign > 0) {
		auto_free char *text = mem_printf(
		    "%zu files in '%s/queue' are none of the queue's", foreign,
		    r->spool->path);

		runner_say(r, text);
	}
	return 0;
}

static int
collect(struct runner *r, struct groups *g, struct error *err)
{
	auto_strlist struct strlist ids = { .items = NULL };
	int64_t now = clock_now();

	if (list_queue(r, &ids, err) < 0)
		return -1;
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
	if (r->ahead > 0)
		runner_say(r,
		    "the clock was set back: what would wait for it "
		    "is tried now");
	return 0;
}

/* --- its messages --------------------------------------------------------- */

static bool
is_over(const struct group *g)
{
	return g->next == g->ids.count;
}

/* No more of it in this run. */
static void
put_off(struct runner *r, struct group *g)
{
	r->held += g->ids.count - g->next;
	g->next = g->ids.count;
}

/* The next message of a group that there is something to do for, or NULL. */
static struct sending *
take_up(struct post *p)
{
	const struct runner *r = p->carrier.runner;
	struct group *g = p->group;
	struct sending *s = NULL;

	while (s == NULL && !is_over(g) && run_interrupted == 0 &&
	    (r->deadline_ms == 0 || clock_ms() <= r->deadline_ms))
		s = queueitem_take(&p->carrier, g->ids.items[g->next++]);
	return s;
}

/*
 * Messages of the group over this session, at most `most` of them and for a
 * while, unless that is SIZE_MAX.  Before one is sent the one behind it is
 * announced, so that its envelope leaves with the end of the first.  *err says
 * why the account has to wait, if it has to.
 */
static void
run_messages(struct post *p, size_t most, struct error *err)
{
	long long end = most < SIZE_MAX ? clock_ms() + TURN_MS : LLONG_MAX;
	struct runner *r = p->carrier.runner;
	struct group *g = p->group;
	struct sending *now = take_up(p);
	enum next next = NEXT_MESSAGE;

	for (size_t i = 1; now != NULL && next == NEXT_MESSAGE; i++) {
		struct sending *behind =
		    i < most && clock_ms() < end ? take_up(p) : NULL;

		if (behind != NULL)
			queueitem_announce(behind, &p->carrier);
		else if (is_over(g))
			smtp_last(p->carrier.session);
		next = queueitem_send(&p->carrier, now, err);
		g->works = g->works || next == NEXT_MESSAGE;
		queueitem_free(now);
		now = behind;
	}
	if (next == NEXT_MESSAGE)
		return;
	if (err->kind == ERR_NOPERM && g->route != NULL)
		credential_refused(
		    &g->route->request.settings, &g->route->password);
	/* What was announced must not go before the session does. */
	close_session(p);
	r->held += now != NULL;
	queueitem_free(now);
	put_off(r, g);
}

/* --- one route ------------------------------------------------------------ */

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

/* Not as long as its account waits. */
static void
begin_group(struct runner *r, struct group *g)
{
	struct state hold;

	hold_read(r->spool, g->key, &hold);
	g->failed = hold.schedule.attempts > 0;
	if (r->only == NULL && !schedule_due(&hold.schedule, clock_now()))
		put_off(r, g);
}

static void
run_turn(struct post *p, size_t most)
{
	struct runner *r = p->carrier.runner;
	struct group *g = p->group;
	struct error err = ERROR_INIT;

	if (p->carrier.session != NULL || open_session(p, &err) == 0)
		run_messages(p, most, &err);
	else
		put_off(r, g);
	if (g->works && g->failed) {
		hold_clear(r->spool, g->key);
		g->failed = false;
	}
	set_hold(r, g, &err);
}

/* --- turns ---------------------------------------------------------------- */

/* All connections, in the order in which they get their turn. */
struct turns {
	struct post **posts;
	size_t count;
	size_t next;
	size_t workers;
};

/* Turns end early only where somebody waits for one. */
static size_t
length_of_turn(const struct turns *t)
{
	size_t open = 0;

	for (size_t i = 0; i < t->count; i++)
		open += !is_over(t->posts[i]->group);
	return open > t->workers ? TURN_MESSAGES : SIZE_MAX;
}

/* A connection that nobody has and that has something to do, or NULL. */
static struct post *
take_post(struct turns *t)
{
	for (size_t i = 0; i < t->count && run_interrupted == 0; i++) {
		struct post *p = t->posts[t->next];

		t->next = (t->next + 1) % t->count;
		if (!p->busy && !is_over(p->group))
			return p;
	}
	return NULL;
}

/* Of a connection whose turn is over: only some stay open. */
static void
keep_or_close(const struct turns *t, struct post *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++)
		kept +=
		    t->posts[i]->carrier.session != NULL && !t->posts[i]->busy;
	if (is_over(p->group) || kept > KEPT_SESSIONS)
		close_session(p);
}

static void
work(void *ctx)
{
	struct turns *t = ctx;
	struct post *p;

	while ((p = take_post(t)) != NULL) {
		p->busy = true;
		run_turn(p, length_of_turn(t));
		p->busy = false;
		keep_or_close(t, p);
	}
}

/* A task for each worker; one alone needs no loop. */
static void
run_turns(struct turns *t)
{
	struct loop *loop = loop_new();
	struct error ignored = ERROR_INIT;

	t->workers = t->count < WORKERS ? t->count : WORKERS;
	for (size_t i = 1; i < t->workers; i++)
		(void)!loop_add(loop, work, t, &ignored);
	if (t->workers == 1 || loop_add(loop, work, t, &ignored) < 0)
		work(t);
	loop_run(loop);
	loop_free(loop);
}

/* Turn by turn, so that nobody waits for the end of a big or slow account. */
static void
run_groups(struct runner *r, struct groups *all)
{
	size_t jobs = r->jobs > 0 ? (size_t)r->jobs : 1;
	auto_free struct post **posts =
	    mem_alloc((all->count * jobs + 1) * sizeof(struct post *));
	struct turns t = { .posts = posts };

	for (size_t i = 0; i < all->count; i++) {
		struct group *g = &all->items[i];

		begin_group(r, g);
		g->posts = mem_zero(jobs * sizeof(*g->posts));
		for (size_t k = 0; k < jobs && k < g->ids.count; k++) {
			g->posts[k].carrier.runner = r;
			g->posts[k].group = g;
			posts[t.count++] = &g->posts[k];
		}
	}
	run_turns(&t);
	for (size_t i = 0; i < t.count; i++)
		close_session(posts[i]);
}

int
runner_run(struct runner *r, struct error *err)
{
	struct groups g = { .items = NULL };
	int result;

	spool_sweep(r->spool);
	result = collect(r, &g, err);
	run_groups(r, &g);
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

	return s->queue.value != QUEUE_NEVER && !s->check &&
	    route_spool(s, spool, false, &ignored) == 0;
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
		.tag = run->tag,
		.deadline_ms = clock_ms() + PATIENCE_MS,
		.largest = SMALL_MESSAGE,
	};
	struct error err = ERROR_INIT;
	struct group g = { .key = NULL };
	struct post post = {
		.carrier = {
			.runner = &r,
			.settings = &run->request.settings,
			.session = session,
		},
		.group = &g,
	};

	if (open_spool(run, &spool) && spool_lock(&spool, &err) == 0)
		find_same_route(run, &spool, SIZE_MAX, &g);
	if (g.ids.count > 0) {
		hold_clear(&spool, g.key);
		run_messages(&post, SIZE_MAX, &err);
		if (err.kind != ERR_NONE && err.kind != ERR_INTERRUPTED)
			hold_set(&spool, g.key, err.text, clock_now(),
			    spool_chance());
	}
	close_session(&post);
	group_release(&g);
}

void
runner_send_own(struct run *run)
{
	auto_spool struct spool spool = SPOOL_INIT;
	auto_strlist struct strlist only = { .items = NULL };
	struct runner r = {
		.spool = &spool,
		.watch = &run->watch,
		.settings = &run->request.settings,
		.tag = run->tag,
		.only = &only,
	};
	struct error ignored = ERROR_INIT;

	strlist_add(&only, run->queue_id);
	if (open_spool(run, &spool) && spool_lock(&spool, &ignored) == 0)
		(void)!runner_run(&r, &ignored);
}
