/* SPDX-License-Identifier: MIT */
/*
 * Commands push, replies pop; each complete reply is filed where it belongs.
 */
#include "smtp/recorder.h"

#include "base/clock.h"
#include "base/mem.h"
#include "text/base64.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_LEN 65536 /* of a line that has to be redacted */

static const struct {
	const char *command;
	enum verb verb;
	enum stage stage;
	const char *name;
} verbs[] = {
	[VERB_NONE] = { "", VERB_NONE, STAGE_CONNECT, "nothing" },
	[VERB_GREETING] = { "", VERB_GREETING, STAGE_GREETING, "" },
	[VERB_EHLO] = { "EHLO", VERB_EHLO, STAGE_GREETING, "EHLO" },
	[VERB_HELO] = { "HELO", VERB_HELO, STAGE_GREETING, "HELO" },
	[VERB_STARTTLS] = { "STARTTLS", VERB_STARTTLS, STAGE_TLS, "STARTTLS" },
	[VERB_AUTH] = { "AUTH", VERB_AUTH, STAGE_AUTH, "the login" },
	[VERB_MAIL] = { "MAIL", VERB_MAIL, STAGE_MAIL, "MAIL" },
	[VERB_RCPT] = { "RCPT", VERB_RCPT, STAGE_RCPT, "RCPT" },
	[VERB_DATA] = { "DATA", VERB_DATA, STAGE_DATA, "DATA" },
	[VERB_QUIT] = { "QUIT", VERB_QUIT, STAGE_CONNECT, "QUIT" },
	[VERB_BODY] = { "BDAT", VERB_BODY, STAGE_BODY, "the message" },
	[VERB_OTHER] = { "", VERB_OTHER, STAGE_CONNECT, "the command" },
};

void
recorder_init(struct recorder *r,
    void (*show)(void *, bool, const char *, size_t), void *ctx)
{
	*r = (struct recorder){ .show = show, .ctx = ctx };
	recorder_touch(r);
}

void
recorder_release(struct recorder *r)
{
	redact_release(&r->redactor);
}

void
recorder_touch(struct recorder *r)
{
	r->since = clock_ms();
}

void
recorder_stage(struct recorder *r, enum stage stage)
{
	r->stage = stage;
	recorder_touch(r);
}

static bool
push(struct recorder *r, enum verb verb)
{
	if (r->count == RECORDER_GROUP)
		return false;
	r->waiting[(r->head + r->count++) % RECORDER_GROUP] = verb;
	return true;
}

static enum verb
pop(struct recorder *r)
{
	enum verb verb = r->waiting[r->head];

	r->head = (r->head + 1) % RECORDER_GROUP;
	r->count--;
	return verb;
}

enum verb
recorder_waiting(const struct recorder *r)
{
	return r->count > 0 ? r->waiting[r->head] : VERB_NONE;
}

const char *
verb_name(enum verb verb)
{
	return verbs[verb].name;
}

void
recorder_connect(struct recorder *r)
{
	r->head = r->count = 0;
	r->login = r->tls_granted = r->heard = false;
	r->parser = (struct reply_parser){ .lines = 0 };
	r->offers = (struct capabilities){ .offered = 0 };
	r->challenge = (struct reply){ .code = 0 };
	r->answered = VERB_NONE;
	r->last = (struct reply){ .code = 0 };
	recorder_stage(r, STAGE_CONNECT);
	(void)push(r, VERB_GREETING);
}

/*
 * Is the reply to this command a consequence of a refusal before it?  RCPT and
 * DATA without MAIL, DATA without recipients.
 */
static bool
is_moot(const struct recorder *r, enum verb verb)
{
	if (verb != VERB_RCPT && verb != VERB_DATA && verb != VERB_BODY)
		return false;
	if (reply_class(&r->mail) >= 3)
		return true;
	return verb != VERB_RCPT && r->mail.code != 0 && r->accepted == 0 &&
	    r->next == r->recipient_count;
}

/* The stage is that of the oldest command without a reply. */
static void
follow(struct recorder *r)
{
	enum verb verb = recorder_waiting(r);

	if (verb != VERB_NONE && verb != VERB_GREETING && verb != VERB_QUIT &&
	    verb != VERB_OTHER && !is_moot(r, verb))
		r->stage = verbs[verb].stage;
}

void
recorder_begin(struct recorder *r, struct recipient **recipients, size_t count)
{
	r->recipients = recipients;
	r->recipient_count = count;
	r->next = r->accepted = 0;
	r->last = r->mail = r->data = r->final = (struct reply){ .code = 0 };
	r->dot = false;
	for (size_t i = 0; i < count; i++)
		recipients[i]->reply = (struct reply){ .code = 0 };
	follow(r);
	recorder_touch(r);
}

static void
show(struct recorder *r, bool from_server, const char *text, size_t len)
{
	if (r->show != NULL)
		r->show(r->ctx, from_server, text, len);
}

static enum verb
parse_verb(const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	size_t word = space != NULL ? (size_t)(space - line) : len;

	for (size_t i = VERB_EHLO; i <= VERB_BODY; i++)
		if (strlen(verbs[i].command) == word &&
		    strncasecmp(verbs[i].command, line, word) == 0)
			return verbs[i].verb;
	return VERB_OTHER;
}

/* "AUTH PLAIN c2VjcmV0": what stands behind the mechanism is secret. */
static void
client_auth(struct recorder *r, const char *line, size_t len)
{
	static const char hidden[] = " " REDACT_MARK;
	const char *end = line + len;
	const char *secret = NULL;
	char shown[64 + sizeof(hidden)];
	size_t keep;

	if (len > strlen("AUTH "))
		secret = memchr(line + 5, ' ', len - 5);
	if (secret == NULL) {
		show(r, false, line, len);
		return;
	}
	redact_add(&r->redactor, secret + 1, (size_t)(end - secret) - 1);
	keep = (size_t)(secret - line);
	if (keep > 64)
		keep = 64;
	memcpy(shown, line, keep);
	memcpy(shown + keep, hidden, sizeof(hidden) - 1);
	show(r, false, shown, keep + sizeof(hidden) - 1);
}

static void
client_line(struct recorder *r, const char *line, size_t len)
{
	enum verb verb = r->login ? VERB_AUTH : parse_verb(line, len);

	if (r->login) {
		redact_add(&r->redactor, line, len);
		show(r, false, REDACT_MARK, strlen(REDACT_MARK));
	} else if (verb == VERB_AUTH) {
		client_auth(r, line, len);
	} else {
		show(r, false, line, len);
	}
	if (verb == VERB_EHLO)
		r->offers = (struct capabilities){ .offered = 0 };
	(void)push(r, verb);
	follow(r);
	recorder_touch(r);
}

void
recorder_client(struct recorder *r, const char *data, size_t len)
{
	while (len > 0) {
		const char *lf = memchr(data, '\n', len);
		size_t line = lf != NULL ? (size_t)(lf - data) : len;
		size_t taken = lf != NULL ? line + 1 : line;

		if (line > 0 && data[line - 1] == '\r')
			line--;
		client_line(r, data, line);
		data += taken;
		len -= taken;
	}
}

static void
file_rcpt(struct recorder *r)
{
	r->accepted += reply_class(&r->last) == 2;
	if (r->next < r->recipient_count)
		r->recipients[r->next++]->reply = r->last;
}

/* A reply is complete: file it, and say what the command led to. */
static void
file_reply(struct recorder *r)
{
	switch (r->answered) {
	case VERB_STARTTLS:
		r->tls_granted = reply_class(&r->last) == 2;
		break;
	case VERB_AUTH:
		r->login = r->last.code == 334;
		if (r->login)
			r->challenge = r->last;
		break;
	case VERB_MAIL:
		r->mail = r->last;
		break;
	case VERB_RCPT:
		file_rcpt(r);
		break;
	case VERB_DATA:
		r->data = r->last;
		if (r->last.code == 354)
			(void)push(r, VERB_BODY);
		break;
	case VERB_BODY:
		r->final = r->last;
		break;
	case VERB_NONE:
	case VERB_GREETING:
	case VERB_EHLO:
	case VERB_HELO:
	case VERB_QUIT:
	case VERB_OTHER:
		break;
	}
}

static enum record
bad_line(struct recorder *r, const char *line, size_t len)
{
	(void)snprintf(r->bad, sizeof(r->bad), "%.*s",
	    len < sizeof(r->bad) ? (int)len : (int)sizeof(r->bad), line);
	return RECORD_BAD;
}

static enum record
server_line(struct recorder *r, const char *line, size_t len)
{
	bool first = r->parser.lines == 0;
	enum reply_status status;
	enum verb verb;

	r->heard = true;
	show(r, true, line, len);
	if (r->stage == STAGE_CONNECT)
		r->stage = STAGE_GREETING;
	if (r->count == 0)
		return bad_line(r, line, len);
	status = reply_line(&r->parser, line, len);
	if (status != REPLY_BAD && !first && len > 4 && line[0] == '2' &&
	    recorder_waiting(r) == VERB_EHLO)
		capabilities_line(&r->offers, line + 4, len - 4);
	if (status == REPLY_BAD)
		return bad_line(r, line, len);
	if (status == REPLY_MORE)
		return RECORD_MORE;
	verb = pop(r);
	if (verb == VERB_QUIT)
		return RECORD_MORE;
	recorder_touch(r);
	if (is_moot(r, verb)) {
		if (r->parser.reply.code == 421)
			r->last = r->parser.reply;
		if (verb == VERB_DATA && r->parser.reply.code == 354)
			(void)push(r, VERB_BODY);
		return RECORD_REPLY;
	}
	r->answered = verb;
	r->last = r->parser.reply;
	file_reply(r);
	/* What follows the end of a message belongs to another one. */
	if (verb != VERB_BODY)
		follow(r);
	return RECORD_REPLY;
}

/* "334 " and base64 (RFC 4954): does a secret stand in what it decodes to? */
static bool
hides_secret(const struct recorder *r, const char *line, size_t len)
{
	auto_buf struct buf ignored = buf_make(LINE_MAX_LEN);
	auto_free char *text = NULL;
	size_t got;

	if (recorder_waiting(r) != VERB_AUTH || len < 4 || len > LINE_MAX_LEN ||
	    memcmp(line, "334 ", 4) != 0)
		return false;
	text = mem_alloc(len);
	got = base64_decode(line + 4, len - 4, text);
	return got != SIZE_MAX &&
	    redact_text(&r->redactor, text, got, &ignored);
}

enum record
recorder_server(struct recorder *r, const char *line, size_t len)
{
	static const char hidden[] = "334 " REDACT_MARK;
	auto_buf struct buf clean = buf_make(LINE_MAX_LEN);

	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (redact_text(&r->redactor, line, len, &clean))
		return server_line(r, clean.data, clean.len);
	if (hides_secret(r, line, len))
		return server_line(r, hidden, strlen(hidden));
	return server_line(r, line, len);
}
