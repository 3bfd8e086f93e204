/* SPDX-License-Identifier: MIT */
/*
 * Many conversations in one thread.
 *
 * A task is written as if it were alone: it says something, waits, hears.
 * Where it waits (loop_poll) the others go on, and one poll(2) waits for all of
 * them.  Outside of a loop the same call is poll(2) itself.
 */
#ifndef MITTO_LOOP_H
#define MITTO_LOOP_H

#include "base/attr.h"
#include "base/error.h"

#include <poll.h>
#include <stdbool.h>

struct loop;

struct loop *loop_new(void) MUST_CHECK;

/* After loop_run, or before it: no task is under way. */
void loop_free(struct loop *l);

/*
 * A task more, also from within another one: task(ctx) begins when the running
 * one waits, and ends by returning.  It has LOOP_STACK bytes of stack.  ERR_OS
 * when there is no memory for that.
 */
int loop_add(struct loop *l, void (*task)(void *ctx), void *ctx,
    struct error *err) MUST_CHECK;

#define LOOP_STACK (1L << 20) /* bytes; only what is touched takes memory */

/* Run the tasks until all of them have ended. */
void loop_run(struct loop *l);

/*
 * poll(2) that lets the other tasks go on; `timeout` in milliseconds, negative
 * is for ever.  A signal ends the wait of every task: then it returns 0 (in a
 * loop) or -1 with EINTR (outside), and what has come is seen by the next call.
 */
int loop_poll(struct pollfd *fds, nfds_t count, int timeout);

/* Does a task call this? */
bool loop_inside(void);

#endif
