/* SPDX-License-Identifier: MIT */
/*
 * A number, a slash, and a time.
 */
#include "settings/rate.h"

#include <stdbool.h>
#include <string.h>

#define COUNT_MAX  1000000 /* of messages, and of units of time */
#define PER_SECOND 1000000 /* microseconds */

/* Digits at *p, 1 to COUNT_MAX; *p is then behind them. */
static bool
take_number(const char **p, int64_t *number)
{
	const char *start = *p;

	*number = 0;
	while (**p >= '0' && **p <= '9' && *number <= COUNT_MAX)
		*number = *number * 10 + (*(*p)++ - '0');
	return *p > start && *number >= 1 && *number <= COUNT_MAX;
}

static bool
unit_seconds(const char *word, int64_t *seconds)
{
	static const struct {
		const char *word;
		int64_t seconds;
	} units[] = { { "s", 1 }, { "sec", 1 }, { "second", 1 }, { "m", 60 },
		{ "min", 60 }, { "minute", 60 }, { "h", 3600 },
		{ "hour", 3600 }, { "d", 86400 }, { "day", 86400 } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(word, units[i].word) == 0) {
			*seconds = units[i].seconds;
			return true;
		}
	return false;
}

int
rate_parse(const char *text, int64_t *interval, struct error *err)
{
	const char *p = text;
	int64_t count, units = 1, seconds;

	if (take_number(&p, &count) && *p == '/') {
		p++;
		if ((*p < '0' || *p > '9' || take_number(&p, &units)) &&
		    unit_seconds(p, &seconds)) {
			*interval = units * seconds * PER_SECOND / count;
			if (*interval < 1)
				*interval = 1;
			return 0;
		}
	}
	(void)error_set(err, ERR_USAGE, "'%s' is no rate", text);
	return error_hint(err, "N/TIME, such as 20/min, 500/h, 2/s or 1/90s");
}
