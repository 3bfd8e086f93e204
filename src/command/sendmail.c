/* SPDX-License-Identifier: MIT */
/*
 * mitto in sendmail's place: what programs call to get rid of a message.
 *
 * They read the exit status and perhaps the log; nothing is printed when all
 * went well, nothing is asked, no colour and no bar is shown.
 */
#include "command/sendmail.h"

#include "command/command.h"

#include <stdio.h>

#define TAG "mitto" /* in the log, without -L */

/* What every such message has; a run that went wrong already stays as it is. */
static int
add(struct run *run, const char *name, const char *value)
{
	return run->error.kind != ERR_NONE
	    ? -1
	    : cmdline_add(&run->cmdline, name, value, name, &run->error);
}

void
sendmail_prepare(struct run *run, const struct sendmail_args *a)
{
	(void)add(run, "raw", NULL);
	(void)add(run, "no-input", NULL);
	(void)add(run, "color", "never");
	(void)add(run, "progress", "never");
	(void)add(run, "json", "no");
	if (a->verbose == 0)
		(void)add(run, "quiet", NULL);
	for (int i = 0; i < a->verbose; i++)
		(void)add(run, "verbose", NULL);
	run->tag = a->tag != NULL ? a->tag : TAG;
	run->keep_from = true;
	run->queue_first = a->when != SENDMAIL_NOW;
	run->then_send = a->when == SENDMAIL_FIRST;
	run->input.ends_at_dot = !a->ignore_dots;
	run->input.silent = true;
}

/* The table that sendmail keeps of aliases: mitto reads them as they stand. */
static int
rebuild_aliases(const struct sendmail_args *a)
{
	if (a->verbose > 0)
		(void)fputs(
		    "mitto: nothing to do: aliases are read as they stand\n",
		    stderr);
	return 0;
}

static char json[] = "--json";

static int
list_queue(const struct sendmail_args *a)
{
	char word[] = "list";
	char *words[] = { word, json, NULL };

	return command_queue(a->json ? 2 : 1, words);
}

static int
flush_queue(const struct sendmail_args *a)
{
	char word[] = "flush", quiet[] = "--quiet", verbose[] = "--verbose";
	char *words[] = { word, a->verbose > 0 ? verbose : quiet, json, NULL };

	return command_queue(a->json ? 3 : 2, words);
}

/* Where there is nothing to answer in JSON, --json is as foreign as ever. */
static int
check_json(const struct sendmail_args *a, struct error *err)
{
	if (!a->json || a->mode == SENDMAIL_LIST || a->mode == SENDMAIL_FLUSH)
		return 0;
	return error_set(err, ERR_USAGE,
	    "--json goes with -bp and -q, see mitto-sendmail(8)");
}

/* What is done in place of sending a message, by mode. */
static int (*const others[])(const struct sendmail_args *a) = {
	[SENDMAIL_SEND] = NULL,
	[SENDMAIL_SMTP] = smtp_stdin,
	[SENDMAIL_LIST] = list_queue,
	[SENDMAIL_FLUSH] = flush_queue,
	[SENDMAIL_ALIASES] = rebuild_aliases,
};

/* `mode` is what no flag changes, SENDMAIL_SEND what flags may. */
static int
run_as(enum sendmail_mode mode, int argc, char *const *argv)
{
	struct run *run = run_new(WHEN_NEVER);
	struct sendmail_args args;

	run_catch_signals();
	if (sendmail_args_parse(
		&args, &run->cmdline, argc, argv, &run->error) == 0) {
		if (mode != SENDMAIL_SEND)
			args.mode = mode;
		if (check_json(&args, &run->error) == 0 &&
		    others[args.mode] != NULL) {
			run_free(run);
			return others[args.mode](&args);
		}
	}
	sendmail_prepare(run, &args);
	return run_message(run);
}

int
command_sendmail(int argc, char *const *argv)
{
	return run_as(SENDMAIL_SEND, argc, argv);
}

int
command_mailq(int argc, char *const *argv)
{
	return run_as(SENDMAIL_LIST, argc, argv);
}

/* What a mail server knows of other hosts: mitto is none. */
int
command_absent(int argc UNUSED, char *const *argv UNUSED)
{
	(void)fputs("mitto: no state of other hosts is kept here\n", stderr);
	return error_status(ERR_UNAVAILABLE);
}

int
command_newaliases(int argc, char *const *argv)
{
	return run_as(SENDMAIL_ALIASES, argc, argv);
}
