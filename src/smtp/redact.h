/* SPDX-License-Identifier: MIT */
/*
 * Secrets that were said to a server, kept out of everything that it says.
 *
 * Some servers quote the command they refuse.  What was sent during a login is
 * remembered here and blanked wherever the server repeats it.
 */
#ifndef MITTO_REDACT_H
#define MITTO_REDACT_H

#include "base/buf.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>

#define REDACT_MARK "********"

struct redactor {
	struct secret needles[32];
	size_t count;
	size_t next; /* to be forgotten when there are too many */
};

/* Remember a copy; too short ones would blank innocent words and are not.
 * When too many logins have been tried, the oldest is forgotten, but never what
 * was added first: the password. */
void redact_add(struct redactor *r, const char *text, size_t len);

/* Append text to out with every remembered secret replaced by REDACT_MARK;
 * false, with nothing appended, when it holds none. */
bool redact_text(
    const struct redactor *r, const char *text, size_t len, struct buf *out);

/* Wipe them all. */
void redact_release(struct redactor *r);

#endif
