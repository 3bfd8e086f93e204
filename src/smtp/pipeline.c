/* SPDX-License-Identifier: MIT */
/*
 * The lane that says MAIL, RCPT and DATA itself.
 *
 * libcurl makes the session and stops there.  Where the last EHLO offered
 * PIPELINING a transaction is one flight of commands and one of the message;
 * behind its final dot rides what comes next: the commands of the following
 * transaction, or QUIT.  Where it offered CHUNKING too, a small message is one
 * flight with its envelope.  Where it offered neither, the same code waits for
 * each reply.
 */
#include "smtp/pipeline.h"
#include "smtp/command.h"

#include "base/mem.h"

#include <string.h>

/* --- a transaction ------------------------------------------------------ */

static enum channel_result
transact(struct pipeline *p, const struct transaction *t)
{
	const struct recorder *rec = &p->channel.session->recorder;
	enum channel_result r;

	if (p->ahead_count > 0) {
		r = flight_hear(p, group_count(t));
		p->ahead_count = 0;
	} else {
		r = group_ask(p, t);
	}
	if (r != CHANNEL_STOPPED && reply_class(&rec->mail) == 3)
		return flight_out_of_place(p);
	if (r != CHANNEL_OK)
		return r;
	p->open = reply_class(&rec->mail) == 2 && rec->final.code == 0;
	if (recorder_waiting(rec) == VERB_BODY)
		return rec->accepted > 0 ? upload_message(p, t)
					 : upload_nothing(p);
	if (rec->data.code != 0 && reply_class(&rec->data) < 4)
		return flight_out_of_place(p);
	return CHANNEL_OK;
}

/*
 * BDAT itself was refused, not the message: the server promised too much. Where
 * nobody was accepted the reply is left out of the minutes, and 503 is right.
 */
static bool
knows_no_chunks(const struct smtp_session *s, const struct transaction *t)
{
	const struct recorder *rec = &s->recorder;
	int code = rec->parser.reply.code;

	if (!group_is_chunked(s, t) || !rec->dot ||
	    (recorder_waiting(rec) != VERB_NONE &&
		recorder_waiting(rec) != VERB_QUIT))
		return false;
	return rec->accepted > 0 ? code >= 500 && code <= 504
				 : code == 500 || code == 502;
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

	if (o->warn != NULL && command_wants_dsn(t) &&
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

	return group_may_pipeline(s) &&
	    (verb == VERB_RCPT || verb == VERB_DATA);
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
	int result;

	if (session_begin(s, t, err) != 0)
		return -1;
	if (is_usable(s, t)) {
		if (session_check_message(s) != 0) {
			*err = s->stopped;
			return -1;
		}
	} else if (start(s, t, err) != 0) {
		return -1;
	} else if (!s->ready) {
		return 0;
	} else {
		respect_limit(s, t);
	}
	result = conclude(s, transact(s->pipeline, t), err);
	if (!knows_no_chunks(s, t))
		return result;
	/* It may take the message for commands now: leave at once. */
	s->no_chunking = true;
	s->ready = false;
	return s->recorder.accepted > 0 ? carry(s, t, err) : result;
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
		if (r == CHANNEL_OK &&
		    recorder_server(&s->recorder, line, len) == RECORD_BAD)
			break;
	}
	free(p);
	s->pipeline = NULL;
}

const struct lane pipeline_lane = { "pipeline", carry, part };
