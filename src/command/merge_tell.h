/* SPDX-License-Identifier: MIT */
/*
 * What is said of a mailing: a line for each row in a file (--result), how far
 * it is on the terminal, each failure on stderr, and the sum in the end.
 */
#ifndef MITTO_MERGE_TELL_H
#define MITTO_MERGE_TELL_H

#include "report/watch.h"
#include "smtp/outcome.h"

#include <stdio.h>

/* The end of a row in this call. */
struct row_result {
	size_t number;
	const char *message_id;
	const char *state; /* "sent", "partial", "refused", "deferred",
			    * "in-doubt" */
	const struct outcome *outcome;
};

struct tell {
	struct watch *watch;
	FILE *file; /* --result, or NULL */
	bool json;  /* JSON Lines, not CSV */
	long long start_ms, drawn_ms;
};

/* ERR_CANTCREATE; path may be NULL. */
int tell_open(struct tell *t, struct watch *w, const char *path,
    struct error *err) MUST_CHECK;

void tell_row(struct tell *t, const struct row_result *r);

/* "120/10000  eta 3 min", at most a few times a second. */
void tell_progress(struct tell *t, size_t done, size_t total);

/* ERR_IO if the file could not be written. */
int tell_close(struct tell *t, struct error *err) MUST_CHECK;

#endif
