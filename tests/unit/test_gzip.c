/* SPDX-License-Identifier: MIT */
/*
 * Stores that grow, and stores compressed: zlib's own inflate reads them back.
 */
#include "base/io.h"
#include "base/mem.h"
#include "stream/gzip.h"
#include "texttest.h"

#include <zlib.h>

static const size_t sizes[] = { 0, 1, 1000, STREAM_BLOCK, STORE_MEMORY,
	STORE_MEMORY + 1, 3 * STORE_MEMORY };

static char
byte_at(size_t i)
{
	return (char)(i * i % 251);
}

/* A store of that many bytes, grown in pieces of changing length. */
static struct store *
grown(size_t size)
{
	struct store *st = store_empty("output", 0);
	struct error err = ERROR_INIT;
	size_t at = 0;

	for (size_t step = 1; at < size; step = step % 5000 + 77) {
		char piece[6000];
		size_t n = step < size - at ? step : size - at;

		for (size_t i = 0; i < n; i++)
			piece[i] = byte_at(at + i);
		assert_int_equal(store_append(st, piece, n, &err), 0);
		at += n;
	}
	assert_int_equal(store_size(st), size);
	return st;
}

static struct buf
slurp(struct store *st)
{
	auto_stream struct stream *s = stream_store(st, 0, store_size(st));
	struct buf out = buf_make(8L * STORE_MEMORY);
	struct error err = ERROR_INIT;

	assert_int_equal(stream_slurp(s, &out, &err), 0);
	return out;
}

static void
check_bytes(const char *data, size_t len, size_t size)
{
	assert_int_equal(len, size);
	for (size_t i = 0; i < len; i++)
		if (data[i] != byte_at(i))
			fail_msg("%zu bytes: byte %zu", size, i);
}

static void
test_grow(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_store struct store *st = grown(sizes[i]);
		auto_buf struct buf all = slurp(st);

		check_bytes(all.data, all.len, sizes[i]);
	}
}

static void
test_gzip(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		auto_store struct store *st = grown(sizes[i]);
		struct error err = ERROR_INIT;
		auto_store struct store *small = store_gzip(st, "output", &err);
		auto_buf struct buf packed = slurp(small);
		auto_free char *out = mem_alloc(sizes[i] + 1);
		z_stream z = {
			.next_in = (unsigned char *)packed.data,
			.avail_in = (uInt)packed.len,
			.next_out = (unsigned char *)out,
			.avail_out = (uInt)sizes[i] + 1,
		};

		assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_int_equal(z.avail_in, 0);
		check_bytes(out, z.total_out, sizes[i]);
		assert_int_equal(inflateEnd(&z), Z_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_gzip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
