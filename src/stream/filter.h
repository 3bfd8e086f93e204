/* SPDX-License-Identifier: MIT */
/*
 * Streams that encode another stream: plumbing for text/codec.
 *
 * Each pulls blocks of STREAM_BLOCK from its inner stream and frees it.  `size`
 * is the exact encoded length when the caller knows it (the scan told), or -1;
 * base64 computes it from the inner size.  A pass that would give more or less
 * than the known size fails with ERR_IO before the end is reached: the input
 * changed meanwhile.  Blocks are allocated only while a pass is under way, so
 * that a thousand waiting filters cost next to nothing.
 */
#ifndef MITTO_STREAM_FILTER_H
#define MITTO_STREAM_FILTER_H

#include "stream/stream.h"

/*
 * A codec as a filter uses it: `state_size` zeroed bytes of state (at most
 * FILTER_STATE), encode() writes at most FILTER_OUT bytes for each FILTER_CHUNK
 * begun, and finish() at most as many.
 */
#define FILTER_CHUNK 2052 /* 36 lines of base64 */
#define FILTER_OUT   8192
#define FILTER_STATE 64

struct filter_codec {
	size_t (*encode)(void *state, const void *in, size_t len, char *out);
	size_t (*finish)(void *state, char *out);
};

struct stream *stream_filter(
    struct stream *inner, const struct filter_codec *codec, int64_t size);

struct stream *stream_base64(struct stream *inner);
struct stream *stream_crlf(struct stream *inner, int64_t size);

/* Line ends to CRLF first, then quoted-printable. */
struct stream *stream_qp(struct stream *inner, int64_t size);

#endif
