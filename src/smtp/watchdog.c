/* SPDX-License-Identifier: MIT */
/*
 * Asked at least once a second, by libcurl or by our own waiting: signals,
 * deadlines, and the port that keeps silent because it waits for TLS.
 */
#include "smtp/session.h"

#include "base/clock.h"
#include "smtp/deadline.h"

#include <sys/socket.h>

#define PROBE_AFTER_MS 3000

/* Is one of the attempts through?  libcurl counts the TLS handshake as part of
 * connecting; the socket knows better. */
static bool
is_connected(const struct smtp_session *s)
{
	struct sockaddr_storage peer;

	for (size_t i = 0; i < s->socket_count; i++) {
		socklen_t len = sizeof(peer);

		if (getpeername(
			s->sockets[i], (struct sockaddr *)&peer, &len) == 0)
			return true;
	}
	return false;
}

/* Stages that no line tells: connected, handshake done. */
static void
note_connection(struct smtp_session *s)
{
	struct recorder *r = &s->recorder;
	bool ssl = s->endpoint.tls == TLS_SSL;
	curl_off_t done = 0;

	if (recorder_waiting(r) != VERB_GREETING)
		return;
	if (r->stage == STAGE_CONNECT && is_connected(s)) {
		recorder_stage(r, ssl ? STAGE_TLS : STAGE_GREETING);
		(void)curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT_MS,
		    SESSION_FOREVER * 1000L);
	}
	if (r->stage == STAGE_TLS && ssl &&
	    curl_easy_getinfo(s->easy, CURLINFO_APPCONNECT_TIME_T, &done) ==
		CURLE_OK &&
	    done > 0)
		recorder_stage(r, STAGE_GREETING);
}

/* Nothing came from a port that should greet: does it wait for TLS?  Port 25 is
 * left alone; nobody speaks TLS first there, but some ban who speaks first. */
static int
probe(struct smtp_session *s, long long waited, int64_t limit)
{
	const struct recorder *r = &s->recorder;
	struct hint_facts facts = session_facts(s);
	struct error err = ERROR_INIT;
	int64_t after = limit < PROBE_AFTER_MS ? limit : PROBE_AFTER_MS;

	if (s->probed || s->endpoint.tls == TLS_SSL || s->endpoint.port == 25 ||
	    r->stage != STAGE_GREETING || r->heard || waited < after)
		return 0;
	s->probed = true;
	s->speaks_tls = session_probe(s);
	if (!s->speaks_tls)
		return 0;
	(void)error_set(&err, ERR_PROTOCOL,
	    "%s sent no greeting: it speaks TLS from the first byte",
	    s->server);
	hint_set(&err, HINT_USE_SSL, &facts);
	return session_end(s, &err);
}

/* How long the running step may take. */
static int64_t
step_limit(const struct smtp_session *s)
{
	int64_t limit = deadline_limit(&s->recorder, s->settings->timeout.ms);
	int64_t left = s->until - s->recorder.since;

	if (recorder_waiting(&s->recorder) == VERB_QUIT)
		limit = SESSION_QUIT_WAIT * 1000;
	if (s->until != 0 && left < limit)
		limit = left > 0 ? left : 0;
	return limit;
}

int
session_check_signals(struct smtp_session *s)
{
	struct error err = ERROR_INIT;

	if (s->interrupted == NULL || *s->interrupted == 0)
		return 0;
	(void)error_set(&err, ERR_INTERRUPTED, "interrupted");
	return session_end(s, &err);
}

int
session_watch(struct smtp_session *s)
{
	struct hint_facts facts = session_facts(s);
	struct error err = ERROR_INIT;
	int64_t limit;
	long long waited;

	note_connection(s);
	limit = step_limit(s);
	waited = clock_ms() - s->recorder.since;
	/* All is said by then; nobody has to wait for a good-bye. */
	if (recorder_waiting(&s->recorder) == VERB_QUIT)
		return s->stop == SESSION_STOPPED || waited >= limit ? -1 : 0;
	if (session_check_signals(s) != 0)
		return -1;
	if (probe(s, waited, limit) != 0)
		return -1;
	if (waited < limit)
		return 0;
	deadline_error(&s->recorder, s->server, limit, &err);
	if (s->recorder.stage == STAGE_CONNECT)
		hint_set(&err,
		    s->endpoint.port == 25 ? HINT_REFUSED_25 : HINT_REFUSED,
		    &facts);
	else if (!s->recorder.heard)
		hint_set(&err, HINT_SILENT, &facts);
	return session_end(s, &err);
}

int
session_patience(const struct smtp_session *s)
{
	int64_t left = step_limit(s) - (clock_ms() - s->recorder.since);

	if (left < 1)
		return 0;
	return left < 1000 ? (int)left : 1000;
}

int
session_on_progress(void *ctx, curl_off_t dltotal UNUSED,
    curl_off_t dlnow UNUSED, curl_off_t ultotal UNUSED, curl_off_t ulnow UNUSED)
{
	return session_watch(ctx);
}
