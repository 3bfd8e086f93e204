/* SPDX-License-Identifier: MIT */
/*
 * Watching a delivery: steps (-v), conversation (-vv, -X), library notes
 * (-vvv), and the progress bar; a struct smtp_observer for the session.
 */
#ifndef MITTO_WATCH_H
#define MITTO_WATCH_H

#include "base/buf.h"
#include "report/terminal.h"
#include "smtp/smtp.h"

#include <stdio.h>

struct watch {
	struct terminal terminal;
	int verbose;
	bool quiet;
	bool bar; /* may a bar be shown at all */
	bool bar_always;
	bool bar_shown;
	long long start_ms; /* of the run, for the time stamps */
	long long data_ms;  /* when the first byte of the message went out */
	long long drawn_ms;
	FILE *transcript; /* -X, or NULL */
	struct buf reply; /* the lines of a reply that goes on, joined */
	bool list;        /* they answer EHLO: each is an item */
};

/* Open the transcript file (appending, mode 0600) if one is asked for. */
int watch_open(struct watch *w, const struct settings *s, struct error *err)
    MUST_CHECK;

/* Callbacks with w as their context; w must outlive the session. */
struct smtp_observer watch_observer(struct watch *w);

/* Take the bar off the screen before something else is printed. */
void watch_clear(struct watch *w);

/* One step, shown with -v and in the transcript: a word, what there is to say
 * of it. */
void watch_step(struct watch *w, const char *name, const char *text);

/* A line "mitto: warning: TEXT" on stderr. */
void watch_warn(struct watch *w, const char *text);

void watch_close(struct watch *w);

#endif
