/* SPDX-License-Identifier: MIT */
/*
 * One message of the queue: sent to those who have not got it, and what becomes
 * of it then.
 */
#ifndef MITTO_QUEUEITEM_H
#define MITTO_QUEUEITEM_H

#include "command/runner.h"

/* How a route goes on. */
enum next {
	NEXT_MESSAGE,
	NEXT_ROUTE, /* the account has to wait */
};

/*
 * Take up the message of this ID, if nobody else has, and send it over an open
 * session.  NEXT_ROUTE, with *err unless it was interrupted, when not the
 * message but the account or its server was the trouble.
 */
enum next queueitem_send(struct runner *r, const char *id,
    struct smtp_session *session, struct error *err);

/* smtp_observer's `settled`, with the runner as its context: what the server
 * has taken in one transaction stays taken, whatever happens in the next. */
void queueitem_settled(void *runner, const struct outcome *o);

/* A message that cannot be opened: put away if it is damaged, else left alone.
 */
void queueitem_cannot_use(
    const struct runner *r, const char *id, const struct error *why);

/* A line on stderr, if the runner is to talk. */
void runner_say(const struct runner *r, const char *text);

#endif
