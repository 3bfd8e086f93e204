/* SPDX-License-Identifier: MIT */
/*
 * The token endpoint (RFC 6749 section 3.2): something is shown, tokens come
 * back.
 */
#ifndef MITTO_GRANT_H
#define MITTO_GRANT_H

#include "oauth/response.h"
#include "oauth/service.h"

/* On whose behalf, by whose leave. */
struct oauth {
	const struct settings *settings;
	struct service service;
	const volatile int *interrupted; /* may be NULL */
};

/* What was agreed on when a browser was sent away. */
struct authorization {
	const char *code;     /* a secret, as is the verifier */
	const char *redirect; /* the redirect URI as it was sent */
	const char *verifier; /* RFC 7636 */
};

/*
 * Each asks once: 0 with *out, or with *no when the service refused and that is
 * the caller's to judge.  Else ERR_TEMPORARY (no answer, HTTP 429 and 5xx),
 * ERR_PROTOCOL, ERR_INTERRUPTED as of fetch() and response_token().
 */
int grant_code(struct token *out, struct error_response *no,
    const struct oauth *o, const struct authorization *a, struct error *err)
    MUST_CHECK;
int grant_device(struct token *out, struct error_response *no,
    const struct oauth *o, const struct secret *code, struct error *err)
    MUST_CHECK;
int grant_refresh(struct token *out, struct error_response *no,
    const struct oauth *o, const struct secret *refresh, struct error *err)
    MUST_CHECK;

/* The device authorization endpoint, RFC 8628 section 3.1. */
int grant_begin_device(struct device_code *out, struct error_response *no,
    const struct oauth *o, struct error *err) MUST_CHECK;

/* A refusal that nothing can be done about, as an error: ERR_NOPERM. */
int grant_explain(
    const struct oauth *o, const struct error_response *no, struct error *err);

#endif
