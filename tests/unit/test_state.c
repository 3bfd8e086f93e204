/* SPDX-License-Identifier: MIT */
/* Slots: what is written is read, what is torn counts as nothing. */
#include "texttest.h"

#include "base/mem.h"
#include "spool/state.h"

#include <stdio.h>

#define ID "q-1700000000000000-abcdefghijklm"

static struct state
sample(void)
{
	struct state s;

	state_init(&s, 3);
	s.schedule = (struct schedule){
		.created = 7,
		.last = 1700000001,
		.next = 1700000060,
		.age = 42,
		.attempts = 3,
	};
	state_text(s.reason, "server  says: wait");
	s.marks[0] = (struct mark){
		.kind = MARK_DONE, .when = 5, .code = 250, .enhanced = "2.1.5"
	};
	s.marks[1] = (struct mark){ .kind = MARK_DOUBT, .when = 6 };
	state_text(s.marks[1].text, "first\nsecond \xc3\xa1");
	s.marks[2] = (struct mark){ .kind = MARK_REFUSED, .code = 550 };
	return s;
}

static char *
write_all(const struct state *s)
{
	char *data = mem_alloc((s->count + 1) * STATE_SLOT);

	for (size_t i = 0; i <= s->count; i++)
		state_slot(s, ID, i, data + i * STATE_SLOT);
	return data;
}

static void
check_same(const char *name, const struct state *got, const struct state *want)
{
	check_true(name,
	    memcmp(&got->schedule, &want->schedule, sizeof(got->schedule)) == 0,
	    "schedule");
	check_str(name, got->reason, want->reason);
	for (size_t i = 0; i < want->count; i++) {
		check_true(
		    name, got->marks[i].kind == want->marks[i].kind, "kind");
		check_true(
		    name, got->marks[i].when == want->marks[i].when, "when");
		check_true(
		    name, got->marks[i].code == want->marks[i].code, "code");
		check_str(
		    name, got->marks[i].enhanced, want->marks[i].enhanced);
		check_str(name, got->marks[i].text, want->marks[i].text);
	}
}

static void
test_round_trip(void **state UNUSED)
{
	struct state s = sample(), got;
	auto_free char *data = write_all(&s);

	for (size_t i = 0; i <= s.count; i++)
		assert_int_equal(data[(i + 1) * STATE_SLOT - 1], '\n');
	state_init(&got, 3);
	got.schedule.created = 7;
	state_read(&got, ID, data, 4 * STATE_SLOT);
	check_same("round trip", &got, &s);
	state_release(&got);
	state_release(&s);
}

static void
test_counts(void **state UNUSED)
{
	struct state s = sample();

	assert_int_equal(state_count(&s, MARK_DONE), 1);
	assert_int_equal(state_count(&s, MARK_WAITING), 0);
	assert_true(state_open(&s));
	s.marks[1].kind = MARK_DONE;
	assert_false(state_open(&s));
	state_release(&s);
}

/* Any byte of a slot that changes takes that slot back to nothing, and no
 * other. */
static void
test_torn(void **state UNUSED)
{
	struct state s = sample();
	auto_free char *data = write_all(&s);

	for (size_t at = 0; at < 4 * STATE_SLOT - 1; at++) {
		struct state got;
		size_t slot = at / STATE_SLOT;

		if (at % STATE_SLOT == STATE_SLOT - 1 ||
		    at % STATE_SLOT == STATE_SLOT - 10)
			continue; /* the line end, the blank before the sum */
		data[at] ^= 1;
		state_init(&got, 3);
		state_read(&got, ID, data, 4 * STATE_SLOT);
		data[at] ^= 1;
		assert_true((got.schedule.attempts == 3) == (slot != 0));
		assert_true((got.marks[0].kind == MARK_DONE) == (slot != 1));
		assert_true((got.marks[1].kind == MARK_DOUBT) == (slot != 2));
		assert_true((got.marks[2].kind == MARK_REFUSED) == (slot != 3));
		state_release(&got);
	}
	state_release(&s);
}

static void
test_not_mine(void **state UNUSED)
{
	struct state s = sample(), got;
	auto_free char *data = write_all(&s);

	state_init(&got, 3);
	state_read(
	    &got, "q-1700000000000000-abcdefghijkln", data, 4 * STATE_SLOT);
	assert_int_equal(state_count(&got, MARK_WAITING), 3);
	assert_int_equal(got.schedule.attempts, 0);
	/* Cut at every length: whole slots count, the rest does not. */
	for (size_t len = 0; len <= 4 * STATE_SLOT; len += 64) {
		state_release(&got);
		state_init(&got, 3);
		state_read(&got, ID, data, len);
		assert_int_equal(3 - state_count(&got, MARK_WAITING),
		    len < 2 * STATE_SLOT ? 0 : len / STATE_SLOT - 1);
	}
	state_release(&got);
	state_release(&s);
}

static void
test_long_text(void **state UNUSED)
{
	struct state s = sample(), got;
	char text[2000];
	auto_free char *data = NULL;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	state_text(s.reason, text);
	state_text(s.marks[2].text, text);
	s.schedule.last = s.schedule.next = s.schedule.age =
	    s.schedule.attempts = INT64_MAX;
	data = write_all(&s);
	state_init(&got, 3);
	got.schedule.created = 7;
	state_read(&got, ID, data, 4 * STATE_SLOT);
	check_same("long", &got, &s);
	state_release(&got);
	state_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_not_mine),
		cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
