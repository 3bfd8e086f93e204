/* SPDX-License-Identifier: MIT */
/* Memory and concatenated streams, draining, errors that stick. */
#include "streamtest.h"

#include "base/io.h"

#include <unistd.h>

static const struct {
	const char *name;
	const char *parts[4];
	const char *want;
} concats[] = {
	{ "nothing", { NULL }, "" },
	{ "one", { "abc" }, "abc" },
	{ "three", { "abc", "defg", "h" }, "abcdefgh" },
	{ "empty first", { "", "abc" }, "abc" },
	{ "empty between", { "abc", "", "def" }, "abcdef" },
	{ "empty last", { "abc", "" }, "abc" },
	{ "all empty", { "", "", "" }, "" },
};

static void
test_memory(void **state UNUSED)
{
	static const char bytes[] = "a\0b\r\n\xff";
	struct stream *s = stream_memory(bytes, sizeof(bytes));

	streamtest("memory", s, bytes, sizeof(bytes), true);
	stream_free(s);
	s = stream_memory("", 0);
	streamtest("empty memory", s, "", 0, true);
	stream_free(s);
	s = stream_memory_take(mem_strdup("taken"), 5);
	streamtest("memory taken over", s, "taken", 5, true);
	stream_free(s);
	stream_free(NULL);
}

static void
test_concat(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(concats); i++) {
		auto_stream struct stream *s = stream_concat();

		for (size_t k = 0; k < 4 && concats[i].parts[k]; k++)
			stream_concat_add(s,
			    k == 1 ? streamtest_trickle(concats[i].parts[k],
					 strlen(concats[i].parts[k]))
				   : stream_memory(concats[i].parts[k],
					 strlen(concats[i].parts[k])));
		streamtest(concats[i].name, s, concats[i].want,
		    strlen(concats[i].want), true);
	}
}

static void
test_concat_nested(void **state UNUSED)
{
	auto_stream struct stream *outer = stream_concat();
	struct stream *inner = stream_concat();

	stream_concat_add(inner, stream_memory("b", 1));
	stream_concat_add(inner, stream_memory("c", 1));
	stream_concat_add(outer, stream_memory("a", 1));
	stream_concat_add(outer, inner);
	stream_concat_add(outer, stream_memory("d", 1));
	streamtest("nested", outer, "abcd", 4, true);
}

static void
test_errors_stick(void **state UNUSED)
{
	for (size_t at = 0; at <= 3; at++) {
		auto_stream struct stream *s = stream_concat();
		char want[32];

		(void)snprintf(want, sizeof(want), "broken at %zu", at);
		stream_concat_add(s, stream_memory("xyz", 3));
		stream_concat_add(s, streamtest_broken("abc", 3, at));
		stream_concat_add(s, stream_memory("never", 5));
		streamtest_fails("concat", s, want);
	}
}

static void
test_copy_fd(void **state UNUSED)
{
	auto_stream struct stream *s = stream_memory("to a file", 9);
	struct error err = ERROR_INIT;
	auto_fd int fd = io_temp_file(&err);
	auto_fd int closed = dup(fd);
	char back[16] = "";

	assert_int_equal(stream_copy_fd(s, fd, &err), 0);
	assert_int_equal(pread(fd, back, sizeof(back), 0), 9);
	assert_string_equal(back, "to a file");

	assert_int_equal(stream_rewind(s, &err), 0);
	(void)close(closed);
	assert_int_equal(stream_copy_fd(s, closed, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	closed = -1;
}

static void
test_slurp(void **state UNUSED)
{
	auto_stream struct stream *s = streamtest_trickle("0123456789", 10);
	auto_buf struct buf all = buf_make(10);
	auto_buf struct buf little = buf_make(9);
	struct error err = ERROR_INIT;

	assert_int_equal(stream_slurp(s, &all, &err), 0);
	assert_string_equal(all.data, "0123456789");
	assert_int_equal(stream_rewind(s, &err), 0);
	assert_int_equal(stream_slurp(s, &little, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
}

static void
test_drain_reports_read_errors(void **state UNUSED)
{
	auto_stream struct stream *s = streamtest_broken("0123456789", 10, 4);
	auto_buf struct buf all = buf_make(100);
	struct error err = ERROR_INIT;

	assert_int_equal(stream_slurp(s, &all, &err), -1);
	assert_string_equal(err.text, "broken at 4");
	assert_string_equal(all.data, "0123");
	assert_int_equal(stream_copy_fd(s, -1, &err), -1);
	assert_string_equal(err.text, "broken at 4");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_concat),
		cmocka_unit_test(test_concat_nested),
		cmocka_unit_test(test_errors_stick),
		cmocka_unit_test(test_copy_fd),
		cmocka_unit_test(test_slurp),
		cmocka_unit_test(test_drain_reports_read_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
