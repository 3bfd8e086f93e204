/* SPDX-License-Identifier: MIT */
/*
 * What must be true of every wire form: only CRLF, no line over 998 bytes, the
 * counts exact, a second pass the same.
 */
#ifndef MITTO_WIRECHECK_H
#define MITTO_WIRECHECK_H

#include "message/message.h"

#include <stdlib.h>
#include <string.h>

/* Ends the process when it is not. */
static inline void
require(bool condition)
{
	if (!condition)
		abort();
}

/* One pass in reads of `room` bytes; the bytes in out. */
static inline void
read_wire(struct wire *w, struct buf *out, size_t room)
{
	auto_free char *block = malloc(room);
	struct error err = ERROR_INIT;
	ssize_t n;

	require(block != NULL && stream_rewind(w->stream, &err) == 0);
	while ((n = stream_read(w->stream, block, room, &err)) > 0)
		buf_add(out, block, (size_t)n);
	require(n == 0 && !out->full);
}

static inline void
check_wire(struct wire *w)
{
	struct buf first auto_buf = buf_make(SIZE_MAX / 2);
	struct buf second auto_buf = buf_make(SIZE_MAX / 2);
	int64_t dots = 0;
	bool high = false;

	read_wire(w, &first, 65536);
	read_wire(w, &second, 7);
	require(first.len == second.len && first.len >= 2);
	require(memcmp(first.data, second.data, first.len) == 0);
	require(w->size == (int64_t)first.len);
	require(stream_size(w->stream) == w->size);
	for (const char *p = first.data, *end = p + first.len; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		require(lf != NULL && lf > p && lf[-1] == '\r');
		require(lf - p <= 999);
		require(memchr(p, '\r', (size_t)(lf - p)) == lf - 1);
		dots += *p == '.';
		for (; p <= lf; p++) {
			require(*p != '\0');
			high |= (unsigned char)*p >= 0x80;
		}
	}
	require(dots == w->dot_lines);
	require(high == w->eight_bit);
}

#endif
