/* SPDX-License-Identifier: MIT */
/*
 * One filter for all encodings.
 *
 * Input is pulled in blocks and encoded in chunks: straight into the caller's
 * buffer as many at once as are sure to fit there, at last one into a small
 * buffer from which the caller is served.
 */
#include "stream/filter.h"

#include "base/mem.h"
#include "text/codec.h"

#include <string.h>

_Static_assert(BASE64_BOUND(FILTER_CHUNK) <= FILTER_OUT, "base64 chunk");
_Static_assert(CRLF_BOUND(FILTER_CHUNK) <= FILTER_OUT, "crlf chunk");
_Static_assert(QP_BOUND(FILTER_CHUNK) <= FILTER_OUT, "qp chunk");

/* What a pass needs while it is under way. */
struct work {
	_Alignas(max_align_t) unsigned char state[FILTER_STATE];
	char in[STREAM_BLOCK];
	size_t in_at;
	size_t in_len;
	char out[FILTER_OUT]; /* encoded, waits for the caller */
	size_t out_at;
	size_t out_len;
};

struct filter {
	struct stream s;
	struct stream *inner;
	const struct filter_codec *codec;
	int64_t size;      /* -1: not known */
	int64_t given;     /* bytes handed out in this pass */
	bool drained;      /* the codec has written its last byte */
	struct work *work; /* NULL before and after a pass */
};

/* Encode so many chunks of the input block, as far as it reaches, or the end
 * of it all, to out. */
static size_t
encode_chunks(struct filter *f, size_t count, char *out)
{
	struct work *w = f->work;
	const char *in = w->in + w->in_at;
	size_t n = w->in_len - w->in_at;

	if (n == 0) {
		f->drained = true;
		return f->codec->finish(w->state, out);
	}
	if (n > count * FILTER_CHUNK)
		n = count * FILTER_CHUNK;
	w->in_at += n;
	return f->codec->encode(w->state, in, n, out);
}

static int
pull_block(struct filter *f, struct error *err)
{
	ssize_t n =
	    stream_read(f->inner, f->work->in, sizeof(f->work->in), err);

	if (n < 0)
		return -1;
	f->work->in_at = 0;
	f->work->in_len = (size_t)n;
	return 0;
}

/* Take what waits in work->out. */
static size_t
take_waiting(struct work *w, char *out, size_t room)
{
	size_t n = w->out_len - w->out_at;

	if (n > room)
		n = room;
	memcpy(out, w->out + w->out_at, n);
	w->out_at += n;
	return n;
}

/* 1..room bytes, 0 at the end; one block of input at most. */
static ssize_t
encode_some(struct filter *f, char *out, size_t room, struct error *err)
{
	struct work *w = f->work;
	size_t done = take_waiting(w, out, room);

	while (done == 0 && !f->drained) {
		if (w->in_at == w->in_len && pull_block(f, err) < 0)
			return -1;
		do {
			if (room - done < FILTER_OUT) {
				w->out_len = encode_chunks(f, 1, w->out);
				w->out_at = 0;
				done +=
				    take_waiting(w, out + done, room - done);
			} else {
				done += encode_chunks(
				    f, (room - done) / FILTER_OUT, out + done);
			}
		} while (done < room && w->in_at < w->in_len);
	}
	return (ssize_t)done;
}

/* A pass begins.  The blocks are not touched before they are needed: a small
 * part would pay more for fresh pages than for its encoding. */
static void
begin_pass(struct filter *f)
{
	struct work *w = mem_alloc(sizeof(*w));

	memset(w->state, 0, sizeof(w->state));
	w->in_at = w->in_len = w->out_at = w->out_len = 0;
	f->work = w;
}

static ssize_t
filter_read(struct stream *s, char *out, size_t room, struct error *err)
{
	struct filter *f = (struct filter *)s;
	ssize_t n = 0;

	if (f->work == NULL && !f->drained)
		begin_pass(f);
	if (f->work != NULL)
		n = encode_some(f, out, room, err);
	if (n < 0)
		return -1;
	f->given += n;
	if (f->size >= 0 && (n == 0 ? f->given < f->size : f->given > f->size))
		return error_set(
		    err, ERR_IO, "the input changed while it was read");
	if (n == 0) {
		free(f->work);
		f->work = NULL;
	}
	return n;
}

static int
filter_rewind(struct stream *s, struct error *err)
{
	struct filter *f = (struct filter *)s;

	free(f->work);
	f->work = NULL;
	f->drained = false;
	f->given = 0;
	return stream_rewind(f->inner, err);
}

static int64_t
filter_size(const struct stream *s)
{
	return ((const struct filter *)s)->size;
}

static void
filter_free(struct stream *s)
{
	struct filter *f = (struct filter *)s;

	stream_free(f->inner);
	free(f->work);
	free(f);
}

static const struct stream_ops filter_ops = {
	.read = filter_read,
	.rewind = filter_rewind,
	.size = filter_size,
	.free = filter_free,
};

struct stream *
stream_filter(
    struct stream *inner, const struct filter_codec *codec, int64_t size)
{
	struct filter *f = mem_zero(sizeof(*f));

	f->s.ops = &filter_ops;
	f->inner = inner;
	f->codec = codec;
	f->size = size;
	return &f->s;
}

/* The codecs of text/, with their state behind a void pointer. */
#define CODEC(name, type) \
	_Static_assert(sizeof(struct type) <= FILTER_STATE, #name); \
	static size_t name##_some( \
	    void *state, const void *in, size_t len, char *out) \
	{ \
		return name##_encode((struct type *)state, in, len, out); \
	} \
	static size_t name##_end(void *state, char *out) \
	{ \
		return name##_finish((struct type *)state, out); \
	} \
	static const struct filter_codec name##_codec = { \
		.encode = name##_some, \
		.finish = name##_end, \
	};

CODEC(base64, base64_encoder)
CODEC(crlf, crlf_encoder)
CODEC(qp, qp_encoder)

struct stream *
stream_base64(struct stream *inner)
{
	int64_t size = stream_size(inner);

	return stream_filter(
	    inner, &base64_codec, size < 0 ? -1 : base64_size(size));
}

struct stream *
stream_crlf(struct stream *inner, int64_t size)
{
	return stream_filter(inner, &crlf_codec, size);
}

struct stream *
stream_qp(struct stream *inner, int64_t size)
{
	return stream_filter(stream_crlf(inner, -1), &qp_codec, size);
}
