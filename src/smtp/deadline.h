/* SPDX-License-Identifier: MIT */
/*
 * How long each step may take (RFC 5321 4.5.3.2).
 */
#ifndef MITTO_DEADLINE_H
#define MITTO_DEADLINE_H

#include "smtp/recorder.h"

#include <stdint.h>

/* Limit in milliseconds for what the recorder is waiting for; `every`, if not
 * 0, replaces all of them. */
int64_t deadline_limit(const struct recorder *r, int64_t every);

/* ERR_TEMPORARY, naming the step that took too long. */
void deadline_error(const struct recorder *r, const char *server, int64_t limit,
    struct error *err);

#endif
