/* SPDX-License-Identifier: MIT */
/*
 * mitto [options] ADDRESS...: compose, then send, show or write.
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "command/command.h"
#include "command/compose.h"
#include "command/journal.h"
#include "report/preview.h"
#include "report/result.h"
#include "report/watch.h"
#include "settings/document.h"
#include "settings/password.h"
#include "settings/provider.h"
#include "smtp/smtp.h"
#include "text/header.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define TEXT_MAX (8L << 20) /* bytes of help, preview or JSON */

/* One run, from words to result. */
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
};

/* Set by signals; looked at wherever the program can wait. */
static volatile int interrupted;

static void
on_signal(int number)
{
	interrupted = number;
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	/* No SA_RESTART: a blocked read must return. */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
}

/* What was asked for on standard output must arrive there. */
static int
put_text(const struct buf *text, struct error *err)
{
	if (fwrite(text->data, 1, text->len, stdout) == text->len &&
	    fflush(stdout) == 0)
		return 0;
	return error_errno(
	    err, ERR_IO, errno, "cannot write to standard output");
}

/* --help and --version touch nothing else. */
static bool
answer_at_once(const struct cmdline *cl, struct error *err)
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
	(void)put_text(&text, err);
	return true;
}

/* --- settings ---------------------------------------------------------- */

static int
load_config(struct run *run)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	int result = config_load(&run->config,
	    account_config_file(&run->cmdline), &report, &run->error);

	(void)fwrite(report.data, 1, report.len, stderr);
	run->told = report.len > 0;
	return result;
}

/* The sender as far as it is known before an account is chosen: -f, or the From
 * of a text that has a header; NULL if neither. */
static char *
sender_of(const struct run *run, const char *flag)
{
	auto_address_list struct address_list list = { .items = NULL };
	auto_buf struct buf text = buf_make(8192);
	struct error ignored = ERROR_INIT;
	const struct head_field *from = NULL;

	if (flag != NULL)
		buf_puts(&text, flag);
	else if ((from = head_find(&run->input.head, "From", 0)) != NULL)
		head_unfold(&text, from);
	if (address_parse(&list, text.data, text.len, &ignored) < 0 ||
	    list.count == 0 || list.items[0].domain == NULL)
		return NULL;
	return mem_printf("%s@%s", list.items[0].local, list.items[0].domain);
}

/* Choose the account and lay the layers over each other. */
static int
resolve(struct run *run)
{
	auto_free char *sender = NULL;
	struct request *r = &run->request;
	const char *account;

	sender = sender_of(run, cmdline_last(&run->cmdline, "from"));
	if (account_choose(
		&run->config, &run->cmdline, sender, &account, &run->error) < 0)
		return -1;
	request_release(r);
	*r = (struct request){ .settings.account = NULL };
	return account_resolve(
	    r, &run->config, &run->cmdline, account, &run->error);
}

/* --- the message ------------------------------------------------------- */

static bool
has_recipients(const struct draft *d)
{
	return d->to.count + d->cc.count + d->bcc.count + d->headers.count >
	    0 ||
	    d->read_headers;
}

/* Slips that are no mistakes, told to a person only. */
static void
show_notes(struct run *run)
{
	const struct strlist *notes = &run->cmdline.notes;

	for (size_t i = 0; run->watch.terminal.tty && i < notes->count; i++)
		watch_warn(&run->watch, notes->items[i]);
}

/* What can be refused before anything is read or asked. */
static int
check_draft(struct run *run)
{
	const struct draft *d = &run->request.draft;

	if (has_recipients(d))
		return 0;
	(void)error_set(&run->error, ERR_USAGE, "no recipient");
	return error_hint(&run->error,
	    "write an address: mitto -s subject bob@example.org; or -t, which "
	    "takes them from the text's header; see mitto --help");
}

static int
compose(struct run *run)
{
	const struct request *r = &run->request;

	if (r->draft.read_headers || r->draft.raw)
		return compose_finished(&run->composition, r, &run->config,
		    &run->input, cmdline_last(&run->cmdline, "from") != NULL,
		    &run->error);
	return compose_new(
	    &run->composition, r, &run->config, &run->input, &run->error);
}

static int
check_size(struct run *run)
{
	int64_t limit = run->request.settings.max_size.bytes;
	int64_t size = run->composition.wire.size;

	if (limit == 0 || size <= limit)
		return 0;
	return error_set(&run->error, ERR_DATA,
	    "the message has %lld bytes, more than --max-size %lld",
	    (long long)size, (long long)limit);
}

/* -E: no text, no attachment. */
static bool
is_empty(const struct run *run)
{
	const struct part *root = run->composition.message.root;

	if (root != NULL)
		return root->count == 0 && root->name == NULL &&
		    root->facts.bytes == 0;
	return run->input.data != NULL &&
	    store_size(run->input.data) <= (int64_t)run->input.head.consumed;
}

/* "-a work" where work is an account: msmtp's habit. */
static int
hint_account(struct run *run)
{
	const struct strlist *attach = &run->request.draft.attach;

	for (size_t i = 0; i < attach->count; i++)
		for (size_t k = 0; k < run->config.count; k++) {
			const char *name = run->config.sections[k].name;

			if (run->error.kind == ERR_NOINPUT && name != NULL &&
			    strcmp(name, attach->items[i]) == 0)
				(void)error_hint(&run->error,
				    "-a attaches a file here. For the account: "
				    "-A %s",
				    name);
		}
	return -1;
}

static int
prepare(struct run *run)
{
	struct request *r = &run->request;
	struct error *err = &run->error;

	if (load_config(run) < 0 ||
	    account_resolve(r, &run->config, &run->cmdline, NULL, err) < 0 ||
	    watch_open(&run->watch, &r->settings, err) < 0)
		return -1;
	show_notes(run);
	if (check_draft(run) < 0 ||
	    input_read(&run->input, r, &interrupted, err) < 0 ||
	    resolve(run) < 0)
		return -1;
	if (compose(run) < 0)
		return hint_account(run);
	if (check_size(run) < 0)
		return -1;
	return smtp_endpoint(&run->endpoint, &r->settings, err);
}

/* --- what is done with it ---------------------------------------------- */

static void
write_output(struct run *run)
{
	const char *path = run->request.settings.output;
	auto_fd int file = -1;
	int fd = STDOUT_FILENO;

	if (strcmp(path, "-") != 0) {
		file =
		    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (file < 0) {
			(void)error_errno(&run->error, ERR_CANTCREATE, errno,
			    "cannot write '%s'", path);
			return;
		}
		fd = file;
	}
	if (stream_copy_fd(run->composition.wire.stream, fd, &run->error) < 0)
		(void)error_wrap(&run->error, "'%s'", path);
	else
		run->result.state = RESULT_WRITTEN;
}

/* The header as it would be sent. */
static int
read_header(struct run *run, struct buf *header)
{
	struct stream *s = run->composition.wire.stream;
	char block[4096];
	ssize_t n;
	char *end = NULL;

	while (end == NULL && !header->full) {
		n = stream_read(s, block, sizeof(block), &run->error);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		buf_add(header, block, (size_t)n);
		end = strstr(header->data, "\r\n\r\n");
	}
	if (end != NULL)
		buf_truncate(header, (size_t)(end + 2 - header->data));
	return 0;
}

static void
show_preview(struct run *run)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	const struct composition *c = &run->composition;
	const struct settings *s = &run->request.settings;
	const struct provider *known =
	    s->provider != NULL ? provider_by_name(s->provider) : NULL;
	struct terminal t =
	    terminal_open(STDOUT_FILENO, (enum when)s->color.value);
	auto_buf struct buf header = buf_make(HEADER_MAX_BLOCK);
	struct preview p = {
		.settings = s,
		.endpoint = &run->endpoint,
		.from = &c->from,
		.to = &c->to,
		.cc = &c->cc,
		.bcc = &c->bcc,
		.subject = c->subject,
		.root = c->message.root,
		.header = s->verbose > 0 ? &header : NULL,
		.size = c->wire.size,
		.limit = known != NULL ? known->limit_mb * 1000000 : 0,
		.warnings = &c->warnings,
	};

	if (s->verbose > 0 && read_header(run, &header) < 0)
		return;
	preview_print(&text, &p, &t);
	(void)put_text(&text, &run->error);
}

/* -n: nothing leaves, and the last line says so. */
static void
dry_run(struct run *run)
{
	run->result.state = RESULT_DRY_RUN;
	if (run->request.settings.json)
		return;
	show_preview(run);
	if (!run->request.settings.quiet)
		(void)fputs("nothing was sent (-n)\n", stderr);
}

static bool
needs_password(const struct settings *s)
{
	return s->user != NULL && s->auth.value != AUTH_OFF &&
	    s->auth.value != AUTH_EXTERNAL;
}

static struct envelope
envelope_of(const struct composition *c)
{
	return (struct envelope){
		.sender = c->sender,
		.recipients = (const char *const *)c->recipients.items,
		.count = c->recipients.count,
		.smtputf8 = c->smtputf8,
	};
}

static void finish(struct run *run);

/* What is in memory from here on must not end in a core file. */
static int
find_password(struct run *run, struct secret *password)
{
	const struct settings *s = &run->request.settings;
	const struct rlimit none = { 0, 0 };

	if (!needs_password(s))
		return 0;
	(void)setrlimit(RLIMIT_CORE, &none);
	return password_find(password, s, run->endpoint.host, &run->error);
}

static void
show_warnings(struct run *run)
{
	const struct strlist *warnings = &run->composition.warnings;

	if (!run->watch.terminal.tty && run->request.settings.verbose == 0)
		return;
	for (size_t i = 0; i < warnings->count; i++)
		watch_warn(&run->watch, warnings->items[i]);
}

/* Over the network.  The result is told before the session is closed: a server
 * that is slow to say good-bye must not hold it back. */
static int
deliver(struct run *run)
{
	const struct settings *s = &run->request.settings;
	struct smtp_observer observer = watch_observer(&run->watch);
	struct envelope envelope = envelope_of(&run->composition);
	auto_secret struct secret password = { .text = NULL };
	struct smtp_session *session;

	if (find_password(run, &password) < 0)
		return -1;
	show_warnings(run);
	session = smtp_open(
	    s, &run->endpoint, &password, &observer, &interrupted, &run->error);
	if (session == NULL)
		return -1;
	smtp_last(session);
	(void)smtp_send(session, &envelope, &run->composition.wire, s->check,
	    &run->outcome);
	run->result.outcome = &run->outcome;
	run->result.state = result_state(&run->outcome, s->check);
	finish(run);
	smtp_close(session);
	return 0;
}

/* --- the end ----------------------------------------------------------- */

/* What JSON says of a message that did not meet a server. */
static void
describe_unsent(struct run *run)
{
	struct envelope envelope = envelope_of(&run->composition);

	if (run->result.outcome != NULL || run->composition.sender == NULL)
		return;
	outcome_init(&run->outcome, &envelope);
	run->outcome.size = run->composition.wire.size;
	if (run->endpoint.port != 0)
		smtp_endpoint_name(&run->endpoint, run->outcome.server,
		    sizeof(run->outcome.server));
	run->result.outcome = &run->outcome;
}

/* Tell the result once: JSON, log, people. */
static void
finish(struct run *run)
{
	const struct settings *s = &run->request.settings;
	struct result *result = &run->result;
	bool json = s->json || run->json;

	watch_clear(&run->watch);
	result->message_id = run->composition.message_id;
	result->account = s->account;
	result->sender = run->composition.sender;
	if (json) {
		auto_buf struct buf text = buf_make(TEXT_MAX);

		describe_unsent(run);
		result_json(result, &text);
		(void)put_text(&text, &run->error);
	}
	journal_write(s, result);
	if (run->told)
		return;
	result_print(result, &run->watch.terminal,
	    !s->quiet && !json && (run->watch.terminal.tty || s->verbose > 0));
}

static void
act(struct run *run)
{
	const struct settings *s = &run->request.settings;

	if (prepare(run) < 0) {
		finish(run);
		return;
	}
	if (run->request.draft.skip_empty && is_empty(run)) {
		run->result.state = RESULT_DRY_RUN;
		if (s->verbose > 0)
			(void)fputs("nothing to send (-E)\n", stderr);
	} else if (s->output != NULL) {
		write_output(run);
	} else if (s->dry_run) {
		dry_run(run);
	} else if (deliver(run) == 0) {
		return;
	}
	finish(run);
}

static void
run_release(struct run *run)
{
	watch_close(&run->watch);
	outcome_release(&run->outcome);
	composition_release(&run->composition);
	input_release(&run->input);
	request_release(&run->request);
	config_release(&run->config);
	cmdline_release(&run->cmdline);
}

/* What the words ask of the output, before it is known whether the command line
 * and the configuration are right: their errors are told in the same form. */
static void
guess_output(struct run *run, int argc, char *const *argv)
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

	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(colors); k++)
			if (strcmp(argv[i], colors[k].word) == 0)
				color = colors[k].when;
		if (strcmp(argv[i], "--json") == 0)
			run->json = true;
		if (strcmp(argv[i], "--no-json") == 0)
			run->json = false;
	}
	run->watch.terminal = terminal_open(STDERR_FILENO, color);
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
	int status;

	if (argc == 0 && isatty(STDIN_FILENO) == 1)
		return show_usage();
	run = mem_zero(sizeof(*run));
	catch_signals();
	run->result.error = &run->error;
	run->result.state = RESULT_FAILED;
	guess_output(run, argc, argv);
	if (cmdline_parse(&run->cmdline, argc, argv, &run->error) < 0)
		finish(run);
	else if (answer_at_once(&run->cmdline, &run->error))
		result_print(&run->result, &run->watch.terminal, false);
	else
		act(run);
	status = result_status(&run->result);
	run_release(run);
	free(run);
	return status;
}
