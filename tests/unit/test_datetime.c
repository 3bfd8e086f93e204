/* SPDX-License-Identifier: MIT */
/*
 * Date-times of RFC 5322, written in several zones and read in all their forms.
 */
#include "texttest.h"

#include "base/attr.h"
#include "text/datetime.h"

#include <stdlib.h>

static void
set_zone(const char *zone)
{
	(void)setenv("TZ", zone, 1);
	tzset();
}

static void
test_format(void **state UNUSED)
{
	static const struct {
		const char *name, *zone;
		long long when;
		const char *want;
	} rows[] = {
		{ "epoch", "UTC", 0, "Thu, 01 Jan 1970 00:00:00 +0000" },
		{ "east", "XXX-1", 1795467432,
		    "Mon, 23 Nov 2026 21:57:12 +0100" },
		{ "west", "XXX+3:30", 1795467432,
		    "Mon, 23 Nov 2026 17:27:12 -0330" },
		{ "odd seconds of an old zone", "XXX-0:57:44", 0,
		    "Thu, 01 Jan 1970 00:57:00 +0057" },
		{ "odd seconds west", "XXX+0:25:21", 0,
		    "Wed, 31 Dec 1969 23:35:00 -0025" },
		{ "less than an hour west", "XXX+0:30", 3600,
		    "Thu, 01 Jan 1970 00:30:00 -0030" },
		{ "leap day", "UTC", 1709164800,
		    "Thu, 29 Feb 2024 00:00:00 +0000" },
		{ "before 1970", "UTC", -1, "Wed, 31 Dec 1969 23:59:59 +0000" },
		{ "last", "UTC", 253402300799,
		    "Fri, 31 Dec 9999 23:59:59 +0000" },
		{ "beyond", "UTC", 253402300800,
		    "Fri, 31 Dec 9999 23:59:59 +0000" },
		{ "far beyond", "UTC", INT64_MAX,
		    "Fri, 31 Dec 9999 23:59:59 +0000" },
		{ "long ago", "UTC", INT64_MIN,
		    "Mon, 01 Jan 1900 00:00:00 +0000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char out[DATETIME_SIZE];

		set_zone(rows[i].zone);
		datetime_format((time_t)rows[i].when, out);
		check_str(rows[i].name, out, rows[i].want);
	}
}

/* Whatever is written is read back. */
static void
test_round_trip(void **state UNUSED)
{
	static const char *zones[] = { "UTC", "XXX-5:45", "XXX+9:30", "XXX-14",
		"XXX+0:25:21" };

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		set_zone(zones[i]);
		for (long long t = -2000000000; t < 5000000000; t += 7654321) {
			char out[DATETIME_SIZE];
			time_t back = 0;

			datetime_format((time_t)t, out);
			check_true(out, datetime_parse(out, &back), "refused");
			check_true(out, back == t, "another time");
		}
	}
}

static void
test_parse(void **state UNUSED)
{
	static const struct {
		const char *input;
		long long want;
	} rows[] = {
		/* RFC 5322 appendix A */
		{ "Fri, 21 Nov 1997 09:55:06 -0600", 880127706 },
		{ "Tue, 1 Jul 2003 10:52:37 +0200", 1057049557 },
		{ "Thu, 13 Feb 1969 23:32:54 -0330", -27723426 },
		{ "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n"
		  "      23:32\r\n               -0330 (Newfoundland Time)",
		    -27723480 },
		{ "21 Nov 97 09:55:06 GMT", 880106106 },
		{ "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
		    880127706 },
		/* RFC 8463 appendix A */
		{ "Fri, 11 Jul 2003 21:00:37 -0700 (PDT)", 1057982437 },
		{ "1 Jan 1970 00:00 +0000", 0 },
		{ "01 jan 1970 00:00:00 UT", 0 },
		{ "1 Jan 1970 0:00:00 Z", 0 },
		{ "1 Jan 1970 00:00:00 -0000", 0 },
		{ "  Thu , 1 Jan 1970 00:00:00 +0000  ", 0 },
		{ "1 Jan 70 00:00:00 GMT", 0 },
		{ "1 Jan 00 00:00:00 GMT", 946684800 },
		{ "31 Dec 49 00:00:00 GMT", 2524521600 },
		{ "1 Jan 50 00:00:00 GMT", -631152000 },
		{ "1 Jan 100 00:00:00 GMT", 946684800 },
		{ "1 Jan 1970 00:00:00 EST", 18000 },
		{ "1 Jan 1970 00:00:00 pdt", 25200 },
		{ "1 Jan 1970 00:00:00 CET", 0 }, /* unknown: -0000 */
		{ "1 Jan 1970 00:00:00 K", 0 },
		{ "31 Dec 1998 23:59:60 +0000", 915148800 },
		{ "29 Feb 2000 12:00:00 +0000", 951825600 },
		{ "31 Dec 9999 23:59:59 +0000", 253402300799 },
		{ "(a (nested \\) one)) 1 Jan 1970 00:00 +0000", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		time_t when = 1;

		check_true(rows[i].input, datetime_parse(rows[i].input, &when),
		    "refused");
		if (when != rows[i].want)
			fail_msg("%s: %lld", rows[i].input, (long long)when);
	}
}

static void
test_refused(void **state UNUSED)
{
	static const char *rows[] = {
		"",
		"yesterday",
		"2026-11-23T21:57:12Z",
		"Mon Nov 23 21:57:12 2026",
		"Mon 23 Nov 2026 21:57:12 +0100",
		"Mon, 23 Nov 2026 21:57:12",
		"Mon, 23 Nov 2026 21:57:12 +1",
		"Mon, 23 Nov 2026 21:57:12 +0160",
		"Mon, 23 Nov 2026 21:57:12 +01000",
		"Mon, 23 Nov 2026 21:57:12 +0100 x",
		"Mon, 23 Nov 2026 24:00:00 +0100",
		"Mon, 23 Nov 2026 21:60:00 +0100",
		"Mon, 23 Nov 2026 21:57:61 +0100",
		"Mon, 23 Nov 2026 21:57: +0100",
		"Mon, 23 Nov 2026 2157 +0100",
		"Mon, 00 Nov 2026 21:57:12 +0100",
		"Mon, 31 Nov 2026 21:57:12 +0100",
		"29 Feb 1900 00:00:00 +0000",
		"29 Feb 2026 00:00:00 +0000",
		"Mon, 23 Nov 1899 21:57:12 +0100",
		"Mon, 23 Nov 12026 21:57:12 +0100",
		"Mon, 23 Nov 6 21:57:12 +0100",
		"Pon, 23 Nov 2026 21:57:12 +0100",
		"Monday, 23 Nov 2026 21:57:12 +0100",
		"Mon, 23 November 2026 21:57:12 +0100",
		"Mon, 123 Nov 2026 21:57:12 +0100",
		"Mon, 23 Nov 2026 21:57:12 +0100 (open",
		"Mon, 23 Nov 2026 21:57:12 toolong",
		"1 Jan 1970 00:00:99999999999999999999 +0000",
	};
	time_t when;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i], !datetime_parse(rows[i], &when), "taken");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
