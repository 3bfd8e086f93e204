/* SPDX-License-Identifier: MIT */
/*
 * Pull streams: the only thing that moves message bytes.
 *
 * Rules, each one tested: read makes progress with one byte of room; a second
 * pass after rewind is byte-identical; size is exact or -1; memory is constant;
 * after an error every read repeats it; freeing the outer frees the inner; a
 * constructor takes its inner stream even when it fails.
 */
#ifndef MITTO_STREAM_H
#define MITTO_STREAM_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STREAM_BLOCK 65536 /* what filters pull at a time */

struct stream;

struct stream_ops {
	ssize_t (*read)(
	    struct stream *s, char *out, size_t room, struct error *err);
	int (*rewind)(struct stream *s, struct error *err);
	int64_t (*size)(const struct stream *s);
	void (*free)(struct stream *s);
};

/* The head of every stream; a kind of stream embeds it first. */
struct stream {
	const struct stream_ops *ops;
	bool failed;
	struct error error; /* valid when failed; repeated by every read */
};

/* 1..room bytes, 0 at the end, -1 on error.  room > 0. */
ssize_t stream_read(struct stream *s, void *out, size_t room, struct error *err)
    MUST_CHECK;

/* Back to the first byte. */
int stream_rewind(struct stream *s, struct error *err) MUST_CHECK;

/* Bytes of one whole pass, or -1 when that is not known. */
int64_t stream_size(const struct stream *s);

/* NULL is allowed. */
void stream_free(struct stream *s);

static inline void
stream_free_ptr(struct stream **s)
{
	stream_free(*s);
}
#define auto_stream CLEANUP(stream_free_ptr)

/* A copy of len bytes in memory. */
struct stream *stream_memory(const void *data, size_t len);

/* The same, taking over data from the allocator. */
struct stream *stream_memory_take(char *data, size_t len);

/* Several streams one behind the other; starts empty. */
struct stream *stream_concat(void);
void stream_concat_add(struct stream *concat, struct stream *part);

/* Copy everything to fd, from where s stands.  ERR_IO when writing fails. */
int stream_copy_fd(struct stream *s, int fd, struct error *err) MUST_CHECK;

/* Read all into out from where s stands; ERR_DATA when out is full. */
int stream_slurp(struct stream *s, struct buf *out, struct error *err)
    MUST_CHECK;

#endif
