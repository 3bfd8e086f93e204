/* SPDX-License-Identifier: MIT */
/*
 * Every option of the easy handle that makes the session; none may fail.
 */
#include "smtp/session.h"

#include "base/mem.h"
#include "smtp/auth.h"
#include "smtp/deadline.h"

#include <string.h>

/* An option that libcurl refuses would leave a default in force: note it. */
#define SET(s, option, value) \
	do { \
		CURLcode rc_ = curl_easy_setopt((s)->easy, option, value); \
\
		if (rc_ != CURLE_OK && refused == NULL) \
			refused = #option; \
	} while (0)

char *
session_url(const struct smtp_session *s, CURL *easy, bool tls)
{
	const char *host = s->endpoint.host;
	const char *zone = strchr(host, '%');
	char *helo = curl_easy_escape(easy, s->helo, 0);
	char *url;

	if (strchr(host, ':') == NULL)
		url = mem_printf("smtp%s://%s:%d/%s", tls ? "s" : "", host,
		    s->endpoint.port, helo != NULL ? helo : "");
	else
		url = mem_printf("smtp%s://[%.*s%s%s]:%d/%s", tls ? "s" : "",
		    zone != NULL ? (int)(zone - host) : (int)strlen(host), host,
		    zone != NULL ? "%25" : "", zone != NULL ? zone + 1 : "",
		    s->endpoint.port, helo != NULL ? helo : "");
	curl_free(helo);
	return url;
}

void
session_network(const struct smtp_session *s, CURL *easy)
{
	const struct settings *set = s->settings;
	long family = CURL_IPRESOLVE_WHATEVER;

	if (set->ipv4 != set->ipv6)
		family = set->ipv4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6;
	(void)curl_easy_setopt(easy, CURLOPT_IPRESOLVE, family);
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	/* Without these the environment would decide. */
	(void)curl_easy_setopt(
	    easy, CURLOPT_PROXY, set->proxy != NULL ? set->proxy : "");
	(void)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	if (set->interface != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_INTERFACE, set->interface);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs must not hold up the exit. */
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static const char *
set_transfer(struct smtp_session *s)
{
	const char *refused = NULL;
	bool ssl = s->endpoint.tls == TLS_SSL;
	auto_free char *url = session_url(s, s->easy, ssl);
	/* libcurl divides this among the addresses of a host; from the moment
	 * of the connection it counts no more (callbacks.c). */
	int64_t connect = deadline_limit(&s->recorder, s->settings->timeout.ms);

	session_network(s, s->easy);
	SET(s, CURLOPT_URL, url);
	SET(s, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(s, CURLOPT_CONNECTTIMEOUT_MS, (long)connect + 2000L);
	SET(s, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(s, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
	SET(s, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(s, CURLOPT_VERBOSE, 1L);
	SET(s, CURLOPT_NOPROGRESS, 0L);
	SET(s, CURLOPT_ERRORBUFFER, s->words);
	SET(s, CURLOPT_DEBUGFUNCTION, session_on_debug);
	SET(s, CURLOPT_DEBUGDATA, s);
	SET(s, CURLOPT_HEADERFUNCTION, session_on_header);
	SET(s, CURLOPT_HEADERDATA, s);
	SET(s, CURLOPT_XFERINFOFUNCTION, session_on_progress);
	SET(s, CURLOPT_XFERINFODATA, s);
	SET(s, CURLOPT_OPENSOCKETFUNCTION, session_on_open);
	SET(s, CURLOPT_OPENSOCKETDATA, s);
	SET(s, CURLOPT_CLOSESOCKETFUNCTION, session_on_close);
	SET(s, CURLOPT_CLOSESOCKETDATA, s);
	return refused;
}

static const char *
set_tls(struct smtp_session *s)
{
	const struct settings *set = s->settings;
	bool plain = s->endpoint.tls == TLS_PLAIN || s->in_clear;
	bool verify = !set->insecure && !s->certificate.pinned;
	const char *refused = NULL;

	/* Never CURLUSESSL_TRY: it sends the password in clear when the server,
	 * or somebody between, takes STARTTLS away. */
	SET(s, CURLOPT_USE_SSL,
	    plain ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	SET(s, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(s, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	SET(s, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	/* A resumed session shows no certificate to check. */
	SET(s, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(s, CURLOPT_SSL_CTX_FUNCTION, session_on_ssl);
	SET(s, CURLOPT_SSL_CTX_DATA, s);
	if (!verify) {
		SET(s, CURLOPT_CAINFO, NULL);
		SET(s, CURLOPT_CAPATH, NULL);
	} else if (s->trust.file != NULL) {
		SET(s, CURLOPT_CAINFO, s->trust.file);
		SET(s, CURLOPT_CAPATH, s->trust.directory);
	}
	if (set->cert != NULL)
		SET(s, CURLOPT_SSLCERT, set->cert);
	if (set->key != NULL)
		SET(s, CURLOPT_SSLKEY, set->key);
	return refused;
}

static const char *
set_login(struct smtp_session *s)
{
	const struct settings *set = s->settings;
	enum auth_mode mode = auth_mode(set);
	const char *refused = NULL;
	char options[128];

	if (!auth_configured(set))
		return NULL;
	auth_options(options, s->mechanisms);
	SET(s, CURLOPT_LOGIN_OPTIONS, options);
	SET(s, CURLOPT_SASL_IR, 1L);
	SET(s, CURLOPT_USERNAME, set->user != NULL ? set->user : "");
	if (mode == AUTH_EXTERNAL)
		return refused;
	if (auth_is_token(mode))
		SET(s, CURLOPT_XOAUTH2_BEARER, s->password.text);
	else
		SET(s, CURLOPT_PASSWORD, s->password.text);
	return refused;
}

int
session_configure(struct smtp_session *s, struct error *err)
{
	const char *refused;

	s->easy = curl_easy_init();
	if (s->easy == NULL)
		return error_set(err, ERR_OS, "libcurl does not start");
	recorder_connect(&s->recorder);
	refused = set_transfer(s);
	if (refused == NULL)
		refused = set_tls(s);
	if (refused == NULL)
		refused = set_login(s);
	if (refused == NULL)
		return 0;
	session_drop(s);
	return error_set(err, ERR_CONFIG,
	    "this libcurl (%s) does not take the option %s",
	    curl_version_info(CURLVERSION_NOW)->version, refused);
}
