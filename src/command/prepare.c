/* SPDX-License-Identifier: MIT */
/*
 * From words to a message ready to go: what was set, what was read, what it
 * becomes, and where it goes.
 */
#include "command/run.h"

#include "base/mem.h"
#include "settings/account.h"
#include "settings/provider.h"
#include "text/quantity.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20) /* bytes of what a config file is told */

/* --- settings ---------------------------------------------------------- */

int
run_load_config(struct run *run)
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
sender_of(const struct head *head, const char *flag)
{
	auto_address_list struct address_list list = { .items = NULL };
	auto_buf struct buf text = buf_make(8192);
	struct error ignored = ERROR_INIT;
	const struct head_field *from = NULL;

	if (flag != NULL)
		buf_puts(&text, flag);
	else if ((from = head_find(head, "From", 0)) != NULL)
		head_unfold(&text, from);
	if (address_parse(&list, text.data, text.len, &ignored) < 0 ||
	    list.count == 0 || list.items[0].domain == NULL)
		return NULL;
	return mem_printf("%s@%s", list.items[0].local, list.items[0].domain);
}

void
run_bare_settings(struct run *run)
{
	const struct config none = { .count = 0 };
	struct error ignored = ERROR_INIT;

	/* As far as it comes. */
	(void)!account_resolve(
	    &run->request, &none, &run->cmdline, NULL, &ignored);
}

/* Choose the account and lay the layers over each other. */
static int
resolve(struct run *run)
{
	auto_free char *sender = NULL;
	struct request *r = &run->request;
	const char *account;

	sender =
	    sender_of(&run->input.head, cmdline_last(&run->cmdline, "from"));
	if (account_choose(
		&run->config, &run->cmdline, sender, &account, &run->error) < 0)
		return -1;
	request_release(r);
	*r = (struct request){ .settings.account = NULL };
	return account_resolve(
	    r, &run->config, &run->cmdline, account, &run->error);
}

/* --max-size, else what the provider takes, else 0. */
static int64_t
limit_of(const struct settings *s)
{
	if (s->max_size.bytes > 0 || s->preset == NULL)
		return s->max_size.bytes;
	return s->preset->limit;
}

int64_t
run_limit(const struct cmdline *cl)
{
	const struct head none = { .fields = NULL };
	auto_free char *sender = sender_of(&none, cmdline_last(cl, "from"));
	auto_buf struct buf report = buf_make(TEXT_MAX);
	struct request request = { .settings.account = NULL };
	struct config config = { .count = 0 };
	struct error ignored = ERROR_INIT;
	const char *account;
	int64_t limit = 0;

	if (config_load(&config, account_config_file(cl), &report, &ignored) ==
		0 &&
	    account_choose(&config, cl, sender, &account, &ignored) == 0 &&
	    account_resolve(&request, &config, cl, account, &ignored) == 0)
		limit = limit_of(&request.settings);
	request_release(&request);
	config_release(&config);
	return limit;
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

/* A finished message has its parts. */
static int
check_raw(const struct draft *d, struct error *err)
{
	if (d->raw &&
	    (compose_has_parts(d) || d->subject != NULL ||
		d->unsubscribe != NULL || d->headers.count > 0 || d->edit)) {
		(void)error_set(err, ERR_USAGE,
		    "--raw sends a finished message as it is: nothing can be "
		    "added to it");
		return error_hint(err,
		    "-t takes header and text from the input "
		    "and lets flags add to them");
	}
	if (d->edit)
		return error_set(err, ERR_USAGE, "-e does not go with -t");
	return 0;
}

/* A message that came finished is not written here: what the configuration says
 * about writing one is not for it. */
static void
spare_finished(struct run *run)
{
	const struct cmdline *cl = &run->cmdline;
	struct draft *d = &run->request.draft;

	if (!d->raw)
		return;
	if (cmdline_last(cl, "subject") == NULL) {
		free(d->subject);
		d->subject = NULL;
	}
	if (cmdline_last(cl, "reply-to") == NULL) {
		free(d->reply_to);
		d->reply_to = NULL;
	}
	if (cmdline_last(cl, "thread") == NULL) {
		free(d->thread);
		d->thread = NULL;
	}
	if (cmdline_last(cl, "priority") == NULL)
		d->priority.value = PRIORITY_NORMAL;
	if (cmdline_last(cl, "header") == NULL)
		strlist_release(&d->headers);
}

/* What can be refused before anything is read or asked. */
static int
check_draft(struct run *run)
{
	const struct draft *d = &run->request.draft;

	if ((d->raw || d->read_headers) && check_raw(d, &run->error) < 0)
		return -1;
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
	auto_aliases struct aliases aliases =
	    aliases_make(&run->config, &r->settings);
	struct composition *c = &run->composition;
	int result = run->input.use == INPUT_MESSAGE
	    ? compose_finished(
		  c, r, &aliases, &run->input, !run->keep_from, &run->error)
	    : compose_new(c, r, &aliases, &run->input, &run->error);
	const struct strlist *steps = &c->steps;

	for (size_t i = 0; i < steps->count; i++)
		watch_step(&run->watch, "message", steps->items[i]);
	return result;
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

/* What the provider is known to refuse.  A warning only: the server itself says
 * what holds today. */
static void
check_limits(struct run *run)
{
	const struct provider *p = run->request.settings.preset;
	struct composition *c = &run->composition;
	size_t people = c->recipients.count;

	if (p == NULL)
		return;
	if (p->limit > 0 && c->wire.size > p->limit) {
		char size[QUANTITY_SIZE], limit[QUANTITY_SIZE];

		quantity_bytes(size, c->wire.size);
		quantity_bytes(limit, p->limit);
		strlist_take(&c->warnings,
		    mem_printf("the message has %s on the wire, %s takes %s",
			size, p->name, limit));
	}
	if (p->crowd > 0 && people > (size_t)p->crowd)
		strlist_take(&c->warnings,
		    mem_printf("%zu recipients, %s takes %ld of a message",
			people, p->name, p->crowd));
	if (p->daily > 0 && people > (size_t)p->daily)
		strlist_take(&c->warnings,
		    mem_printf("%zu recipients, %s takes %ld a day", people,
			p->name, p->daily));
}

bool
run_is_empty(const struct run *run)
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

			if (run->error.kind == ERR_NOINPUT &&
			    run->config.sections[k].kind == SECTION_ACCOUNT &&
			    strcmp(name, attach->items[i]) == 0)
				(void)error_hint(&run->error,
				    "-a attaches a file here. For the account: "
				    "-A %s",
				    name);
		}
	return -1;
}

/* No server, but accounts that have one: none was meant for this sender. */
static int
check_account(struct run *run)
{
	auto_buf struct buf names = buf_make(300);

	config_account_names(&run->config, &names);
	if (!run->endpoint.guessed || names.len == 0 ||
	    run->request.settings.account != NULL ||
	    run->request.settings.output != NULL)
		return 0;
	(void)error_set(&run->error, ERR_CONFIG,
	    "no account is for the sender <%s>", run->composition.sender);
	return error_hint(&run->error, "name one with -A: %s", names.data);
}

/* Flags that would fight over standard output. */
static int
check_output(struct run *run)
{
	const struct settings *s = &run->request.settings;

	if (s->json && s->output != NULL && strcmp(s->output, "-") == 0)
		return error_set(&run->error, ERR_USAGE,
		    "--json and -o - both want standard output");
	if (run->mute && s->output != NULL && strcmp(s->output, "-") == 0)
		return error_set(&run->error, ERR_USAGE,
		    "standard output is taken: --output cannot be '-'");
	return 0;
}

int
run_account(struct run *run)
{
	struct request *r = &run->request;

	if (run_load_config(run) < 0 ||
	    account_resolve(r, &run->config, &run->cmdline, NULL, &run->error) <
		0 ||
	    watch_open(&run->watch, &r->settings, &run->error) < 0)
		return -1;
	show_notes(run);
	return resolve(run);
}

int
run_server(struct run *run)
{
	if (smtp_endpoint(&run->endpoint, &run->request.settings, &run->error) <
	    0)
		return -1;
	return check_account(run);
}

int
run_prepare(struct run *run)
{
	struct request *r = &run->request;
	struct error *err = &run->error;

	if (run_load_config(run) < 0) {
		run_bare_settings(run);
		return -1;
	}
	if (account_resolve(r, &run->config, &run->cmdline, NULL, err) < 0 ||
	    watch_open(&run->watch, &r->settings, err) < 0)
		return -1;
	show_notes(run);
	spare_finished(run);
	if (check_draft(run) < 0 || check_output(run) < 0 ||
	    input_read(&run->input, r, &run_interrupted, err) < 0 ||
	    resolve(run) < 0)
		return -1;
	spare_finished(run);
	r->draft.automatic = run->automatic;
	if (compose(run) < 0)
		return hint_account(run);
	check_limits(run);
	return check_size(run) < 0 ? -1 : run_server(run);
}
