/* SPDX-License-Identifier: MIT */
/* Back-off, expiry, and clocks that jump. */
#include "texttest.h"

#include "base/attr.h"
#include "spool/schedule.h"

#define NOW  1800000000LL
#define DAY  86400LL
#define YEAR (365 * DAY)

static void
test_delay(void **state UNUSED)
{
	static const struct {
		int64_t failures, seconds;
	} rows[] = { { -1, 60 }, { 0, 60 }, { 1, 60 }, { 2, 120 }, { 3, 300 },
		{ 4, 900 }, { 5, 1800 }, { 6, 3600 }, { 7, 7200 }, { 8, 14400 },
		{ 9, 14400 }, { INT64_MAX, 14400 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t least = schedule_delay(rows[i].failures, 0);
		int64_t most = schedule_delay(rows[i].failures, UINT16_MAX);

		assert_int_equal(least, rows[i].seconds * 80 / 100);
		assert_int_equal(most, rows[i].seconds * 125 / 100);
		for (unsigned c = 0; c <= UINT16_MAX; c += 257) {
			int64_t d =
			    schedule_delay(rows[i].failures, (uint16_t)c);

			assert_true(d >= least && d <= most);
		}
	}
}

static void
test_due(void **state UNUSED)
{
	static const struct {
		const char *name;
		int64_t created, next, now;
		bool due;
	} rows[] = {
		{ "new", NOW, 0, NOW, true },
		{ "at its time", NOW, NOW + 60, NOW + 60, true },
		{ "before", NOW, NOW + 60, NOW + 59, false },
		{ "long after", NOW, NOW + 60, NOW + YEAR, true },
		{ "clock back ten years", NOW, NOW + 60, NOW - 10 * YEAR,
		    true },
		{ "clock back an hour", NOW, NOW + 60, NOW - 3600, true },
		{ "clock back a minute", NOW, NOW + 60, NOW - 60, false },
		{ "next beyond reason", NOW, NOW + DAY, NOW, true },
		{ "next far, within reason", NOW, NOW + 18000, NOW, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct schedule s = schedule_new(rows[i].created);

		s.next = rows[i].next;
		check_true(rows[i].name,
		    schedule_due(&s, rows[i].now) == rows[i].due, "due");
	}
}

/* A message from the future is tried at once, and then in its turn. */
static void
test_future(void **state UNUSED)
{
	struct schedule s = schedule_new(NOW + YEAR);

	assert_true(schedule_due(&s, NOW));
	(void)schedule_attempt(&s, NOW, 0);
	assert_false(schedule_due(&s, NOW + 1));
	assert_true(schedule_due(&s, s.next));
	assert_int_equal(s.age, 0);
}

/* Told once, when it has been waiting for four hours. */
static void
test_late(void **state UNUSED)
{
	struct schedule s = schedule_new(NOW);
	int told = 0;

	assert_false(schedule_attempt(&s, NOW + SCHEDULE_DELAY - 1, 0));
	for (int64_t now = NOW + SCHEDULE_DELAY; !schedule_expired(&s);
	     now = s.next) {
		told += schedule_attempt(&s, now, 0);
		assert_int_equal(told, 1);
	}
}

/* Tried at each moment it asks for, it lives its five days and some hours. */
static void
test_life(void **state UNUSED)
{
	struct schedule s = schedule_new(NOW);

	while (!schedule_expired(&s)) {
		int64_t now = s.next == 0 ? NOW : s.next;

		(void)schedule_attempt(&s, now, 30000);
		assert_true(s.next > now);
		assert_true(s.attempts < 1000);
	}
	assert_true(s.last - NOW > SCHEDULE_LIFE);
	assert_true(s.last - NOW < SCHEDULE_LIFE + 2 * SCHEDULE_MAX_STEP);
	assert_true(s.attempts >= SCHEDULE_MIN_ATTEMPTS);
}

static void
test_jumps_expire_nothing(void **state UNUSED)
{
	static const int64_t jumps[] = { 10 * DAY, YEAR, 10 * YEAR, -YEAR,
		-10 * YEAR, 2147483648LL - NOW };

	for (size_t i = 0; i < ARRAY_SIZE(jumps); i++) {
		struct schedule s = schedule_new(NOW);
		int64_t now = NOW;

		/* Old enough to expire if the wall clock counted. */
		for (int k = 0; k < 8; k++, now += 3600)
			(void)schedule_attempt(&s, now, 0);
		assert_false(schedule_expired(&s));
		(void)schedule_attempt(&s, now + jumps[i], 0);
		assert_false(schedule_expired(&s));
		assert_true(schedule_due(&s, s.next));
		/* And back again. */
		(void)schedule_attempt(&s, now, 0);
		assert_false(schedule_expired(&s));
	}
}

/* Ten days off line: no attempt, no age. */
static void
test_sleep(void **state UNUSED)
{
	struct schedule s = schedule_new(NOW);

	(void)schedule_attempt(&s, NOW, 0);
	assert_true(schedule_due(&s, NOW + 10 * DAY));
	(void)schedule_attempt(&s, NOW + 10 * DAY, 0);
	assert_false(schedule_expired(&s));
	assert_true(s.age <= 2 * SCHEDULE_MAX_STEP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_future),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_jumps_expire_nothing),
		cmocka_unit_test(test_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
