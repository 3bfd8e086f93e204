/* SPDX-License-Identifier: MIT */
/* Outcomes as the reply to a final dot: one line must not hide another. */
#include "texttest.h"

#include "base/attr.h"
#include "report/answer.h"

#include <stdio.h>

static struct reply
reply(int code, const char *enhanced, const char *text)
{
	struct reply r = { .code = code };

	(void)snprintf(r.enhanced, sizeof(r.enhanced), "%s", enhanced);
	(void)snprintf(r.text, sizeof(r.text), "%s", text);
	return r;
}

static const char bob[] = "bob@x.example";
static const char eve[] = "eve@x.example";

/* Two recipients, what was said to each, and the whole. */
static void
answer(struct buf *out, enum error_kind kind, enum stage stage,
    const struct reply *first, const struct reply *second,
    const struct reply *last)
{
	struct recipient to[] = {
		{ .address = (char *)(uintptr_t)bob, .reply = *first },
		{ .address = (char *)(uintptr_t)eve, .reply = *second },
	};
	struct outcome o = {
		.recipients = to, .count = 2, .stage = stage, .reply = *last
	};
	struct result r = { .outcome = &o };

	for (size_t i = 0; i < ARRAY_SIZE(to); i++) {
		static const enum recipient_state states[] = {
			[2] = RECIPIENT_ACCEPTED,
			[4] = RECIPIENT_DEFERRED,
			[5] = RECIPIENT_REFUSED,
		};

		to[i].state = states[reply_class(&to[i].reply)];
	}
	if (kind != ERR_NONE)
		(void)error_set(&o.error, kind, "something is wrong");
	r.state = result_state(&o, false);
	buf_clear(out);
	answer_put(out, &r);
}

static void
test_sent(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(10000);
	struct reply ok = reply(250, "2.0.0", "queued as 1\nand more");
	struct reply bare = reply(250, "", "");

	answer(&out, ERR_NONE, STAGE_DONE, &ok, &ok, &ok);
	check_str("sent", out.data,
	    "250-2.0.0 queued as 1\r\n250 2.0.0 and more\r\n");
	answer(&out, ERR_NONE, STAGE_DONE, &bare, &bare, &bare);
	check_str("no words", out.data, "250 2.0.0 sent\r\n");
}

static void
test_refused(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(10000);
	struct reply ok = reply(250, "2.0.0", "ok");
	struct reply spam = reply(552, "5.7.1", "spam");
	struct reply nobody = reply(550, "5.1.1", "no such user");
	struct reply full = reply(452, "4.2.2", "mailbox full");
	struct reply closing = reply(421, "4.3.2", "going down");
	struct reply login = reply(535, "5.7.8", "bad password");
	struct reply none = reply(0, "", "");

	answer(&out, ERR_UNAVAILABLE, STAGE_BODY, &spam, &spam, &spam);
	check_str("content", out.data,
	    "552-5.7.1 mitto: not sent: something is wrong\r\n"
	    "552 5.7.1 552 5.7.1 spam\r\n");
	answer(&out, ERR_UNAVAILABLE, STAGE_DONE, &ok, &nobody, &ok);
	check_str("one of two", out.data,
	    "550-5.1.1 mitto: something is wrong\r\n"
	    "550-5.1.1 eve@x.example: 550 5.1.1 no such user\r\n"
	    "550 5.1.1 sent to bob@x.example\r\n");
	answer(&out, ERR_TEMPORARY, STAGE_DONE, &full, &ok, &ok);
	check_str("one of two for now", out.data,
	    "452-4.2.2 mitto: something is wrong\r\n"
	    "452-4.2.2 bob@x.example: 452 4.2.2 mailbox full\r\n"
	    "452 4.2.2 sent to eve@x.example\r\n");
	answer(&out, ERR_TEMPORARY, STAGE_MAIL, &closing, &closing, &closing);
	check_has("not our end", out.data, "451-4.3.2 mitto: not sent");
	answer(&out, ERR_NOPERM, STAGE_AUTH, &none, &none, &login);
	check_has("not our login", out.data, "554-5.7.0 mitto: not sent");
	answer(&out, ERR_TEMPORARY, STAGE_CONNECT, &none, &none, &none);
	check_str("no connection", out.data,
	    "451 4.4.0 mitto: not sent: something is wrong\r\n");
}

/* Every kind has a code, and that tells what its exit status tells. */
static void
test_kinds(void **state UNUSED)
{
	for (int kind = ERR_USAGE; kind <= ERR_INTERRUPTED; kind++) {
		auto_buf struct buf out = buf_make(10000);
		struct error err = ERROR_INIT;
		struct result r = { .state = RESULT_FAILED, .error = &err };

		(void)error_set(&err, (enum error_kind)kind, "wrong");
		answer_put(&out, &r);
		check_true(error_phrase((enum error_kind)kind),
		    (out.data[0] == '4' || out.data[0] == '5') &&
			out.data[4] == out.data[0] && out.data[5] == '.',
		    out.data);
	}
}

static void
test_lines(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ "", "451 4.3.0 \r\n" },
		{ "a\n", "451 4.3.0 a\r\n" },
		{ "a\n   b\n", "451-4.3.0 a\r\n451 4.3.0 b\r\n" },
		{ "a\r\nQUIT", "451-4.3.0 a\\r\r\n451 4.3.0 QUIT\r\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf out = buf_make(1000);

		answer_lines(&out, 451, "4.3.0", rows[i][0]);
		check_str(rows[i][0], out.data, rows[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
