/* SPDX-License-Identifier: MIT */
/*
 * CURLcodes in the words of mail, for the cases where no reply was heard.
 */
#include "smtp/session.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

/* What libcurl says, or its phrase for the code. */
static const char *
words(const struct smtp_session *s, CURLcode rc)
{
	return s->words[0] != '\0' ? s->words : curl_easy_strerror(rc);
}

static void
unknown_proxy(struct error *err)
{
	(void)error_set(
	    err, ERR_NOHOST, "the name of the proxy (--proxy) does not exist");
}

/* libcurl does not tell "no such name" from "ask again later", nor the name of
 * a SOCKS proxy from that of the server. */
static void
unknown_host(const struct smtp_session *s, struct error *err)
{
	const char *host = s->endpoint.host;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct hint_facts facts = session_facts(s);
	struct addrinfo *found = NULL;
	int why;

	if (s->settings->proxy != NULL && s->words[0] != '\0' &&
	    strstr(s->words, host) == NULL) {
		unknown_proxy(err);
		return;
	}
	why = getaddrinfo(host, NULL, &hints, &found);
	if (found != NULL)
		freeaddrinfo(found);
	if (why == 0 || why == EAI_AGAIN) {
		(void)error_set(err, ERR_TEMPORARY,
		    "the name of the server '%s' cannot be looked up now",
		    host);
		return;
	}
	(void)error_set(
	    err, ERR_NOHOST, "there is no server with the name '%s'", host);
	facts.name = hint_nearest_host(host);
	hint_set(err,
	    facts.name != NULL ? HINT_DID_YOU_MEAN : HINT_UNKNOWN_HOST, &facts);
}

static void
lost_at_proxy(const struct smtp_session *s, struct error *err)
{
	(void)error_set(err, ERR_TEMPORARY,
	    "no connection to %s through the proxy: %s", s->server, s->words);
}

static void
no_connection(const struct smtp_session *s, struct error *err)
{
	struct hint_facts facts = session_facts(s);
	long number = 0;

	if (s->settings->proxy != NULL) {
		lost_at_proxy(s, err);
		return;
	}
	if (s->endpoint.guessed) {
		(void)error_set(err, ERR_CONFIG,
		    "no server is configured, and none listens on %s",
		    s->server);
		hint_set(err, HINT_NO_SERVER, &facts);
		return;
	}
	(void)curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &number);
	if (number != 0) {
		(void)error_errno(err, ERR_TEMPORARY, (int)number,
		    "cannot connect to %s", s->server);
	} else if (s->words[0] == '\0' &&
	    s->settings->ipv4 != s->settings->ipv6) {
		/* libcurl drops the address without a word. */
		(void)error_set(err, ERR_TEMPORARY, "%s has no %s address",
		    s->server, s->settings->ipv4 ? "IPv4" : "IPv6");
		hint_set(err, HINT_FAMILY, &facts);
		return;
	} else
		(void)error_set(err, ERR_TEMPORARY, "cannot connect to %s: %s",
		    s->server, s->words);
	hint_set(err, s->endpoint.port == 25 ? HINT_REFUSED_25 : HINT_REFUSED,
	    &facts);
}

/* What answered the handshake was no TLS, not even a refusal in its words: ask
 * what it is.  False when that does not say it either. */
static bool
is_other_mode(const struct smtp_session *s, struct error *err)
{
	struct hint_facts facts = session_facts(s);
	struct policy policy = { .server = s->server, .facts = facts };
	struct probe found;

	if (s->endpoint.tls != TLS_SSL || strstr(s->words, "alert") != NULL)
		return false;
	session_probe_clear(s, &found);
	if (found.smtp) {
		(void)error_set(err, ERR_PROTOCOL,
		    "%s does not speak TLS from the first byte", s->server);
		hint_set(err,
		    found.starttls ? HINT_USE_STARTTLS : HINT_USE_PLAIN,
		    &facts);
	} else if (found.line[0] != '\0') {
		gate_not_smtp(&policy, found.line, err);
	}
	return found.line[0] != '\0';
}

static void
bad_handshake(const struct smtp_session *s, struct error *err)
{
	if (is_other_mode(s, err))
		return;
	(void)error_set(err, ERR_PROTOCOL, "no TLS with %s: %s", s->server,
	    words(s, CURLE_SSL_CONNECT_ERROR));
}

static void
lost(const struct smtp_session *s, struct error *err)
{
	const struct recorder *r = &s->recorder;
	enum verb verb = recorder_waiting(r);

	if (r->stage == STAGE_BODY && r->dot)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s closed the connection before it confirmed the message",
		    s->server);
	else if (r->stage == STAGE_BODY)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s closed the connection in the middle of the message",
		    s->server);
	else if (verb == VERB_GREETING && s->settings->proxy != NULL)
		lost_at_proxy(s, err);
	else if (verb == VERB_GREETING)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s closed the connection without a greeting", s->server);
	else
		(void)error_set(err, ERR_TEMPORARY,
		    "%s closed the connection instead of answering %s",
		    s->server, verb_name(verb));
}

static void
bad_file(const struct smtp_session *s, CURLcode rc, struct error *err)
{
	const struct settings *set = s->settings;
	struct hint_facts facts = session_facts(s);

	if (rc == CURLE_SSL_CERTPROBLEM) {
		(void)error_set(err, ERR_CONFIG,
		    "the client certificate '%s' cannot be used: %s",
		    set->cert != NULL ? set->cert : "", words(s, rc));
		return;
	}
	(void)error_set(err, ERR_OSFILE,
	    "the CA certificates '%s' cannot be used",
	    s->trust.file != NULL ? s->trust.file : "of the system");
	hint_set(err, HINT_CACERT, &facts);
}

/* What the user's own settings make impossible; false if it is none of these.
 */
static bool
bad_setting(const struct smtp_session *s, CURLcode rc, struct error *err)
{
	const struct settings *set = s->settings;

	switch ((int)rc) {
	case CURLE_COULDNT_RESOLVE_PROXY:
		unknown_proxy(err);
		return true;
	case CURLE_INTERFACE_FAILED:
		(void)error_set(err, ERR_CONFIG,
		    "cannot send from the interface '%s'",
		    set->interface != NULL ? set->interface : "");
		return true;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		bad_file(s, rc, err);
		return true;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_NOT_BUILT_IN:
	case CURLE_UNKNOWN_OPTION:
	case CURLE_URL_MALFORMAT:
		(void)error_set(err, ERR_CONFIG,
		    "libcurl cannot do what is asked for: %s", words(s, rc));
		return true;
	default:
		return false;
	}
}

void
session_failure(const struct smtp_session *s, CURLcode rc, struct error *err)
{
	struct hint_facts facts = session_facts(s);

	if (bad_setting(s, rc, err))
		return;
	switch ((int)rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
		unknown_host(s, err);
		break;
	case CURLE_COULDNT_CONNECT:
		no_connection(s, err);
		break;
	case CURLE_PROXY:
		lost_at_proxy(s, err);
		break;
	case CURLE_SSL_CONNECT_ERROR:
		bad_handshake(s, err);
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
		certificate_explain(&s->certificate, s->server, &facts, err);
		break;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_REMOTE_ACCESS_DENIED:
	case CURLE_USE_SSL_FAILED:
		(void)error_set(err, ERR_PROTOCOL,
		    "%s sent something out of place after %s", s->server,
		    verb_name(s->recorder.answered));
		break;
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		lost(s, err);
		break;
	default:
		(void)error_set(err, ERR_TEMPORARY, "%s: %s (libcurl %d)",
		    s->server, words(s, rc), (int)rc);
	}
}
