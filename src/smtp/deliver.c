/* SPDX-License-Identifier: MIT */
/*
 * A message in as many transactions as it takes, and one result.
 *
 * A server need not take more than a hundred recipients at once, most take
 * more, and few say so: all are tried, and what the server then shows decides
 * how many the next transaction has.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "smtp/command.h"
#include "smtp/envelope.h"
#include "smtp/session.h"
#include "smtp/verdict.h"

#include <stdio.h>
#include <string.h>

/* --- one transaction ---------------------------------------------------- */

size_t
smtp_transaction_size(const struct smtp_session *s, size_t waiting)
{
	int64_t told = s->easy != NULL ? s->recorder.offers.rcpt_max : 0;
	size_t most = TRANSACTION_MAX;

	if (told > 0 && told < TRANSACTION_MAX)
		most = (size_t)told;
	if (s->crowd > 0 && s->crowd < most)
		most = s->crowd;
	return waiting < most ? waiting : most;
}

/*
 * Did the connection end before the transaction began?  What was handed over
 * whole may have arrived without a word.
 */
static bool
was_dead(const struct smtp_session *s, int carried)
{
	const struct recorder *r = &s->recorder;

	if (r->mail.code != 0)
		return r->mail.code == 421;
	return r->last.code == 421 || (carried != 0 && !r->dot);
}

/* Carry it.  A kept connection may have died since the last transaction: then
 * this one is tried once more on a new one. */
static int
carry(struct smtp_session *s, struct transaction *t, struct error *err)
{
	bool kept = s->easy != NULL;
	int carried = s->lane->carry(s, t, err);

	if (!kept || s->fresh || s->stop != SESSION_GO || !was_dead(s, carried))
		return carried;
	session_drop(s);
	*err = (struct error)ERROR_INIT;
	return s->lane->carry(s, t, err);
}

/* Was it cut off, or refused as a whole, for its number of recipients? */
static bool
is_crowded(
    const struct smtp_session *s, const struct transaction *t, int carried)
{
	const struct recorder *r = &s->recorder;
	/* 421 was said to a recipient: then also a chunk was not taken. */
	bool cut = r->last.code == 421 || (carried != 0 && !r->dot);

	if (t->count <= TRANSACTION_SURE || s->stop != SESSION_GO ||
	    reply_class(&r->mail) != 2)
		return false;
	return verdict_crowd(&r->data) || verdict_crowd(&r->final) ||
	    (cut && r->next > 0 && r->next < t->count);
}

static void
forget_replies(const struct transaction *t)
{
	for (size_t i = 0; i < t->count; i++)
		t->recipients[i]->reply = (struct reply){ .code = 0 };
}

static void
transact(struct smtp_session *s, struct transaction *t, struct outcome *o,
    struct error *err)
{
	int carried = carry(s, t, err);

	if (is_crowded(s, t, carried)) {
		if (carried != 0 || s->recorder.last.code == 421)
			session_drop(s);
		forget_replies(t);
		s->crowd = TRANSACTION_SURE;
		t->following += t->count - TRANSACTION_SURE;
		t->count = TRANSACTION_SURE;
		*err = (struct error)ERROR_INIT;
		carried = carry(s, t, err);
	}
	/* Before the verdict: the reply to the message would count as theirs.
	 */
	for (size_t i = 0; i < t->count; i++)
		if (s->recorder.accepted > 0 &&
		    verdict_too_many(t->recipients[i]))
			s->crowd = s->recorder.accepted;
	verdict_transaction(s, t, carried, o, err);
}

/* --- all of them -------------------------------------------------------- */

/* Recipients that wait for a transaction, in the envelope's order. */
struct queue {
	struct recipient **items;
	size_t count;
};

/*
 * Take off those that are settled; those that were only too many for one
 * transaction stay, as long as each transaction gets somebody served.
 */
static void
keep_waiting(struct queue *q, size_t tried)
{
	bool served = false;
	size_t kept = 0;

	for (size_t i = 0; i < tried; i++)
		served = served || q->items[i]->state == RECIPIENT_ACCEPTED;
	for (size_t i = 0; i < q->count; i++) {
		struct recipient *r = q->items[i];

		if (i >= tried || (served && verdict_too_many(r)))
			q->items[kept++] = r;
	}
	q->count = kept;
}

static void
deliver(struct smtp_session *s, struct delivery *d, struct error *stopped)
{
	struct outcome *o = d->outcome;
	struct transaction *t = &d->first;
	struct queue q = { d->recipients, o->count };

	while (q.count > 0 && stopped->kind == ERR_NONE) {
		t->recipients = q.items;
		t->count = smtp_transaction_size(s, q.count);
		t->following = q.count - t->count;
		transact(s, t, o, stopped);
		keep_waiting(&q, t->count);
		if (q.count > 0 && s->observer.settled != NULL)
			s->observer.settled(s->observer.settled_ctx, o);
	}
	/* The message as a whole has failed: these were never asked about. */
	for (size_t i = 0; i < q.count; i++)
		if (stopped->kind == ERR_TEMPORARY &&
		    q.items[i]->state == RECIPIENT_UNTRIED)
			q.items[i]->state = RECIPIENT_DEFERRED;
}

/* --- messages ----------------------------------------------------------- */

static void
delivery_begin(struct delivery *d, const struct smtp_session *s,
    const struct envelope *envelope, struct wire *wire, bool check,
    struct outcome *o)
{
	outcome_init(o, envelope);
	(void)snprintf(o->server, sizeof(o->server), "%s", s->server);
	o->size = wire->size;
	*d = (struct delivery){
		.outcome = o,
		.recipients = mem_alloc(o->count * sizeof(*d->recipients)),
		.first = {
			.sender = envelope->sender,
			.wire = wire,
			.utf8 = envelope_utf8(envelope),
			.dsn = envelope->dsn,
			.check = check,
			.count = o->count,
		},
	};
	for (size_t i = 0; i < o->count; i++)
		d->recipients[i] = &o->recipients[i];
	d->first.recipients = d->recipients;
}

static void
delivery_release(struct delivery *d)
{
	free(d->recipients);
	*d = (struct delivery){ .outcome = NULL };
}

void
smtp_next(struct smtp_session *s, const struct envelope *envelope,
    struct wire *wire, struct outcome *o)
{
	struct error ignored = ERROR_INIT;

	delivery_release(&s->due);
	s->due = s->coming;
	s->coming = (struct delivery){ .outcome = NULL };
	if (envelope_check(envelope, &ignored) == 0)
		delivery_begin(&s->coming, s, envelope, wire, false, o);
}

/* Is it the message of this outcome that was announced? */
static bool
take(struct delivery *d, struct delivery *announced, const struct outcome *o)
{
	if (announced->outcome != o)
		return false;
	*d = *announced;
	*announced = (struct delivery){ .outcome = NULL };
	return true;
}

void
smtp_last(struct smtp_session *s)
{
	s->last = true;
}

/* What this lane cannot do. */
static int
check_lane(const struct smtp_session *s, const struct transaction *t,
    struct error *err)
{
	if (s->lane != &engine_lane || !command_wants_dsn(t))
		return 0;
	(void)error_set(
	    err, ERR_USAGE, "libcurl does not ask for delivery reports");
	return error_hint(err, "--lane=pipeline does");
}

/* What the connection was like, as far as it came. */
static void
describe_connection(const struct smtp_session *s, struct outcome *o)
{
	auto_buf struct buf certificate = buf_make(1024);
	char *address = NULL;

	(void)snprintf(o->tls, sizeof(o->tls), "%s", s->tls);
	(void)snprintf(o->cipher, sizeof(o->cipher), "%s", s->cipher);
	(void)snprintf(o->peer, sizeof(o->peer), "%s", s->peer);
	if (s->certificate.leaf == NULL)
		return;
	certificate_summary(&s->certificate, &certificate);
	(void)snprintf(
	    o->certificate, sizeof(o->certificate), "%s", certificate.data);
	o->distrusted = !s->settings->insecure &&
	    !certificate_is_good(&s->certificate, s->endpoint.host);
	/* Nothing was heard, but it was connected. */
	if (s->peer[0] == '\0' && s->easy != NULL &&
	    curl_easy_getinfo(s->easy, CURLINFO_PRIMARY_IP, &address) ==
		CURLE_OK &&
	    address != NULL)
		(void)snprintf(o->peer, sizeof(o->peer), "%s", address);
}

int
smtp_send(struct smtp_session *s, const struct envelope *envelope,
    struct wire *wire, bool check, struct outcome *o)
{
	struct error stopped = ERROR_INIT;
	long long start = clock_ms();
	struct delivery d;

	if (!take(&d, &s->due, o) && !take(&d, &s->coming, o))
		delivery_begin(&d, s, envelope, wire, check, o);
	if (envelope_check(envelope, &o->error) == 0 &&
	    check_lane(s, &d.first, &o->error) == 0) {
		deliver(s, &d, &stopped);
		describe_connection(s, o);
		verdict_message(s, &stopped, o);
	}
	delivery_release(&d);
	s->transaction = NULL;
	o->elapsed_ms = clock_ms() - start;
	return o->error.kind == ERR_NONE ? 0 : -1;
}
