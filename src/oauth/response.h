/* SPDX-License-Identifier: MIT */
/*
 * What a login service answers: JSON objects of RFC 6749 section 5 and RFC 8628
 * section 3.
 */
#ifndef MITTO_RESPONSE_H
#define MITTO_RESPONSE_H

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>

#define TOKEN_MAX 6000 /* bytes of a token that is taken */

/* The error codes that mean something to us. */
enum oauth_error {
	OAUTH_OK,
	OAUTH_PENDING,   /* authorization_pending: ask again */
	OAUTH_SLOW_DOWN, /* ask again, less often */
	OAUTH_DENIED,    /* access_denied: the person said no */
	OAUTH_EXPIRED,   /* expired_token: the code is too old */
	OAUTH_GRANT,     /* invalid_grant: revoked, expired, used */
	OAUTH_OTHER,
};

/* An error answer. */
struct error_response {
	enum oauth_error code;
	char error[64];        /* its name; untrusted */
	char description[240]; /* untrusted, "" if there is none */
};

struct token {
	struct secret access;
	struct secret refresh; /* unset when no new one was given */
	long expires_in;       /* seconds; 0 = not said */
};

struct device_code {
	struct secret code; /* for the token endpoint */
	char user_code[64]; /* for the person; untrusted, as are the URLs */
	char url[512];
	char complete_url[768]; /* with the code in it, "" if there is none */
	long expires_in;        /* seconds */
	long interval;          /* seconds between two questions */
};

/* Can JSON be read at all (json_can_read)?  If not, everything below fails for
 * the same reason. */
bool response_can_read(struct error *err);

/*
 * The answer of the token endpoint: 0 with *out, or with *no when its code is
 * not OAUTH_OK.  ERR_PROTOCOL when it is neither: no JSON object, members
 * of another type, a token that is no bearer token, too long, or holds more
 * than printable ASCII.  Released by token_release() in any case.
 */
int response_token(struct token *out, struct error_response *no,
    const char *text, size_t len, struct error *err) MUST_CHECK;

/* The answer of the device authorization endpoint, in the same way. */
int response_device(struct device_code *out, struct error_response *no,
    const char *text, size_t len, struct error *err) MUST_CHECK;

/* What an error code is called in RFC 6749, 8628. */
enum oauth_error response_error(const char *error);

void token_release(struct token *t);
void device_code_release(struct device_code *d);

#define auto_token       CLEANUP(token_release)
#define auto_device_code CLEANUP(device_code_release)

#endif
