/* SPDX-License-Identifier: MIT */
/*
 * Back-off, expiry, and clocks that cannot be trusted.
 */
#include "spool/schedule.h"

#include "base/attr.h"

#include <stddef.h>

#define FUTURE_SECONDS 600 /* what has happened may lie so far ahead */

int64_t
schedule_delay(int64_t failures, uint16_t chance)
{
	static const int64_t steps[] = { 60, 120, 300, 900, 1800, 3600, 7200,
		SCHEDULE_MAX_STEP };
	int64_t count = ARRAY_SIZE(steps);
	int64_t step = steps[failures < 1 ? 0
		: failures > count        ? count - 1
					  : failures - 1];

	/* 0.8 + 0.45 * chance */
	return step * (80LL * UINT16_MAX + 45LL * chance) /
	    (100LL * UINT16_MAX);
}

struct schedule
schedule_new(int64_t now)
{
	return (struct schedule){ .created = now, .last = now };
}

bool
schedule_attempt(struct schedule *s, int64_t now, uint16_t chance)
{
	int64_t gap = now - s->last;
	bool was_young = s->age < SCHEDULE_DELAY;

	if (gap > 2 * SCHEDULE_MAX_STEP)
		gap = 2 * SCHEDULE_MAX_STEP;
	if (gap > 0)
		s->age += gap;
	s->attempts++;
	s->last = now;
	s->next = now + schedule_delay(s->attempts, chance);
	return was_young && s->age >= SCHEDULE_DELAY;
}

bool
schedule_is_ahead(const struct schedule *s, int64_t now)
{
	return s->next > now + 2 * SCHEDULE_MAX_STEP ||
	    s->last > now + FUTURE_SECONDS;
}

bool
schedule_due(const struct schedule *s, int64_t now)
{
	return s->next <= now || schedule_is_ahead(s, now);
}

bool
schedule_expired(const struct schedule *s)
{
	return s->age > SCHEDULE_LIFE && s->attempts >= SCHEDULE_MIN_ATTEMPTS;
}
