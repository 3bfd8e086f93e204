/* SPDX-License-Identifier: MIT */
/*
 * The rules of streams as one call: a stream is read at many sizes, rewound and
 * read again, and has to give the same bytes each time.  Sources that trickle
 * or break are here too.
 */
#ifndef MITTO_STREAMTEST_H
#define MITTO_STREAMTEST_H

#include "base/mem.h"
#include "stream/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* --- sources -------------------------------------------------------------- */

/* One byte at a time; fails before byte fail_at (beyond the end: never). */
struct trickle {
	struct stream s;
	const char *data;
	size_t len;
	size_t at;
	size_t fail_at;
};

static ssize_t
trickle_read(struct stream *s, char *out, size_t room UNUSED, struct error *err)
{
	struct trickle *t = (struct trickle *)s;

	if (t->at == t->fail_at)
		return error_set(err, ERR_IO, "broken at %zu", t->fail_at);
	if (t->at == t->len)
		return 0;
	out[0] = t->data[t->at++];
	return 1;
}

static int
trickle_rewind(struct stream *s, struct error *err UNUSED)
{
	((struct trickle *)s)->at = 0;
	return 0;
}

static int64_t
trickle_size(const struct stream *s)
{
	return (int64_t)((const struct trickle *)s)->len;
}

static void
trickle_free(struct stream *s)
{
	free(s);
}

static inline struct stream *
streamtest_broken(const void *data, size_t len, size_t fail_at)
{
	static const struct stream_ops ops = {
		.read = trickle_read,
		.rewind = trickle_rewind,
		.size = trickle_size,
		.free = trickle_free,
	};
	struct trickle *t = mem_zero(sizeof(*t));

	t->s.ops = &ops;
	t->data = data;
	t->len = len;
	t->fail_at = fail_at;
	return &t->s;
}

static inline struct stream *
streamtest_trickle(const void *data, size_t len)
{
	return streamtest_broken(data, len, SIZE_MAX);
}

/* --- checks --------------------------------------------------------------- */

/* The read size of the next call: fixed, or (0) a new one each time. */
static inline size_t
streamtest_room(size_t fixed, uint32_t *random)
{
	if (fixed > 0)
		return fixed;
	*random = *random * 1103515245u + 12345u;
	return 1 + (*random >> 16) % 300;
}

/* One pass from the start to the end. */
static inline void
streamtest_pass(const char *name, struct stream *s, size_t fixed,
    const char *want, size_t len)
{
	auto_free char *room = mem_alloc(65536);
	struct error err = ERROR_INIT;
	uint32_t random = 1;
	size_t at = 0;
	ssize_t n;

	if (stream_rewind(s, &err) < 0)
		fail_msg("%s: rewind: %s", name, err.text);
	for (;;) {
		size_t ask = streamtest_room(fixed, &random);

		n = stream_read(s, room, ask, &err);
		if (n <= 0)
			break;
		if ((size_t)n > ask)
			fail_msg("%s: %zd bytes for %zu", name, n, ask);
		if ((size_t)n > len - at || memcmp(room, want + at, (size_t)n))
			fail_msg("%s: read size %zu: wrong at offset %zu: "
				 "'%.*s'",
			    name, fixed, at, n > 60 ? 60 : (int)n, room);
		at += (size_t)n;
	}
	if (n < 0)
		fail_msg("%s: read size %zu: %s", name, fixed, err.text);
	if (at != len)
		fail_msg("%s: read size %zu: %zu bytes instead of %zu", name,
		    fixed, at, len);
	if (stream_read(s, room, 1, &err) != 0)
		fail_msg("%s: does not stay at its end", name);
}

/* Every rule but errors; `sized` demands an exact size.  s stays the caller's.
 */
static inline void
streamtest(const char *name, struct stream *s, const void *want, size_t len,
    bool sized)
{
	static const size_t large[] = { 4096, 8191, 8192, 8193, 65536, 0 };

	if (stream_size(s) != (int64_t)len && (sized || stream_size(s) != -1))
		fail_msg("%s: size %lld instead of %zu", name,
		    (long long)stream_size(s), len);
	for (size_t room = 1; room <= (len > 20000 ? 3 : 130); room++)
		streamtest_pass(name, s, room, want, len);
	for (size_t i = 0; i < ARRAY_SIZE(large); i++) {
		streamtest_pass(name, s, large[i], want, len);
		streamtest_pass(name, s, large[i], want, len);
	}
}

/* s must fail sooner or later, and say the same ever after. */
static inline void
streamtest_fails(const char *name, struct stream *s, const char *text)
{
	auto_free char *room = mem_alloc(65536);
	struct error err = ERROR_INIT;
	ssize_t n;

	while ((n = stream_read(s, room, 65536, &err)) > 0)
		continue;
	if (n == 0)
		fail_msg("%s: ends well instead of '%s'", name, text);
	for (int i = 0; i < 3; i++) {
		if (strstr(err.text, text) == NULL)
			fail_msg(
			    "%s: '%s' instead of '%s'", name, err.text, text);
		err = (struct error)ERROR_INIT;
		if ((i == 1 ? stream_rewind(s, &err)
			    : (int)stream_read(s, room, 1, &err)) != -1)
			fail_msg("%s: the error does not stick", name);
	}
}

#endif
