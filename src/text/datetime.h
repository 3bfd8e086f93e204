/* SPDX-License-Identifier: MIT */
/*
 * RFC 5322 date-time (section 3.3).
 */
#ifndef MITTO_DATETIME_H
#define MITTO_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define DATETIME_SIZE 40

/* "Mon, 23 Nov 2026 21:57:12 +0100" in the local zone, English whatever the
 * locale; out has DATETIME_SIZE bytes.  Times outside the years 1900 to 9999
 * become the nearest inside. */
void datetime_format(time_t when, char *out);

/* Parse a date-time, comments and the obsolete zones and short years of section
 * 4.3 included; false if it is none.  The day of the week is not compared. */
bool datetime_parse(const char *text, time_t *when);

#endif
