/* SPDX-License-Identifier: MIT */
/*
 * One run of `mitto [options] ADDRESS...`, from words to result, and its steps:
 * prepare.c, show.c, send.c.
 */
#ifndef MITTO_RUN_H
#define MITTO_RUN_H

#include "command/compose.h"
#include "report/result.h"
#include "report/watch.h"
#include "settings/cmdline.h"
#include "smtp/smtp.h"

struct run {
	struct cmdline cmdline;
	struct config config;
	struct request request;
	struct input input;
	struct composition composition;
	struct endpoint endpoint;
	struct outcome outcome;
	struct watch watch;
	struct error error;
	struct result result;
	bool json; /* wanted, also where the settings are not known */
	bool told; /* the error stands on the screen already */

	/* For a program that calls mitto in a mail server's place. */
	const char *tag; /* syslog gets a line under this name, whatever the
			  * settings say; NULL = as they say */
	bool mute;       /* whoever called tells the result, in his way */
	bool keep_from;  /* a From of the text goes before that of -f */
};

/* Set by signals; looked at wherever the program can wait. */
extern volatile int run_interrupted;

/* A run that has not begun, at a stderr that may be coloured. */
struct run *run_new(enum when color) MUST_CHECK;
void run_free(struct run *run);

/* From here on SIGINT, SIGTERM and SIGHUP set run_interrupted. */
void run_catch_signals(void);

/*
 * All of it, from run->cmdline (or, if run->error is set, from what was wrong
 * with it) to the report.  Standard input is read unless run->input has its
 * data.  What came of it stands in run->result.
 */
void run_perform(struct run *run);

/* run_perform, then free `run`; returns the exit status. */
int run_message(struct run *run);

/* Configuration, input, message and server: all that can fail before anything
 * is sent.  run->cmdline is there already. */
int run_prepare(struct run *run) MUST_CHECK;

/* -E: is there no text and no attachment? */
bool run_is_empty(const struct run *run);

/* -o: write the message; run->error or run->result.state. */
void run_write(struct run *run);

/* -n: show where it would go, and the tree; run->error if that fails. */
void run_preview(struct run *run);

/* A message that only its writer's fingers had is kept when it could not be
 * sent, in $HOME/dead.letter.XXXXXX; the last line on stderr says so.  If none
 * could be built, the typed text is kept. */
void run_keep(struct run *run);

/* What was asked for on standard output must arrive there. */
int run_put(const struct buf *text, struct error *err);

#endif
