/* SPDX-License-Identifier: MIT */
/*
 * Results: status, JSON, log line; sizes for people.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/mem.h"
#include "report/result.h"
#include "report/terminal.h"

#include <stdio.h>

static struct reply
reply(int code, const char *enhanced, const char *text)
{
	struct reply r = { .code = code };

	(void)snprintf(r.enhanced, sizeof(r.enhanced), "%s", enhanced);
	(void)snprintf(r.text, sizeof(r.text), "%s", text);
	return r;
}

static void
test_sent(void **state UNUSED)
{
	struct recipient to[] = {
		{ .address = (char *)(uintptr_t) "bob@x.example",
		    .state = RECIPIENT_ACCEPTED },
	};
	struct outcome o = {
		.recipients = to,
		.count = 1,
		.stage = STAGE_DONE,
		.server = "mx.example:25",
		.tls = "TLSv1.3",
		.size = 12,
		.elapsed_ms = 34,
	};
	struct result r = {
		.state = RESULT_SENT,
		.message_id = "<a@b>",
		.account = "home",
		.sender = "ana@x.example",
		.outcome = &o,
	};
	auto_buf struct buf out = buf_make(10000);
	auto_buf struct buf line = buf_make(10000);

	to[0].reply = o.reply = reply(250, "2.0.0", "queued \"A\"\nand more");
	result_json(&r, &out);
	check_str("json", out.data,
	    "{\"ok\":true,\"exit\":0,\"state\":\"sent\","
	    "\"message_id\":\"<a@b>\",\"account\":\"home\","
	    "\"server\":\"mx.example:25\",\"tls\":\"TLSv1.3\",\"size\":12,"
	    "\"stage\":\"done\",\"code\":250,\"enhanced\":\"2.0.0\","
	    "\"reply\":\"queued \\\"A\\\"\\nand more\",\"hint\":null,"
	    "\"queue_id\":null,\"elapsed_ms\":34,\"recipients\":["
	    "{\"address\":\"bob@x.example\",\"state\":\"accepted\",\"code\":250,"
	    "\"enhanced\":\"2.0.0\",\"reply\":\"queued \\\"A\\\"\\nand more\"}"
	    "]}\n");
	result_log(&r, &line);
	check_str("log", line.data,
	    "sent exit=0 id=<a@b> account=home from=ana@x.example recipients=1 "
	    "accepted=bob@x.example server=mx.example:25 size=12 ms=34 code=250 "
	    "reply=queued \"A\"\\nand more");
}

static void
test_failed_early(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct result r = { .state = RESULT_FAILED, .error = &err };
	auto_buf struct buf out = buf_make(10000);

	(void)error_set(&err, ERR_NOINPUT, "no such attachment: 'x'");
	(void)error_hint(&err, "look at \033[31m");
	assert_int_equal(result_status(&r), 66);
	result_json(&r, &out);
	check_str("json", out.data,
	    "{\"ok\":false,\"exit\":66,\"state\":\"failed\","
	    "\"message_id\":null,\"account\":null,\"server\":null,\"tls\":null,"
	    "\"size\":0,\"stage\":\"connect\",\"code\":null,\"enhanced\":null,"
	    "\"reply\":null,\"hint\":\"look at \\u001b[31m\","
	    "\"queue_id\":null,\"elapsed_ms\":0,\"recipients\":[]}\n");
}

/* What waits is told as a success, and where it waits. */
static void
test_queued(void **state UNUSED)
{
	static const struct {
		const char *name;
		enum result_state state;
		const char *id;
		int status;
	} rows[] = {
		{ "queued", RESULT_QUEUED, "q-1", 0 },
		{ "in-doubt", RESULT_IN_DOUBT, "q-1", 0 },
		{ "in-doubt", RESULT_IN_DOUBT, NULL, 75 },
		{ "partial", RESULT_PARTIAL, "q-1", 75 },
		{ "failed", RESULT_FAILED, NULL, 75 },
	};
	char bob[] = "bob@x.example";
	struct recipient to[1] = {
		{ .address = bob, .state = RECIPIENT_DEFERRED },
	};
	struct outcome o = {
		.recipients = to, .count = 1, .stage = STAGE_RCPT
	};

	(void)error_set(&o.error, ERR_TEMPORARY, "later");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct result r = {
			.state = rows[i].state,
			.outcome = &o,
			.queue_id = rows[i].id,
		};
		auto_buf struct buf out = buf_make(10000);
		auto_free char *want =
		    mem_printf("\"exit\":%d,\"state\":\"%s\"", rows[i].status,
			rows[i].name);

		assert_int_equal(result_status(&r), rows[i].status);
		result_json(&r, &out);
		check_has(rows[i].name, out.data, want);
		check_has(rows[i].name, out.data, "\"stage\":\"rcpt\"");
		check_has(rows[i].name, out.data,
		    rows[i].id != NULL ? "\"queue_id\":\"q-1\""
				       : "\"queue_id\":null");
	}
}

static void
test_states(void **state UNUSED)
{
	static const struct {
		const char *name;
		enum recipient_state first, second;
		enum error_kind kind;
		bool in_doubt, check;
		enum result_state want;
	} rows[] = {
		{ "all", RECIPIENT_ACCEPTED, RECIPIENT_ACCEPTED, ERR_NONE,
		    false, false, RESULT_SENT },
		{ "check", RECIPIENT_ACCEPTED, RECIPIENT_ACCEPTED, ERR_NONE,
		    false, true, RESULT_CHECKED },
		{ "some", RECIPIENT_ACCEPTED, RECIPIENT_REFUSED,
		    ERR_UNAVAILABLE, false, false, RESULT_PARTIAL },
		{ "some, check", RECIPIENT_ACCEPTED, RECIPIENT_REFUSED,
		    ERR_UNAVAILABLE, false, true, RESULT_FAILED },
		{ "none", RECIPIENT_REFUSED, RECIPIENT_REFUSED, ERR_NOUSER,
		    false, false, RESULT_FAILED },
		{ "doubt", RECIPIENT_UNKNOWN, RECIPIENT_UNKNOWN, ERR_TEMPORARY,
		    true, false, RESULT_IN_DOUBT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct recipient to[] = {
			{ .state = rows[i].first },
			{ .state = rows[i].second },
		};
		struct outcome o = {
			.recipients = to,
			.count = 2,
			.in_doubt = rows[i].in_doubt,
			.error.kind = rows[i].kind,
		};
		struct result r = { .outcome = &o };

		check_true(rows[i].name,
		    result_state(&o, rows[i].check) == rows[i].want, "state");
		assert_int_equal(result_status(&r), error_status(rows[i].kind));
	}
}

static void
test_bytes(void **state UNUSED)
{
	static const struct {
		long long bytes;
		const char *want;
	} rows[] = {
		{ 0, "0 bytes" },
		{ 999, "999 bytes" },
		{ 1000, "1.0 kB" },
		{ 999949, "999.9 kB" },
		{ 999950, "1.0 MB" },
		{ 24600000, "24.6 MB" },
		{ 5000000000000000, "5000.0 TB" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[TERMINAL_SIZE];

		terminal_bytes(got, rows[i].bytes);
		check_str(rows[i].want, got, rows[i].want);
	}
}

static void
test_time(void **state UNUSED)
{
	static const struct {
		long long seconds;
		const char *want;
	} rows[] = { { 0, "0 s" }, { 89, "89 s" }, { 90, "2 min" },
		{ 5399, "90 min" }, { 5400, "2 h" }, { 86400, "24 h" },
		{ 172800, "2 days" }, { 432000, "5 days" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[TERMINAL_SIZE];

		terminal_time(text, rows[i].seconds);
		check_str("time", text, rows[i].want);
	}
}

static void
test_color(void **state UNUSED)
{
	static const struct {
		const char *name, *no_color, *force_color;
		enum when color;
		bool want;
	} rows[] = {
		{ "no terminal", NULL, NULL, WHEN_AUTO, false },
		{ "forced by the environment", NULL, "1", WHEN_AUTO, true },
		{ "NO_COLOR is stronger", "1", "1", WHEN_AUTO, false },
		{ "empty counts as unset", "", "1", WHEN_AUTO, true },
		{ "always", "1", NULL, WHEN_ALWAYS, true },
		{ "never", NULL, "1", WHEN_NEVER, false },
	};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct terminal t;

		(void)unsetenv("NO_COLOR");
		(void)unsetenv("FORCE_COLOR");
		if (rows[i].no_color != NULL)
			(void)setenv("NO_COLOR", rows[i].no_color, 1);
		if (rows[i].force_color != NULL)
			(void)setenv("FORCE_COLOR", rows[i].force_color, 1);
		t = terminal_open(ends[1], rows[i].color);
		check_true(rows[i].name, t.color == rows[i].want, "color");
		check_true(rows[i].name,
		    (terminal_on(&t, TINT_ERROR)[0] != '\0') == rows[i].want,
		    "sequence");
		check_true(rows[i].name, !t.tty && t.width == 80, "terminal");
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_failed_early),
		cmocka_unit_test(test_queued),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_color),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
