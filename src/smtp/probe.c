/* SPDX-License-Identifier: MIT */
/*
 * Which mode a port is in, by asking it once: one TLS handshake with a port
 * that keeps silent, nothing is said beyond it; or EHLO in the clear to one
 * that does not answer a handshake.
 */
#include "smtp/session.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PROBE_MS 3000L

/* The handshake is the answer: end there. */
static int
on_progress(void *ctx, curl_off_t dltotal UNUSED, curl_off_t dlnow UNUSED,
    curl_off_t ultotal UNUSED, curl_off_t ulnow UNUSED)
{
	curl_off_t done = 0;

	return curl_easy_getinfo(ctx, CURLINFO_APPCONNECT_TIME_T, &done) ==
	    CURLE_OK &&
	    done > 0;
}

/* A handle that connects, in TLS or not, and no more; or NULL. */
static CURL *
make_handle(const struct smtp_session *s, bool tls)
{
	CURL *easy = curl_easy_init();
	auto_free char *url = NULL;

	if (easy == NULL)
		return NULL;
	url = session_url(s, easy, tls);
	session_network(s, easy);
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, PROBE_MS);
	return easy;
}

bool
session_probe(const struct smtp_session *s)
{
	CURL *easy = make_handle(s, true);
	curl_off_t done = 0;

	if (easy == NULL)
		return false;
	/* Nothing is sent that would need a trusted peer. */
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, easy);
	(void)curl_easy_perform(easy);
	(void)curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &done);
	curl_easy_cleanup(easy);
	return done > 0;
}

static size_t
on_line(char *data, size_t size, size_t n, void *ctx)
{
	static const char keyword[] = "STARTTLS";
	struct probe *found = ctx;

	n *= size;
	if (found->line[0] == '\0') {
		(void)snprintf(
		    found->line, sizeof(found->line), "%.*s", (int)n, data);
		found->line[strcspn(found->line, "\r\n")] = '\0';
		found->smtp = strncmp(found->line, "220", 3) == 0;
	} else if (n > 4 + sizeof(keyword) - 1 &&
	    strncasecmp(data + 4, keyword, sizeof(keyword) - 1) == 0) {
		found->starttls = true;
	}
	return n;
}

void
session_probe_clear(const struct smtp_session *s, struct probe *found)
{
	CURL *easy = make_handle(s, false);

	*found = (struct probe){ .smtp = false };
	if (easy == NULL)
		return;
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, found);
	(void)curl_easy_perform(easy);
	/* What libcurl waits for the reply to its QUIT. */
	(void)curl_easy_setopt(
	    easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, SESSION_QUIT_WAIT);
	curl_easy_cleanup(easy);
}
