/* SPDX-License-Identifier: MIT */
/*
 * Checks for tables of cases: a failure prints the name of the row.
 */
#ifndef MITTO_TEXTTEST_H
#define MITTO_TEXTTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

static inline void
check_str(const char *row, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s:\n got  '%s'\n want '%s'", row, got, want);
}

/* `got` holds `want` somewhere. */
static inline void
check_has(const char *row, const char *got, const char *want)
{
	if (strstr(got, want) == NULL)
		fail_msg("%s:\n got  '%s'\n want '...%s...'", row, got, want);
}

static inline void
check_true(const char *row, bool ok, const char *what)
{
	if (!ok)
		fail_msg("%s: %s", row, what);
}

/* Processor time in seconds. */
static inline double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

/* A limit that a slow machine keeps and a quadratic algorithm does not: inputs
 * are so large that squaring their length takes hours. */
static inline double
patience(double seconds)
{
#ifdef __SANITIZE_ADDRESS__
	return seconds * 250;
#else
	return seconds * 25;
#endif
}

#endif
