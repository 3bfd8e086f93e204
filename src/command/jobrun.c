/* SPDX-License-Identifier: MIT */
/*
 * mitto run [options] ADDRESS... -- COMMAND...: run it, mail what is worth it,
 * end with its status.
 *
 * Only a wrong command line keeps the command from running.  From there on
 * nothing that happens to the mail changes the status: it is told on standard
 * error, and what could not be sent is kept.
 */
#include "base/mem.h"
#include "command/command.h"
#include "command/job.h"
#include "command/run.h"

#include <string.h>
#include <strings.h>

/* Where "--" stands, argc if nowhere. */
static int
find_dashes(int argc, char *const *argv)
{
	int at = 0;

	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	return at;
}

/* Options that would fight over the text, which is what the command prints. */
static int
check_options(const struct cmdline *cl, struct error *err)
{
	static const char *const others[] = { "read-headers", "raw", "edit",
		"skip-empty", "body", "html", "type" };

	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];
		const char *name =
		    item->option != NULL ? item->option->name : "to";
		bool wrong = strcmp(name, "attach") == 0 &&
		    (strcmp(item->value, "-") == 0 ||
			strncmp(item->value, "-;", 2) == 0);

		for (size_t k = 0; k < ARRAY_SIZE(others); k++)
			wrong = wrong || strcmp(name, others[k]) == 0;
		if (wrong)
			return error_set(err, ERR_USAGE,
			    "%s does not go with run: the text is what the "
			    "command prints",
			    item->shown);
	}
	return 0;
}

static bool
names_somebody(const struct draft *d)
{
	return d->to.count + d->cc.count + d->bcc.count + d->headers.count > 0;
}

/* What can be known to be wrong before anything runs. */
static int
check_words(const struct run *run, const struct draft *draft,
    char *const *command, struct error *err)
{
	static const char form[] =
	    "mitto run [options] ADDRESS... -- COMMAND [ARGUMENT]...";

	if (*command == NULL) {
		(void)error_set(err, ERR_USAGE, "no command to run");
		return error_hint(err, "it stands behind two dashes: %s", form);
	}
	if (!names_somebody(draft)) {
		(void)error_set(err, ERR_USAGE, "no recipient");
		return error_hint(err, "%s", form);
	}
	return check_options(&run->cmdline, err);
}

static void
describe(struct job_run *job, char *const *argv, const char *given)
{
	const char *slash = strrchr(argv[0], '/');

	*job = (struct job_run){ .argv = argv };
	job->name = slash != NULL && slash[1] != '\0' ? slash + 1 : argv[0];
	if (given != NULL)
		job->name = given;
	if (gethostname(job->host, sizeof(job->host) - 1) < 0 ||
	    job->host[0] == '\0')
		(void)snprintf(job->host, sizeof(job->host), "localhost");
}

static bool
is_wanted(const struct job_run *job, enum job_when when, const char *digest)
{
	switch (when) {
	case JOB_FAIL:
		return job->status != 0;
	case JOB_OUTPUT:
		return store_size(job->output) > 0;
	case JOB_CHANGE:
		return !job_is_known(job, digest);
	case JOB_ALWAYS:
		break;
	}
	return true;
}

/* The mail is on its way: this result is no news any more. */
static void
remember(const struct job_run *job, const char *digest)
{
	struct terminal t = terminal_open(STDERR_FILENO, WHEN_AUTO);
	struct error err = ERROR_INIT;

	if (job_remember(job, digest, &err) < 0)
		result_print_error(&err, &t);
}

/* Takes the run. */
static void
report(struct run *run, const struct job_run *job, const struct request *wanted)
{
	bool compare = wanted->job.on.value == JOB_CHANGE;
	bool real = !wanted->settings.dry_run && !wanted->settings.check;
	char digest[DIGEST_HEX] = "";

	if (compare && job_digest(job, digest, &run->error) < 0) {
		(void)run_message(run);
		return;
	}
	if (!is_wanted(job, (enum job_when)wanted->job.on.value, digest)) {
		(void)run_end(run);
		return;
	}
	run->automatic = true;
	run->only_copy = store_ref(job->output);
	if (job_report(job, &wanted->job, &run->cmdline, &run->input.data,
		&run->error) < 0)
		compare = false;
	if (run_message(run) == 0 && compare && real)
		remember(job, digest);
}

/* All that comes when the words are right; takes the run. */
static int
run_job(struct run *run, const struct request *wanted, char *const *command)
{
	struct job_run job;
	int status;

	describe(&job, command, wanted->job.name);
	job_identify(&job, wanted->job.name);
	if (job_run(&job, &run->error) < 0) {
		status = run_message(run);
	} else {
		report(run, &job, wanted);
		status = job.status;
	}
	job_release(&job);
	return status;
}

int
command_run(int argc, char *const *argv)
{
	int dashes = find_dashes(argc, argv);
	struct request wanted = { .job.name = NULL };
	struct run *run = run_for(dashes, argv);
	struct cmdline *cl = &run->cmdline;
	int status;

	run_catch_signals();
	run->input.read = true; /* it is the command's */
	if (cmdline_parse_for(cl, IN_RUN, dashes, argv, &run->error) < 0)
		return run_message(run);
	if (cl->help && cl->help_topic == NULL)
		cl->help_topic = "run";
	if (run_answer(cl, &run->error))
		return run_end(run);
	if (cmdline_apply(cl, &wanted, &run->error) < 0 ||
	    check_words(run, &wanted.draft,
		argv + dashes + (dashes < argc ? 1 : 0), &run->error) < 0)
		status = run_message(run);
	else
		status = run_job(run, &wanted, argv + dashes + 1);
	request_release(&wanted);
	return status;
}
