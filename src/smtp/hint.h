/* SPDX-License-Identifier: MIT */
/*
 * The next thing to type, for each situation and for what servers are known to
 * mean by their replies.
 *
 * Texts stand in tables; {host}, {port}, {user}, {sender} and {name} are filled
 * in.  A hint is never set twice: the first one, the nearest to the cause,
 * stays.
 */
#ifndef MITTO_HINT_H
#define MITTO_HINT_H

#include "base/error.h"
#include "smtp/outcome.h"

struct hint_facts {
	const char *host;
	int port;
	const char *user;   /* NULL when no login is configured */
	const char *sender; /* of the envelope, or NULL */
	const char *name;   /* what the situation is about, or NULL */
};

enum hint {
	HINT_NO_SERVER,  /* nothing configured, nothing on localhost:25 */
	HINT_REFUSED,    /* nothing listens */
	HINT_REFUSED_25, /* the same on port 25 */
	HINT_UNKNOWN_HOST,
	HINT_DID_YOU_MEAN, /* {name} is a known host */
	HINT_USE_SSL,      /* the port speaks TLS at once */
	HINT_USE_STARTTLS, /* the port does not */
	HINT_NO_STARTTLS,
	HINT_NOT_SMTP,
	HINT_UNTRUSTED,  /* {name} is the certificate's SHA-256 */
	HINT_WRONG_NAME, /* the same */
	HINT_EXPIRED,
	HINT_FAMILY,
	HINT_PINNED, /* another certificate than the pinned one */
	HINT_NO_LOGIN_OFFERED,
	HINT_NO_LOGIN_25,
	HINT_MECHANISM,
	HINT_TOKEN_ONLY,
	HINT_BEARER_ONLY,
	HINT_EXTERNAL_ONLY, /* takes no passwords */
	HINT_CLEAR_PASSWORD,
	HINT_LOWER_CASE, /* an old libcurl sees capitals only */
	HINT_TOKEN_REFUSED,
	HINT_LOG_IN_AGAIN, /* {name} is the account */
	HINT_TOO_BIG,
	HINT_SMTPUTF8,
	HINT_CACERT,
	HINT_IN_DOUBT,
};

void hint_set(struct error *err, enum hint hint, const struct hint_facts *f);

/* The hint for a refusal, by provider, stage, code and the server's words; none
 * if nothing is known. */
void hint_for_reply(struct error *err, enum stage stage,
    const struct reply *reply, const struct hint_facts *f);

/* The known server whose name is nearest to a mistyped one, or NULL. */
const char *hint_nearest_host(const char *host);

#endif
