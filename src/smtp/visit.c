/* SPDX-License-Identifier: MIT */
/*
 * A transaction without recipients over a session without a login; what passes
 * by is kept.
 */
#include "smtp/visit.h"

#include "base/clock.h"
#include "smtp/session.h"
#include "smtp/verdict.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define STEP_MS 10000 /* for one step, when the user set no other limit */

/* A connection that is being made, and what is learnt from it. */
struct caller {
	struct smtp_session *session;
	const struct smtp_observer *observer;
	struct visit *visit;
	struct reply_parser parser;
	enum verb said;
	long long since; /* clock_ms() of the last step */
};

/* --- what passes by ------------------------------------------------------- */

static enum verb
verb_of(const char *text, size_t len)
{
	if (len >= 4 && strncasecmp(text, "EHLO", 4) == 0)
		return VERB_EHLO;
	return len >= 8 && strncasecmp(text, "STARTTLS", 8) == 0 ? VERB_STARTTLS
								 : VERB_OTHER;
}

static void
on_command(struct caller *c, const char *text, size_t len)
{
	enum verb verb = verb_of(text, len);
	long long now = clock_ms();

	if (verb == VERB_STARTTLS)
		c->visit->clear = c->session->recorder.offers;
	/* Between its 220 and the next EHLO there is the handshake alone. */
	if (verb == VERB_EHLO && c->said == VERB_STARTTLS)
		c->visit->times.tls = now - c->since;
	c->said = verb;
	c->since = now;
}

/* Milliseconds of a handle's life until the TCP connection, or the handshake of
 * TLS at once, was through. */
static int64_t
curl_ms(const struct caller *c, CURLINFO what)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(c->session->easy, what, &us);
	return us / 1000;
}

static void
on_greeting(struct caller *c, long long now)
{
	struct visit_times *t = &c->visit->times;
	int64_t connected = curl_ms(c, CURLINFO_CONNECT_TIME_T);
	int64_t ready = connected;

	if (c->session->endpoint.tls == TLS_SSL) {
		ready = curl_ms(c, CURLINFO_APPCONNECT_TIME_T);
		t->tls = ready - connected;
	}
	t->connect = connected - curl_ms(c, CURLINFO_NAMELOOKUP_TIME_T);
	t->greeting = now - c->since - ready;
	if (t->greeting < 0)
		t->greeting = 0;
	c->visit->greeting = c->parser.reply;
	c->visit->answered = true;
}

static void
on_reply(struct caller *c)
{
	long long now = clock_ms();

	if (c->said == VERB_NONE) {
		on_greeting(c, now);
	} else if (c->said == VERB_EHLO) {
		c->visit->times.ehlo = now - c->since;
		c->visit->ehlo = c->parser.reply;
	}
	c->since = now;
}

static void
on_line(void *ctx, bool from_server, const char *text, size_t len)
{
	struct caller *c = ctx;

	if (!from_server)
		on_command(c, text, len);
	else if (reply_line(&c->parser, text, len) == REPLY_DONE)
		on_reply(c);
	if (c->observer->line != NULL)
		c->observer->line(c->observer->ctx, from_server, text, len);
}

static void
on_step(void *ctx, const char *name, const char *text)
{
	const struct caller *c = ctx;

	if (c->observer->step != NULL)
		c->observer->step(c->observer->ctx, name, text);
}

static void
on_note(void *ctx, const char *text, size_t len)
{
	const struct caller *c = ctx;

	if (c->observer->note != NULL)
		c->observer->note(c->observer->ctx, text, len);
}

/* --- one connection ------------------------------------------------------- */

/* libcurl stops when the session stands. */
static void
prepare(CURL *easy, void *ctx)
{
	struct caller *c = ctx;

	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	c->parser = (struct reply_parser){ .lines = 0 };
	c->said = VERB_NONE;
	c->since = clock_ms();
}

static void
written(void *ctx UNUSED, size_t len UNUSED)
{
}

/* A good-bye, so that nobody wonders who hung up. */
static void
say_quit(struct smtp_session *s)
{
	static const char quit[] = "QUIT\r\n";
	size_t sent = 0;

	if (s->ready)
		(void)curl_easy_send(s->easy, quit, strlen(quit), &sent);
}

static void
keep_findings(struct visit *v, const struct smtp_session *s)
{
	v->offers = s->recorder.offers;
	if (s->tls[0] != '\0') {
		(void)snprintf(v->tls, sizeof(v->tls), "%s", s->tls);
		(void)snprintf(v->cipher, sizeof(v->cipher), "%s", s->cipher);
	}
	if (v->chain_count == 0)
		v->chain_count =
		    certificate_chain(&s->certificate, v->chain, VISIT_CHAIN);
	v->bad_certificate = s->certificate.leaf != NULL &&
	    !certificate_is_good(&s->certificate, s->endpoint.host);
}

/* As far as EHLO in the mode of the session; v->error is what a message would
 * be told.  Its recipient is never named to the server. */
static void
call(struct caller *c)
{
	static char nobody[] = "";
	struct smtp_session *s = c->session;
	struct visit *v = c->visit;
	struct wire wire = { .stream = stream_memory("", 0) };
	struct recipient recipient = { .address = nobody };
	struct recipient *recipients[] = { &recipient };
	struct transaction nothing = {
		.sender = "",
		.recipients = recipients,
		.count = 1,
		.wire = &wire,
		.check = true,
	};
	const struct session_hooks hooks = { prepare, written, c };
	struct outcome outcome = { .count = 0 };
	int carried = session_perform(s, &nothing, &hooks, &v->error);

	verdict_transaction(s, &nothing, carried, &outcome, &v->error);
	keep_findings(v, s);
	say_quit(s);
	s->transaction = NULL;
	stream_free(wire.stream);
}

/* --- a port --------------------------------------------------------------- */

/* Settings for who only looks: no login; every step bounded. */
static struct settings
without_login(const struct settings *s)
{
	struct settings looking = *s;

	looking.auth.value = AUTH_OFF;
	looking.user = NULL;
	if (looking.timeout.ms == 0 || looking.timeout.ms > STEP_MS)
		looking.timeout.ms = STEP_MS;
	return looking;
}

/* How a visit goes on: the mode to try next, TLS_AUTO when all is known. */
static enum tls_mode
next_mode(const struct smtp_session *s, const struct visit *v)
{
	enum tls_mode tried = s->endpoint.tls;

	if (tried != TLS_SSL)
		return s->speaks_tls ? TLS_SSL : TLS_AUTO;
	return v->error.kind == ERR_PROTOCOL && s->certificate.leaf == NULL
	    ? TLS_TRY
	    : TLS_AUTO;
}

static enum tls_mode
mode_of(const struct smtp_session *s)
{
	if (s->endpoint.tls == TLS_SSL)
		return TLS_SSL;
	return s->recorder.tls_granted ? TLS_STARTTLS : TLS_PLAIN;
}

/* One connection; what mode to try next. */
static enum tls_mode
try_mode(const struct settings *s, const struct endpoint *e, long long until,
    const struct smtp_observer *observer, const volatile int *interrupted,
    struct visit *v)
{
	struct caller c = { .observer = observer, .visit = v };
	const struct smtp_observer mine = {
		.ctx = &c,
		.line = on_line,
		.step = on_step,
		.note = on_note,
	};
	enum tls_mode next = TLS_AUTO;

	v->error = (struct error)ERROR_INIT;
	c.session = smtp_open(s, e, NULL, &mine, interrupted, &v->error);
	if (c.session == NULL)
		return TLS_AUTO;
	c.session->until = until;
	call(&c);
	v->endpoint.tls = mode_of(c.session);
	next = next_mode(c.session, v);
	smtp_close(c.session);
	return next;
}

/* Mail is not handed over in the clear unless somebody asked for that. */
static void
judge_plain(const struct settings *s, struct visit *v)
{
	enum tls_mode asked = (enum tls_mode)s->tls.value;
	struct hint_facts facts = { .host = v->endpoint.host,
		.port = v->endpoint.port };
	char server[280];

	if (v->error.kind != ERR_NONE || v->endpoint.tls != TLS_PLAIN ||
	    v->endpoint.loopback || asked == TLS_PLAIN || asked == TLS_TRY)
		return;
	smtp_endpoint_name(&v->endpoint, server, sizeof(server));
	(void)error_set(&v->error, ERR_PROTOCOL,
	    "%s offers no encryption (no STARTTLS)", server);
	hint_set(&v->error, HINT_NO_STARTTLS, &facts);
}

/* Behind a certificate that is not good: what the server offers all the same.
 */
static void
look_behind(const struct settings *s, const struct endpoint *e, long long until,
    const struct smtp_observer *observer, const volatile int *interrupted,
    struct visit *v)
{
	struct settings trusting = *s;
	const struct error why = v->error;
	enum tls_mode mode = v->endpoint.tls;

	trusting.insecure = true;
	trusting.fingerprint = NULL;
	(void)try_mode(&trusting, e, until, observer, interrupted, v);
	v->endpoint.tls = mode;
	v->bad_certificate = v->error.kind == ERR_NONE;
	if (v->error.kind != ERR_INTERRUPTED)
		v->error = why;
}

void
smtp_visit(const struct settings *settings, const struct endpoint *e,
    long long until, const struct smtp_observer *observer,
    const volatile int *interrupted, struct visit *v)
{
	static const struct smtp_observer nobody = { .ctx = NULL };
	struct settings s = without_login(settings);
	struct endpoint there = *e;
	enum tls_mode next;

	if (observer == NULL)
		observer = &nobody;
	*v = (struct visit){
		.endpoint = *e,
		.times = { -1, -1, -1, -1 },
	};
	if (there.tls != TLS_SSL)
		there.tls = TLS_TRY;
	next = try_mode(&s, &there, until, observer, interrupted, v);
	if (next != TLS_AUTO) {
		const struct error first = v->error;

		there.tls = next;
		(void)try_mode(&s, &there, until, observer, interrupted, v);
		/* TLS after all, and what was wrong with it is known. */
		if (next == TLS_TRY && !v->answered &&
		    v->error.kind != ERR_INTERRUPTED) {
			v->endpoint.tls = TLS_SSL;
			v->error = first;
		}
	}
	if (v->bad_certificate && v->error.kind == ERR_PROTOCOL)
		look_behind(&s, &there, until, observer, interrupted, v);
	judge_plain(&s, v);
}
