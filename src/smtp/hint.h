/* SPDX-License-Identifier: MIT */
/*
 * The next thing to type, for each situation and for what servers are known to
 * mean by their replies.  The table is hints.def.
 *
 * A hint is never set twice: the first one, the nearest to the cause, stays.
 * It has two lines: the cause with a colon, and the cure, which can be typed.
 */
#ifndef MITTO_HINT_H
#define MITTO_HINT_H

#include "base/error.h"
#include "settings/provider.h"
#include "smtp/outcome.h"

struct hint_facts {
	const char *host;
	int port;
	const char *user;        /* NULL when no login is configured */
	const char *sender;      /* of the envelope, or NULL */
	const char *own;         /* the account's own address, or NULL */
	const char *name;        /* what the situation is about, or NULL */
	const char *fingerprint; /* SHA-256 of the certificate, or NULL */
	const struct provider *provider; /* whose server it is, or NULL */
};

#define SITUATION(name, cause, cure) HINT_##name,
#define REPLY(stages, code, enhanced, words, provider, cause, cure)
enum hint {
#include "smtp/hints.def"
	HINT_COUNT,
};
#undef SITUATION
#undef REPLY

void hint_set(struct error *err, enum hint hint, const struct hint_facts *f);

/* The hint for a refusal, by stage, code, the server's words and provider; each
 * reply of class 4 and 5 has one. */
void hint_for_reply(struct error *err, enum stage stage,
    const struct reply *reply, const struct hint_facts *f);

/* The known server whose name is nearest to a mistyped one, or NULL. */
const char *hint_nearest_host(const char *host);

#endif
