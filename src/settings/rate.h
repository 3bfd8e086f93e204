/* SPDX-License-Identifier: MIT */
/*
 * How often something may happen: "20/min".
 */
#ifndef MITTO_RATE_H
#define MITTO_RATE_H

#include "base/attr.h"
#include "base/error.h"

#include <stdint.h>

/* N/TIME, where TIME is s, min, h or d, with a number before it or without: the
 * microseconds from one to the next, at least 1.  ERR_USAGE. */
int rate_parse(const char *text, int64_t *interval, struct error *err)
    MUST_CHECK;

#endif
