/* SPDX-License-Identifier: MIT */
/*
 * Sessions begin and end here.
 */
#include "smtp/smtp.h"

#include "base/mem.h"
#include "smtp/auth.h"
#include "smtp/helo.h"
#include "smtp/session.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

struct dsn
smtp_dsn(const struct settings *set)
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

static void
on_line(void *ctx, bool from_server, const char *text, size_t len)
{
	const struct smtp_session *s = ctx;

	if (s->observer.line != NULL)
		s->observer.line(s->observer.ctx, from_server, text, len);
}

/* What can be known to fail before anything is connected. */
static int
check_policy(const struct smtp_session *s, struct error *err)
{
	const struct settings *set = s->settings;
	const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
	struct hint_facts facts = session_facts(s);

	if (auth_check(set, &s->password, err) != 0)
		return -1;
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
	    : s->settings->key != NULL                       ? "key"
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
	s->mechanisms = auth_allowed(auth_mode(set), e->tls != TLS_PLAIN);
	recorder_init(&s->recorder, on_line, s);
	if (password != NULL && secret_is_set(password)) {
		secret_set(
		    &s->password, password->text, strlen(password->text));
		redact_add(&s->recorder.redactor, password->text,
		    strlen(password->text));
	}
	/* A process that ends has no need of tidying up, which would take a
	 * hundredth of the time of a small mail. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
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
	free(s->due.recipients);
	free(s->coming.recipients);
	free(s->helo);
	free(s);
	curl_global_cleanup();
}
