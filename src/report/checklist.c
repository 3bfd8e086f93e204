/* SPDX-License-Identifier: MIT */
/*
 * From an outcome back to the steps that led there.
 */
#include "report/checklist.h"

#include "text/escape.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX  2048
#define WORDS_MAX 300 /* columns of a line */

enum step {
	STEP_NAME,
	STEP_CONNECT,
	STEP_TLS,
	STEP_CERTIFICATE,
	STEP_EHLO,
	STEP_LOGIN,
	STEP_MAIL,
	STEP_RCPT, /* one for each recipient */
};

static const char *const names[] = {
	[STEP_NAME] = "name",
	[STEP_CONNECT] = "connect",
	[STEP_TLS] = "tls",
	[STEP_CERTIFICATE] = "certificate",
	[STEP_EHLO] = "ehlo",
	[STEP_LOGIN] = "login",
	[STEP_MAIL] = "mail",
	[STEP_RCPT] = "rcpt",
};

/* Whoever takes the steps down: as lines, or as JSON. */
struct taker {
	void (*take)(
	    struct taker *t, enum step step, bool good, const char *text);
	struct buf *out;
	const struct terminal *terminal;
	bool any;
};

/* The step that did not work; STEP_RCPT also when all did. */
static enum step
last_step(const struct outcome *o)
{
	if (o->error.kind == ERR_NONE)
		return STEP_RCPT;
	if (o->distrusted && o->stage < STAGE_AUTH)
		return STEP_CERTIFICATE;
	switch (o->stage) {
	case STAGE_CONNECT:
		return o->error.kind == ERR_NOHOST ? STEP_NAME : STEP_CONNECT;
	case STAGE_TLS:
		return STEP_TLS;
	case STAGE_GREETING:
		return STEP_EHLO;
	case STAGE_AUTH:
		return STEP_LOGIN;
	case STAGE_MAIL:
		return STEP_MAIL;
	case STAGE_RCPT:
	case STAGE_DATA:
	case STAGE_BODY:
	case STAGE_DONE:
		break;
	}
	return STEP_RCPT;
}

static void
put_reply(struct buf *out, const struct reply *reply)
{
	buf_printf(out, "%d ", reply->code);
	if (reply->enhanced[0] != '\0')
		buf_printf(out, "%s ", reply->enhanced);
	buf_puts(out, reply->text);
}

/* What there is to say of a step that worked. */
static void
put_good(struct buf *out, enum step step, const struct result *r)
{
	const struct outcome *o = r->outcome;

	switch (step) {
	case STEP_NAME:
		buf_add(out, o->server,
		    (size_t)(strrchr(o->server, ':') - o->server));
		break;
	case STEP_CONNECT:
		buf_printf(out, "%s -> %s", o->server, o->peer);
		break;
	case STEP_TLS:
		if (o->tls[0] != '\0')
			buf_printf(out, "%s %s", o->tls, o->cipher);
		else
			buf_puts(out, o->distrusted ? "begun" : "none");
		break;
	case STEP_CERTIFICATE:
		buf_puts(out, o->certificate);
		break;
	case STEP_EHLO:
		buf_puts(out, "it speaks SMTP");
		break;
	case STEP_LOGIN:
		buf_puts(out, r->login != NULL ? r->login : "none wanted");
		break;
	case STEP_MAIL:
		buf_printf(out, "<%s>", r->sender != NULL ? r->sender : "");
		break;
	case STEP_RCPT:
		break;
	}
}

/* Why it did not: the server's words where it said any. */
static void
put_bad(struct buf *out, const struct outcome *o)
{
	if (reply_class(&o->reply) >= 4)
		put_reply(out, &o->reply);
	else
		buf_puts(out, o->error.text);
}

static void
take_recipients(struct taker *t, const struct outcome *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct recipient *rcpt = &o->recipients[i];
		bool good = rcpt->state == RECIPIENT_ACCEPTED;
		auto_buf struct buf text = buf_make(TEXT_MAX);

		buf_printf(&text, "<%s>", rcpt->address);
		if (!good)
			buf_puts(&text, ": ");
		if (!good && rcpt->reply.code != 0)
			put_reply(&text, &rcpt->reply);
		else if (!good)
			put_bad(&text, o);
		t->take(t, STEP_RCPT, good, text.data);
	}
}

static void
take_all(struct taker *t, const struct result *r)
{
	const struct outcome *o = r->outcome;
	enum step last;

	if (o == NULL || strrchr(o->server, ':') == NULL ||
	    (r->error != NULL && r->error->kind != ERR_NONE))
		return;
	last = last_step(o);
	for (int i = STEP_NAME; i <= (int)last; i++) {
		enum step step = (enum step)i;
		bool good = step < last;
		auto_buf struct buf text = buf_make(TEXT_MAX);

		if (step == STEP_RCPT) {
			take_recipients(t, o);
			return;
		}
		if (step == STEP_CERTIFICATE && o->certificate[0] == '\0')
			continue;
		if (good)
			put_good(&text, step, r);
		else
			put_bad(&text, o);
		t->take(t, step, good, text.data);
	}
}

static void
take_line(struct taker *t, enum step step, bool good, const char *text)
{
	const struct terminal *term = t->terminal;

	buf_printf(t->out, "%s%s%s%s  %-11s  ",
	    terminal_on(term, good ? TINT_DONE : TINT_ERROR),
	    terminal_mark(term, good), terminal_off(term),
	    good && terminal_mark(term, true)[0] == 'o' ? "    " : "",
	    names[step]);
	escape_print(t->out, text, strcspn(text, "\n"), WORDS_MAX);
	buf_putc(t->out, '\n');
}

void
checklist_print(
    struct buf *out, const struct result *r, const struct terminal *t)
{
	struct taker taker = { take_line, out, t, false };

	take_all(&taker, r);
}

static void
take_json(struct taker *t, enum step step, bool good, const char *text)
{
	buf_printf(t->out,
	    "%s{\"step\":\"%s\",\"ok\":%s,\"text\":", t->any ? "," : "",
	    names[step], good ? "true" : "false");
	escape_json(t->out, text, strlen(text));
	buf_putc(t->out, '}');
	t->any = true;
}

void
checklist_json(struct buf *out, const struct result *r)
{
	struct taker taker = { take_json, out, NULL, false };

	buf_puts(out, ",\"steps\":[");
	take_all(&taker, r);
	buf_putc(out, ']');
}
