/* SPDX-License-Identifier: MIT */
/*
 * A bounded, growing, always terminated byte buffer.
 *
 * Invariants: data is never NULL, data[len] is NUL, len <= max.  An append that
 * would pass max stores nothing and sets `full`, and from then on every append
 * is ignored: a builder appends freely and asks buf_check() once at the end.
 */
#ifndef MITTO_BUF_H
#define MITTO_BUF_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t cap; /* bytes allocated, 0 while data is the shared empty one */
	size_t max;
	bool full;
};

/* An empty buffer that will hold at most max bytes; allocates nothing yet. */
void buf_init(struct buf *b, size_t max);
struct buf buf_make(size_t max);

/* Take the memory for max bytes now.  What is appended then never moves, so
 * that a secret leaves no copy behind when the buffer is wiped. */
void buf_reserve(struct buf *b);

void buf_release(struct buf *b);

/* Empty it for reuse; memory and max stay, `full` is taken back. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Shorten to len bytes; len beyond the end is ignored. */
void buf_truncate(struct buf *b, size_t len);

/* 0, or -1 with ERR_DATA "WHAT is longer than N bytes" when it overflowed. */
int buf_check(const struct buf *b, const char *what, struct error *err)
    MUST_CHECK;

/* The bytes as an allocated string, owned by the caller; b is empty again. */
char *buf_take(struct buf *b) MUST_CHECK;

#define auto_buf CLEANUP(buf_release)

#endif
