/* SPDX-License-Identifier: MIT */
/* Entries: a round trip, and nothing but what was written is read. */
#include "streamtest.h"
#include "texttest.h"

#include "base/io.h"
#include "spool/entry.h"

#define BODY "Subject: x\r\n\r\n.dot\r\nhello\r\n"

#define ASKED  "NOTIFY=NEVER ORCPT=rfc822;c@x.example"
#define FORMAT "mitto-spool "

static struct entry
sample(void)
{
	struct entry e = {
		.created = 1700000000,
		.sender = mem_strdup("ana@x.example"),
		.account = mem_strdup("home"),
		.message_id = mem_strdup("<1@x.example>"),
		.eight_bit = true,
		.smtputf8 = true,
		.dot_lines = 1,
		.size = sizeof(BODY) - 1,
	};

	strlist_add(&e.settings, "server=smtp://x.example:25");
	strlist_add(&e.settings, "timeout=5s");
	entry_add(&e, "bob@x.example", "");
	entry_add(&e, "c\xc3\xa1t@x.example", ASKED);
	return e;
}

/* The file of an entry, in memory. */
static int
write_file(
    const struct entry *e, const char *body, struct buf *out, struct error *err)
{
	auto_stream struct stream *s = stream_memory(body, strlen(body));
	auto_fd int fd = io_temp_file(err);

	assert_true(fd >= 0);
	if (entry_write(fd, e, s, err) < 0)
		return -1;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return io_read_all(fd, out);
}

static struct store *
store_of(const char *data, size_t len)
{
	return store_memory(mem_strndup(data, len), len, "the entry");
}

static void
test_round_trip(void **state UNUSED)
{
	struct entry e = sample(), got;
	auto_buf struct buf file = buf_make(100000);
	auto_buf struct buf again = buf_make(100000);
	struct error err = ERROR_INIT;
	auto_store struct store *st = NULL;
	struct wire w;

	assert_int_equal(write_file(&e, BODY, &file, &err), 0);
	st = store_of(file.data, file.len);
	assert_int_equal(entry_read(&got, st, &err), 0);
	assert_int_equal(entry_verify(st, &err), 0);
	assert_string_equal(got.sender, e.sender);
	assert_string_equal(got.account, e.account);
	assert_string_equal(got.message_id, e.message_id);
	assert_int_equal(got.settings.count, 2);
	assert_string_equal(got.settings.items[1], "timeout=5s");
	assert_int_equal(got.recipients.count, 2);
	assert_string_equal(got.recipients.items[1], e.recipients.items[1]);
	assert_string_equal(got.parameters.items[0], "");
	assert_string_equal(got.parameters.items[1], ASKED);
	assert_int_equal(got.created, e.created);
	entry_wire(&got, st, &w);
	assert_int_equal(w.size, sizeof(BODY) - 1);
	assert_int_equal(w.dot_lines, 1);
	assert_true(w.eight_bit && got.smtputf8);
	streamtest("message", w.stream, BODY, sizeof(BODY) - 1, true);
	assert_int_equal(write_file(&got, BODY, &again, &err), 0);
	assert_string_equal(again.data, file.data);
	wire_release(&w);
	entry_release(&got);
	entry_release(&e);
}

/* Nothing asked for a recipient: a file that earlier programs read. */
static void
test_version(void **state UNUSED)
{
	struct entry e = sample();
	auto_buf struct buf file = buf_make(100000);
	struct error err = ERROR_INIT;

	assert_int_equal(write_file(&e, BODY, &file, &err), 0);
	assert_memory_equal(file.data, FORMAT "2\n", 14);
	free(e.parameters.items[1]);
	e.parameters.items[1] = mem_strdup("");
	buf_clear(&file);
	assert_int_equal(write_file(&e, BODY, &file, &err), 0);
	assert_memory_equal(file.data, FORMAT "1\n", 14);
	entry_release(&e);
}

/* Cut anywhere, or with any byte changed, it is refused. */
static void
test_damage(void **state UNUSED)
{
	struct entry e = sample(), got;
	auto_buf struct buf file = buf_make(100000);
	struct error err = ERROR_INIT;

	assert_int_equal(write_file(&e, BODY, &file, &err), 0);
	for (size_t len = 0; len < file.len; len++) {
		auto_store struct store *st = store_of(file.data, len);

		err = (struct error)ERROR_INIT;
		assert_int_equal(entry_read(&got, st, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
	}
	for (size_t at = 0; at < file.len; at++) {
		auto_store struct store *st = NULL;

		file.data[at] ^= 1;
		st = store_of(file.data, file.len);
		file.data[at] ^= 1;
		err = (struct error)ERROR_INIT;
		if (entry_read(&got, st, &err) == 0) {
			assert_int_equal(entry_verify(st, &err), -1);
			entry_release(&got);
		}
		assert_true(err.kind == ERR_DATA || err.kind == ERR_CONFIG);
	}
	buf_puts(&file, "x");
	{
		auto_store struct store *st = store_of(file.data, file.len);

		assert_int_equal(entry_read(&got, st, &err), -1);
	}
	entry_release(&e);
}

/* Files with a right sum, if any, and a wrong form. */
static void
test_forms(void **state UNUSED)
{
	static const char end[] = "\nEND "
				  "00000000000000000000000000000000"
				  "00000000000000000000000000000000\n";
	static const struct {
		const char *name, *head;
		enum error_kind kind;
	} rows[] = {
		{ "right", "mitto-spool 1\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_NONE },
		{ "parameters",
		    FORMAT "2\nC1:5\nS0:\nF0:\nR1:a\nP12:NOTIFY=NEVER\nR1:b\n"
			   "D1:0\nM3:",
		    ERR_NONE },
		{ "parameters in version 1",
		    FORMAT
		    "1\nC1:5\nS0:\nF0:\nR1:b\nP12:NOTIFY=NEVER\nD1:0\nM3:",
		    ERR_DATA },
		{ "version 2 without any",
		    FORMAT "2\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM3:", ERR_DATA },
		{ "parameters twice",
		    FORMAT "2\nC1:5\nS0:\nF0:\nR1:b\nP12:NOTIFY=NEVER\n"
			   "P12:NOTIFY=NEVER\nD1:0\nM3:",
		    ERR_DATA },
		{ "parameters of nobody",
		    FORMAT
		    "2\nC1:5\nS0:\nF0:\nP12:NOTIFY=NEVER\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "other parameters",
		    FORMAT
		    "2\nC1:5\nS0:\nF0:\nR1:b\nP13:NOTIFY=ALWAYS\nD1:0\nM3:",
		    ERR_DATA },
		{ "later version",
		    "mitto-spool 3\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_CONFIG },
		{ "version 0", "mitto-spool 0\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "no recipient",
		    "mitto-spool 1\nC1:5\nS0:\nF0:\nD1:0\nM3:", ERR_DATA },
		{ "no sender",
		    "mitto-spool 1\nC1:5\nF0:\nR1:b\nD1:0\nM3:", ERR_DATA },
		{ "two senders",
		    "mitto-spool 1\nC1:5\nS0:\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "order", "mitto-spool 1\nS0:\nC1:5\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "unknown letter",
		    "mitto-spool 1\nC1:5\nS0:\nX0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "unknown flag",
		    "mitto-spool 1\nC1:5\nS0:\nF1:x\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "flags turned round",
		    "mitto-spool 1\nC1:5\nS0:\nF2:u8\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "leading zero",
		    "mitto-spool 1\nC1:5\nS0:\nF0:\nR01:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "number with zero",
		    "mitto-spool 1\nC2:05\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "no number", "mitto-spool 1\nC1:x\nS0:\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "long length",
		    "mitto-spool 1\nC1:5\nS0:\nF0:\nR9999999999999999999:b\n",
		    ERR_DATA },
		{ "line end in a record",
		    "mitto-spool 1\nC1:5\nS3:a\nb\nF0:\nR1:b\nD1:0\nM3:",
		    ERR_DATA },
		{ "message too short",
		    "mitto-spool 1\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM2:",
		    ERR_DATA },
		{ "message too long",
		    "mitto-spool 1\nC1:5\nS0:\nF0:\nR1:b\nD1:0\nM4:",
		    ERR_DATA },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *text = mem_printf("%sabc%s", rows[i].head, end);
		auto_store struct store *st = store_of(text, strlen(text));
		struct error err = ERROR_INIT;
		struct entry got;

		if (entry_read(&got, st, &err) == 0) {
			assert_int_equal(entry_verify(st, &err), -1);
			check_has(rows[i].name, err.text, "checksum");
			entry_release(&got);
			err.kind = ERR_NONE;
		}
		check_true(rows[i].name, err.kind == rows[i].kind, err.text);
	}
}

static void
test_refused_to_write(void **state UNUSED)
{
	auto_buf struct buf file = buf_make(100000);
	struct error err = ERROR_INIT;
	struct entry e = sample();

	assert_int_equal(write_file(&e, BODY "more", &file, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(write_file(&e, "short", &file, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	entry_add(&e, "a@x.example\nRCPT TO:<b@x.example>", "");
	assert_int_equal(write_file(&e, BODY, &file, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	entry_release(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused_to_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
