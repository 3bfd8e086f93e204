/* SPDX-License-Identifier: MIT */
/*
 * A job of `mitto run`: a command, what it printed and how it ended.
 */
#ifndef MITTO_JOB_H
#define MITTO_JOB_H

#include "base/digest.h"
#include "settings/cmdline.h"
#include "stream/file.h"

#include <time.h>

struct job_run {
	char *const *argv; /* ended by NULL, as main() has it */
	const char *name;  /* --job, else the command's name */
	char host[256];
	char key[DIGEST_HEX]; /* the same for all runs of this job */

	time_t started;
	long long ms;
	int status; /* of the shell's kind: 126, 127, 128 + signal */
	int signal; /* that ended it, or 0 */

	struct store *output; /* stdout and stderr as they came */
	int64_t lines;        /* in it, the last one perhaps without its end */
	bool unended;         /* is it? */
	struct error lost;    /* why later output could not be kept */
};

/*
 * Run argv without a shell: standard input as it is, both outputs into one
 * pipe. SIGINT, SIGTERM and SIGHUP sent to mitto go on to it.  What it leaves
 * running behind itself is not waited for.  A command that cannot be executed
 * ends with 127 (not found) or 126 and says so in its output.  -1 when it could
 * not even be begun (ERR_OS).
 */
int job_run(struct job_run *job, struct error *err) MUST_CHECK;

void job_release(struct job_run *job);

/* --- job_report.c ------------------------------------------------------- */

/* Make the mail: options into cl (subject, text, thread, header); in *attached
 * what is to come on standard input for them, or NULL. */
int job_report(const struct job_run *job, const struct job *wanted,
    struct cmdline *cl, struct store **attached, struct error *err) MUST_CHECK;

/* --- job_state.c -------------------------------------------------------- */

/* The job's key: user, host, and the name given by --job or the command. */
void job_identify(struct job_run *job, const char *given);

/* What --on change compares: status and output, as hexadecimal digits. */
int job_digest(const struct job_run *job, char hex[DIGEST_HEX],
    struct error *err) MUST_CHECK;

/* Is it that of the last run that was remembered? */
bool job_is_known(const struct job_run *job, const char *hex);

/* Remember it in $XDG_STATE_HOME/mitto/jobs, LOCALSTATEDIR/lib/mitto/jobs for
 * root without that variable, else ~/.local/state/mitto/jobs. */
int job_remember(const struct job_run *job, const char *hex, struct error *err)
    MUST_CHECK;

#endif
