/* SPDX-License-Identifier: MIT */
/*
 * The lane that says MAIL, RCPT and DATA itself, in groups (RFC 2920).
 *
 * libcurl makes the session and stops there.  Where the last EHLO offered
 * PIPELINING a transaction is one flight of commands and one of the message;
 * behind its final dot rides what comes next: the commands of the following
 * transaction, or QUIT.  Where it did not, the same code sends groups of one.
 */
#include "smtp/channel.h"
#include "smtp/command.h"
#include "smtp/dots.h"
#include "smtp/verdict.h"

#include "base/mem.h"

#include <string.h>

#define GROUP_MAX   104 /* RSET, MAIL, 100 RCPT, DATA; below RECORDER_GROUP */
#define GROUP_BYTES 32768
#define COMMAND_MAX 4096
#define TLS_RECORD  16384
#define BLOCK       131072 /* of the message at a time, stuffed dots aside */

static const char final_dot[] = ".\r\n";

struct pipeline {
	struct channel channel;
	struct dots dots;
	bool open;   /* a transaction has begun that nothing has ended */
	bool parted; /* QUIT is said */
	/* Commands of the next transaction are out already: its first
	 * recipient and how many. */
	const struct recipient *ahead;
	size_t ahead_count;
	/* Room for a dot in each third byte, and for what rides behind. */
	char block[BLOCK + BLOCK / 3 + 1 + GROUP_BYTES + 16];
};

/* --- replies ------------------------------------------------------------ */

/* CHANNEL_OK while the reply goes on, CHANNEL_HEARD when it is complete. */
static enum channel_result
record(struct pipeline *p, const char *line, size_t len)
{
	struct smtp_session *s = p->channel.session;

	switch (recorder_server(&s->recorder, line, len)) {
	case RECORD_MORE:
		return CHANNEL_OK;
	case RECORD_REPLY:
		return CHANNEL_HEARD;
	case RECORD_BAD:
		break;
	}
	(void)session_bad_line(s);
	return CHANNEL_STOPPED;
}

/* Wait for so many replies. */
static enum channel_result
hear(struct pipeline *p, size_t replies)
{
	enum channel_result r = CHANNEL_OK;

	while (replies > 0) {
		const char *line;
		size_t len;

		r = channel_line(&p->channel, &line, &len);
		if (r == CHANNEL_OK)
			r = record(p, line, len);
		if (r == CHANNEL_HEARD)
			replies--;
		else if (r != CHANNEL_OK)
			return r;
	}
	return CHANNEL_OK;
}

/* A reply that is neither a yes nor a no at this place. */
static enum channel_result
out_of_place(const struct pipeline *p)
{
	struct smtp_session *s = p->channel.session;
	struct error err = ERROR_INIT;

	session_failure(s, CURLE_WEIRD_SERVER_REPLY, &err);
	(void)session_end(s, &err);
	return CHANNEL_STOPPED;
}

/* --- commands ----------------------------------------------------------- */

static bool
may_pipeline(const struct smtp_session *s)
{
	return (s->recorder.offers.offered & CAPABILITY_PIPELINING) != 0;
}

/* The commands of a transaction are numbered: MAIL, each RCPT, DATA. */
static size_t
command_count(const struct transaction *t)
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
	else
		buf_puts(out, "DATA\r\n");
}

/* Send a group and hear it to its end, whatever the replies are. */
static enum channel_result
exchange(struct pipeline *p, const struct buf *group, size_t replies)
{
	struct smtp_session *s = p->channel.session;
	size_t sent = 0;
	enum channel_result r;

	recorder_client(&s->recorder, group->data, group->len);
	r = channel_send(&p->channel, group->data, group->len, false, &sent);
	if (r == CHANNEL_STOPPED)
		return r;
	/* Even if it could not all be sent, there may be an answer. */
	return hear(p, replies);
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

/* MAIL, RCPT and DATA, as many at a time as the server takes. */
static enum channel_result
ask(struct pipeline *p, const struct transaction *t)
{
	struct smtp_session *s = p->channel.session;
	const size_t most = may_pipeline(s) ? GROUP_MAX : 1;
	auto_buf struct buf group = buf_make(GROUP_BYTES + COMMAND_MAX);
	size_t number = 0;

	while (
	    number < command_count(t) && has_a_point(&s->recorder, t, number)) {
		enum channel_result r;
		size_t n = 0;

		buf_clear(&group);
		if (p->open) {
			buf_puts(&group, "RSET\r\n");
			p->open = false;
			n++;
		}
		while (n < most && group.len < GROUP_BYTES &&
		    number < command_count(t)) {
			add_command(s, &group, t, number++);
			n++;
		}
		r = exchange(p, &group, n);
		if (r != CHANNEL_OK)
			return r;
	}
	return CHANNEL_OK;
}

/* --- the message -------------------------------------------------------- */

/* The next transaction, if its commands may leave behind the final dot. */
static bool
next_transaction(const struct smtp_session *s, const struct transaction *t,
    struct transaction *next)
{
	if (!may_pipeline(s) || t->following == 0)
		return false;
	/* Somebody of this one may have to come first. */
	for (size_t i = 0; i < t->count; i++)
		if (verdict_too_many(t->recipients[i]))
			return false;
	*next = *t;
	next->recipients = t->recipients + t->count;
	next->count = smtp_transaction_size(s, t->following);
	next->following = t->following - next->count;
	return command_count(next) <= GROUP_MAX;
}

/* What rides behind the final dot. */
static void
add_riders(struct pipeline *p, const struct transaction *t, struct buf *out)
{
	const struct smtp_session *s = p->channel.session;
	struct transaction next;

	if (next_transaction(s, t, &next)) {
		for (size_t i = 0; i < command_count(&next); i++)
			add_command(s, out, &next, i);
		if (out->full) {
			buf_clear(out);
			return;
		}
		p->ahead = next.recipients[0];
		p->ahead_count = next.count;
	} else if (s->last && t->following == 0 && may_pipeline(s)) {
		bool again = false;

		for (size_t i = 0; i < t->count; i++)
			again = again || verdict_too_many(t->recipients[i]);
		p->parted = !again;
		if (p->parted)
			buf_puts(out, "QUIT\r\n");
	}
}

/* Send bytes of the message; CHANNEL_HEARD when the server answers before. */
static enum channel_result
send_part(struct pipeline *p, size_t len, size_t *sent)
{
	enum channel_result r;
	const char *line;
	size_t n;

	do {
		r = channel_send(&p->channel, p->block, len, true, sent);
		if (r != CHANNEL_HEARD && r != CHANNEL_LOST)
			return r;
		while (channel_take(&p->channel, &line, &n)) {
			enum channel_result said = record(p, line, n);

			if (said != CHANNEL_OK)
				return said;
		}
	} while (r == CHANNEL_HEARD);
	return r;
}

/*
 * The last block, the final dot and what rides behind it, together; in TLS only
 * if all fits into one record.  If not, the dot ends its write: until that is
 * through, some of the last record is still here, and nothing in doubt.
 */
static enum channel_result
send_end(struct pipeline *p, const struct transaction *t, size_t len)
{
	struct smtp_session *s = p->channel.session;
	auto_buf struct buf riders = buf_make(GROUP_BYTES);
	const size_t dot = len + strlen(final_dot);
	size_t end = dot;
	size_t sent = 0;
	enum channel_result r;

	memcpy(p->block + len, final_dot, strlen(final_dot));
	add_riders(p, t, &riders);
	if (s->tls[0] == '\0' || dot + riders.len <= TLS_RECORD) {
		memcpy(p->block + dot, riders.data, riders.len);
		end += riders.len;
	}
	r = send_part(p, end, &sent);
	if (sent >= dot)
		session_dot(s, t->wire->size);
	if (r != CHANNEL_OK || riders.len == 0)
		return r;
	recorder_client(&s->recorder, riders.data, riders.len);
	sent = 0;
	if (end > dot ||
	    channel_send(&p->channel, riders.data, riders.len, false, &sent) !=
		CHANNEL_STOPPED)
		return CHANNEL_OK;
	return CHANNEL_STOPPED;
}

/* Read the next block as it goes on the wire; its length, or -1. */
static ssize_t
fill_block(struct pipeline *p, const struct wire *wire, struct error *err)
{
	bool begins = dots_line_begins(&p->dots);
	size_t filled = 0;
	size_t dots;

	while (filled < BLOCK) {
		ssize_t got = stream_read(
		    wire->stream, p->block + filled, BLOCK - filled, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	if (filled == 0)
		return 0;
	dots = dots_scan(&p->dots, p->block, filled);
	if (dots > 0)
		filled = dots_stuff(p->block, filled, dots, begins);
	return (ssize_t)filled;
}

static void
show_progress(const struct pipeline *p, const struct wire *wire)
{
	const struct smtp_observer *o = &p->channel.session->observer;

	if (o->progress != NULL)
		o->progress(o->ctx, p->dots.read, wire->size);
}

static enum channel_result
send_message(struct pipeline *p, const struct transaction *t)
{
	struct smtp_session *s = p->channel.session;
	const struct wire *wire = t->wire;
	struct error err = ERROR_INIT;
	enum channel_result r = CHANNEL_OK;

	p->dots = (struct dots){ .read = 0 };
	while (r == CHANNEL_OK) {
		ssize_t len = fill_block(p, wire, &err);
		bool last = len == 0 || p->dots.read >= wire->size;
		size_t sent = 0;

		if (len < 0 ||
		    (last && dots_check(&p->dots, wire, &err) != 0)) {
			(void)session_end(s, &err);
			return CHANNEL_STOPPED;
		}
		if (last)
			r = send_end(p, t, (size_t)len);
		else
			r = send_part(p, (size_t)len, &sent);
		show_progress(p, wire);
		if (last)
			break;
	}
	return r;
}

/* The message and the reply to it. */
static enum channel_result
deliver(struct pipeline *p, const struct transaction *t)
{
	struct smtp_session *s = p->channel.session;
	struct recorder *rec = &s->recorder;
	enum channel_result r = send_message(p, t);

	if (r == CHANNEL_OK)
		r = hear(p, 1);
	else if (r == CHANNEL_HEARD)
		s->ready =
		    false; /* something that it waits for is still here */
	if (r != CHANNEL_OK && r != CHANNEL_HEARD)
		return r;
	p->open = false;
	if (reply_class(&rec->final) >= 4 ||
	    (reply_class(&rec->final) == 2 && rec->dot))
		return CHANNEL_OK;
	/* A yes to what it has not seen is none. */
	rec->final = (struct reply){ .code = 0 };
	return out_of_place(p);
}

/* --- a transaction ------------------------------------------------------ */

/* 354 without anybody to send to: an empty message, which goes nowhere. */
static enum channel_result
send_nothing(struct pipeline *p)
{
	size_t sent = 0;
	enum channel_result r = channel_send(
	    &p->channel, final_dot, strlen(final_dot), false, &sent);

	return r == CHANNEL_STOPPED ? r : hear(p, 1);
}

static enum channel_result
transact(struct pipeline *p, const struct transaction *t)
{
	struct recorder *rec = &p->channel.session->recorder;
	enum channel_result r;

	if (p->ahead_count > 0) {
		r = hear(p, command_count(t));
		p->ahead_count = 0;
	} else {
		r = ask(p, t);
	}
	if (r != CHANNEL_OK)
		return r;
	if (rec->mail.code != 0 && reply_class(&rec->mail) == 3)
		return out_of_place(p);
	p->open = reply_class(&rec->mail) == 2;
	if (recorder_waiting(rec) == VERB_BODY)
		return rec->accepted > 0 ? deliver(p, t) : send_nothing(p);
	if (rec->data.code != 0 && reply_class(&rec->data) < 4)
		return out_of_place(p);
	return CHANNEL_OK;
}

/* --- the lane ----------------------------------------------------------- */

static void
prepare(CURL *easy, void *ctx UNUSED)
{
	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
}

static void
warn_no_dsn(const struct smtp_session *s, const struct transaction *t)
{
	const struct smtp_observer *o = &s->observer;
	auto_free char *text = mem_printf(
	    "%s knows no delivery reports (DSN): asking for none", s->server);

	if (o->warn != NULL && command_wants_dsn(&t->dsn) &&
	    (s->recorder.offers.offered & CAPABILITY_DSN) == 0)
		o->warn(o->ctx, text);
}

/* A new session. */
static int
start(struct smtp_session *s, const struct transaction *t, struct error *err)
{
	static const struct session_hooks hooks = { .prepare = prepare };
	int result;

	session_drop(s);
	result = session_perform(s, t, &hooks, err);
	s->hooks = NULL;
	if (!s->ready)
		return result;
	/* Our own lines are none of libcurl's business. */
	(void)curl_easy_setopt(s->easy, CURLOPT_VERBOSE, 0L);
	if (s->pipeline == NULL)
		s->pipeline = mem_alloc(sizeof(*s->pipeline));
	s->pipeline->open = s->pipeline->parted = false;
	s->pipeline->ahead_count = 0;
	channel_open(&s->pipeline->channel, s);
	warn_no_dsn(s, t);
	return result;
}

/* Is the session fit for this transaction? */
static bool
is_usable(const struct smtp_session *s, const struct transaction *t)
{
	const struct pipeline *p = s->pipeline;

	if (!s->ready || p == NULL || p->parted)
		return false;
	return p->ahead_count == 0 ||
	    (p->ahead == t->recipients[0] && p->ahead_count == t->count);
}

/* Some of a group was answered and the rest was not. */
static bool
may_be_deaf(const struct smtp_session *s)
{
	enum verb verb = recorder_waiting(&s->recorder);

	return may_pipeline(s) && (verb == VERB_RCPT || verb == VERB_DATA);
}

static int
conclude(struct smtp_session *s, enum channel_result result, struct error *err)
{
	if (result == CHANNEL_OK)
		return 0;
	s->ready = false;
	if (result == CHANNEL_STOPPED) {
		*err = s->stopped;
		if (err->kind == ERR_TEMPORARY && may_be_deaf(s))
			(void)error_hint(err,
			    "--lane=engine, if the server cannot take several "
			    "commands at once");
		return -1;
	}
	if (session_explained(s))
		return 0;
	session_failure(s, CURLE_RECV_ERROR, err);
	return -1;
}

/* The server has just said how many recipients it takes. */
static void
respect_limit(struct smtp_session *s, struct transaction *t)
{
	size_t count = smtp_transaction_size(s, t->count);

	if (count == t->count)
		return;
	t->following += t->count - count;
	t->count = count;
	recorder_begin(&s->recorder, t->recipients, t->count);
}

static int
carry(struct smtp_session *s, struct transaction *t, struct error *err)
{
	if (stream_rewind(t->wire->stream, err) != 0)
		return -1;
	if (is_usable(s, t)) {
		session_begin(s, t);
		if (session_check_message(s) != 0)
			return conclude(s, CHANNEL_STOPPED, err);
	} else if (start(s, t, err) != 0) {
		return -1;
	} else if (!s->ready) {
		return 0;
	} else {
		respect_limit(s, t);
	}
	return conclude(s, transact(s->pipeline, t), err);
}

/* QUIT, and a moment for the reply, so that nobody finds the connection cut. */
static void
part(struct smtp_session *s)
{
	static const char quit[] = "QUIT\r\n";
	struct pipeline *p = s->pipeline;
	const struct recorder *rec = &s->recorder;
	enum channel_result r = CHANNEL_OK;
	size_t sent = 0;

	if (p == NULL)
		return;
	if (s->ready && !p->parted && recorder_waiting(rec) == VERB_NONE) {
		recorder_client(&s->recorder, quit, strlen(quit));
		r = channel_send(&p->channel, quit, strlen(quit), false, &sent);
	}
	while (
	    s->ready && r == CHANNEL_OK && recorder_waiting(rec) == VERB_QUIT) {
		const char *line;
		size_t len;

		r = channel_line(&p->channel, &line, &len);
		if (r == CHANNEL_OK)
			(void)recorder_server(&s->recorder, line, len);
	}
	free(p);
	s->pipeline = NULL;
}

const struct lane pipeline_lane = { "pipeline", carry, part };
