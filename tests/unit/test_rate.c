/* SPDX-License-Identifier: MIT */
/* "20/min": the time from one to the next. */
#include "texttest.h"

#include "base/attr.h"
#include "settings/rate.h"

static void
test_rates(void **state UNUSED)
{
	static const struct {
		const char *text;
		int64_t interval; /* 0: refused */
	} rows[] = {
		{ "1/s", 1000000 },
		{ "2/s", 500000 },
		{ "20/min", 3000000 },
		{ "20/m", 3000000 },
		{ "500/hour", 7200000 },
		{ "1/90s", 90000000 },
		{ "10/2h", 720000000 },
		{ "1/day", 86400000000 },
		{ "1000000/s", 1 },
		{ "1000000/1s", 1 },
		{ "0/s", 0 },
		{ "-1/s", 0 },
		{ "1000001/s", 0 },
		{ "99999999999999999999/s", 0 },
		{ "20", 0 },
		{ "20/", 0 },
		{ "/min", 0 },
		{ "20/0s", 0 },
		{ "20/9", 0 },
		{ "20/year", 0 },
		{ "20/min ", 0 },
		{ " 20/min", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;
		int64_t interval = 0;
		int result = rate_parse(rows[i].text, &interval, &err);

		check_true(rows[i].text,
		    (result == 0) == (rows[i].interval > 0),
		    "taken or refused");
		if (result == 0)
			assert_int_equal(interval, rows[i].interval);
		else
			check_has(rows[i].text, err.hint, "20/min");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
