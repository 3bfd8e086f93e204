/* SPDX-License-Identifier: MIT */
/*
 * When a queued message is tried, and when it has been tried enough.  Pure:
 * the time is given, and chance too.
 *
 * A clock that jumps expires nothing: `age` counts the time between attempts,
 * and never more for one gap than a runner could have let pass.
 */
#ifndef MITTO_SPOOL_SCHEDULE_H
#define MITTO_SPOOL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEDULE_LIFE         (5LL * 24 * 3600) /* seconds of age */
#define SCHEDULE_MIN_ATTEMPTS 5                 /* before it may expire */
#define SCHEDULE_MAX_STEP     (4LL * 3600)      /* the longest pause */
#define SCHEDULE_DELAY        (4LL * 3600)      /* of age; worth a notice */

struct schedule { /* seconds since 1970 or, `age`, seconds */
	int64_t created;
	int64_t last; /* attempt, or created */
	int64_t next; /* attempt, not before; 0 = at once */
	int64_t age;
	int64_t attempts; /* where a server was reached */
};

/* Seconds to wait after the nth failure (from 1): 1, 2, 5, 15, 30, 60 minutes,
 * 2 hours, then 4; each times 0.8 to 1.25, by `chance`. */
int64_t schedule_delay(int64_t failures, uint16_t chance);

/* A message that is new in the queue; due at once. */
struct schedule schedule_new(int64_t now);

/* It was tried now and is to be tried again.  True once in its life: when it
 * has become so old that its sender should hear of the delay. */
bool schedule_attempt(struct schedule *s, int64_t now, uint16_t chance);

/* Must the clock have been set back?  The next attempt is too far ahead, or the
 * last one, or else the message, is from the future. */
bool schedule_is_ahead(const struct schedule *s, int64_t now);

/* Is it time?  Also when the clock was set back. */
bool schedule_due(const struct schedule *s, int64_t now);

/* Old enough and tried often enough to be given up? */
bool schedule_expired(const struct schedule *s);

#endif
