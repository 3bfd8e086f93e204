/* SPDX-License-Identifier: MIT */
/*
 * What all streams share (sticky errors, draining), and the two kinds that
 * need nothing else: bytes in memory, and several streams in a row.
 */
#include "stream/stream.h"

#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

/* Keep *err so that every later read repeats it. */
static int
fail(struct stream *s, const struct error *err)
{
	s->failed = true;
	s->error = *err;
	return -1;
}

static int
repeat_error(const struct stream *s, struct error *err)
{
	*err = s->error;
	return -1;
}

ssize_t
stream_read(struct stream *s, void *out, size_t room, struct error *err)
{
	ssize_t n;

	if (s->failed)
		return repeat_error(s, err);
	n = s->ops->read(s, out, room, err);
	return n < 0 ? fail(s, err) : n;
}

int
stream_rewind(struct stream *s, struct error *err)
{
	if (s->failed)
		return repeat_error(s, err);
	return s->ops->rewind(s, err) < 0 ? fail(s, err) : 0;
}

int64_t
stream_size(const struct stream *s)
{
	return s->ops->size(s);
}

void
stream_free(struct stream *s)
{
	if (s != NULL)
		s->ops->free(s);
}

/* --- memory --------------------------------------------------------------- */

struct memory {
	struct stream s;
	char *data;
	size_t len;
	size_t at;
};

static ssize_t
memory_read(struct stream *s, char *out, size_t room, struct error *err UNUSED)
{
	struct memory *m = (struct memory *)s;
	size_t n = m->len - m->at;

	if (n > room)
		n = room;
	memcpy(out, m->data + m->at, n);
	m->at += n;
	return (ssize_t)n;
}

static int
memory_rewind(struct stream *s, struct error *err UNUSED)
{
	((struct memory *)s)->at = 0;
	return 0;
}

static int64_t
memory_size(const struct stream *s)
{
	return (int64_t)((const struct memory *)s)->len;
}

static void
memory_free(struct stream *s)
{
	struct memory *m = (struct memory *)s;

	free(m->data);
	free(m);
}

static const struct stream_ops memory_ops = {
	.read = memory_read,
	.rewind = memory_rewind,
	.size = memory_size,
	.free = memory_free,
};

struct stream *
stream_memory(const void *data, size_t len)
{
	return stream_memory_take(mem_strndup(data, len), len);
}

struct stream *
stream_memory_take(char *data, size_t len)
{
	struct memory *m = mem_zero(sizeof(*m));

	m->s.ops = &memory_ops;
	m->data = data;
	m->len = len;
	return &m->s;
}

/* --- concatenation -------------------------------------------------------- */

struct concat {
	struct stream s;
	struct stream **parts;
	size_t count;
	size_t at; /* the part being read */
};

static ssize_t
concat_read(struct stream *s, char *out, size_t room, struct error *err)
{
	struct concat *c = (struct concat *)s;

	for (; c->at < c->count; c->at++) {
		ssize_t n = stream_read(c->parts[c->at], out, room, err);

		if (n != 0)
			return n;
	}
	return 0;
}

static int
concat_rewind(struct stream *s, struct error *err)
{
	struct concat *c = (struct concat *)s;

	for (size_t i = 0; i < c->count; i++)
		if (stream_rewind(c->parts[i], err) < 0)
			return -1;
	c->at = 0;
	return 0;
}

static int64_t
concat_size(const struct stream *s)
{
	const struct concat *c = (const struct concat *)s;
	int64_t total = 0;

	for (size_t i = 0; i < c->count; i++) {
		int64_t size = stream_size(c->parts[i]);

		if (size < 0)
			return -1;
		total += size;
	}
	return total;
}

static void
concat_free(struct stream *s)
{
	struct concat *c = (struct concat *)s;

	for (size_t i = 0; i < c->count; i++)
		stream_free(c->parts[i]);
	free(c->parts);
	free(c);
}

static const struct stream_ops concat_ops = {
	.read = concat_read,
	.rewind = concat_rewind,
	.size = concat_size,
	.free = concat_free,
};

struct stream *
stream_concat(void)
{
	struct concat *c = mem_zero(sizeof(*c));

	c->s.ops = &concat_ops;
	return &c->s;
}

void
stream_concat_add(struct stream *concat, struct stream *part)
{
	struct concat *c = (struct concat *)concat;

	/* Capacity doubles: it is full whenever count is a power of two. */
	if ((c->count & (c->count - 1)) == 0)
		c->parts = mem_resize(c->parts, c->count ? c->count * 2 : 1,
		    sizeof(struct stream *));
	c->parts[c->count++] = part;
}

/* --- draining ------------------------------------------------------------- */

int
stream_copy_fd(struct stream *s, int fd, struct error *err)
{
	char block[STREAM_BLOCK];
	ssize_t n;

	while ((n = stream_read(s, block, sizeof(block), err)) > 0)
		if (io_write_all(fd, block, (size_t)n) < 0)
			return error_errno(err, ERR_IO, errno, "cannot write");
	return n < 0 ? -1 : 0;
}

int
stream_slurp(struct stream *s, struct buf *out, struct error *err)
{
	char block[16384];
	ssize_t n;

	while ((n = stream_read(s, block, sizeof(block), err)) > 0) {
		buf_add(out, block, (size_t)n);
		if (buf_check(out, "the text", err) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}
