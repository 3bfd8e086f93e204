/* SPDX-License-Identifier: MIT */
/*
 * A connection that stays open from one message of a dialogue to the next, as
 * long as they go the same way and do not keep the server waiting.
 *
 * The run that opened it stays too, since its settings and its watch are those
 * of the session.
 */
#ifndef MITTO_LINE_H
#define MITTO_LINE_H

#include "command/run.h"

/* All zero is a line that is not connected. */
struct line {
	struct run *run;
	struct smtp_session *session;
	long long used_ms; /* clock_ms() of its last message */
};

/* The session, if there is one for the account and the server of `run`; else
 * NULL, and an older one has come to its end. */
struct smtp_session *line_take(struct line *l, const struct run *run);

/* `run` has sent over `session`.  If the run opened it, the line takes over
 * both; if something is wrong with the connection, it comes to its end. */
void line_keep(struct line *l, struct run *run, struct smtp_session *session);

/* Does the run belong to the line, which will free it? */
bool line_owns(const struct line *l, const struct run *run);

/* Milliseconds until the server should wait no longer: as long as it would be
 * waited for, half a minute at most.  -1 when there is no connection. */
int line_patience(const struct line *l);

/* Take the time for due messages of the queue that go the same way; then take
 * leave.  Nothing happens without a connection. */
void line_end(struct line *l);

#endif
