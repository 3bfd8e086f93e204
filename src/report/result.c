/* SPDX-License-Identifier: MIT */
/*
 * Text for people: problem first, the server's own words, then what to do.
 *
 * Everything that came from outside passes escape_print here and nowhere else.
 */
#include "report/result.h"

#include "base/buf.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX  65536 /* what one report may print */
#define WORDS_MAX 400   /* columns of one line of the server */
#define NAMES_MAX 3     /* recipients named in the line of success */

int
result_status(const struct result *r)
{
	if (r->error != NULL && r->error->kind != ERR_NONE)
		return error_status(r->error->kind);
	if (r->state == RESULT_QUEUED ||
	    (r->state == RESULT_IN_DOUBT && r->queue_id != NULL))
		return 0;
	if (r->outcome != NULL)
		return error_status(r->outcome->error.kind);
	return 0;
}

enum result_state
result_state(const struct outcome *o, bool check)
{
	size_t accepted = outcome_count(o, RECIPIENT_ACCEPTED);

	if (o->in_doubt)
		return RESULT_IN_DOUBT;
	if (o->error.kind == ERR_NONE)
		return check ? RESULT_CHECKED : RESULT_SENT;
	return accepted > 0 && !check ? RESULT_PARTIAL : RESULT_FAILED;
}

/* Lines of text, each escaped, the first behind `lead`, the others indented
 * below it. */
static void
put_lines(struct buf *out, const char *lead, const char *text, size_t limit)
{
	const char *prefix = lead;

	for (;;) {
		size_t len = strcspn(text, "\n");

		buf_puts(out, prefix);
		escape_print(out, text, len, limit);
		buf_putc(out, '\n');
		if (text[len] == '\0')
			break;
		text += len + 1;
		prefix = "       ";
	}
}

/* `lead` begins the sentence, for example "not sent: ". */
static void
put_error(struct buf *out, const char *lead, const struct error *err,
    const struct terminal *t)
{
	buf_printf(out, "%smitto:%s %s", terminal_on(t, TINT_ERROR),
	    terminal_off(t), lead);
	put_lines(out, "", err->text, 0);
}

static void
put_hint(struct buf *out, const struct error *err, const struct terminal *t)
{
	if (err->hint[0] == '\0')
		return;
	buf_printf(
	    out, "%shint:%s  ", terminal_on(t, TINT_HINT), terminal_off(t));
	put_lines(out, "", err->hint, 0);
}

/* "550 5.1.1 text", further lines below. */
static void
put_reply(struct buf *out, const char *lead, const struct reply *reply)
{
	auto_buf struct buf text = buf_make(2 * REPLY_TEXT);

	buf_printf(&text, "%d", reply->code);
	if (reply->enhanced[0] != '\0')
		buf_printf(&text, " %s", reply->enhanced);
	if (reply->text[0] != '\0')
		buf_printf(&text, " %s", reply->text);
	put_lines(out, lead, text.data, WORDS_MAX);
}

static void
flush(struct buf *out)
{
	(void)fflush(stdout);
	(void)fwrite(out->data, 1, out->len, stderr);
	(void)fflush(stderr);
}

static bool
is_failure(const struct recipient *r)
{
	return r->state != RECIPIENT_ACCEPTED && reply_class(&r->reply) >= 4;
}

/* Did the server give the whole message one answer? */
static bool
is_one_answer(const struct outcome *o)
{
	const struct reply *first = &o->recipients[0].reply;

	if (o->stage == STAGE_RCPT)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		const struct reply *r = &o->recipients[i].reply;

		if (!is_failure(&o->recipients[i]) || r->code != first->code ||
		    strcmp(r->text, first->text) != 0)
			return false;
	}
	return o->count > 1;
}

/* The recipients that did not get it, each with the words that say why; an
 * answer to the whole message is left to the caller. */
static bool
put_failures(struct buf *out, const struct outcome *o)
{
	bool any = false;

	if (o->count == 0 || is_one_answer(o))
		return false;
	for (size_t i = 0; i < o->count; i++) {
		const struct recipient *r = &o->recipients[i];
		auto_buf struct buf lead = buf_make(1024);

		if (!is_failure(r))
			continue;
		buf_puts(&lead, "       ");
		escape_print(&lead, r->address, strlen(r->address), 200);
		buf_puts(&lead, ": ");
		put_reply(out, lead.data, &r->reply);
		any = true;
	}
	return any;
}

static void
put_names(struct buf *out, const struct outcome *o)
{
	size_t named = 0;
	size_t total = outcome_count(o, RECIPIENT_ACCEPTED);

	for (size_t i = 0; i < o->count && named < NAMES_MAX; i++) {
		const struct recipient *r = &o->recipients[i];

		if (r->state != RECIPIENT_ACCEPTED)
			continue;
		if (named > 0)
			buf_puts(out, named + 1 == total ? " and " : ", ");
		escape_print(out, r->address, strlen(r->address), 100);
		named++;
	}
	if (total > named)
		buf_printf(out, " and %zu more", total - named);
}

static void
put_success(struct buf *out, const struct result *r, const struct terminal *t)
{
	const struct outcome *o = r->outcome;
	char size[TERMINAL_SIZE];

	buf_printf(out, "%s%s%s ", terminal_on(t, TINT_DONE),
	    r->state == RESULT_CHECKED ? "would be accepted for" : "sent to",
	    terminal_off(t));
	put_names(out, o);
	terminal_bytes(size, o->size);
	buf_printf(out, "  %s in %.1f s  %s", size,
	    (double)o->elapsed_ms / 1000, terminal_on(t, TINT_DIM));
	if (r->state == RESULT_SENT)
		put_reply(out, "", &o->reply);
	else
		buf_puts(out, "nothing was sent\n");
	buf_puts(out, terminal_off(t));
}

static void
put_partial(struct buf *out, const struct outcome *o)
{
	if (outcome_count(o, RECIPIENT_ACCEPTED) == 0)
		return;
	buf_puts(out, "       sent to ");
	put_names(out, o);
	buf_putc(out, '\n');
}

static void
put_time(struct buf *out, long long seconds)
{
	char text[TERMINAL_SIZE];

	terminal_time(text, seconds);
	buf_puts(out, text);
}

/* One line: where it is, when it goes, and why not now. */
static void
put_queued(struct buf *out, const struct result *r, const struct terminal *t)
{
	const struct outcome *o = r->outcome;

	buf_printf(out, "%smitto:%s queued as %s", terminal_on(t, TINT_DONE),
	    terminal_off(t), r->queue_id);
	if (r->retry_seconds > 0) {
		buf_puts(out, ", next try in ");
		put_time(out, r->retry_seconds);
	}
	if (o->error.kind == ERR_NONE) {
		buf_putc(out, '\n');
		return;
	}
	if (r->state == RESULT_IN_DOUBT)
		buf_puts(out, ", and it may arrive twice");
	buf_puts(out, ": ");
	put_lines(out, "", o->error.text, 0);
}

/* What the message is called, for a question to whoever refused it. */
static void
put_name(struct buf *out, const struct result *r)
{
	if (r->outcome->stage != STAGE_BODY || r->message_id == NULL ||
	    reply_class(&r->outcome->reply) < 4)
		return;
	buf_puts(out, "       Message-ID: ");
	escape_print(out, r->message_id, strlen(r->message_id), 200);
	buf_putc(out, '\n');
}

/* The recipients that wait, where others do not. */
static void
put_waiting(struct buf *out, const struct result *r)
{
	buf_printf(out, "       the others are queued as %s, next try in ",
	    r->queue_id);
	put_time(out, r->retry_seconds);
	buf_putc(out, '\n');
}

static bool
failed_before(const struct result *r)
{
	return r->error != NULL && r->error->kind != ERR_NONE;
}

void
result_text(struct buf *out, const struct result *r, const struct terminal *t)
{
	const struct outcome *o = r->outcome;

	if (failed_before(r)) {
		put_error(out, "", r->error, t);
		put_hint(out, r->error, t);
		return;
	}
	if (r->queue_id != NULL && result_status(r) == 0) {
		put_queued(out, r, t);
		return;
	}
	put_error(
	    out, r->state == RESULT_FAILED ? "not sent: " : "", &o->error, t);
	if (!put_failures(out, o) && reply_class(&o->reply) >= 4)
		put_reply(out, "       ", &o->reply);
	put_name(out, r);
	if (r->state == RESULT_PARTIAL)
		put_partial(out, o);
	if (r->queue_id != NULL)
		put_waiting(out, r);
	put_hint(out, &o->error, t);
}

void
result_print(const struct result *r, const struct terminal *t, bool talk)
{
	auto_buf struct buf out = buf_make(TEXT_MAX);
	const struct outcome *o = r->outcome;

	if (failed_before(r) ||
	    (o != NULL &&
		(o->error.kind != ERR_NONE || (talk && r->queue_id != NULL))))
		result_text(&out, r, t);
	else if (o != NULL && talk)
		put_success(&out, r, t);
	flush(&out);
}

void
result_print_error(const struct error *err, const struct terminal *t)
{
	const struct result r = { .state = RESULT_FAILED, .error = err };

	result_print(&r, t, false);
}
