/* SPDX-License-Identifier: MIT */
/*
 * What became of a message, recipient by recipient.  Both lanes fill it the
 * same way; the report and the exit status are made from nothing else.
 */
#ifndef MITTO_OUTCOME_H
#define MITTO_OUTCOME_H

#include "base/error.h"
#include "smtp/reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage { /* SPEC 9, "stage" */
	STAGE_CONNECT,
	STAGE_TLS,
	STAGE_GREETING, /* greeting and EHLO */
	STAGE_AUTH,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_BODY, /* the message and the reply to the final dot */
	STAGE_DONE,
};

enum recipient_state {
	RECIPIENT_UNTRIED,  /* nothing was said about it: "unknown" in JSON */
	RECIPIENT_PENDING,  /* RCPT accepted, final reply not seen */
	RECIPIENT_ACCEPTED, /* 2xx after the final dot (--check: after RCPT) */
	RECIPIENT_DEFERRED, /* 4xx, or no reply before the dot */
	RECIPIENT_REFUSED,  /* 5xx */
	RECIPIENT_UNKNOWN,  /* the dot went out, no reply came: in doubt */
};

struct recipient {
	char *address;          /* as it goes on the wire, without brackets */
	const char *parameters; /* as of the envelope, borrowed */
	enum recipient_state state;
	struct reply reply; /* the reply that decided, if there was one */
};

/* Wishes for delivery reports (RFC 3461) that hold for the whole message; NULL
 * = none. */
struct dsn {
	const char *notify; /* words with commas between, in any case */
	const char *parts;  /* "HDRS" or "FULL" */
	const char *envid;  /* printable ASCII */
};

struct envelope {
	const char *sender; /* wire form, "" = null sender */
	const char *const *recipients;
	/* What is asked for each of them, as text/dsn.h says it; it goes
	 * before dsn.notify.  NULL if for none; all live as long as the
	 * message is on its way. */
	const char *const *parameters;
	size_t count;
	bool smtputf8; /* some address, here or in the header, is not ASCII */
	struct dsn dsn;
};

struct outcome {
	struct recipient *recipients; /* same order as the envelope */
	size_t count;
	enum stage stage;      /* the last one reached */
	struct reply reply;    /* the last deciding reply */
	char server[280];      /* "host:port" */
	char tls[32];          /* "TLSv1.3", empty without TLS */
	char cipher[64];       /* the same */
	char peer[64];         /* the address it was, empty = not connected */
	char certificate[256]; /* subject, issuer and days left, also of one
				* that was not trusted */
	bool distrusted;       /* and that is why it ended */
	int64_t size;          /* bytes of the message */
	int64_t elapsed_ms;
	bool in_doubt;
	struct error error; /* kind ERR_NONE when every recipient accepted */
};

void outcome_init(struct outcome *o, const struct envelope *e);
void outcome_release(struct outcome *o);

size_t outcome_count(const struct outcome *o, enum recipient_state state);

const char *stage_name(enum stage stage);
const char *recipient_state_name(enum recipient_state state);

#endif
