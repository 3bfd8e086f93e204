/* SPDX-License-Identifier: MIT */
/*
 * mitto [options] ADDRESS...: compose, then send, show or write.
 */
#include "base/mem.h"
#include "command/command.h"
#include "command/credential.h"
#include "command/journal.h"
#include "command/later.h"
#include "command/line.h"
#include "command/run.h"
#include "command/runner.h"
#include "report/checklist.h"
#include "settings/document.h"
#include "settings/import.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20) /* bytes of help or JSON */

volatile int run_interrupted;

static void
on_signal(int number)
{
	run_interrupted = number;
}

void
run_catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigaction before;

	/* No SA_RESTART: a blocked read must return. */
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
}

bool
run_answer(const struct cmdline *cl, struct error *err)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);

	if (!cl->help && !cl->version)
		return false;
	if (cl->version)
		buf_puts(&text, "mitto " PACKAGE_VERSION "\n");
	else if (cl->help_topic == NULL)
		document_help(&text);
	else if (document_help_topic(&text, cl->help_topic, err) < 0)
		return true;
	(void)run_put(&text, err);
	return true;
}

/* -n: nothing leaves, and the last line says so. */
static void
dry_run(struct run *run)
{
	run->result.state = RESULT_DRY_RUN;
	if (run->request.settings.json || run->mute)
		return;
	run_preview(run);
	if (!run->request.settings.quiet)
		(void)fputs("nothing was sent (-n)\n", stderr);
}

static bool
needs_login(const struct settings *s)
{
	return s->user != NULL && s->auth.value != AUTH_OFF;
}

static struct envelope
envelope_of(const struct run *run)
{
	const struct composition *c = &run->composition;

	return (struct envelope){
		.sender = c->sender,
		.recipients = (const char *const *)c->recipients.items,
		.parameters = (const char *const *)c->parameters.items,
		.dsn = smtp_dsn(&run->request.settings),
		.count = c->recipients.count,
		.smtputf8 = c->smtputf8,
	};
}

static void finish(struct run *run);

static void
show_warnings(struct run *run)
{
	const struct strlist *warnings = &run->composition.warnings;

	if (!run->watch.terminal.tty && run->request.settings.verbose == 0)
		return;
	for (size_t i = 0; i < warnings->count; i++)
		watch_warn(&run->watch, warnings->items[i]);
}

static struct smtp_session *
open_session(struct run *run, const struct secret *password)
{
	struct smtp_observer observer = watch_observer(&run->watch);

	return smtp_open(&run->request.settings, &run->endpoint, password,
	    &observer, &run_interrupted, &run->error);
}

static void
send_over(struct run *run, struct smtp_session *session, bool more)
{
	struct envelope envelope = envelope_of(run);

	if (!more && run->line == NULL)
		smtp_last(session);
	(void)smtp_send(session, &envelope, &run->composition.wire,
	    run->request.settings.check, &run->outcome);
}

/* Over a new session, NULL if none can be opened.  A token that the server
 * refuses is renewed, once. */
static struct smtp_session *
send_anew(struct run *run, struct secret *password, bool more)
{
	struct smtp_session *session = open_session(run, password);

	if (session == NULL)
		return NULL;
	send_over(run, session, more);
	if (run->outcome.stage != STAGE_AUTH ||
	    run->outcome.error.kind != ERR_NOPERM ||
	    !credential_renew(password, &run->request.settings))
		return session;
	watch_step(
	    &run->watch, "login", "the token was refused: trying a new one");
	smtp_close(session);
	outcome_release(&run->outcome);
	session = open_session(run, password);
	if (session != NULL)
		send_over(run, session, more);
	return session;
}

/* No token can be had now: the message waits for it as it would for the
 * server. */
static int
wait_for_token(struct run *run)
{
	const struct settings *s = &run->request.settings;

	if (!settings_oauth(s) || run->error.kind != ERR_TEMPORARY ||
	    s->queue.value == QUEUE_NEVER || s->check)
		return -1;
	watch_warn(&run->watch, run->error.text);
	later_all(run);
	return -1;
}

/* Where no server is configured, somebody may have set up another program. */
static void
suggest_import(struct error *err)
{
	if (!import_is_there("msmtp"))
		return;
	err->hint[0] = '\0';
	(void)error_hint(err,
	    "mitto config import msmtp --write   takes over what msmtp is set "
	    "to; or mitto config init YOUR@ADDRESS");
}

/* Over the network.  The result is told before the session is closed: a server
 * that is slow to say good-bye must not hold it back. */
static int
deliver(struct run *run)
{
	const struct settings *s = &run->request.settings;
	auto_secret struct secret password = { .text = NULL };
	struct smtp_session *session =
	    run->line != NULL ? line_take(run->line, run) : NULL;
	bool more = run->line == NULL && runner_has_more(run);

	if (session == NULL &&
	    credential_find(&password, s, run->endpoint.host, &run->error) < 0)
		return wait_for_token(run);
	show_warnings(run);
	if (session != NULL)
		send_over(run, session, more);
	else if ((session = send_anew(run, &password, more)) == NULL)
		return -1;
	run->result.outcome = &run->outcome;
	run->result.state = result_state(&run->outcome, s->check);
	if (run->endpoint.guessed && run->outcome.error.kind == ERR_CONFIG)
		suggest_import(&run->outcome.error);
	later_rest(run);
	finish(run);
	if (run->line != NULL) {
		line_keep(run->line, run, session);
		return 0;
	}
	if (more && run->result.state == RESULT_SENT)
		runner_go_on(run, session);
	else
		smtp_close(session);
	return 0;
}

/* --- the end ----------------------------------------------------------- */

/* What JSON says of a message that did not meet a server. */
static void
describe_unsent(struct run *run)
{
	struct envelope envelope = envelope_of(run);

	if (run->result.outcome != NULL || run->composition.sender == NULL)
		return;
	outcome_init(&run->outcome, &envelope);
	run->outcome.size = run->composition.wire.size;
	if (run->endpoint.port != 0)
		smtp_endpoint_name(&run->endpoint, run->outcome.server,
		    sizeof(run->outcome.server));
	run->result.outcome = &run->outcome;
}

/* A result that cannot be written changes nothing of what happened: whoever
 * sees a failure sends again. */
static void
put_result(struct run *run, const struct buf *text)
{
	struct error err = ERROR_INIT;

	if (run_put(text, &err) < 0)
		watch_warn(&run->watch, err.text);
}

/* To whoever called: JSON, or words for people. */
static void
tell(struct run *run)
{
	const struct settings *s = &run->request.settings;
	struct result *result = &run->result;
	bool json = s->json || run->json;

	if (json) {
		auto_buf struct buf text = buf_make(TEXT_MAX);

		describe_unsent(run);
		result_json(result, &text);
		put_result(run, &text);
	}
	if (result->check && !json && !s->quiet) {
		auto_buf struct buf text = buf_make(TEXT_MAX);
		struct terminal t =
		    terminal_open(STDOUT_FILENO, (enum when)s->color.value);

		checklist_print(&text, result, &t);
		put_result(run, &text);
	}
	/* A message that is safe in the queue is no error. */
	if (!run->told && !(s->quiet && result_status(result) == 0))
		result_print(result, &run->watch.terminal,
		    !s->quiet && !json &&
			(run->watch.terminal.tty || s->verbose > 0));
	if (result_status(result) != 0)
		run_keep(run);
}

/* Once: the log, and whoever called. */
static void
finish(struct run *run)
{
	const struct settings *s = &run->request.settings;
	struct result *result = &run->result;

	watch_clear(&run->watch);
	result->message_id = run->composition.message_id;
	result->account = s->account;
	result->sender = run->composition.sender;
	result->check = s->check;
	result->login = needs_login(s) ? s->user : NULL;
	if (result->queue_id != NULL)
		describe_unsent(run);
	journal_write(s, run->tag, result);
	if (run->mute)
		return;
	tell(run);
	if (result->state == RESULT_SENT || result->state == RESULT_QUEUED)
		later_remind(run);
}

/* Queued, whatever becomes of it now. */
static bool
goes_to_queue(const struct run *run)
{
	const struct settings *s = &run->request.settings;

	return !s->check &&
	    (s->queue.value == QUEUE_ALWAYS ||
		(run->queue_first && s->queue.value != QUEUE_NEVER));
}

static void
act(struct run *run)
{
	const struct settings *s = &run->request.settings;

	if (run_prepare(run) < 0) {
		finish(run);
		return;
	}
	if (run->request.draft.skip_empty && run_is_empty(run)) {
		run->result.state = RESULT_DRY_RUN;
		if (s->verbose > 0)
			(void)fputs("nothing to send (-E)\n", stderr);
	} else if (s->output != NULL) {
		run_write(run);
	} else if (s->dry_run) {
		dry_run(run);
	} else if (goes_to_queue(run)) {
		later_all(run);
		finish(run);
		if (run->then_send && run->result.state == RESULT_QUEUED)
			runner_send_own(run);
		return;
	} else if (deliver(run) == 0) {
		return;
	}
	finish(run);
}

void
run_free(struct run *run)
{
	watch_close(&run->watch);
	outcome_release(&run->outcome);
	composition_release(&run->composition);
	input_release(&run->input);
	store_free(run->only_copy);
	request_release(&run->request);
	config_release(&run->config);
	cmdline_release(&run->cmdline);
	free(run);
}

struct run *
run_new(enum when color)
{
	struct run *run = mem_zero(sizeof(*run));

	run->result.error = &run->error;
	run->result.state = RESULT_FAILED;
	run->watch.terminal = terminal_open(STDERR_FILENO, color);
	return run;
}

void
run_perform(struct run *run)
{
	run->bad_words = run->error.kind != ERR_NONE;
	if (run->bad_words) {
		run_bare_settings(run);
		finish(run);
	} else
		act(run);
}

static int
end(struct run *run)
{
	int status = result_status(&run->result);

	run_free(run);
	return status;
}

int
run_message(struct run *run)
{
	run_perform(run);
	return end(run);
}

int
run_end(struct run *run)
{
	result_print(&run->result, &run->watch.terminal, false);
	return end(run);
}

struct run *
run_for(int argc, char *const *argv)
{
	static const struct {
		const char *word;
		enum when when;
	} colors[] = {
		{ "--color=always", WHEN_ALWAYS },
		{ "--color=never", WHEN_NEVER },
		{ "--color=auto", WHEN_AUTO },
	};
	enum when color = WHEN_AUTO;
	bool json = false;
	struct run *run;

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(colors); k++)
			if (strcmp(argv[i], colors[k].word) == 0)
				color = colors[k].when;
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		if (strcmp(argv[i], "--no-json") == 0)
			json = false;
	}
	run = run_new(color);
	run->json = json;
	return run;
}

/* `mitto` alone at a terminal is a question, not a mistake to explain. */
static int
show_usage(void)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);

	document_help(&text);
	(void)fwrite(text.data, 1, text.len, stderr);
	return error_status(ERR_USAGE);
}

int
command_send(int argc, char *const *argv)
{
	struct run *run;

	if (argc == 0 && isatty(STDIN_FILENO) == 1)
		return show_usage();
	run_catch_signals();
	run = run_for(argc, argv);
	if (cmdline_parse(&run->cmdline, argc, argv, &run->error) < 0 ||
	    !run_answer(&run->cmdline, &run->error))
		return run_message(run);
	return run_end(run);
}
