/* SPDX-License-Identifier: MIT */
/*
 * zlib's only user: blocks in, blocks out, nothing held.
 */
#include "stream/gzip.h"

#include <string.h>
#include <zlib.h>

#define WINDOW_BITS  15
#define GZIP_HEADER  16 /* added to the window: gzip in place of zlib */
#define MEMORY_LEVEL 8  /* zlib's default */

/* Compress what z->next_in holds; at the end all that zlib has kept. */
static int
drain(z_stream *z, int flush, struct store *to, struct error *err)
{
	unsigned char out[STREAM_BLOCK];
	size_t made;

	do {
		z->next_out = out;
		z->avail_out = sizeof(out);
		/* Cannot fail: there is room, and the state is our own. */
		(void)deflate(z, flush);
		made = sizeof(out) - z->avail_out;
		if (store_append(to, out, made, err) < 0)
			return -1;
	} while (z->avail_out == 0);
	return 0;
}

static int
compress_all(
    z_stream *z, struct store *from, struct store *to, struct error *err)
{
	unsigned char in[STREAM_BLOCK];
	int64_t offset = 0;
	ssize_t n;

	while ((n = store_pread(from, in, sizeof(in), offset, err)) > 0) {
		z->next_in = in;
		z->avail_in = (uInt)n;
		if (drain(z, Z_NO_FLUSH, to, err) < 0)
			return -1;
		offset += n;
	}
	return n < 0 ? -1 : drain(z, Z_FINISH, to, err);
}

struct store *
store_gzip(struct store *from, const char *what, struct error *err)
{
	auto_store struct store *to = store_empty(what, 0);
	z_stream z = { .next_in = NULL };
	int result;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
		WINDOW_BITS + GZIP_HEADER, MEMORY_LEVEL,
		Z_DEFAULT_STRATEGY) != Z_OK) {
		(void)error_set(err, ERR_OS, "cannot compress %s", what);
		return NULL;
	}
	result = compress_all(&z, from, to, err);
	(void)deflateEnd(&z);
	return result < 0 ? NULL : steal(to);
}
