/* SPDX-License-Identifier: MIT */
/*
 * Terminal properties from the environment and the kernel; sixteen colours and
 * no library.
 */
#include "report/terminal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool
env_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

static bool
wants_color(bool tty, enum when color)
{
	const char *term = getenv("TERM");

	if (color != WHEN_AUTO)
		return color == WHEN_ALWAYS;
	if (env_set("NO_COLOR"))
		return false;
	if (env_set("FORCE_COLOR"))
		return true;
	return tty && term != NULL && strcmp(term, "dumb") != 0;
}

/* The locale's name is asked, never set: it decides pictures, not bytes. */
static bool
utf8_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || *value == '\0')
			continue;
		return strstr(value, "UTF-8") != NULL ||
		    strstr(value, "utf8") != NULL ||
		    strstr(value, "utf-8") != NULL;
	}
	return false;
}

struct terminal
terminal_open(int fd, enum when color)
{
	struct terminal t = { .tty = isatty(fd) == 1, .width = 80 };
	struct winsize size;

	t.color = wants_color(t.tty, color);
	t.unicode = utf8_locale();
	if (t.tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		t.width = size.ws_col;
	return t;
}

const char *
terminal_on(const struct terminal *t, enum tint tint)
{
	static const char *const codes[] = {
		[TINT_ERROR] = "\033[31m",
		[TINT_HINT] = "\033[33m",
		[TINT_DONE] = "\033[32m",
		[TINT_DIM] = "\033[2m",
		[TINT_BOLD] = "\033[1m",
	};

	return t->color ? codes[tint] : "";
}

const char *
terminal_off(const struct terminal *t)
{
	return t->color ? "\033[0m" : "";
}

const char *
terminal_mark(const struct terminal *t, bool good)
{
	if (t->tty && t->unicode)
		return good ? "✓" : "✗";
	return good ? "ok" : "failed";
}

void
terminal_time(char *out, long long seconds)
{
	static const struct {
		long long below, unit;
		const char *name;
	} units[] = {
		{ 90, 1, "s" },
		{ 5400, 60, "min" },
		{ 2LL * 86400, 3600, "h" },
		{ LLONG_MAX, 86400, "days" },
	};
	size_t i = 0;

	while (seconds >= units[i].below && i + 1 < ARRAY_SIZE(units))
		i++;
	(void)snprintf(out, TERMINAL_SIZE, "%lld %s",
	    (seconds + units[i].unit / 2) / units[i].unit, units[i].name);
}
