/* SPDX-License-Identifier: MIT */
/*
 * The minutes of a conversation: which stage, which command, which reply.
 *
 * Fed with every line of both sides, in order; whoever carries the lines
 * (libcurl's callbacks, or a lane of our own) does not matter.  Commands wait
 * in a queue until their reply is complete, so a group of pipelined commands is
 * recorded as well as a single one.  Where a command of a group was refused,
 * the replies to those behind it that needed it say nothing new and are left
 * out: the minutes read as if they had never been sent.  All verdicts are taken
 * from here.
 */
#ifndef MITTO_RECORDER_H
#define MITTO_RECORDER_H

#include "smtp/capability.h"
#include "smtp/outcome.h"
#include "smtp/redact.h"
#include "smtp/reply.h"

#include <stdbool.h>
#include <stddef.h>

#define RECORDER_GROUP 1024 /* commands without reply at any one time */

enum verb {
	VERB_NONE,
	VERB_GREETING, /* the reply that needs no command */
	VERB_EHLO,
	VERB_HELO,
	VERB_STARTTLS,
	VERB_AUTH, /* and each further line of the login */
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_QUIT,
	VERB_BODY, /* the final dot, or BDAT */
	VERB_OTHER,
};

enum record {
	RECORD_MORE,  /* the reply goes on */
	RECORD_REPLY, /* it is complete: r->answered, r->last */
	RECORD_BAD,   /* no reply line, or one that nobody asked for */
};

struct recorder {
	/* Sees each line, secrets replaced, without its line end; or NULL. */
	void (*show)(void *ctx, bool from_server, const char *text, size_t len);
	void *ctx;
	struct redactor redactor;

	/* the connection */
	enum stage stage;
	long long since; /* clock_ms() of the last step forward */
	enum verb waiting[RECORDER_GROUP];
	size_t head, count;
	bool login;                 /* AUTH is going on */
	bool tls_granted;           /* STARTTLS was answered with 220 */
	bool heard;                 /* the server said something */
	struct reply_parser parser; /* with the last reply, left out or not */
	struct capabilities offers; /* of the last EHLO */
	struct reply challenge;     /* the last 334 */
	enum verb answered; /* QUIT aside: what follows it matters to nobody */
	struct reply last;
	char bad[100]; /* the line that was RECORD_BAD, cut, secrets replaced */

	/* the transaction: the k-th RCPT is recipients[k] */
	struct recipient **recipients;
	size_t recipient_count, next;
	size_t accepted; /* RCPTs answered with 2xx */
	struct reply mail;
	struct reply data;
	struct reply final; /* after the dot, or early */
	bool dot;           /* the whole message was handed over */
};

void recorder_init(struct recorder *r,
    void (*show)(void *, bool, const char *, size_t), void *ctx);
void recorder_release(struct recorder *r);

/* A connection is being made: a greeting is due. */
void recorder_connect(struct recorder *r);

/* A stage that no line tells: STAGE_TLS, STAGE_GREETING of implicit TLS. */
void recorder_stage(struct recorder *r, enum stage stage);

/* The next MAIL to be answered is for these recipients, whose replies so far
 * are forgotten; the array is borrowed. */
void recorder_begin(
    struct recorder *r, struct recipient **recipients, size_t count);

/* Bytes of commands, whole lines. */
void recorder_client(struct recorder *r, const char *data, size_t len);

/* One line of the server, with or without its line end. */
enum record recorder_server(struct recorder *r, const char *line, size_t len);

/* Something moved: deadlines start again. */
void recorder_touch(struct recorder *r);

/* The command whose reply is outstanding, VERB_NONE if there is none. */
enum verb recorder_waiting(const struct recorder *r);

/* Its name for people: "EHLO", "the login", "the message". */
const char *verb_name(enum verb verb);

#endif
