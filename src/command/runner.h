/* SPDX-License-Identifier: MIT */
/*
 * Sending what waits in the queue: one connection for each account, or as many
 * as are asked for, all of its messages over them, and some accounts at a time.
 */
#ifndef MITTO_RUNNER_H
#define MITTO_RUNNER_H

#include "command/run.h"
#include "spool/spool.h"

struct runner {
	struct spool *spool; /* locked */
	struct watch *watch;
	const struct settings *settings; /* how to talk; `notice` */
	const char *tag;                 /* of the run that it belongs to */
	const struct strlist *only; /* IDs to send, also if not due; sorted */
	bool talk;                  /* say on stderr what becomes of each */
	bool warn;                  /* say there what is wrong with the queue */
	struct buf *json;           /* result objects, or NULL */
	long long deadline_ms;      /* begin no message after it; 0 = none */
	int64_t largest;            /* message to begin; 0 = any */
	int jobs;                   /* connections of an account; 0 = one */

	/* what happened */
	size_t sent;
	size_t later;       /* tried and put off */
	size_t failed;      /* moved to failed/ */
	size_t waiting;     /* not due yet */
	size_t ahead;       /* due only by a clock that was set back */
	size_t held;        /* their account is */
	struct error error; /* what stopped a route, the first one */
};

/* Send what is due.  -1 with *err when the spool itself cannot be used. */
int runner_run(struct runner *r, struct error *err) MUST_CHECK;

/* Send the message that this run has queued, silently. */
void runner_send_own(struct run *run);

/* Does a message wait that could follow the one of this run over the same
 * connection? */
bool runner_has_more(const struct run *run);

/* Send such messages for a few seconds, silently; then close the session. */
void runner_go_on(struct run *run, struct smtp_session *session);

#endif
