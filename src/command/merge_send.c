/* SPDX-License-Identifier: MIT */
/*
 * A letter is a row that was composed.  Its fate goes into the ledger before
 * anything else: that it is handed over when the first byte of its message is
 * asked for, and how that ended.
 *
 * What the server is to blame for never counts for a row: all wait, longer each
 * time, and try it again.
 */
#include "command/merge_send.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "settings/rate.h"

#include <limits.h>
#include <string.h>

#define ATTEMPTS    5     /* of a row that is put off */
#define RETRY_MS    60000 /* before the second one */
#define NAP_MS      200   /* between two looks at the signals */
#define IDLE_MS     5000  /* a session that waits longer is closed */
#define HOLD_MS     500   /* after the first failure of the server */
#define HOLD_MAX_MS 60000
#define TROUBLES    10 /* in a row: the mailing ends */

struct letter {
	struct letter *next;
	struct crew *crew;
	size_t number;
	unsigned char key[ROW_KEY];
	int attempts;
	long long due_ms;
	bool handed; /* the ledger knows */
	struct composition composition;
	struct stream notice; /* in front of the message's own, see below */
	struct stream *inner;
	struct wire wire;
	struct envelope envelope;
	struct outcome outcome;
};

static const struct settings *
settings_of(const struct crew *c)
{
	return &c->run->request.settings;
}

static void
stop(struct crew *c, const struct error *why)
{
	if (c->stopped.kind == ERR_NONE)
		c->stopped = *why;
}

static bool
is_stopping(const struct crew *c)
{
	return c->stopped.kind != ERR_NONE || *c->signals > 0;
}

/* --- the moment before a message leaves ----------------------------------- */

/* Its first byte is asked for: from now on it may arrive. */
static int
note_handed(struct letter *l, struct error *err)
{
	if (l->handed)
		return 0;
	l->handed = true;
	return ledger_note(l->crew->ledger, FATE_HANDED, l->key, l->number,
	    l->composition.message_id, "", err);
}

static struct letter *
letter_of(struct stream *s)
{
	return (struct letter *)((char *)s - offsetof(struct letter, notice));
}

static ssize_t
notice_read(struct stream *s, char *out, size_t room, struct error *err)
{
	struct letter *l = letter_of(s);

	if (note_handed(l, err) < 0)
		return -1;
	return stream_read(l->inner, out, room, err);
}

static int
notice_rewind(struct stream *s, struct error *err)
{
	return stream_rewind(letter_of(s)->inner, err);
}

static int64_t
notice_size(const struct stream *s)
{
	return stream_size(letter_of((struct stream *)(uintptr_t)s)->inner);
}

static const struct stream_ops notice_ops = {
	.read = notice_read,
	.rewind = notice_rewind,
	.size = notice_size,
};

/* --- letters -------------------------------------------------------------- */

static void
letter_free(struct letter *l)
{
	if (l == NULL)
		return;
	outcome_release(&l->outcome);
	composition_release(&l->composition);
	free(l);
}

/* Send the row; NULL if it cannot be composed any more, which stops all. */
static struct letter *
letter_new(struct crew *c, struct row *row)
{
	struct letter *l = mem_zero(sizeof(*l));
	struct composition *m = &l->composition;
	struct error err = ERROR_INIT;

	l->crew = c;
	l->number = row->number;
	memcpy(l->key, row->key, ROW_KEY);
	if (pattern_compose(c->pattern, row, c->aliases, m, &err) < 0) {
		stop(c, &err);
		letter_free(l);
		return NULL;
	}
	l->inner = m->wire.stream;
	l->notice.ops = &notice_ops;
	l->wire = m->wire;
	l->wire.stream = &l->notice;
	l->envelope = (struct envelope){
		.sender = m->sender,
		.recipients = (const char *const *)m->recipients.items,
		.parameters = (const char *const *)m->parameters.items,
		.count = m->recipients.count,
		.dsn = smtp_dsn(settings_of(c)),
		.smtputf8 = m->smtputf8,
	};
	return l;
}

/* Back among those that wait, in the order of their time. */
static void
put_back(struct crew *c, struct letter *l, long long due_ms)
{
	struct letter **link = &c->waiting;

	outcome_release(&l->outcome);
	l->outcome = (struct outcome){ .count = 0 };
	l->due_ms = due_ms;
	while (*link != NULL && (*link)->due_ms <= due_ms)
		link = &(*link)->next;
	l->next = *link;
	*link = l;
}

bool
crew_wants(const struct crew *c, const struct row *row)
{
	enum fate fate = ledger_fate(c->ledger, row->key);

	return fate == FATE_OPEN ||
	    ((fate == FATE_HANDED || fate == FATE_DOUBT) &&
		c->run->request.mailing.resend_doubtful);
}

/* The next row that is to be sent. */
static struct letter *
next_row(struct crew *c)
{
	auto_row struct row row = { .number = 0 };
	struct error err = ERROR_INIT;

	while (!c->ended) {
		int result = rows_next(c->rows, &row, &err);

		if (result < 0)
			stop(c, &err);
		if (result <= 0)
			c->ended = true;
		else if (ledger_claim(c->ledger, row.key) ||
		    !crew_wants(c, &row))
			continue;
		else
			return letter_new(c, &row);
	}
	return NULL;
}

/* A letter that can leave at once. */
static struct letter *
take_ready(struct crew *c)
{
	struct letter *l = c->waiting;

	if (is_stopping(c))
		return NULL;
	if (l != NULL && l->due_ms <= clock_ms())
		c->waiting = l->next;
	else
		l = next_row(c);
	return l;
}

/* --- time ----------------------------------------------------------------- */

/* Sleep, but not through a signal. */
static void
nap_until(const struct crew *c, long long until_ms)
{
	long long left;

	while (!is_stopping(c) && (left = until_ms - clock_ms()) > 0)
		(void)loop_poll(NULL, 0, left < NAP_MS ? (int)left : NAP_MS);
}

/* The next place in the row of those that the rate lets begin. */
static void
wait_for_slot(struct crew *c)
{
	long long now = clock_ms() * 1000;
	long long slot = c->slot_us > now ? c->slot_us : now;

	if (c->interval_us == 0)
		return;
	c->slot_us = slot + c->interval_us;
	nap_until(c, (slot + 999) / 1000);
}

/* How long must somebody wait who finds nothing to do?  0 if there is
 * something, -1 if there will be nothing. */
static long long
idle_ms(const struct crew *c)
{
	long long now = clock_ms();

	if (is_stopping(c))
		return -1;
	if (c->hold_ms > now)
		return c->hold_ms - now;
	if (c->waiting != NULL && c->waiting->due_ms > now && c->ended)
		return c->waiting->due_ms - now;
	/* Who has a letter under way that is put off comes back for it. */
	return c->waiting == NULL && c->ended ? -1 : 0;
}

/* The next letter, waiting for it; a session that has to wait for long is
 * closed meanwhile. */
static struct letter *
take(struct crew *c, struct smtp_session **session)
{
	for (;;) {
		long long idle = idle_ms(c);
		struct letter *l;

		if (idle < 0)
			return NULL;
		if (idle > IDLE_MS) {
			smtp_close(*session);
			*session = NULL;
		}
		if (idle > 0) {
			nap_until(
			    c, clock_ms() + (idle < NAP_MS ? idle : NAP_MS));
			continue;
		}
		l = take_ready(c);
		if (l == NULL)
			continue;
		wait_for_slot(c);
		if (!is_stopping(c))
			return l;
		put_back(c, l, 0);
		return NULL;
	}
}

/* --- what came of it ------------------------------------------------------ */

static void
finish(struct crew *c, struct letter *l, enum fate fate, const char *state)
{
	struct row_result result = {
		.number = l->number,
		.message_id = l->composition.message_id,
		.state = state,
		.outcome = &l->outcome,
	};
	const struct mailing_counts *n = &c->counts;
	const struct reply *r = &l->outcome.reply;
	struct error err = ERROR_INIT;
	auto_free char *words = NULL;

	if (r->code != 0)
		words = mem_printf("%d %s %s", r->code, r->enhanced, r->text);
	if (ledger_note(c->ledger, fate, l->key, l->number,
		l->composition.message_id, words != NULL ? words : "",
		&err) < 0)
		stop(c, &err);
	tell_row(c->tell, &result);
	tell_progress(c->tell,
	    n->sent + n->partial + n->refused + n->deferred + n->doubtful,
	    n->total);
	letter_free(l);
}

/* It was handed over, and yet is known not to have been taken. */
static void
take_back(struct crew *c, struct letter *l)
{
	struct error err = ERROR_INIT;

	if (l->handed &&
	    ledger_note(c->ledger, FATE_OPEN, l->key, l->number,
		l->composition.message_id, "", &err) < 0)
		stop(c, &err);
	l->handed = false;
}

/* Is the server to blame, or the account, and not the message? */
static bool
is_servers_fault(const struct outcome *o)
{
	return o->error.kind != ERR_NONE &&
	    outcome_count(o, RECIPIENT_ACCEPTED) == 0 &&
	    (o->stage < STAGE_MAIL || o->error.kind == ERR_NOPERM) &&
	    !(o->stage < STAGE_MAIL && reply_class(&o->reply) < 4 &&
		o->error.kind == ERR_DATA);
}

static void
hold(struct crew *c)
{
	long long ms = HOLD_MS;

	for (int i = 0; i < c->trouble && ms < HOLD_MAX_MS; i++)
		ms *= 2;
	c->trouble++;
	c->hold_ms = clock_ms() + (ms < HOLD_MAX_MS ? ms : HOLD_MAX_MS);
}

/* Nobody could send: try again later, as long as that can help. */
static void
settle_trouble(struct crew *c, struct letter *l)
{
	const struct outcome *o = &l->outcome;
	struct error why = o->error;
	/* What never worked, and is not the server's own wish, is a mistake. */
	bool helps = why.kind == ERR_TEMPORARY &&
	    (o->reply.code != 0 || c->counts.sent > 0);

	take_back(c, l);
	if (why.kind != ERR_INTERRUPTED && (!helps || c->trouble >= TROUBLES))
		stop(c, &why);
	else if (why.kind != ERR_INTERRUPTED)
		hold(c);
	put_back(c, l, 0);
}

static void
settle_deferred(struct crew *c, struct letter *l)
{
	const struct outcome *o = &l->outcome;
	long long ms = c->run->request.mailing.retry.ms;

	take_back(c, l);
	if (++l->attempts >= ATTEMPTS) {
		c->counts.deferred++;
		finish(c, l, FATE_OPEN, "deferred");
		return;
	}
	if (ms == 0)
		ms = RETRY_MS;
	for (int i = 1; i < l->attempts; i++)
		ms *= 2;
	/* A recipient may be greylisted; all else is said to everybody. */
	if (o->stage != STAGE_RCPT || o->reply.code == 421)
		hold(c);
	put_back(c, l, clock_ms() + ms);
}

/* Takes the letter; false if its session should not go on. */
static bool
settle(struct crew *c, struct letter *l)
{
	const struct outcome *o = &l->outcome;
	size_t accepted = outcome_count(o, RECIPIENT_ACCEPTED);

	if (o->error.kind == ERR_NONE) {
		c->trouble = 0;
		c->counts.sent++;
		finish(c, l, FATE_SENT, "sent");
	} else if (o->in_doubt) {
		c->counts.doubtful++;
		finish(c, l, FATE_DOUBT, "in-doubt");
	} else if (accepted > 0) {
		c->counts.partial++;
		finish(c, l, FATE_PARTIAL, "partial");
	} else if (is_servers_fault(o) || o->error.kind == ERR_INTERRUPTED) {
		/* One connection too many: the others go on. */
		bool surplus = o->reply.code != 0 && c->working > 1 &&
		    o->error.kind == ERR_TEMPORARY;

		settle_trouble(c, l);
		return !surplus;
	} else if (o->error.kind == ERR_TEMPORARY) {
		settle_deferred(c, l);
	} else {
		c->counts.refused++;
		finish(c, l, FATE_REFUSED, "refused");
	}
	return true;
}

/* --- a session ------------------------------------------------------------ */

static struct smtp_session *
open_session(struct crew *c)
{
	struct smtp_observer observer = watch_observer(&c->run->watch);
	struct error err = ERROR_INIT;
	struct smtp_session *session;

	observer.progress = NULL;
	/* What is to be said of the server is said once. */
	if (c->opened++ > 0)
		observer.warn = NULL;
	session = smtp_open(settings_of(c), &c->run->endpoint, c->password,
	    &observer, c->broken_off, &err);
	if (session == NULL)
		stop(c, &err);
	return session;
}

/* The message behind this one, if it may leave with it: nothing is to be waited
 * for between the two. */
static struct letter *
take_ahead(struct crew *c, struct smtp_session *session)
{
	struct letter *ahead;

	if (c->interval_us > 0 || c->run->request.mailing.pause.ms > 0 ||
	    c->hold_ms > clock_ms())
		return NULL;
	ahead = take_ready(c);
	if (ahead != NULL)
		smtp_next(
		    session, &ahead->envelope, &ahead->wire, &ahead->outcome);
	return ahead;
}

static void
work(void *ctx)
{
	struct crew *c = ctx;
	struct smtp_session *session = NULL;
	struct letter *now;
	bool goes_on = true;

	now = take(c, &session);
	while (now != NULL && goes_on) {
		struct letter *ahead;

		nap_until(c, c->hold_ms);
		if (c->stopped.kind != ERR_NONE ||
		    (session == NULL && (session = open_session(c)) == NULL))
			break;
		ahead = take_ahead(c, session);
		(void)smtp_send(
		    session, &now->envelope, &now->wire, false, &now->outcome);
		goes_on = settle(c, now);
		nap_until(c, clock_ms() + c->run->request.mailing.pause.ms);
		now = ahead;
		if (now == NULL && goes_on)
			now = take(c, &session);
	}
	/* What was announced must not go before the session does. */
	smtp_close(session);
	if (now != NULL) {
		put_back(c, now, 0);
	}
	c->working--;
}

void
crew_run(struct crew *c)
{
	const struct mailing *m = &c->run->request.mailing;
	size_t jobs = m->jobs > 0 ? (size_t)m->jobs : 4;
	struct loop *loop = loop_new();
	struct error err = ERROR_INIT;

	if (m->rate != NULL && rate_parse(m->rate, &c->interval_us, &err) < 0)
		stop(c, &err);
	if (jobs > c->counts.total)
		jobs = c->counts.total;
	for (size_t i = 0; i < jobs; i++) {
		if (loop_add(loop, work, c, &err) < 0)
			stop(c, &err);
		else
			c->working++;
	}
	loop_run(loop);
	loop_free(loop);
	while (c->waiting != NULL) {
		struct letter *l = c->waiting;

		c->waiting = l->next;
		letter_free(l);
	}
}
