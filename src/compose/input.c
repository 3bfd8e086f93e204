/* SPDX-License-Identifier: MIT */
/*
 * Standard input is read once, whole, into a store; a pipe becomes rewindable
 * by that.
 */
#include "compose/input.h"

#include "base/io.h"
#include "base/mem.h"
#include "text/headguess.h"
#include "text/undot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD_BLOCK 16384
#define DRAIN_MAX  (64L << 20) /* bytes read and thrown away */

/* "-" or "-;name=...". */
static bool
is_stdin(const char *spec)
{
	return spec[0] == '-' && (spec[1] == '\0' || spec[1] == ';');
}

static bool
attaches_stdin(const struct strlist *specs)
{
	for (size_t i = 0; i < specs->count; i++)
		if (is_stdin(specs->items[i]))
			return true;
	return false;
}

static size_t
count_stdin(const struct draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->attach.count; i++)
		n += is_stdin(d->attach.items[i]);
	n += d->body != NULL && is_stdin(d->body);
	n += d->html != NULL && is_stdin(d->html);
	return n;
}

int
input_claim(const struct draft *d, enum input_use *use, struct error *err)
{
	size_t claims = count_stdin(d);
	bool message = d->read_headers || d->raw;

	if (message && d->body == NULL)
		claims++;
	if (claims > 1 ||
	    (message && claims == 1 && d->body != NULL && !is_stdin(d->body)))
		return error_set(
		    err, ERR_USAGE, "standard input is used twice");
	if (message)
		*use = INPUT_MESSAGE;
	else if (d->html != NULL && is_stdin(d->html))
		*use = INPUT_HTML;
	else if (attaches_stdin(&d->attach))
		*use = INPUT_ATTACHMENT;
	else if (d->body != NULL)
		*use = is_stdin(d->body) ? INPUT_BODY : INPUT_NONE;
	else
		*use = d->html != NULL ? INPUT_NONE : INPUT_BODY;
	return 0;
}

static int
read_head(struct input *in, struct error *err)
{
	auto_free char *block = mem_alloc(HEAD_BLOCK);
	int64_t offset = 0;

	while (!in->head.complete) {
		ssize_t n =
		    store_pread(in->data, block, HEAD_BLOCK, offset, err);

		if (n < 0)
			return -1;
		if (n == 0)
			return head_finish(&in->head, err);
		if (head_push(&in->head, block, (size_t)n, err) < 0)
			return -1;
		offset += n;
	}
	return 0;
}

/* What is to be sent as it came, to people who are named elsewhere, may lack a
 * header: then it is a text. */
static bool
may_be_text(const struct draft *d)
{
	return d->raw &&
	    (!d->read_headers || d->to.count + d->cc.count + d->bcc.count > 0);
}

static int
parse_head(struct input *in, const struct draft *d, struct error *err)
{
	int result = read_head(in, err);

	if (result < 0 && err->kind != ERR_DATA)
		return -1;
	/* Where reading failed what stands above the line at fault decides. */
	head_stop(&in->head);
	if (!may_be_text(d) || store_size(in->data) == 0 ||
	    head_is_header(&in->head))
		return result;
	head_release(&in->head);
	*err = (struct error)ERROR_INIT;
	in->use = INPUT_BODY;
	return 0;
}

/* A terminal may be read only for the text itself, and never silently. */
static int
greet_terminal(const struct request *r, enum input_use use, struct error *err)
{
	if (r->settings.no_input)
		return error_set(err, ERR_USAGE,
		    "no message: standard input is a terminal and --no-input "
		    "was given");
	if (use != INPUT_BODY && use != INPUT_MESSAGE)
		return 0;
	(void)fputs("Type the message, end with Ctrl-D, give up with Ctrl-C.\n",
	    stderr);
	return 0;
}

/* With -m, or when an editor will open, standard input is welcome but not
 * needed: a terminal is left alone and a closed descriptor is no error. */
static bool
is_optional(const struct draft *d, enum input_use use)
{
	return use == INPUT_BODY && (d->text.count > 0 || d->edit) &&
	    d->body == NULL;
}

static bool
can_read_stdin(void)
{
	char none;

	return read(STDIN_FILENO, &none, 0) == 0;
}

bool
input_is_piped(void)
{
	struct stat info;

	return fstat(STDIN_FILENO, &info) == 0 &&
	    (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) ||
		(S_ISREG(info.st_mode) && info.st_nlink == 0));
}

/* Standard input up to a line with a lone dot, or to its end. */
static struct store *
read_to_dot(int64_t limit, const volatile int *interrupted, struct error *err)
{
	static const char what[] = "standard input";
	auto_store struct store *st = store_empty(what, limit);
	struct undot dot = { .ended = false };
	char block[STREAM_BLOCK], text[STREAM_BLOCK + UNDOT_HELD];
	size_t used = 0, len;
	ssize_t n = 0;

	while (!dot.ended) {
		n = io_read_patiently(
		    STDIN_FILENO, block, sizeof(block), what, interrupted, err);
		if (n <= 0)
			break;
		used = undot(&dot, block, (size_t)n, text, &len);
		if (store_append(st, text, len, err) < 0)
			return NULL;
	}
	if (n < 0)
		return NULL;
	if (dot.ended && used < (size_t)n)
		(void)fputs("mitto: warning: a line with a lone dot ended the "
			    "message; -i sends what follows as well\n",
		    stderr);
	return steal(st);
}

/* Whoever writes to us shall see our status, not a broken pipe. */
static void
drain(void)
{
	static char block[STREAM_BLOCK];
	long left = DRAIN_MAX;
	ssize_t n;

	while (
	    left > 0 && (n = io_read(STDIN_FILENO, block, sizeof(block))) > 0)
		left -= n;
}

static struct store *
take_stdin(const struct input *in, const struct request *r,
    const volatile int *interrupted, struct error *err)
{
	int64_t limit = r->settings.max_size.bytes;

	return in->ends_at_dot ? read_to_dot(limit, interrupted, err)
			       : store_spill(STDIN_FILENO, "standard input",
				     limit, interrupted, err);
}

static int
read_stdin(struct input *in, const struct request *r,
    const volatile int *interrupted, struct error *err)
{
	bool tty = isatty(STDIN_FILENO) == 1;

	if (is_optional(&r->draft, in->use) && (tty || !can_read_stdin()))
		return 0;
	if (tty && !in->silent && greet_terminal(r, in->use, err) < 0)
		return -1;
	in->data = take_stdin(in, r, interrupted, err);
	if (in->data != NULL)
		return 0;
	if (!tty && err->kind != ERR_INTERRUPTED)
		drain();
	return -1;
}

int
input_read(struct input *in, const struct request *r,
    const volatile int *interrupted, struct error *err)
{
	const char *file = r->draft.body;

	in->use = INPUT_NONE;
	in->interrupted = interrupted;
	in->read = true;
	head_init(&in->head);
	if (input_claim(&r->draft, &in->use, err) < 0)
		return -1;
	if (in->use == INPUT_NONE)
		return 0;
	if (in->data == NULL && in->use == INPUT_MESSAGE && file != NULL &&
	    !is_stdin(file)) {
		in->data = store_open(file, "message", interrupted, err);
		if (in->data == NULL)
			return -1;
	} else if (in->data == NULL &&
	    read_stdin(in, r, interrupted, err) < 0) {
		return -1;
	}
	return in->use == INPUT_MESSAGE ? parse_head(in, &r->draft, err) : 0;
}

void
input_rescue(
    struct input *in, const struct request *r, const volatile int *interrupted)
{
	struct error ignored = ERROR_INIT;

	if (in->read || in->data != NULL || !input_is_piped() ||
	    input_claim(&r->draft, &in->use, &ignored) < 0 ||
	    (in->use != INPUT_BODY && in->use != INPUT_MESSAGE))
		return;
	in->read = true;
	in->data = take_stdin(in, r, interrupted, &ignored);
}

void
input_release(struct input *in)
{
	store_free(in->data);
	head_release(&in->head);
	strlist_release(&in->parameters);
	*in = (struct input){ .use = INPUT_NONE };
}
