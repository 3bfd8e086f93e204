/* SPDX-License-Identifier: MIT */
/*
 * The other end of the redirect URI: a web server for one answer, on this
 * machine's loopback address (RFC 8252 section 7.3).
 */
#ifndef MITTO_REDIRECT_H
#define MITTO_REDIRECT_H

#include "base/error.h"
#include "base/secret.h"

struct redirect {
	int fd; /* listens; -1 when there is none */
	int port;
};

/* Listen on 127.0.0.1, on a free port.  ERR_OS. */
int redirect_open(struct redirect *r, struct error *err) MUST_CHECK;
void redirect_close(struct redirect *r);

/* What the browser brought. */
struct redirected {
	struct secret code;
	char error[64];        /* instead of it, or ""; untrusted */
	char description[240]; /* untrusted */
};

/*
 * Wait, at most `seconds`, until a browser comes with `state` (RFC 6749 section
 * 10.12); whoever comes with another one, or for another page, is told so and
 * sent away.  The browser gets a page that says how it went.  ERR_TEMPORARY
 * after the time, ERR_INTERRUPTED once *interrupted (may be NULL) is set,
 * ERR_OS.
 */
int redirect_wait(struct redirected *out, const struct redirect *r,
    const char *state, int seconds, const volatile int *interrupted,
    struct error *err) MUST_CHECK;

void redirected_release(struct redirected *r);

#define auto_redirect   CLEANUP(redirect_close)
#define auto_redirected CLEANUP(redirected_release)

/* For redirect_wait, and for its tests: the request in text (a whole header).
 * The status to answer with; *out is filled when that is 200. */
int redirect_read(struct redirected *out, const char *text, const char *state);

#endif
