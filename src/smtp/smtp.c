/* SPDX-License-Identifier: MIT */
/*
 * A message in as many transactions as it takes, and one result.
 */
#include "smtp/smtp.h"

#include "base/clock.h"
#include "base/mem.h"
#include "smtp/auth.h"
#include "smtp/command.h"
#include "smtp/envelope.h"
#include "smtp/helo.h"
#include "smtp/session.h"
#include "smtp/verdict.h"

#include <stdio.h>
#include <string.h>

static void
on_line(void *ctx, bool from_server, const char *text, size_t len)
{
	const struct smtp_session *s = ctx;

	if (s->observer.line != NULL)
		s->observer.line(s->observer.ctx, from_server, text, len);
}

static struct dsn
dsn_of(const struct settings *set)
{
	static const char *const parts[] = {
		[RETURN_UNSET] = NULL,
		[RETURN_HDRS] = "HDRS",
		[RETURN_FULL] = "FULL",
	};

	return (struct dsn){
		.notify = set->notify,
		.parts = parts[set->return_parts.value],
		.envid = set->envid,
	};
}

/* What can be known to fail before anything is connected. */
static int
check_policy(const struct smtp_session *s, struct error *err)
{
	const struct settings *set = s->settings;
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
	struct hint_facts facts = session_facts(s);
	struct dsn dsn = dsn_of(set);

	if (auth_check(set, &s->password, err) != 0)
		return -1;
	if (s->lane == &engine_lane && command_wants_dsn(&dsn)) {
		(void)error_set(err, ERR_USAGE,
		    "libcurl does not ask for delivery reports");
		return error_hint(err, "--lane=pipeline does");
	}
	if (s->endpoint.tls != TLS_PLAIN) {
		if (library != NULL && strncmp(library, "OpenSSL", 7) == 0)
			return 0;
		return error_set(err, ERR_CONFIG,
		    "TLS needs a libcurl with OpenSSL, this one has %s",
		    library != NULL ? library : "none");
	}
	if (!auth_configured(set) || s->local || set->allow_plain_login)
		return 0;
	(void)error_set(err, ERR_CONFIG,
	    "no password is sent to %s without TLS", s->server);
	hint_set(err, HINT_CLEAR_PASSWORD, &facts);
	return -1;
}

/* Who names a certificate expects TLS, also from this machine's own port. */
static int
check_no_tls(const struct smtp_session *s, struct error *err)
{
	const char *named = s->settings->fingerprint != NULL ? "fingerprint"
	    : s->settings->cert != NULL                      ? "cert"
							     : NULL;

	if (named == NULL)
		return 0;
	(void)error_set(err, ERR_CONFIG,
	    "--%s is of no use without TLS, which %s would not have", named,
	    s->server);
	return error_hint(err, "--tls=starttls or --tls=ssl");
}

static int
prepare(struct smtp_session *s, struct error *err)
{
	const struct settings *set = s->settings;

	smtp_endpoint_name(&s->endpoint, s->server, sizeof(s->server));
	s->helo = helo_name(set->helo, s->endpoint.loopback, err);
	if (s->helo == NULL || check_policy(s, err) != 0 ||
	    certificate_init(&s->certificate, set->fingerprint, err) != 0)
		return -1;
	if (s->endpoint.tls == TLS_PLAIN)
		return check_no_tls(s, err);
	if (set->insecure && !s->certificate.pinned) {
		auto_free char *text = mem_printf(
		    "the certificate of %s is not checked (--insecure)",
		    s->server);

		if (s->observer.warn != NULL)
			s->observer.warn(s->observer.ctx, text);
		return 0;
	}
	return s->certificate.pinned ? 0
				     : trust_find(&s->trust, set->cacert, err);
}

struct smtp_session *
smtp_open(const struct settings *set, const struct endpoint *e,
    const struct secret *password, const struct smtp_observer *observer,
    const volatile int *interrupted, struct error *err)
{
	struct smtp_session *s = mem_zero(sizeof(*s));

	s->settings = set;
	s->endpoint = *e;
	if (observer != NULL)
		s->observer = *observer;
	s->interrupted = interrupted;
	s->lane =
	    set->lane.value == LANE_ENGINE ? &engine_lane : &pipeline_lane;
	/* Behind a proxy "localhost" is another machine's. */
	s->local = e->loopback && set->proxy == NULL;
	s->libcurl = curl_version_info(CURLVERSION_NOW)->version_num;
	s->mechanisms =
	    auth_allowed((enum auth_mode)set->auth.value, e->tls != TLS_PLAIN);
	recorder_init(&s->recorder, on_line, s);
	if (password != NULL && secret_is_set(password)) {
		secret_set(
		    &s->password, password->text, strlen(password->text));
		redact_add(&s->recorder.redactor, password->text,
		    strlen(password->text));
	}
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	if (prepare(s, err) == 0)
		return s;
	smtp_close(s);
	return NULL;
}

void
smtp_close(struct smtp_session *s)
{
	if (s == NULL)
		return;
	if (s->lane->part != NULL)
		s->lane->part(s);
	session_drop(s);
	certificate_release(&s->certificate);
	recorder_release(&s->recorder);
	trust_release(&s->trust);
	secret_release(&s->password);
	free(s->helo);
	free(s);
	curl_global_cleanup();
}

/*
 * Carry one transaction.  A kept connection may have died since the last one:
 * if nothing was said on it, the transaction is tried once more on a new one.
 */
static void
carry(struct smtp_session *s, struct transaction *t, struct outcome *o,
    struct error *err)
{
	bool kept = s->easy != NULL;
	int carried = s->lane->carry(s, t, err);
	int mail = s->recorder.mail.code;
	int last = s->recorder.last.code;

	if (kept && !s->fresh && s->stop == SESSION_GO &&
	    (mail == 421 || (mail == 0 && (carried != 0 || last == 421)))) {
		session_drop(s);
		*err = (struct error)ERROR_INIT;
		carried = s->lane->carry(s, t, err);
	}
	verdict_transaction(s, t, carried, o, err);
}

size_t
smtp_transaction_size(const struct smtp_session *s, size_t waiting)
{
	int64_t most = s->easy != NULL ? s->recorder.offers.rcpt_max : 0;

	if (most <= 0)
		most = TRANSACTION_DEFAULT;
	else if (most > TRANSACTION_MAX)
		most = TRANSACTION_MAX;
	return waiting < (size_t)most ? waiting : (size_t)most;
}

void
smtp_last(struct smtp_session *s)
{
	s->last = true;
}

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
deliver(struct smtp_session *s, struct transaction *t, struct outcome *o,
    struct error *stopped)
{
	auto_free struct recipient **items =
	    mem_alloc(o->count * sizeof(*items));
	struct queue q = { items, o->count };

	for (size_t i = 0; i < o->count; i++)
		items[i] = &o->recipients[i];
	while (q.count > 0 && stopped->kind == ERR_NONE) {
		t->recipients = q.items;
		t->count = smtp_transaction_size(s, q.count);
		t->following = q.count - t->count;
		for (size_t i = 0; i < t->count; i++)
			q.items[i]->reply = (struct reply){ .code = 0 };
		carry(s, t, o, stopped);
		keep_waiting(&q, t->count);
	}
	/* The message as a whole has failed: these were never asked about. */
	for (size_t i = 0; i < q.count; i++)
		if (stopped->kind == ERR_TEMPORARY &&
		    q.items[i]->state == RECIPIENT_UNTRIED)
			q.items[i]->state = RECIPIENT_DEFERRED;
}

int
smtp_send(struct smtp_session *s, const struct envelope *envelope,
    struct wire *wire, bool check, struct outcome *o)
{
	struct transaction t = {
		.sender = envelope->sender,
		.wire = wire,
		.utf8 = envelope_utf8(envelope),
		.dsn = dsn_of(s->settings),
		.check = check,
	};
	struct error stopped = ERROR_INIT;
	long long start = clock_ms();

	outcome_init(o, envelope);
	(void)snprintf(o->server, sizeof(o->server), "%s", s->server);
	o->size = wire->size;
	if (envelope_check(envelope, &o->error) == 0) {
		deliver(s, &t, o, &stopped);
		(void)snprintf(o->tls, sizeof(o->tls), "%s", s->tls);
		verdict_message(s, &stopped, o);
	}
	s->transaction = NULL;
	o->elapsed_ms = clock_ms() - start;
	return o->error.kind == ERR_NONE ? 0 : -1;
}
