/* SPDX-License-Identifier: MIT */
/*
 * One run of `mitto [options] ADDRESS...`, from words to result, and its steps:
 * prepare.c, show.c, send.c.
 */
#ifndef MITTO_RUN_H
#define MITTO_RUN_H

#include "compose/compose.h"
#include "report/result.h"
#include "report/watch.h"
#include "settings/cmdline.h"
#include "smtp/smtp.h"
#include "spool/spool.h"

struct line;

struct run {
	struct cmdline cmdline;
	struct config config;
	struct request request;
	bool automatic; /* a machine speaks, not the person at the terminal */
	struct store *only_copy; /* what must not be lost if it cannot be sent,
				  * or NULL */
	struct input input;
	struct composition composition;
	struct endpoint endpoint;
	struct outcome outcome;
	struct watch watch;
	struct error error;
	struct result result;
	struct error later_error; /* what the queue said, if it failed */
	char queue_id[SPOOL_ID];  /* of what waits */
	char kept_id[SPOOL_ID];   /* of what was kept in failed/ */
	bool json;      /* wanted, also where the settings are not known */
	bool told;      /* the error stands on the screen already */
	bool bad_words; /* the error is one of the command line */

	/* For a program that calls mitto in a mail server's place. */
	const char *tag;   /* syslog gets a line under this name, whatever the
			    * settings say; NULL = as they say */
	bool mute;         /* whoever called tells the result, in his way */
	bool keep_from;    /* a From of the text goes before that of -f */
	bool queue_first;  /* as --queue=always, but for --queue=never */
	bool then_send;    /* what was queued first */
	struct line *line; /* a connection for more than this run, or NULL */
};

/* Set by signals; looked at wherever the program can wait. */
extern volatile int run_interrupted;

/* A run that has not begun, at a stderr that may be coloured. */
struct run *run_new(enum when color) MUST_CHECK;
void run_free(struct run *run);

/* The same, with colours and JSON as the words ask: what is wrong with them is
 * told in that form already. */
struct run *run_for(int argc, char *const *argv) MUST_CHECK;

/* --help, --version: answered?  *err if there is no help on that topic. */
bool run_answer(const struct cmdline *cl, struct error *err);

/* From here on SIGINT, SIGTERM and SIGHUP set run_interrupted, except where
 * they are ignored (nohup). */
void run_catch_signals(void);

/*
 * All of it, from run->cmdline (or, if run->error is set, from what was wrong
 * with it) to the report.  Standard input is read unless run->input has its
 * data.  What came of it stands in run->result.
 */
void run_perform(struct run *run);

/* run_perform, then free `run`; returns the exit status. */
int run_message(struct run *run);

/* The end of a run that needs no message: tells run->error, if any. */
int run_end(struct run *run);

/* Configuration, input, message and server: all that can fail before anything
 * is sent.  run->cmdline is there already. */
int run_prepare(struct run *run) MUST_CHECK;

/* What flags and environment say, where nothing else can be known. */
void run_bare_settings(struct run *run);

/* Bytes that a message of these words may have at most, as far as that is known
 * before one is made: --max-size, else what the provider takes; 0 = unknown,
 * also when something is wrong with the words. */
int64_t run_limit(const struct cmdline *cl);

/* The settings alone, of the account that fits the flags: for many messages,
 * which are made later. */
int run_account(struct run *run) MUST_CHECK;

/* run->endpoint, once there is a message. */
int run_server(struct run *run) MUST_CHECK;

/* The config files alone.  Their mistakes are printed, and run->told says so.
 */
int run_load_config(struct run *run) MUST_CHECK;

/* -E: is there no text and no attachment? */
bool run_is_empty(const struct run *run);

/* -o: write the message; run->error or run->result.state. */
void run_write(struct run *run);

/* -n: show where it would go, and the tree; run->error if that fails. */
void run_preview(struct run *run);

/* A message that exists nowhere else (typed, from a pipe, or made of
 * run->only_copy) is kept when it could not be sent: in failed/ of the queue;
 * without a queue, but for what came from a pipe, in $HOME/dead.letter.XXXXXX.
 * What a pipe still holds after an early error is taken from it.
 * The last line on stderr says so.  If none could be built, what was typed or
 * only_copy is kept. */
void run_keep(struct run *run);

/* Write a copy of `from` to a new file NAME.XXXXXX in `folder` (may be NULL),
 * $HOME, /var/tmp or /tmp, for its owner only, and set *path to its name, which
 * the caller frees.  -1 when no such file can be written. */
int run_keep_copy(struct stream *from, const char *folder, const char *name,
    char **path) MUST_CHECK;

/* What was asked for on standard output must arrive there. */
int run_put(const struct buf *text, struct error *err);

#endif
