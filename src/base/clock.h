/* SPDX-License-Identifier: MIT */
/*
 * Time: of day for headers, monotonic for waiting.
 */
#ifndef MITTO_CLOCK_H
#define MITTO_CLOCK_H

#include <stdbool.h>
#include <time.h>

/* Seconds since 1970; SOURCE_DATE_EPOCH replaces it when it is a number. */
time_t clock_now(void);

/* True when SOURCE_DATE_EPOCH fixes the time: identifiers are then derived
 * from it instead of random bytes, so that the same command writes the same
 * message. */
bool clock_is_fixed(void);

/* Milliseconds that only move forward, also across suspend. */
long long clock_ms(void);

#endif
