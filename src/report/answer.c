/* SPDX-License-Identifier: MIT */
/*
 * One reply stands for all recipients, so it says good only if all is good.
 */
#include "report/answer.h"

#include "text/escape.h"

#include <string.h>

#define TEXT_MAX  65536 /* bytes of all lines */
#define WORDS_MAX 400   /* columns of a line; RFC 5321 has 512 bytes */
#define LINES_MAX 100

void
answer_lines(struct buf *out, int code, const char *enhanced, const char *text)
{
	for (int n = 1;; n++) {
		size_t len = strcspn(text, "\n");
		bool last = text[len] == '\0' || text[len + 1] == '\0' ||
		    n == LINES_MAX;

		buf_printf(out, "%d%c%s ", code, last ? ' ' : '-', enhanced);
		escape_print(out, text, len, WORDS_MAX);
		buf_puts(out, "\r\n");
		if (last)
			return;
		text += len + 1;
		text += strspn(text, " ");
	}
}

/* Code and enhanced code where no server gave one. */
static const struct {
	int code;
	const char *enhanced;
} kinds[] = {
	[ERR_USAGE] = { 554, "5.3.5" },
	[ERR_DATA] = { 554, "5.6.0" },
	[ERR_NOINPUT] = { 554, "5.6.0" },
	[ERR_NOUSER] = { 550, "5.1.1" },
	[ERR_NOHOST] = { 554, "5.4.4" },
	[ERR_UNAVAILABLE] = { 554, "5.0.0" },
	[ERR_SOFTWARE] = { 554, "5.3.0" },
	[ERR_OS] = { 451, "4.3.0" },
	[ERR_OSFILE] = { 554, "5.3.5" },
	[ERR_CANTCREATE] = { 451, "4.3.0" },
	[ERR_IO] = { 451, "4.3.0" },
	[ERR_TEMPORARY] = { 451, "4.4.0" },
	[ERR_PROTOCOL] = { 554, "5.5.0" },
	[ERR_NOPERM] = { 554, "5.7.0" },
	[ERR_CONFIG] = { 554, "5.3.5" },
	[ERR_INTERRUPTED] = { 451, "4.3.0" },
};

static const struct reply *
reply_of_class(const struct outcome *o, int class)
{
	if (reply_class(&o->reply) == class)
		return &o->reply;
	for (size_t i = 0; i < o->count; i++)
		if (reply_class(&o->recipients[i].reply) == class)
			return &o->recipients[i].reply;
	return NULL;
}

static void
put_failure(struct buf *out, const struct result *r, const struct error *err)
{
	static const struct terminal plain;
	auto_buf struct buf text = buf_make(TEXT_MAX);
	int code = kinds[err->kind].code;
	const char *enhanced = kinds[err->kind].enhanced;
	const struct reply *reply = NULL;

	/* What was said before MAIL (a login refused, no TLS) is between mitto
	 * and the server: their codes would be misread here. */
	if (r->outcome != NULL && r->outcome->stage >= STAGE_MAIL)
		reply = reply_of_class(r->outcome, code / 100);
	if (reply != NULL && reply->code != 421)
		code = reply->code;
	if (reply != NULL && reply->enhanced[0] == enhanced[0])
		enhanced = reply->enhanced;
	result_text(&text, r, &plain);
	answer_lines(out, code, enhanced, text.data);
}

/* Has everybody got it, or waits for it in the queue?  Then whoever called must
 * not send it again. */
static bool
is_cared_for(const struct result *r)
{
	return r->queue_id != NULL &&
	    (result_status(r) == 0 || r->outcome->error.kind == ERR_TEMPORARY);
}

static void
put_queued(struct buf *out, const struct result *r)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);

	buf_printf(&text, "queued as %s", r->queue_id);
	answer_lines(out, 250, "2.0.0", text.data);
}

void
answer_put(struct buf *out, const struct result *r)
{
	const struct outcome *o = r->outcome;
	const struct error *err = r->error;

	if ((err == NULL || err->kind == ERR_NONE) && o != NULL)
		err = &o->error;
	if (is_cared_for(r))
		put_queued(out, r);
	else if (err != NULL && err->kind != ERR_NONE)
		put_failure(out, r, err);
	else if (r->state != RESULT_SENT || o == NULL)
		answer_lines(out, 250, "2.0.0", "nothing was sent");
	else
		answer_lines(out, 250,
		    o->reply.enhanced[0] == '2' ? o->reply.enhanced : "2.0.0",
		    o->reply.text[0] != '\0' ? o->reply.text : "sent");
}
