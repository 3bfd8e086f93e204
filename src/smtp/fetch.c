/* SPDX-License-Identifier: MIT */
/*
 * An easy handle of its own: nothing is shared with a session, nothing is kept,
 * and no line of it is shown to anybody.
 */
#include "smtp/fetch.h"

#include "base/mem.h"
#include "base/secret.h"
#include "smtp/trust.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_SECONDS 15L
#define REDIRECTIONS    3L

/* A request under way. */
struct transfer {
	CURL *easy;
	struct fetched *out;
	bool too_much;
	const volatile int *interrupted;
	char words[CURL_ERROR_SIZE];
};

/* --- which URLs ----------------------------------------------------------- */

static char *
part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL, *copy = NULL;

	if (curl_url_get(url, part, &text, 0) == CURLUE_OK)
		copy = mem_strdup(text);
	curl_free(text);
	return copy;
}

static bool
is_loopback(const char *host)
{
	return strcasecmp(host, "localhost") == 0 ||
	    strcmp(host, "[::1]") == 0 ||
	    (strncmp(host, "127.", 4) == 0 &&
		host[strspn(host, "0123456789.")] == '\0');
}

/* The host of a URL that may be asked, or NULL. */
static char *
host_of(const char *text)
{
	CURLU *url = curl_url();
	auto_free char *scheme = NULL, *host = NULL, *user = NULL, *hash = NULL;
	bool good = false;

	if (url != NULL &&
	    curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
		scheme = part_of(url, CURLUPART_SCHEME);
		host = part_of(url, CURLUPART_HOST);
		user = part_of(url, CURLUPART_USER);
		hash = part_of(url, CURLUPART_FRAGMENT);
	}
	curl_url_cleanup(url);
	if (scheme != NULL && host != NULL && user == NULL && hash == NULL)
		good = strcmp(scheme, "https") == 0 ||
		    (strcmp(scheme, "http") == 0 && is_loopback(host));
	return good ? steal(host) : NULL;
}

bool
fetch_may(const char *url)
{
	auto_free char *host = host_of(url);

	return host != NULL;
}

/* --- one request ---------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;

	t->too_much = len > FETCH_MAX - t->out->length;
	if (t->too_much)
		return 0;
	memcpy(t->out->body + t->out->length, data, len);
	t->out->length += len;
	return len;
}

static int
on_progress(void *ctx, curl_off_t dltotal UNUSED, curl_off_t dlnow UNUSED,
    curl_off_t ultotal UNUSED, curl_off_t ulnow UNUSED)
{
	const struct transfer *t = ctx;

	return t->interrupted != NULL && *t->interrupted != 0;
}

static void
set_request(struct transfer *t, const char *url, const char *form)
{
	CURL *easy = t->easy;
	bool local = strncasecmp(url, "http:", 5) == 0;

	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(
	    easy, CURLOPT_PROTOCOLS_STR, local ? "http" : "https");
	(void)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	(void)curl_easy_setopt(easy, CURLOPT_MAXREDIRS, REDIRECTIONS);
	(void)curl_easy_setopt(
	    easy, CURLOPT_FOLLOWLOCATION, form == NULL ? 1L : 0L);
	(void)curl_easy_setopt(
	    easy, CURLOPT_USERAGENT, "mitto/" PACKAGE_VERSION);
	if (form != NULL)
		(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form);
	/* A login is nowhere but in the form. */
	(void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->words);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	if (local)
		(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void
set_network(const struct transfer *t, const struct settings *s,
    const struct trust *trust)
{
	long family = CURL_IPRESOLVE_WHATEVER;

	if (s->ipv4 != s->ipv6)
		family = s->ipv4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6;
	(void)curl_easy_setopt(t->easy, CURLOPT_IPRESOLVE, family);
	if (s->proxy != NULL)
		(void)curl_easy_setopt(t->easy, CURLOPT_PROXY, s->proxy);
	(void)curl_easy_setopt(
	    t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (trust->file == NULL)
		return;
	(void)curl_easy_setopt(t->easy, CURLOPT_CAINFO, trust->file);
	(void)curl_easy_setopt(t->easy, CURLOPT_CAPATH, trust->directory);
}

/* What libcurl's code means to the caller. */
static int
explain(
    const struct transfer *t, CURLcode rc, const char *host, struct error *err)
{
	const char *words =
	    t->words[0] != '\0' ? t->words : curl_easy_strerror(rc);

	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	if (t->too_much)
		return error_set(err, ERR_PROTOCOL,
		    "'%s' answers with more than %d bytes", host, FETCH_MAX);
	switch ((int)rc) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
		return error_set(err, ERR_PROTOCOL,
		    "no trustworthy answer from '%s': %s", host, words);
	default:
		return error_set(
		    err, ERR_TEMPORARY, "no answer from '%s': %s", host, words);
	}
}

int
fetch(struct fetched *out, const char *url, const char *form,
    const struct settings *s, const volatile int *interrupted,
    struct error *err)
{
	struct transfer t = { .out = out, .interrupted = interrupted };
	auto_free char *host = host_of(url);
	struct trust trust;
	long status = 0;
	CURLcode rc;

	*out = (struct fetched){ .body = mem_zero(FETCH_MAX + 1) };
	if (host == NULL) {
		(void)error_set(err, ERR_CONFIG, "this URL cannot be used");
		return error_hint(
		    err, "https://HOST/PATH; http:// only to 127.0.0.1");
	}
	if (trust_find(&trust, NULL, err) < 0)
		return -1;
	t.easy = curl_easy_init();
	if (t.easy == NULL) {
		trust_release(&trust);
		return error_set(err, ERR_OS, "libcurl does not start");
	}
	set_network(&t, s, &trust);
	set_request(&t, url, form);
	rc = curl_easy_perform(t.easy);
	(void)curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(t.easy);
	trust_release(&trust);
	out->status = (int)status;
	return rc == CURLE_OK ? 0 : explain(&t, rc, host, err);
}

void
fetched_release(struct fetched *f)
{
	if (f->body != NULL)
		secret_wipe(f->body, FETCH_MAX);
	free(f->body);
	*f = (struct fetched){ .body = NULL };
}
