/* SPDX-License-Identifier: MIT */
/*
 * A person logs in: in a browser on this machine (RFC 8252, with PKCE as of RFC
 * 7636), or with a code on another device (RFC 8628).
 */
#ifndef MITTO_LOGIN_H
#define MITTO_LOGIN_H

#include "oauth/grant.h"

#define LOGIN_SECONDS 600 /* a person has that long in the browser */

/* What the person is to be told.  All texts are untrusted. */
struct login_prompt {
	void *ctx;
	/* Open this address in a browser on this machine. */
	void (*open)(void *ctx, const char *url);
	/* Open `url` anywhere and type `code`; `complete` holds it already (""
	 * if there is none). */
	void (*code)(
	    void *ctx, const char *url, const char *code, const char *complete);
};

/*
 * Get tokens, by a browser or by a device.  ERR_CONFIG when the service has no
 * such way, ERR_NOPERM when the person or the service says no, or too late,
 * ERR_TEMPORARY when nobody comes or the service does not answer,
 * ERR_PROTOCOL, ERR_INTERRUPTED.
 */
int login_by_browser(struct token *out, const struct oauth *o,
    const struct login_prompt *prompt, struct error *err) MUST_CHECK;
int login_by_device(struct token *out, const struct oauth *o,
    const struct login_prompt *prompt, struct error *err) MUST_CHECK;

/*
 * Seconds to wait before the next question about a device code, after an answer
 * of this kind, where it was `interval` before: RFC 8628 section 3.5.
 */
long login_interval(long interval, enum oauth_error answer);

#endif
