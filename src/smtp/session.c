/* SPDX-License-Identifier: MIT */
/*
 * The life of a handle, and the loop that gives it a second plan.
 */
#include "smtp/session.h"

#include "smtp/auth.h"

#include <string.h>

#define PLANS_MAX 4 /* try in clear, another mechanism; then enough */

int
session_end(struct smtp_session *s, const struct error *why)
{
	s->stop = SESSION_STOPPED;
	s->stopped = *why;
	return -1;
}

bool
session_in_tls(const struct smtp_session *s)
{
	const struct curl_tlssessioninfo *info = NULL;

	if (s->endpoint.tls != TLS_SSL && !s->recorder.tls_granted)
		return false;
	return curl_easy_getinfo(s->easy, CURLINFO_TLS_SSL_PTR, &info) ==
	    CURLE_OK &&
	    info != NULL && info->internals != NULL;
}

struct hint_facts
session_facts(const struct smtp_session *s)
{
	const struct settings *set = s->settings;
	const char *sender =
	    s->transaction != NULL ? s->transaction->sender : NULL;
	bool same =
	    set->own != NULL && sender != NULL && strcmp(set->own, sender) == 0;

	return (struct hint_facts){
		.host = s->endpoint.host,
		.port = s->endpoint.port,
		.user = auth_configured(set) ? set->user : NULL,
		.sender = sender,
		.own = same ? NULL : set->own,
		.provider = set->preset,
	};
}

void
session_drop(struct smtp_session *s)
{
	if (s->multi != NULL) {
		/* It closes a connection that it only made at once. */
		(void)curl_multi_remove_handle(s->multi, s->easy);
		curl_easy_cleanup(s->easy);
		(void)curl_multi_cleanup(s->multi);
	} else if (s->easy != NULL) {
		/* It sends QUIT and waits for the reply as long as the last
		 * perform was allowed to: a perform that fails at once, without
		 * touching the network, shortens that. */
		(void)curl_easy_setopt(s->easy, CURLOPT_VERBOSE, 0L);
		(void)curl_easy_setopt(s->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
		    SESSION_QUIT_WAIT);
		(void)curl_easy_setopt(s->easy, CURLOPT_URL, "zz://");
		(void)curl_easy_perform(s->easy);
		curl_easy_cleanup(s->easy);
	}
	s->easy = NULL;
	s->multi = NULL;
	s->ready = false;
	s->ssl = NULL;
	s->certificate.matched = false;
	s->tls[0] = '\0';
}

int
session_begin(
    struct smtp_session *s, const struct transaction *t, struct error *err)
{
	s->transaction = t;
	s->stop = SESSION_GO;
	s->fresh = false;
	s->words[0] = '\0';
	recorder_begin(&s->recorder, t->recipients, t->count);
	return stream_rewind(t->wire->stream, err) == 0 ? 0
							: session_end(s, err);
}

/* A handle ready to run, new or kept. */
static int
make_ready(struct smtp_session *s, struct error *err)
{
	if (session_begin(s, s->transaction, err) != 0)
		return -1;
	if (s->easy == NULL && session_configure(s, err) != 0)
		return -1;
	recorder_stage(&s->recorder, STAGE_CONNECT);
	(void)curl_easy_setopt(
	    s->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, SESSION_FOREVER);
	s->hooks->prepare(s->easy, s->hooks->ctx);
	return 0;
}

bool
session_explained(const struct smtp_session *s)
{
	const struct recorder *r = &s->recorder;

	if (r->last.code == 421)
		return true;
	/* After a refusal libcurl may have said QUIT and not waited. */
	if (recorder_waiting(r) != VERB_NONE &&
	    recorder_waiting(r) != VERB_QUIT && !r->login)
		return false;
	return reply_class(&r->last) >= 4 ||
	    (r->answered == VERB_AUTH && r->last.code == 334) ||
	    (r->answered == VERB_RCPT && reply_class(&r->last) == 3);
}

/* A yes that means nothing where it was said: libcurl hangs up then. */
static bool
is_out_of_place(const struct recorder *r)
{
	if (r->answered == VERB_DATA)
		return r->data.code != 0 && r->data.code != 354 &&
		    reply_class(&r->data) < 4;
	return r->answered == VERB_MAIL && reply_class(&r->mail) == 3;
}

static int
conclude(struct smtp_session *s, CURLcode rc, struct error *err)
{
	/* Before 8.7 the dot is a write of its own behind the message: when
	 * that fails, it was not sent. */
	if (rc == CURLE_SEND_ERROR && s->libcurl < 0x080700)
		s->recorder.dot = false;
	if (s->stop == SESSION_STOPPED) {
		*err = s->stopped;
		return -1;
	}
	if (rc == CURLE_OK || s->stop == SESSION_DONE || session_explained(s))
		return 0;
	if (is_out_of_place(&s->recorder))
		rc = CURLE_WEIRD_SERVER_REPLY;
	session_failure(s, rc, err);
	return -1;
}

int
session_perform(struct smtp_session *s, const struct transaction *t,
    const struct session_hooks *hooks, struct error *err)
{
	CURLcode rc = CURLE_OK;

	s->transaction = t;
	s->hooks = hooks;
	for (int plan = 0; plan < PLANS_MAX; plan++) {
		if (plan > 0)
			session_drop(s);
		if (make_ready(s, err) != 0)
			return -1;
		rc = session_run(s);
		s->ready = rc == CURLE_OK;
		if (s->stop != SESSION_AGAIN)
			return conclude(s, rc, err);
	}
	return error_set(err, ERR_PROTOCOL,
	    "%s offers something else on each connection", s->server);
}
