/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request, for what belongs to a mail account and is fetched from the
 * web: tokens, settings.  It lives here because this folder is libcurl's home.
 */
#ifndef MITTO_FETCH_H
#define MITTO_FETCH_H

#include "base/error.h"
#include "settings/settings.h"

#include <stdbool.h>
#include <stddef.h>

#define FETCH_SECONDS 30          /* for all of it */
#define FETCH_MAX     (64 * 1024) /* bytes of an answer */

struct fetched {
	int status; /* of HTTP: 200 */
	char *body; /* NUL-terminated; may hold a secret */
	size_t length;
};

/* Is it an https URL, or an http one of this very machine (127.0.0.0/8, ::1,
 * localhost)?  A login or a fragment in it is refused. */
bool fetch_may(const char *url);

/*
 * GET url, or POST `form` (application/x-www-form-urlencoded) when it is not
 * NULL.  Certificates are always checked, against the authorities of the
 * system.  Of the settings only proxy, ipv4 and ipv6 count; without a proxy
 * there, those of the environment (https_proxy) do.  A GET follows three
 * redirections to https, a POST none.
 *
 * 0 with any HTTP status: it is the caller's to judge.  ERR_CONFIG for a URL
 * that fetch_may() refuses, ERR_TEMPORARY when there is no answer in time,
 * ERR_PROTOCOL for a certificate, an answer that is no HTTP, or one of more
 * than FETCH_MAX bytes, ERR_INTERRUPTED once *interrupted (may be NULL) is set.
 * No error shows anything of the URL but its host.  *out is to be released in
 * any case.
 */
int fetch(struct fetched *out, const char *url, const char *form,
    const struct settings *s, const volatile int *interrupted,
    struct error *err) MUST_CHECK;

/* Wipe and free. */
void fetched_release(struct fetched *f);

#define auto_fetched CLEANUP(fetched_release)

#endif
