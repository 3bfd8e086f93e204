/* SPDX-License-Identifier: MIT */
/*
 * The lane that lets libcurl say MAIL, RCPT and DATA itself.
 *
 * What libcurl gets wrong is kept from happening here: a message cut short, a
 * size that stops it early, a refusal that it does not hear.
 */
#include "smtp/dots.h"
#include "smtp/session.h"

#include <string.h>
#include <sys/socket.h>

/* Up to and including 8.6 the upload ends when bytes written, stuffed dots
 * among them, reach the declared size: the tail would be lost. */
#define COUNTS_DOTS_BEFORE 0x080700

struct engine {
	struct smtp_session *session;
	const struct transaction *transaction;
	struct curl_slist *recipients;
	struct dots dots;
	int64_t written; /* bytes on the network, with stuffed dots */
};

static size_t
fail_read(struct engine *e, const struct error *err)
{
	(void)session_end(e->session, err);
	return CURL_READFUNC_ABORT;
}

/* A refusal in the middle of the message, where it can be seen: TLS hides it.
 */
static bool
refused_early(const struct engine *e)
{
	struct smtp_session *s = e->session;

	return s->socket_count == 1 &&
	    session_early_reply(s, s->sockets[0], MSG_PEEK);
}

/* Fill the room as far as the message reaches: header and text of a short one
 * leave in one segment.  Bytes read, or -1. */
static ssize_t
fill(struct engine *e, char *out, size_t room, struct error *err)
{
	size_t filled = 0;

	while (filled < room) {
		ssize_t got = stream_read(e->transaction->wire->stream,
		    out + filled, room - filled, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		(void)dots_scan(&e->dots, out + filled, (size_t)got);
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}

static size_t
on_read(char *out, size_t size, size_t n, void *ctx)
{
	struct engine *e = ctx;
	struct error err = ERROR_INIT;
	ssize_t got;

	if (session_check_signals(e->session) != 0)
		return CURL_READFUNC_ABORT;
	if (refused_early(e)) {
		e->session->stop = SESSION_DONE;
		return CURL_READFUNC_ABORT;
	}
	got = fill(e, out, size * n, &err);
	if (got < 0)
		return fail_read(e, &err);
	if ((got == 0 || e->dots.read >= e->transaction->wire->size) &&
	    dots_check(&e->dots, e->transaction->wire, &err) != 0)
		return fail_read(e, &err);
	return (size_t)got;
}

/*
 * libcurl adds the dot as soon as the message is through, and does not ask the
 * read callback again when the size was declared: what went out has to tell.
 */
static void
on_written(void *ctx, size_t len)
{
	struct engine *e = ctx;
	struct smtp_session *s = e->session;
	const struct wire *wire = e->transaction->wire;
	const struct smtp_observer *o = &s->observer;
	int64_t sent;

	e->written += (int64_t)len;
	sent = e->written < wire->size ? e->written : wire->size;
	if (o->progress != NULL)
		o->progress(o->ctx, sent, wire->size);
	if (s->recorder.dot || e->written < wire->size + wire->dot_lines)
		return;
	session_dot(s, wire->size);
}

static void
prepare(CURL *easy, void *ctx)
{
	struct engine *e = ctx;
	const struct wire *wire = e->transaction->wire;
	curl_off_t size = wire->size;

	if (e->session->libcurl < COUNTS_DOTS_BEFORE)
		size += wire->dot_lines;
	(void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
	(void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	(void)curl_easy_setopt(easy, CURLOPT_READDATA, e);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_FROM, e->transaction->sender);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, e->recipients);
	(void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
}

static int
carry(struct smtp_session *s, struct transaction *t, struct error *err)
{
	struct engine e = { .session = s, .transaction = t };
	const struct session_hooks hooks = { prepare, on_written, &e };
	int result;

	if (session_begin(s, t, err) != 0)
		return -1;
	for (size_t i = 0; i < t->count; i++) {
		struct curl_slist *longer =
		    curl_slist_append(e.recipients, t->recipients[i]->address);

		if (longer == NULL) {
			curl_slist_free_all(e.recipients);
			return error_set(err, ERR_TEMPORARY, "out of memory");
		}
		e.recipients = longer;
	}
	result = session_perform(s, t, &hooks, err);
	s->hooks = NULL;
	curl_slist_free_all(e.recipients);
	return result;
}

const struct lane engine_lane = { "engine", carry, NULL };
