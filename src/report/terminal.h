/* SPDX-License-Identifier: MIT */
/*
 * What the output can show: colours, pictures of lines, a width.
 */
#ifndef MITTO_TERMINAL_H
#define MITTO_TERMINAL_H

#include "settings/settings.h"
#include "text/quantity.h"

#include <stdbool.h>
#include <stddef.h>

struct terminal {
	bool tty;
	bool color;
	bool unicode; /* box and block characters will show */
	size_t width; /* columns, 80 when not known */
};

/* The five meanings a colour has here. */
enum tint {
	TINT_ERROR,
	TINT_HINT,
	TINT_DONE,
	TINT_DIM,
	TINT_BOLD,
};

/* Ask about a descriptor; `color` is enum when. NO_COLOR, TERM=dumb and
 * FORCE_COLOR are respected when it says auto. */
struct terminal terminal_open(int fd, enum when color);

/* The escape sequence that begins or ends a tint, or "". */
const char *terminal_on(const struct terminal *t, enum tint tint);
const char *terminal_off(const struct terminal *t);

/* What stands before a step: a tick or a cross where they will show, "ok" or
 * "failed" elsewhere. */
const char *terminal_mark(const struct terminal *t, bool good);

#define TERMINAL_SIZE QUANTITY_SIZE

/* "24.6 MB", "812 bytes"; out has TERMINAL_SIZE bytes. */
static inline void
terminal_bytes(char *out, long long bytes)
{
	quantity_bytes(out, bytes);
}

/* "45 s", "12 min", "3 h", "4 days"; the same room. */
void terminal_time(char *out, long long seconds);

#endif
