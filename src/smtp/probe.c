/* SPDX-License-Identifier: MIT */
/*
 * One TLS handshake with a port that keeps silent; nothing is said beyond it.
 */
#include "smtp/session.h"

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

bool
session_probe(const struct smtp_session *s)
{
	CURL *easy = curl_easy_init();
	curl_off_t done = 0;
	char *url;

	if (easy == NULL)
		return false;
	url = session_url(s, easy, true);
	session_network(s, easy);
	(void)curl_easy_setopt(easy, CURLOPT_URL, url);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, PROBE_MS);
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
	free(url);
	return done > 0;
}
