/* SPDX-License-Identifier: MIT */
/*
 * Sixteen bytes at a time, in the compilers' vector types: the same source
 * becomes SSE2, NEON or plain words, and no processor has to be asked.
 *
 * Bytes are signed here, so that one comparison with ' ' finds the control
 * characters and everything above ASCII.  A comparison gives -1 in each lane
 * where it holds.
 */
#ifndef MITTO_LANES_H
#define MITTO_LANES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16

typedef int8_t lanes __attribute__((vector_size(LANES)));
typedef uint8_t lanes_unsigned __attribute__((vector_size(LANES)));
typedef uint64_t lanes_halves __attribute__((vector_size(LANES)));

static inline lanes
lanes_load(const void *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline void
lanes_store(void *p, lanes v)
{
	memcpy(p, &v, sizeof(v));
}

static inline bool
lanes_any(lanes mask)
{
	lanes_halves h = (lanes_halves)mask;

	return (h[0] | h[1]) != 0;
}

/* The first lane whose mask is set, LANES if there is none. */
static inline size_t
lanes_first(lanes mask)
{
	lanes_halves h = (lanes_halves)mask;

	if (h[0] != 0)
		return (size_t)__builtin_ctzll(le64toh(h[0])) / 8;
	if (h[1] != 0)
		return 8 + (size_t)__builtin_ctzll(le64toh(h[1])) / 8;
	return LANES;
}

#endif
