/* SPDX-License-Identifier: MIT */
/*
 * Rows of CSV (RFC 4180) or JSON Lines, one write each.
 */
#include "command/merge_tell.h"

#include "base/clock.h"
#include "base/mem.h"
#include "report/result.h"
#include "text/escape.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define ROW_MAX (1L << 20)
#define STEP_MS 200 /* between two drawings */

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len >= tail && strcasecmp(text + len - tail, end) == 0;
}

int
tell_open(struct tell *t, struct watch *w, const char *path, struct error *err)
{
	*t = (struct tell){ .watch = w, .start_ms = clock_ms() };
	if (path == NULL)
		return 0;
	t->json = ends_with(path, ".json") || ends_with(path, ".jsonl");
	t->file = fopen(path, "we");
	if (t->file == NULL)
		return error_errno(err, ERR_CANTCREATE, errno,
		    "cannot write the result '%s'", path);
	if (!t->json)
		(void)fputs(
		    "row,recipient,message_id,state,code,enhanced,reply\n",
		    t->file);
	return 0;
}

/* In quotes where it has to be. */
static void
put_field(struct buf *out, const char *text)
{
	if (text[strcspn(text, ",\"\r\n")] == '\0') {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void
put_recipient(struct buf *out, const struct tell *t, const struct row_result *r,
    const struct recipient *to)
{
	/* What was not asked about has the fate of the whole. */
	const struct reply *reply =
	    to->reply.code != 0 && to->state != RECIPIENT_ACCEPTED
	    ? &to->reply
	    : &r->outcome->reply;
	const char *words =
	    reply->code != 0 ? reply->text : r->outcome->error.text;
	auto_buf struct buf plain = buf_make(ROW_MAX);

	escape_print(&plain, words, strlen(words), 0);
	if (t->json) {
		buf_printf(out, "{\"row\":%zu", r->number);
		result_member(out, "recipient", to->address);
		result_member(out, "message_id", r->message_id);
		result_member(out, "state", r->state);
		buf_printf(out, ",\"code\":%d", reply->code);
		result_member(out, "enhanced",
		    reply->enhanced[0] != '\0' ? reply->enhanced : NULL);
		result_member(out, "reply", plain.data);
		buf_puts(out, "}\n");
		return;
	}
	buf_printf(out, "%zu,", r->number);
	put_field(out, to->address);
	buf_putc(out, ',');
	put_field(out, r->message_id);
	buf_printf(out, ",%s,%d,%s,", r->state, reply->code, reply->enhanced);
	put_field(out, plain.data);
	buf_putc(out, '\n');
}

/* Who failed, and the words for it. */
static void
tell_failure(struct tell *t, const struct row_result *r)
{
	auto_free char *text = mem_printf("row %zu: %s%s%s", r->number,
	    r->outcome->error.text, r->outcome->reply.code != 0 ? ": " : "",
	    r->outcome->reply.code != 0 ? r->outcome->reply.text : "");

	watch_warn(t->watch, text);
}

void
tell_row(struct tell *t, const struct row_result *r)
{
	auto_buf struct buf text = buf_make(ROW_MAX);

	if (r->outcome->error.kind != ERR_NONE)
		tell_failure(t, r);
	if (t->file == NULL)
		return;
	for (size_t i = 0; i < r->outcome->count; i++)
		put_recipient(&text, t, r, &r->outcome->recipients[i]);
	(void)fwrite(text.data, 1, text.len, t->file);
	(void)fflush(t->file);
}

void
tell_progress(struct tell *t, size_t done, size_t total)
{
	long long now = clock_ms();
	double spent = (double)(now - t->start_ms) / 1000;
	char eta[TERMINAL_SIZE] = "";

	if (!t->watch->bar || total == 0 ||
	    (done < total && now - t->drawn_ms < STEP_MS))
		return;
	t->drawn_ms = now;
	if (done > 0)
		terminal_time(eta,
		    (long long)(spent * (double)(total - done) / (double)done));
	(void)fprintf(stderr, "\r%zu/%zu%s%s\033[K", done, total,
	    eta[0] != '\0' ? "  eta " : "", eta);
	(void)fflush(stderr);
	t->watch->bar_shown = true;
}

int
tell_close(struct tell *t, struct error *err)
{
	bool failed;

	watch_clear(t->watch);
	if (t->file == NULL)
		return 0;
	failed = ferror(t->file) != 0;
	if (fclose(t->file) != 0 || failed)
		return error_set(
		    err, ERR_IO, "the result is not complete: cannot write it");
	t->file = NULL;
	return 0;
}
