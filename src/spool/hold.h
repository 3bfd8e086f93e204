/* SPDX-License-Identifier: MIT */
/*
 * Accounts that wait: where the server, the login or the configuration failed,
 * the account is tried again later, and its messages are left alone.
 *
 * A hold is advice: when it is lost, the account is tried once too early.
 */
#ifndef MITTO_SPOOL_HOLD_H
#define MITTO_SPOOL_HOLD_H

#include "spool/spool.h"

/* When and why: schedule.next, schedule.attempts and reason of *out, which has
 * no marks.  `route` is any text that tells one way from another. */
void hold_read(const struct spool *s, const char *route, struct state *out);

/* It failed: again, if it is due; else only the reason is new. */
void hold_set(const struct spool *s, const char *route, const char *reason,
    int64_t now, uint16_t chance);

/* It works, or is to be tried. */
void hold_clear(const struct spool *s, const char *route);

#endif
