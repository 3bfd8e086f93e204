/* SPDX-License-Identifier: MIT */
/*
 * Allocation that does not return without memory.
 *
 * When memory is gone the process says so on stderr and ends with 75
 * (EX_TEMPFAIL): a caller that sees 75 keeps its mail and tries again, so
 * nothing is lost by giving up.  Results are never NULL; free() them.
 */
#ifndef MITTO_MEM_H
#define MITTO_MEM_H

#include "base/attr.h"

#include <stddef.h>

void *mem_alloc(size_t size) MUST_CHECK;
void *mem_zero(size_t size) MUST_CHECK;

/* Room for count elements of size bytes each; old content is kept. */
void *mem_resize(void *old, size_t count, size_t size) MUST_CHECK;

char *mem_strdup(const char *text) MUST_CHECK;

/* The first len bytes of text and a NUL. */
char *mem_strndup(const char *text, size_t len) MUST_CHECK;

char *mem_printf(const char *fmt, ...) PRINTF(1, 2) MUST_CHECK;

#endif
