/* SPDX-License-Identifier: MIT */
/*
 * The commands of a transaction in groups (RFC 2920): one flight for all of
 * them where the last EHLO offered PIPELINING, groups of one where it did not.
 * A flight leaves in writes of bounded size; a refusal that is heard between
 * two of them ends it.
 */
#include "smtp/command.h"
#include "smtp/pipeline.h"
#include "smtp/verdict.h"

#include <string.h>

/* RSET or the end of a message before it, MAIL, its recipients, DATA or BDAT,
 * QUIT: the recorder counts on each of them to be noted. */
_Static_assert(TRANSACTION_MAX + 4 <= RECORDER_GROUP,
    "the recorder has room for all commands of a flight");

bool
group_may_pipeline(const struct smtp_session *s)
{
	return (s->recorder.offers.offered & CAPABILITY_PIPELINING) != 0;
}

bool
group_is_chunked(const struct smtp_session *s, const struct transaction *t)
{
	return (s->recorder.offers.offered & CAPABILITY_CHUNKING) != 0 &&
	    s->settings->chunking.value == CHUNKING_AUTO && !s->no_chunking &&
	    !t->check && t->wire->size <= CHUNK_MAX;
}

size_t
group_count(const struct transaction *t)
{
	return t->count + (t->check ? 1 : 2);
}

static void
add_command(const struct smtp_session *s, struct buf *out,
    const struct transaction *t, size_t number)
{
	const struct capabilities *offers = &s->recorder.offers;

	if (number == 0)
		command_mail(out, t, offers);
	else if (number <= t->count)
		command_rcpt(out, t, number - 1, offers);
	else if (group_is_chunked(s, t))
		buf_printf(out, "BDAT %lld LAST\r\n", (long long)t->wire->size);
	else
		buf_puts(out, "DATA\r\n");
}

/* Is there a point in the command of this number? */
static bool
has_a_point(
    const struct recorder *r, const struct transaction *t, size_t number)
{
	if (number > 0 && r->mail.code != 0 && reply_class(&r->mail) != 2)
		return false;
	return number <= t->count || r->next < t->count || r->accepted > 0;
}

/* The next write of a flight; the number of the command behind it. */
static size_t
fill(const struct pipeline *p, const struct transaction *t, size_t number,
    struct buf *group)
{
	const struct smtp_session *s = p->channel.session;
	const size_t most = group_may_pipeline(s) ? group_count(t) : 1;
	size_t n = 0;

	buf_clear(group);
	while (
	    n < most && group->len < GROUP_BYTES && number + n < group_count(t))
		add_command(s, group, t, number + n++);
	return number + n;
}

/* A transaction that came to nothing is taken back first (RFC 5321 4.1.1.5). */
static enum channel_result
reset(struct pipeline *p)
{
	static const char rset[] = "RSET\r\n";
	struct smtp_session *s = p->channel.session;
	size_t sent = 0;
	enum channel_result r;

	if (!p->open)
		return CHANNEL_OK;
	p->open = false;
	recorder_client(&s->recorder, rset, strlen(rset));
	r = flight_say(p, rset, strlen(rset), &sent);
	if (r != CHANNEL_STOPPED && !group_may_pipeline(s))
		return flight_hear(p, 1);
	return r;
}

/* Replies that are due, the one to a message that has not been sent aside. */
static size_t
unanswered(const struct recorder *r)
{
	return recorder_waiting(r) == VERB_BODY ? 0 : r->count;
}

enum channel_result
group_ask(struct pipeline *p, const struct transaction *t)
{
	struct smtp_session *s = p->channel.session;
	struct recorder *rec = &s->recorder;
	auto_buf struct buf group = buf_make(GROUP_BYTES + COMMAND_MAX);
	enum channel_result r = reset(p);
	size_t number = 0;

	while (r == CHANNEL_OK && number < group_count(t) &&
	    has_a_point(rec, t, number)) {
		size_t sent = 0;

		number = fill(p, t, number, &group);
		recorder_client(rec, group.data, group.len);
		if (number == t->count + 2 && group_is_chunked(s, t))
			return upload_chunk(p, t, &group);
		r = flight_say(p, group.data, group.len, &sent);
		if (r == CHANNEL_OK && !group_may_pipeline(s))
			r = flight_hear(p, unanswered(rec));
	}
	/* Even if it could not all be sent, there may be an answer. */
	return r == CHANNEL_STOPPED ? r : flight_hear(p, unanswered(rec));
}

/* --- what rides behind -------------------------------------------------- */

/* The next transaction, if its commands may leave behind this message. */
static bool
next_transaction(const struct smtp_session *s, const struct transaction *t,
    struct transaction *next)
{
	if (t->following > 0) {
		*next = *t;
		next->recipients = t->recipients + t->count;
		next->count = smtp_transaction_size(s, t->following);
		next->following = t->following - next->count;
		return true;
	}
	if (s->coming.outcome == NULL || !session_admits(s, &s->coming.first))
		return false;
	*next = s->coming.first;
	next->count = smtp_transaction_size(s, next->count + next->following);
	return true;
}

static void
add_transaction(
    struct pipeline *p, const struct transaction *next, struct buf *out)
{
	const struct smtp_session *s = p->channel.session;

	for (size_t i = 0; i < group_count(next); i++)
		add_command(s, out, next, i);
	if (out->full) {
		buf_clear(out);
		return;
	}
	p->ahead = next->recipients[0];
	p->ahead_count = next->count;
}

void
group_riders(struct pipeline *p, const struct transaction *t, struct buf *out)
{
	const struct smtp_session *s = p->channel.session;
	struct transaction next;

	if (!group_may_pipeline(s))
		return;
	/* Somebody of this one may have to come first. */
	for (size_t i = 0; i < t->count; i++)
		if (verdict_too_many(t->recipients[i]))
			return;
	if (next_transaction(s, t, &next)) {
		if (!group_is_chunked(s, t) && !group_is_chunked(s, &next))
			add_transaction(p, &next, out);
	} else if (s->last && s->coming.outcome == NULL) {
		p->parted = true;
		buf_puts(out, "QUIT\r\n");
	}
}
