/* SPDX-License-Identifier: MIT */
/*
 * mitto merge DATA [options] [ADDRESS]...: a message for each row.
 *
 * First all rows are composed, and whatever is wrong with any of them is told;
 * only when nothing is wrong the first one leaves.
 */
#include "base/mem.h"
#include "command/command.h"
#include "command/credential.h"
#include "command/merge_send.h"
#include "settings/document.h"
#include "settings/provider.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define MISTAKES_SHOWN 20 /* rows */
#define DOUBTS_SHOWN   20 /* rows */
#define TEXT_MAX       (1L << 20)

struct merge {
	struct run *run;
	const char *data; /* the file of the rows */
	char *journal;
	struct rows *rows;
	struct pattern *pattern;
	struct aliases aliases;
	struct ledger *ledger;
	struct tell tell;
	size_t count;    /* rows */
	size_t done;     /* sent by an earlier call, or twice in the file */
	size_t doubtful; /* in doubt since an earlier call */
	size_t mistakes;
};

/* The first finishes what is under way, the second breaks it off. */
static volatile int signals;
static volatile int broken_off;

static void
on_signal(int number)
{
	if (++signals > 1)
		broken_off = number;
	run_interrupted = number;
}

static void
catch_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigaction before;
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
}

/* --- what is asked for ---------------------------------------------------- */

/* Options that belong to one message alone, and the queue, which would take all
 * of them from the journal. */
static bool
is_unfit(const struct cmdline_item *item)
{
	static const char *const others[] = { "read-headers", "raw", "edit",
		"skip-empty", "output", "check" };

	if (item->option == NULL || item->negated)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(item->option->name, others[i]) == 0)
			return true;
	return strcmp(item->option->name, "queue") == 0 &&
	    strcmp(item->value, "always") == 0;
}

static int
check_options(const struct run *run, struct error *err)
{
	for (size_t i = 0; i < run->cmdline.count; i++) {
		const struct cmdline_item *item = &run->cmdline.items[i];

		if (!is_unfit(item))
			continue;
		(void)error_set(
		    err, ERR_USAGE, "%s does not go with merge", item->shown);
		return error_hint(
		    err, "mitto merge DATA -n ... shows the first one");
	}
	return 0;
}

/* The first operand. */
static int
find_data(struct merge *m, struct error *err)
{
	const struct cmdline *cl = &m->run->cmdline;

	for (size_t i = 0; i < cl->count && m->data == NULL; i++)
		if (cl->items[i].option == NULL)
			m->data = cl->items[i].value;
	if (m->data != NULL)
		return 0;
	(void)error_set(err, ERR_USAGE, "no file of rows");
	return error_hint(
	    err, "mitto merge DATA.csv -s SUBJECT [options] '{{email}}'");
}

/* Standard input, if the rows leave it free.  The values of -m and -a say who
 * claims it; they are set for each row, so they are only lent to the draft. */
static int
read_input(struct merge *m, struct error *err)
{
	struct run *run = m->run;
	struct draft *d = &run->request.draft;
	int result;

	if (strcmp(m->data, "-") == 0)
		return 0;
	for (size_t i = 0; i < run->cmdline.count; i++) {
		const struct cmdline_item *item = &run->cmdline.items[i];
		const char *name =
		    item->option != NULL ? item->option->name : "";

		if (item->row && strcmp(name, "message") == 0)
			strlist_add(&d->text, item->value);
		if (item->row && strcmp(name, "attach") == 0)
			strlist_add(&d->attach, item->value);
	}
	result = input_read(&run->input, &run->request, &run_interrupted, err);
	strlist_release(&d->text);
	strlist_release(&d->attach);
	return result;
}

static int
open_ledger(struct merge *m, struct error *err)
{
	const char *given = m->run->request.mailing.journal;
	auto_buf struct buf mailing = buf_make(TEXT_MAX);

	if (given == NULL &&
	    (strcmp(m->data, "-") == 0 || store_shell_pipe(m->data) >= 0)) {
		(void)error_set(
		    err, ERR_USAGE, "rows from a pipe need a journal");
		return error_hint(err, "--journal=FILE");
	}
	m->journal = given != NULL ? mem_strdup(given)
				   : mem_printf("%s.journal", m->data);
	pattern_describe(m->pattern, &mailing);
	m->ledger = ledger_open(m->journal, mailing.data, err);
	return m->ledger != NULL ? 0 : -1;
}

static int
prepare(struct merge *m, struct error *err)
{
	struct run *run = m->run;

	if (find_data(m, err) < 0 || check_options(run, err) < 0 ||
	    run_account(run) < 0 || read_input(m, err) < 0)
		return -1;
	run->request.draft.automatic = run->automatic;
	m->aliases = aliases_make(&run->config, &run->request.settings);
	m->rows = rows_open(m->data, &run_interrupted, err);
	if (m->rows == NULL)
		return -1;
	m->pattern = pattern_new(&run->cmdline, &run->request, &run->input,
	    rows_columns(m->rows), err);
	if (m->pattern == NULL)
		return -1;
	return rows_vary(m->rows)
	    ? 0
	    : pattern_check_columns(m->pattern, rows_columns(m->rows), err);
}

/* --- all rows, before any is sent ----------------------------------------- */

static void
tell_mistake(struct merge *m, const struct error *err)
{
	if (m->mistakes++ < MISTAKES_SHOWN)
		result_print_error(err, &m->run->watch.terminal);
}

/* The first message stands for all where one is shown. */
static int
try_row(struct merge *m, struct row *row, struct error *err)
{
	int64_t most = m->run->request.settings.max_size.bytes;
	struct composition c = { .sender = NULL };
	int result = pattern_compose(m->pattern, row, &m->aliases, &c, err);

	if (result == 0 && most > 0 && c.wire.size > most)
		result = error_set(err, ERR_DATA,
		    "row %zu (line %zu): the message has %lld bytes, more than "
		    "--max-size %lld",
		    row->number, row->line, (long long)c.wire.size,
		    (long long)most);
	if (result == 0 && m->run->composition.sender == NULL)
		m->run->composition = c;
	else
		composition_release(&c);
	return result;
}

static void
tell_doubt(struct merge *m, const struct row *row)
{
	auto_free char *text =
	    mem_printf("row %zu (line %zu) is in doubt: it may have arrived",
		row->number, row->line);

	if (m->doubtful++ < DOUBTS_SHOWN)
		watch_warn(&m->run->watch, text);
}

/* What an earlier call has left to do; `todo` counts it. */
static void
count_row(struct merge *m, const struct row *row, size_t *todo)
{
	enum fate fate = ledger_fate(m->ledger, row->key);
	bool doubt = fate == FATE_DOUBT || fate == FATE_HANDED;

	if (ledger_claim(m->ledger, row->key)) {
		auto_free char *text = mem_printf(
		    "row %zu (line %zu) says the same as one before: sent once",
		    row->number, row->line);

		watch_warn(&m->run->watch, text);
		m->done++;
	} else if (fate == FATE_OPEN ||
	    (doubt && m->run->request.mailing.resend_doubtful)) {
		++*todo;
	} else if (doubt) {
		tell_doubt(m, row);
	} else {
		m->done++;
	}
}

static void
warn_of_limit(struct merge *m, size_t todo)
{
	const struct provider *p = m->run->request.settings.preset;
	auto_free char *text = NULL;

	if (p == NULL || p->daily == 0 || todo <= (size_t)p->daily)
		return;
	text = mem_printf(
	    "%zu messages, %s takes %ld a day", todo, p->name, p->daily);
	watch_warn(&m->run->watch, text);
}

static int
check_rows(struct merge *m, size_t *todo, struct error *err)
{
	auto_row struct row row = { .number = 0 };

	for (;;) {
		struct error bad = ERROR_INIT;
		int result = rows_next(m->rows, &row, &bad);

		if (result == 0)
			break;
		m->count++;
		if (result > 0 && try_row(m, &row, &bad) == 0) {
			if (m->ledger != NULL)
				count_row(m, &row, todo);
			continue;
		}
		tell_mistake(m, &bad);
		if (rows_broken(m->rows) || run_interrupted != 0)
			break;
	}
	if (run_interrupted != 0)
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	if (m->mistakes > 0) {
		(void)error_set(err, ERR_DATA,
		    "%zu of %zu rows are wrong: nothing was sent", m->mistakes,
		    m->count);
		return -1;
	}
	if (m->count == 0)
		return error_set(err, ERR_DATA, "'%s' has no rows", m->data);
	warn_of_limit(m, *todo);
	return run_server(m->run);
}

/* --- the end -------------------------------------------------------------- */

/* -n */
static void
show_first(struct merge *m)
{
	m->run->result.state = RESULT_DRY_RUN;
	if (!m->run->request.settings.json)
		run_preview(m->run);
	if (!m->run->request.settings.quiet)
		(void)fprintf(stderr,
		    "this is the first of %zu; nothing was sent (-n)\n",
		    m->count);
}

static size_t
left_of(const struct mailing_counts *n)
{
	return n->total - n->sent - n->partial - n->refused - n->doubtful;
}

static int
status_of(const struct merge *m, const struct crew *c)
{
	const struct mailing_counts *n = &c->counts;

	if (*c->signals > 0)
		return error_status(ERR_INTERRUPTED);
	if (c->stopped.kind != ERR_NONE)
		return error_status(c->stopped.kind);
	if (n->refused + n->partial > 0)
		return error_status(ERR_UNAVAILABLE);
	return left_of(n) + n->doubtful + m->doubtful > 0
	    ? error_status(ERR_TEMPORARY)
	    : 0;
}

static void
put_json(const struct merge *m, const struct crew *c, int status)
{
	const struct mailing_counts *n = &c->counts;
	auto_buf struct buf text = buf_make(TEXT_MAX);
	struct error ignored = ERROR_INIT;

	buf_printf(&text, "{\"ok\":%s,\"exit\":%d",
	    status == 0 ? "true" : "false", status);
	buf_printf(&text,
	    ",\"rows\":%zu,\"done_before\":%zu,\"sent\":%zu,\"partial\":%zu"
	    ",\"refused\":%zu,\"in_doubt\":%zu,\"left\":%zu",
	    m->count, m->done, n->sent, n->partial, n->refused,
	    n->doubtful + m->doubtful, left_of(n));
	result_member(&text, "journal", m->journal);
	result_member(&text, "error",
	    c->stopped.kind != ERR_NONE ? c->stopped.text : NULL);
	result_member(
	    &text, "hint", c->stopped.hint[0] != '\0' ? c->stopped.hint : NULL);
	buf_puts(&text, "}\n");
	(void)run_put(&text, &ignored);
}

static void
put_sum(const struct merge *m, const struct crew *c)
{
	const struct mailing_counts *n = &c->counts;
	const struct {
		size_t count;
		const char *what;
	} parts[] = { { n->partial, "sent in part" }, { n->refused, "refused" },
		{ n->doubtful + m->doubtful, "in doubt" },
		{ left_of(n), "left" } };

	(void)fprintf(stderr, "%zu sent", n->sent);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].count > 0)
			(void)fprintf(
			    stderr, ", %zu %s", parts[i].count, parts[i].what);
	if (m->done > 0)
		(void)fprintf(stderr, "; %zu were done before", m->done);
	(void)fputc('\n', stderr);
	if (left_of(n) > 0)
		(void)fprintf(stderr,
		    "to go on: the same command again (journal: %s)\n",
		    m->journal);
	if (n->doubtful + m->doubtful > 0)
		(void)fputs("those in doubt may have arrived; to send them "
			    "again all the same: --resend-doubtful\n",
		    stderr);
}

static int
finish(struct merge *m, const struct crew *c)
{
	const struct settings *s = &m->run->request.settings;
	int status = status_of(m, c);

	watch_clear(&m->run->watch);
	if (s->json)
		put_json(m, c, status);
	if (c->stopped.kind != ERR_NONE && c->stopped.kind != ERR_INTERRUPTED)
		result_print_error(&c->stopped, &m->run->watch.terminal);
	if (!s->quiet &&
	    (status != 0 || m->run->watch.terminal.tty || s->verbose > 0))
		put_sum(m, c);
	return status;
}

/* --- the mailing ---------------------------------------------------------- */

static int
send_all(struct merge *m, size_t todo, struct error *err)
{
	struct run *run = m->run;
	auto_secret struct secret password = { .text = NULL };
	struct crew c = {
		.run = run,
		.password = &password,
		.pattern = m->pattern,
		.rows = m->rows,
		.aliases = &m->aliases,
		.ledger = m->ledger,
		.tell = &m->tell,
		.counts.total = todo,
		.signals = &signals,
		.broken_off = &broken_off,
	};

	if (credential_find(&password, &run->request.settings,
		run->endpoint.host, err) < 0 ||
	    tell_open(&m->tell, &run->watch, run->request.mailing.result, err) <
		0 ||
	    rows_rewind(m->rows, err) < 0)
		return -1;
	ledger_unclaim(m->ledger);
	crew_run(&c);
	if (tell_close(&m->tell, err) < 0 && c.stopped.kind == ERR_NONE)
		c.stopped = *err;
	if (ledger_close(steal(m->ledger), err) < 0 &&
	    c.stopped.kind == ERR_NONE)
		c.stopped = *err;
	*err = (struct error)ERROR_INIT;
	return finish(m, &c);
}

/* The status, or -1 with run->error. */
static int
act(struct merge *m)
{
	struct run *run = m->run;
	struct error *err = &run->error;
	size_t todo = 0;

	if (prepare(m, err) < 0)
		return -1;
	if (!run->request.settings.dry_run && open_ledger(m, err) < 0)
		return -1;
	if (check_rows(m, &todo, err) < 0)
		return -1;
	if (run->request.settings.dry_run) {
		show_first(m);
		return run->error.kind == ERR_NONE ? 0 : -1;
	}
	return send_all(m, todo, err);
}

int
command_merge(int argc, char *const *argv)
{
	struct merge m = { .run = run_for(argc, argv) };
	struct cmdline *cl = &m.run->cmdline;
	struct error ignored = ERROR_INIT;
	int status = -1;

	catch_signals();
	if (cmdline_parse_merge(cl, argc, argv, &m.run->error) == 0) {
		if (cl->help && cl->help_topic == NULL)
			cl->help_topic = "merge";
		status = run_answer(cl, &m.run->error) ? 0 : act(&m);
	}
	if (m.run->error.kind != ERR_NONE)
		status = error_status(m.run->error.kind);
	(void)ledger_close(m.ledger, &ignored);
	free(m.journal);
	pattern_free(m.pattern);
	aliases_release(&m.aliases);
	rows_close(m.rows);
	if (m.run->error.kind != ERR_NONE)
		return run_message(m.run);
	run_free(m.run);
	return status;
}
