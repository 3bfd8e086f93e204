/* SPDX-License-Identifier: MIT */
/*
 * mitto queue list|show|flush|retry|drop: what waits, and what is to be done
 * with it.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "command/command.h"
#include "command/queuelist.h"
#include "command/route.h"
#include "command/runner.h"
#include "report/result.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX      (256L << 20) /* bytes of what is printed */
#define LOOK_AGAIN_MS 100          /* whether the other run has ended */

/* One call of `mitto queue`. */
struct call {
	struct strlist words; /* behind the verb, before the options */
	struct cmdline cmdline;
	struct config config;
	struct request request;
	struct spool spool;
	bool missing; /* there is no spool: nothing has ever been queued */
	struct watch watch;
	struct buf json; /* objects, commas between */
	struct buf text;
	const char *counts; /* JSON members of the answer, or NULL */
	struct error error;
};

/* --- the steps of a call -------------------------------------------------- */

/* VERB ID... OPTION... */
static int
read_words(struct call *c, int argc, char *const *argv)
{
	struct error *err = &c->error;
	int i = 0;

	for (; i < argc && argv[i][0] != '-'; i++)
		strlist_add(&c->words, argv[i]);
	if (cmdline_parse_for(&c->cmdline, IN_QUEUE, argc - i, argv + i, err) <
	    0)
		return -1;
	for (size_t k = 0; k < c->cmdline.count; k++)
		if (c->cmdline.items[k].option == NULL) {
			(void)error_set(err, ERR_USAGE, "'%s' is out of place",
			    c->cmdline.items[k].value);
			return error_hint(
			    err, "IDs come first: mitto queue show ID --json");
		}
	return 0;
}

static int
open_call(struct call *c)
{
	struct error *err = &c->error;
	auto_buf struct buf report = buf_make(TEXT_MAX);
	const char *account;

	if (config_load(&c->config, account_config_file(&c->cmdline), &report,
		err) < 0) {
		(void)fwrite(report.data, 1, report.len, stderr);
		if (report.len > 0)
			err->text[0] = '\0';
		return -1;
	}
	if (account_choose(&c->config, &c->cmdline, NULL, &account, err) < 0 ||
	    account_resolve(
		&c->request, &c->config, &c->cmdline, account, err) < 0 ||
	    watch_open(&c->watch, &c->request.settings, err) < 0)
		return -1;
	if (route_spool(&c->request.settings, &c->spool, false, err) == 0)
		return 0;
	c->missing = err->kind == ERR_NOINPUT;
	if (!c->missing)
		return -1;
	*err = (struct error)ERROR_INIT;
	return 0;
}

static void
close_call(struct call *c)
{
	watch_close(&c->watch);
	spool_close(&c->spool);
	request_release(&c->request);
	config_release(&c->config);
	cmdline_release(&c->cmdline);
	strlist_release(&c->words);
	buf_release(&c->json);
	buf_release(&c->text);
}

/* What was asked for, on standard output; errors on stderr. */
static int
answer(struct call *c)
{
	const struct settings *s = &c->request.settings;
	auto_buf struct buf out = buf_make(TEXT_MAX);
	int status = error_status(c->error.kind);

	if (s->json) {
		buf_printf(&out,
		    "{\"ok\":%s,\"exit\":%d%s,\"messages\":[%s]}\n",
		    status == 0 ? "true" : "false", status,
		    c->counts != NULL ? c->counts : "", c->json.data);
	} else if (!s->quiet) {
		buf_add(&out, c->text.data, c->text.len);
	}
	if (run_put(&out, &c->error) < 0)
		status = error_status(c->error.kind);
	if (c->error.kind != ERR_NONE && c->error.text[0] != '\0')
		result_print_error(&c->error, &c->watch.terminal);
	return status;
}

static int
usage(struct call *c, const char *what)
{
	(void)error_set(&c->error, ERR_USAGE, "%s", what);
	return error_hint(&c->error,
	    "mitto queue list; mitto queue flush; "
	    "mitto queue show|retry|drop ID");
}

/* --- list and show -------------------------------------------------------- */

/* A message nobody can read has its name and the reason. */
static void
add_unreadable(
    struct call *c, enum spool_box box, const char *id, const struct error *why)
{
	const char *state = box == BOX_CORRUPT || why->kind == ERR_DATA
	    ? "corrupt"
	    : box == BOX_FAILED ? "failed"
				: "queued";

	buf_printf(&c->text, "%s  %s: %s\n", id, state, why->text);
	buf_printf(&c->json, "%s{\"queue_id\":\"%s\",\"state\":\"%s\"",
	    c->json.len > 0 ? "," : "", id, state);
	result_member(&c->json, "reason", why->text);
	buf_putc(&c->json, '}');
}

static void
add_item(struct call *c, enum spool_box box, const char *id, bool full)
{
	struct error why = ERROR_INIT;
	struct item it;

	if (item_open(&it, &c->spool, box, id, false, &why) < 0) {
		if (why.kind != ERR_NOINPUT)
			add_unreadable(c, box, id, &why);
		return;
	}
	queuelist_item(&c->text, &it, full);
	if (c->json.len > 0)
		buf_putc(&c->json, ',');
	queuelist_json(&c->json, &it);
	item_close(&it);
}

static int
list(struct call *c)
{
	size_t counts[SPOOL_BOXES] = { 0 };

	if (c->words.count > 0)
		return usage(c, "queue list takes no ID");
	for (int i = BOX_QUEUE; i <= BOX_CORRUPT && !c->missing; i++) {
		auto_strlist struct strlist ids = { .items = NULL };

		if (spool_list(&c->spool, (enum spool_box)i, &ids, NULL,
			&c->error) < 0)
			return -1;
		counts[i] = ids.count;
		for (size_t k = 0; k < ids.count; k++)
			add_item(c, (enum spool_box)i, ids.items[k], false);
	}
	if (counts[0] + counts[1] + counts[2] == 0)
		buf_puts(&c->text, "the queue is empty\n");
	else
		buf_printf(&c->text, "%zu queued, %zu failed, %zu corrupt\n",
		    counts[BOX_QUEUE], counts[BOX_FAILED], counts[BOX_CORRUPT]);
	return 0;
}

/* The message a word names; a queue that does not exist has none. */
static int
find(struct call *c, const char *word, enum spool_box *box, char id[SPOOL_ID])
{
	if (c->missing) {
		(void)error_set(&c->error, ERR_NOINPUT,
		    "there is no message '%s': the queue is empty", word);
		return error_hint(&c->error, "mitto queue list");
	}
	return spool_find(&c->spool, word, box, id, &c->error);
}

static int
show(struct call *c)
{
	enum spool_box box;
	char id[SPOOL_ID];

	if (c->words.count == 0)
		return usage(c, "queue show needs an ID");
	for (size_t i = 0; i < c->words.count; i++) {
		if (find(c, c->words.items[i], &box, id) < 0)
			return -1;
		add_item(c, box, id, true);
	}
	return 0;
}

/* --- drop ----------------------------------------------------------------- */

/* Also what is damaged can be dropped. */
static int
drop_unreadable(struct call *c, enum spool_box box, const char *id)
{
	char name[SPOOL_STATE_NAME];

	spool_state_name(id, name);
	if (unlinkat(c->spool.boxes[box], id, 0) < 0)
		return -1;
	(void)unlinkat(c->spool.boxes[box], name, 0);
	c->error = (struct error)ERROR_INIT;
	return 0;
}

static int
drop_one(struct call *c, enum spool_box box, const char *id)
{
	struct item it;
	int result;

	if (item_open(&it, &c->spool, box, id, true, &c->error) < 0) {
		if ((box != BOX_CORRUPT && c->error.kind != ERR_DATA) ||
		    drop_unreadable(c, box, id) < 0)
			return -1;
	} else {
		result = item_remove(&it, &c->error);
		item_close(&it);
		if (result < 0)
			return -1;
	}
	buf_printf(&c->text, "dropped %s\n", id);
	buf_printf(&c->json, "%s{\"queue_id\":\"%s\",\"state\":\"dropped\"}",
	    c->json.len > 0 ? "," : "", id);
	return 0;
}

static int
drop(struct call *c)
{
	enum spool_box box;
	char id[SPOOL_ID];

	if (c->words.count == 0)
		return usage(c, "queue drop needs an ID");
	for (size_t i = 0; i < c->words.count; i++)
		if (find(c, c->words.items[i], &box, id) < 0 ||
		    drop_one(c, box, id) < 0)
			return -1;
	return 0;
}

/* --- flush and retry ------------------------------------------------------ */

static void
say_counts(struct call *c, const struct runner *r)
{
	buf_printf(&c->text, "%zu sent, %zu failed, %zu put off, %zu not due\n",
	    r->sent, r->failed, r->later + r->held, r->waiting);
	if (r->waiting + r->held > 0 && r->only == NULL)
		buf_puts(
		    &c->text, "to try them all now: mitto queue retry all\n");
}

/* Become the one runner, after the others if the user wants to wait: 1 if there
 * is one, -1 with an error. */
static int
take_lock(struct call *c)
{
	int locked;

	while ((locked = spool_lock(&c->spool, &c->error)) > 0 &&
	    c->request.settings.wait && run_interrupted == 0)
		(void)poll(NULL, 0, LOOK_AGAIN_MS);
	return locked;
}

/* Who names messages wants to know what became of them. */
static int
another_run(struct error *err)
{
	(void)error_set(err, ERR_TEMPORARY, "another run is active");
	return error_hint(err, "--wait begins when it has ended");
}

/* Run the queue, or the messages in `only`. */
static int
run_queue(struct call *c, const struct strlist *only)
{
	const struct settings *s = &c->request.settings;
	static char counts[200];
	struct runner r = {
		.spool = &c->spool,
		.watch = &c->watch,
		.settings = s,
		.only = only,
		.talk = !s->quiet && !s->json,
		.warn = true,
		.json = s->json ? &c->json : NULL,
		.jobs = c->request.mailing.jobs,
	};
	int locked = take_lock(c);

	if (locked < 0)
		return -1;
	if (run_interrupted != 0)
		return error_set(&c->error, ERR_INTERRUPTED, "interrupted");
	if (locked > 0) {
		if (only != NULL)
			return another_run(&c->error);
		buf_puts(&c->text, "another run is active\n");
		return 0;
	}
	if (runner_run(&r, &c->error) < 0)
		return -1;
	(void)snprintf(counts, sizeof(counts),
	    ",\"sent\":%zu,\"failed\":%zu,\"deferred\":%zu,\"waiting\":%zu",
	    r.sent, r.failed, r.later + r.held, r.waiting);
	c->counts = counts;
	if (c->watch.terminal.tty || only != NULL || s->verbose > 0)
		say_counts(c, &r);
	if (run_interrupted != 0)
		return error_set(&c->error, ERR_INTERRUPTED, "interrupted");
	if (r.failed > 0)
		return error_set(&c->error, ERR_UNAVAILABLE,
		    "%zu messages could not be delivered", r.failed);
	if (only == NULL)
		return 0;
	if (r.error.kind != ERR_NONE) {
		c->error = r.error;
		return -1;
	}
	if (r.later + r.held == 0)
		return 0;
	return error_set(&c->error, ERR_TEMPORARY,
	    "%zu messages stay in the queue", r.later + r.held);
}

static int
flush(struct call *c)
{
	if (c->words.count > 0)
		return usage(c, "queue flush takes no ID");
	if (c->missing)
		return 0;
	return run_queue(c, NULL);
}

/* Back from failed/: as if it were new. */
static int
revive(struct call *c, const char *id)
{
	struct mark fresh = { .kind = MARK_WAITING };
	struct item it;
	int result = 0;

	if (item_open(&it, &c->spool, BOX_FAILED, id, true, &c->error) < 0)
		return -1;
	for (size_t i = 0; i < it.state.count && result == 0; i++)
		if (it.state.marks[i].kind == MARK_REFUSED)
			result = item_mark(&it, i, &fresh, &c->error);
	it.state.schedule = schedule_new(clock_now());
	if (result == 0)
		result = item_sync(&it, &c->error);
	if (result == 0)
		result = item_move(&it, BOX_QUEUE, &c->error);
	item_close(&it);
	return result;
}

/* All that is queued, or what the words name, oldest first, each once. */
static int
find_wanted(struct call *c, struct strlist *ids)
{
	enum spool_box box;
	char id[SPOOL_ID];

	if (c->words.count == 1 && strcmp(c->words.items[0], "all") == 0)
		return c->missing
		    ? 0
		    : spool_list(&c->spool, BOX_QUEUE, ids, NULL, &c->error);
	for (size_t i = 0; i < c->words.count; i++) {
		if (find(c, c->words.items[i], &box, id) < 0)
			return -1;
		if (box == BOX_CORRUPT)
			return error_set(&c->error, ERR_DATA,
			    "the message '%s' is damaged", id);
		if (box == BOX_FAILED && revive(c, id) < 0)
			return -1;
		if (!strlist_has(ids, id))
			strlist_add(ids, id);
	}
	strlist_sort(ids);
	return 0;
}

static int
retry(struct call *c)
{
	auto_strlist struct strlist ids = { .items = NULL };

	if (c->words.count == 0)
		return usage(c, "queue retry needs an ID, or all");
	if (find_wanted(c, &ids) < 0)
		return -1;
	return c->missing ? 0 : run_queue(c, &ids);
}

/* --- which ---------------------------------------------------------------- */

static int
run_verb(struct call *c, const char *verb)
{
	static const struct {
		const char *name;
		int (*run)(struct call *c);
	} verbs[] = {
		{ "list", list },
		{ "show", show },
		{ "flush", flush },
		{ "retry", retry },
		{ "drop", drop },
	};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0)
			return open_call(c) < 0 ? -1 : verbs[i].run(c);
	(void)error_set(
	    &c->error, ERR_USAGE, "queue has no command '%s'", verb);
	return error_hint(&c->error, "one of: list, show, flush, retry, drop");
}

int
command_queue(int argc, char *const *argv)
{
	struct call c = {
		.spool = SPOOL_INIT,
		.watch.terminal = terminal_open(STDERR_FILENO, WHEN_AUTO),
		.json = buf_make(TEXT_MAX),
		.text = buf_make(TEXT_MAX),
	};
	const char *verb = argc > 0 && argv[0][0] != '-' ? argv[0] : "list";
	int skip = argc > 0 && argv[0][0] != '-';
	int status;

	run_catch_signals();
	if (read_words(&c, argc - skip, argv + skip) == 0) {
		if (c.cmdline.help) {
			(void)puts(
			    "usage: mitto queue "
			    "list | flush | show ID | retry ID|all | "
			    "drop ID  [--wait] [--jobs N] [--json] [-v] [-q]");
			close_call(&c);
			return 0;
		}
		(void)run_verb(&c, verb);
	}
	status = answer(&c);
	close_call(&c);
	return status;
}
