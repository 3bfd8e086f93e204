/* SPDX-License-Identifier: MIT */
/*
 * What the server says: into the recorder, and past the gate before libcurl may
 * go on.
 */
#include "smtp/session.h"

#include "base/mem.h"
#include "smtp/auth.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

static void
step(const struct smtp_session *s, const char *name, const char *text)
{
	if (s->observer.step != NULL)
		s->observer.step(s->observer.ctx, name, text);
}

static void
warn(const struct smtp_session *s, const char *text)
{
	if (s->observer.warn != NULL)
		s->observer.warn(s->observer.ctx, text);
}

static struct policy
make_policy(const struct smtp_session *s, const struct transaction *t)
{
	const struct settings *set = s->settings;
	enum tls_mode mode = s->endpoint.tls;

	return (struct policy){
		.server = s->server,
		.facts = session_facts(s),
		.want_tls = mode == TLS_STARTTLS || mode == TLS_SSL ||
		    (mode == TLS_TRY && !s->in_clear),
		.may_fall_back = mode == TLS_TRY,
		.tls = session_in_tls(s),
		.login = auth_configured(set),
		.auth = auth_mode(set),
		.clear_password = s->local || set->allow_plain_login,
		.mechanisms = s->mechanisms,
		.size = t->wire->size,
		.content = t->wire->content,
		.utf8 = t->utf8,
		.libcurl = s->libcurl,
		.own_mail = s->lane != &engine_lane,
	};
}

/* "TLSv1.3 TLS_AES_256_GCM_SHA384, CN = ..." */
static void
tell_tls(struct smtp_session *s)
{
	const struct curl_tlssessioninfo *info = NULL;
	auto_buf struct buf text = buf_make(1024);

	if (s->ssl != NULL ||
	    curl_easy_getinfo(s->easy, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK ||
	    info->backend != CURLSSLBACKEND_OPENSSL || info->internals == NULL)
		return;
	s->ssl = info->internals;
	(void)snprintf(s->tls, sizeof(s->tls), "%s", SSL_get_version(s->ssl));
	(void)snprintf(
	    s->cipher, sizeof(s->cipher), "%s", SSL_get_cipher_name(s->ssl));
	buf_printf(&text, "%s %s, ", s->tls, s->cipher);
	certificate_summary(&s->certificate, &text);
	step(s, "tls", text.data);
}

/* TLS that nobody checked is no TLS. */
static int
check_certificate(struct smtp_session *s)
{
	struct error err = ERROR_INIT;
	struct hint_facts facts = session_facts(s);

	if (!s->certificate.pinned || s->certificate.matched)
		return 0;
	certificate_explain(&s->certificate, s->server, &facts, &err);
	return session_end(s, &err);
}

static void
choose_plain(struct smtp_session *s)
{
	s->in_clear = true;
	s->mechanisms = auth_allowed(auth_mode(s->settings), false);
	if (!s->local) {
		auto_free char *text = mem_printf(
		    "%s offers no encryption: going on without TLS", s->server);

		warn(s, text);
	}
}

static int
apply_gate(struct smtp_session *s, enum gate gate, unsigned mechanisms,
    const struct error *err)
{
	switch (gate) {
	case GATE_PASS:
		return 0;
	case GATE_STOP:
		/* EHLO was answered: what failed is the next step. */
		if (err->kind == ERR_NOPERM)
			s->recorder.stage = STAGE_AUTH;
		else if (err->kind == ERR_PROTOCOL)
			s->recorder.stage = STAGE_TLS;
		return session_end(s, err);
	case GATE_PLAIN:
		choose_plain(s);
		break;
	case GATE_MECHANISM:
		s->mechanisms = mechanisms;
		break;
	}
	s->stop = SESSION_AGAIN;
	return -1;
}

int
session_check_message(struct smtp_session *s)
{
	struct policy policy = make_policy(s, s->transaction);
	struct error err = ERROR_INIT;

	if (gate_message(&policy, &s->recorder.offers, &err) == GATE_PASS)
		return 0;
	return session_end(s, &err);
}

bool
session_admits(const struct smtp_session *s, const struct transaction *t)
{
	struct policy policy = make_policy(s, t);
	struct error ignored = ERROR_INIT;

	return gate_message(&policy, &s->recorder.offers, &ignored) ==
	    GATE_PASS;
}

static int
judge_ehlo(struct smtp_session *s)
{
	struct policy policy = make_policy(s, s->transaction);
	struct error err = ERROR_INIT;
	unsigned mechanisms = 0;
	enum gate gate;

	if (policy.tls) {
		tell_tls(s);
		if (check_certificate(s) != 0)
			return -1;
	}
	if (reply_class(&s->recorder.last) == 2)
		gate =
		    gate_ehlo(&policy, &s->recorder.offers, &mechanisms, &err);
	else
		gate = gate_no_ehlo(&policy, &s->recorder.last, &err);
	return apply_gate(s, gate, mechanisms, &err);
}

static void
tell_connected(struct smtp_session *s)
{
	auto_free char *text = NULL;
	char *address = NULL;

	if (curl_easy_getinfo(s->easy, CURLINFO_PRIMARY_IP, &address) !=
		CURLE_OK ||
	    address == NULL)
		return;
	(void)snprintf(s->peer, sizeof(s->peer), "%s", address);
	text = mem_printf("%s -> %s", s->server, s->peer);
	step(s, "connect", text);
}

/* A reply is complete: may libcurl go on? */
static int
judge(struct smtp_session *s)
{
	struct recorder *r = &s->recorder;

	if (r->answered == VERB_EHLO)
		return judge_ehlo(s);
	if (r->answered == VERB_RCPT && s->transaction->check &&
	    r->next == r->recipient_count) {
		s->stop = SESSION_DONE;
		return -1;
	}
	return 0;
}

int
session_bad_line(struct smtp_session *s)
{
	const struct recorder *r = &s->recorder;
	struct policy policy = make_policy(s, s->transaction);
	struct error err = ERROR_INIT;

	if (recorder_waiting(r) == VERB_GREETING)
		gate_not_smtp(&policy, r->bad, &err);
	else
		(void)error_set(&err, ERR_PROTOCOL,
		    "%s answered %s with what is no reply: %s", s->server,
		    verb_name(recorder_waiting(r)), r->bad);
	return session_end(s, &err);
}

size_t
session_on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct smtp_session *s = ctx;
	int verdict = 0;

	n *= size;
	/* Before the first line is shown: what it came by. */
	if (!s->recorder.heard) {
		tell_connected(s);
		if (s->endpoint.tls == TLS_SSL)
			tell_tls(s);
	}
	switch (recorder_server(&s->recorder, data, n)) {
	case RECORD_MORE:
		break;
	case RECORD_REPLY:
		verdict = judge(s);
		break;
	case RECORD_BAD:
		verdict = session_bad_line(s);
		break;
	}
	return verdict == 0 ? n : 0;
}
