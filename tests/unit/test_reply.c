/* SPDX-License-Identifier: MIT */
/*
 * Reply lines: good, odd and hostile.
 */
#include "texttest.h"

#include "base/attr.h"
#include "smtp/reply.h"

#include <stdio.h>

/* Feed a text whose lines end in LF; the status of the last line. */
static enum reply_status
feed(struct reply_parser *p, const char *text, size_t len)
{
	enum reply_status status = REPLY_BAD;
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((lf != NULL ? lf : end) - text);

		status = reply_line(p, text, n);
		text += n + 1;
	}
	return status;
}

static void
test_good(void **state UNUSED)
{
	static const struct {
		const char *lines;
		int code;
		const char *enhanced;
		const char *text;
	} rows[] = {
		{ "250 ok", 250, "", "ok" },
		{ "250", 250, "", "" },
		{ "250 ", 250, "", "" },
		{ "250 2.0.0 queued as 4711", 250, "2.0.0", "queued as 4711" },
		{ "250 2.0.0", 250, "2.0.0", "" },
		{ "550-5.1.1 no such\n550 5.1.1 user", 550, "5.1.1",
		    "no such\nuser" },
		{ "550-5.1.1 a\n550 5.7.1 b", 550, "5.7.1", "a\nb" },
		{ "250-\n250", 250, "", "\n" },
		{ "550-first\n550 5.7.1 last", 550, "5.7.1", "first\nlast" },
		/* A class that contradicts the code is not a status. */
		{ "250 5.1.1 ok", 250, "", "5.1.1 ok" },
		{ "450 5.1.1 x", 450, "", "5.1.1 x" },
		{ "334 3.0.0 x", 334, "", "3.0.0 x" },
		{ "550 5.1.1x", 550, "", "5.1.1x" },
		{ "550 5.1", 550, "", "5.1" },
		{ "550 5.1.", 550, "", "5.1." },
		{ "550 5..1 x", 550, "", "5..1 x" },
		{ "550 5.1.1.1 x", 550, "", "5.1.1.1 x" },
		{ "550 5.7.1234 x", 550, "", "5.7.1234 x" },
		{ "550 5.777.999 x", 550, "5.777.999", "x" },
		{ "354 go ahead", 354, "", "go ahead" },
		{ "250 a\033[2Jb", 250, "", "a\033[2Jb" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply_parser p = { .lines = 0 };
		enum reply_status status =
		    feed(&p, rows[i].lines, strlen(rows[i].lines));

		check_true(rows[i].lines, status == REPLY_DONE, "not done");
		check_true(rows[i].lines, p.reply.code == rows[i].code, "code");
		check_true(rows[i].lines,
		    reply_class(&p.reply) == rows[i].code / 100, "class");
		check_str(rows[i].lines, p.reply.enhanced, rows[i].enhanced);
		check_str(rows[i].lines, p.reply.text, rows[i].text);
	}
}

static void
test_bad(void **state UNUSED)
{
	static const char *const rows[] = { "25", "2", "abc", "199 x", "600 x",
		"260 x", "250x", "250:x", "2500 x", "-250 x", " 250 x",
		"250-a\n251 b", "250-a\n550 b", "250-a\nb", "SSH-2.0-x",
		"HTTP/1.1 200 OK" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply_parser p = { .lines = 0 };

		check_true(rows[i],
		    feed(&p, rows[i], strlen(rows[i])) == REPLY_BAD, "taken");
		/* The next line begins a new reply. */
		check_true(
		    rows[i], reply_line(&p, "220 x", 5) == REPLY_DONE, "stuck");
		check_str(rows[i], p.reply.text, "x");
	}
}

static void
test_empty_line(void **state UNUSED)
{
	struct reply_parser p = { .lines = 0 };

	assert_int_equal(reply_line(&p, "", 0), REPLY_BAD);
}

static void
test_status_of_each_line(void **state UNUSED)
{
	struct reply_parser p = { .lines = 0 };

	assert_int_equal(reply_line(&p, "250-a", 5), REPLY_MORE);
	assert_int_equal(reply_line(&p, "250-b", 5), REPLY_MORE);
	assert_int_equal(reply_line(&p, "250 c", 5), REPLY_DONE);
	check_str("first", p.reply.text, "a\nb\nc");
	assert_int_equal(reply_line(&p, "550 5.0.0 d", 11), REPLY_DONE);
	check_str("second", p.reply.text, "d");
	assert_int_equal(reply_line(&p, "250 e", 5), REPLY_DONE);
	check_str("nothing is left over", p.reply.enhanced, "");
}

static void
test_nul(void **state UNUSED)
{
	struct reply_parser p = { .lines = 0 };

	assert_int_equal(reply_line(&p, "250 a\0b", 7), REPLY_DONE);
	check_str("NUL", p.reply.text, "a?b");
}

static void
test_limits(void **state UNUSED)
{
	struct reply_parser p = { .lines = 0 };
	char line[4000];
	size_t lines = 0;

	memset(line, 'x', sizeof(line));
	memcpy(line, "250 ", 4);
	assert_int_equal(reply_line(&p, line, sizeof(line)), REPLY_DONE);
	assert_int_equal(strlen(p.reply.text), REPLY_TEXT - 1);
	line[3] = '-';
	while (reply_line(&p, line, 100) == REPLY_MORE)
		lines++;
	assert_int_equal(lines, REPLY_LINES);
	assert_true(strlen(p.reply.text) < REPLY_TEXT);
}

static void
test_reply_is(void **state UNUSED)
{
	static const struct {
		const char *enhanced, *rest;
		bool want;
	} rows[] = {
		{ "4.5.3", "5.3", true },
		{ "5.5.3", "5.3", true },
		{ "4.5.30", "5.3", false },
		{ "", "5.3", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reply r = { .code = 452 };

		(void)snprintf(
		    r.enhanced, sizeof(r.enhanced), "%s", rows[i].enhanced);
		check_true(rows[i].enhanced,
		    reply_is(&r, rows[i].rest) == rows[i].want, "reply_is");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_empty_line),
		cmocka_unit_test(test_status_of_each_line),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_reply_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
