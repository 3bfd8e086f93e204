/* SPDX-License-Identifier: MIT */
/*
 * The two clocks; SOURCE_DATE_EPOCH as in reproducible-builds.org's spec.
 */
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>

static bool
fixed_time(time_t *when)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long value;

	if (text == NULL || *text == '\0')
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < 0)
		return false;
	*when = (time_t)value;
	return true;
}

time_t
clock_now(void)
{
	time_t when;

	return fixed_time(&when) ? when : time(NULL);
}

bool
clock_is_fixed(void)
{
	time_t when;

	return fixed_time(&when);
}

long long
clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
