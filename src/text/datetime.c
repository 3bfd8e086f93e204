/* SPDX-License-Identifier: MIT */
/*
 * Names come from tables, never from strftime() or strptime(), which speak the
 * locale's language.
 */
#include "text/datetime.h"

#include "base/attr.h"
#include "text/cfws.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat" };
static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The years 1900 to 9999, which four digits can say. */
#define EARLIEST -2208988800
#define LATEST   253402300799

static time_t
clamp(time_t when)
{
	if (when < EARLIEST)
		return EARLIEST;
	return when > LATEST ? LATEST : when;
}

void
datetime_format(time_t when, char *out)
{
	struct tm tm = { 0 };
	char day[4], time[16];
	long minutes;
	unsigned zone;

	when = clamp(when);
	(void)localtime_r(&when, &tm);
	/* Whole minutes are all that the zone can say; the time shown keeps to
	 * them, so that both together are exact. */
	minutes = tm.tm_gmtoff / 60;
	zone = (unsigned)labs(minutes);
	when = clamp(when + minutes * 60);
	(void)gmtime_r(&when, &tm);
	/* Numbers are the same in every locale. */
	(void)strftime(day, sizeof(day), "%d", &tm);
	(void)strftime(time, sizeof(time), "%Y %H:%M:%S", &tm);
	(void)snprintf(out, DATETIME_SIZE, "%.3s, %s %.3s %s %c%02u%02u",
	    days[tm.tm_wday], day, months[tm.tm_mon], time,
	    minutes < 0 ? '-' : '+', zone / 60 % 100, zone % 60);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Take a number of least to most digits and what may be skipped behind it.  The
 * number of digits, 0 if it is not there. */
static size_t
take_number(const char **p, size_t least, size_t most, int *value)
{
	const char *end;
	size_t n = 0;

	*value = 0;
	while (n <= most && is_digit((*p)[n]))
		*value = *value * 10 + ((*p)[n++] - '0');
	if (n < least || n > most)
		return 0;
	end = cfws_skip(*p + n);
	if (end == NULL)
		return 0;
	*p = end;
	return n;
}

static bool
take_char(const char **p, char c)
{
	const char *end = **p == c ? cfws_skip(*p + 1) : NULL;

	if (end == NULL)
		return false;
	*p = end;
	return true;
}

/* Take one of the names of three letters; its index or -1. */
static int
take_name(const char **p, const char (*names)[4], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *end;

		if (strncasecmp(*p, names[i], 3) != 0 || is_letter((*p)[3]))
			continue;
		end = cfws_skip(*p + 3);
		if (end == NULL)
			return -1;
		*p = end;
		return (int)i;
	}
	return -1;
}

/* [day-of-week ","] day month year; a year of two or three digits is obsolete
 * but has a meaning (RFC 5322 section 4.3). */
static bool
take_date(const char **p, struct tm *tm)
{
	int year;
	size_t digits;

	if (is_letter(**p) && (take_name(p, days, 7) < 0 || !take_char(p, ',')))
		return false;
	if (take_number(p, 1, 2, &tm->tm_mday) == 0)
		return false;
	tm->tm_mon = take_name(p, months, 12);
	if (tm->tm_mon < 0)
		return false;
	digits = take_number(p, 2, 4, &year);
	if (digits == 0 || (digits == 4 && year < 1900))
		return false;
	if (digits == 2 && year < 50)
		year += 2000;
	else if (digits < 4)
		year += 1900;
	tm->tm_year = year - 1900;
	return true;
}

/* hour ":" minute [":" second] */
static bool
take_time(const char **p, struct tm *tm)
{
	if (take_number(p, 1, 2, &tm->tm_hour) == 0 || !take_char(p, ':') ||
	    take_number(p, 2, 2, &tm->tm_min) == 0)
		return false;
	tm->tm_sec = 0;
	if (take_char(p, ':') && take_number(p, 2, 2, &tm->tm_sec) == 0)
		return false;
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* +hhmm, or one of the obsolete names; names without a known meaning, military
 * ones included, count as -0000. */
static bool
take_zone(const char **p, int *seconds)
{
	static const struct {
		char name[4];
		int hours;
	} zones[] = { { "EDT", -4 }, { "EST", -5 }, { "CDT", -5 },
		{ "CST", -6 }, { "MDT", -6 }, { "MST", -7 }, { "PDT", -7 },
		{ "PST", -8 } };
	char sign = **p;
	size_t n = 0;
	int value;

	*seconds = 0;
	if (sign == '+' || sign == '-') {
		++*p;
		if (take_number(p, 4, 4, &value) == 0 || value % 100 > 59)
			return false;
		*seconds = (value / 100 * 60 + value % 100) * 60;
		if (sign == '-')
			*seconds = -*seconds;
		return true;
	}
	while (is_letter((*p)[n]))
		n++;
	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (n == 3 && strncasecmp(*p, zones[i].name, 3) == 0)
			*seconds = zones[i].hours * 3600;
	*p = cfws_skip(*p + n);
	return *p != NULL;
}

static bool
day_exists(const struct tm *tm)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int year = tm->tm_year + 1900;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return tm->tm_mday >= 1 &&
	    tm->tm_mday <= lengths[tm->tm_mon] + (tm->tm_mon == 1 && leap);
}

bool
datetime_parse(const char *text, time_t *when)
{
	const char *p = cfws_skip(text);
	struct tm tm = { 0 };
	int offset;

	if (p == NULL || !take_date(&p, &tm) || !take_time(&p, &tm) ||
	    !take_zone(&p, &offset) || *p != '\0' || !day_exists(&tm))
		return false;
	*when = timegm(&tm) - offset;
	return true;
}
