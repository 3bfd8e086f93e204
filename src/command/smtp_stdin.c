/* SPDX-License-Identifier: MIT */
/*
 * mitto sendmail -bs: an SMTP server on standard input and output, for the one
 * program that called it.
 *
 * A transaction is gathered as the command line that would say the same; at the
 * final dot it runs, and the answer is what became of it.  Replies are kept
 * back while commands are there to be read (RFC 2920).  The connection to the
 * server stays for the next message, as long as the client does not let it
 * wait.
 */
#include "command/sendmail.h"

#include "base/io.h"
#include "base/mem.h"
#include "command/line.h"
#include "report/answer.h"
#include "text/smtprequest.h"
#include "text/undot.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define REPLIES_MAX (1L << 20) /* bytes kept back at most */
#define REPLIES_LOW (1L << 15) /* from here on they go */

struct session {
	const struct sendmail_args *args;
	struct cmdline transaction; /* options and operands of the message */
	bool has_sender;
	struct strlist parameters; /* of each recipient */
	struct line line;

	char block[STREAM_BLOCK]; /* input not yet taken: [at, end) */
	size_t at, end;
	bool crlf; /* how the last command ended */
	char text[STREAM_BLOCK + UNDOT_HELD];
	struct buf replies;

	int status;
	struct error error; /* why it cannot go on */
	bool done;
};

/* --- input and output ----------------------------------------------------- */

static int
flush(struct session *s)
{
	if (io_write_all(STDOUT_FILENO, s->replies.data, s->replies.len) < 0)
		return error_errno(&s->error, ERR_IO, errno,
		    "cannot write to standard output");
	buf_clear(&s->replies);
	return 0;
}

static void
say(struct session *s, const char *line)
{
	buf_puts(&s->replies, line);
	buf_puts(&s->replies, "\r\n");
}

/* Until there is input, or a signal, or no connection that waits as well. */
static void
wait_for_client(struct session *s)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
	int patience;

	while ((patience = line_patience(&s->line)) >= 0 &&
	    poll(&ready, 1, patience) == 0)
		line_end(&s->line);
}

/* More input; replies go before anything is waited for.  Bytes, 0 at the end,
 * or -1. */
static ssize_t
fill(struct session *s)
{
	ssize_t n;

	if (flush(s) < 0)
		return -1;
	wait_for_client(s);
	n = io_read_patiently(STDIN_FILENO, s->block, sizeof(s->block),
	    "standard input", &run_interrupted, &s->error);
	s->at = 0;
	s->end = n > 0 ? (size_t)n : 0;
	return n;
}

/* One line without its end; of one that is too long the beginning.  1, 0 at the
 * end of input, -1. */
static int
read_line(struct session *s, struct buf *line)
{
	buf_clear(line);
	for (;;) {
		const char *start = s->block + s->at;
		const char *lf = memchr(start, '\n', s->end - s->at);
		size_t len = lf != NULL ? (size_t)(lf - start) : s->end - s->at;
		size_t room = line->max - line->len;
		ssize_t n;

		buf_add(line, start, len < room ? len : room);
		s->at += len;
		if (lf != NULL)
			break;
		n = fill(s);
		if (n <= 0)
			return (int)n;
	}
	s->at++;
	s->crlf = line->len > 0 && line->data[line->len - 1] == '\r';
	if (s->crlf)
		buf_truncate(line, line->len - 1);
	return 1;
}

/* --- transactions --------------------------------------------------------- */

static void
forget(struct session *s)
{
	cmdline_release(&s->transaction);
	strlist_release(&s->parameters);
	s->has_sender = false;
}

/* Add to the transaction; what its options refuse is the answer. */
static bool
add(struct session *s, const char *name, const char *value, const char *shown)
{
	struct error err = ERROR_INIT;

	if (value == NULL ||
	    cmdline_add(&s->transaction, name, value, shown, &err) == 0)
		return true;
	answer_lines(&s->replies, 501, "5.5.4", err.text);
	return false;
}

static void
on_hello(struct session *s, const struct smtp_request *r)
{
	forget(s);
	if (r->verb == SMTP_HELO) {
		say(s, "250 localhost");
		return;
	}
	say(s,
	    "250-localhost\r\n"
	    "250-PIPELINING\r\n"
	    "250-SIZE\r\n"
	    "250-8BITMIME\r\n"
	    "250-SMTPUTF8\r\n"
	    "250-DSN\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n"
	    "250 HELP");
}

static void
on_mail(struct session *s, const struct smtp_request *r)
{
	const char *sender = *r->address != '\0' ? r->address : "<>";
	bool has_domain = strchr(sender, '@') != NULL;

	if (s->has_sender) {
		say(s, "503 5.5.1 a sender was given");
		return;
	}
	/* As -f does: it also chooses the account. */
	if (!add(s, "envelope-from", sender, "MAIL") ||
	    !add(s, "from", has_domain ? sender : NULL, "MAIL") ||
	    !add(s, "return", r->return_parts, "RET") ||
	    !add(s, "envid", r->envid, "ENVID")) {
		forget(s);
		return;
	}
	s->has_sender = true;
	say(s, "250 2.1.0 ok");
}

static void
on_rcpt(struct session *s, const struct smtp_request *r)
{
	const char *notify = r->notify != NULL ? r->notify : "";
	const char *orcpt = r->orcpt != NULL ? r->orcpt : "";

	if (!s->has_sender)
		say(s, "503 5.5.1 first MAIL");
	else if (s->parameters.count >= ADDRESS_MAX_RECIPIENTS)
		say(s, "452 4.5.3 too many recipients");
	else if (add(s, NULL, r->address, "RCPT")) {
		strlist_take(&s->parameters,
		    mem_printf("%s%s%s", notify,
			*notify != '\0' && *orcpt != '\0' ? " " : "", orcpt));
		say(s, "250 2.1.5 ok");
	}
}

/* The message, dots taken off.  NULL when it could not be kept, with *err, or
 * when the session cannot go on, with s->error. */
static struct store *
read_message(struct session *s, struct error *err)
{
	struct undot dots = { .crlf = s->crlf, .unstuff = true };
	auto_store struct store *message = store_empty("the message", 0);

	while (!dots.ended) {
		size_t len;

		if (s->at == s->end) {
			ssize_t n = fill(s);

			if (n == 0)
				(void)error_set(&s->error, ERR_PROTOCOL,
				    "standard input ended within a message: it "
				    "was not sent");
			if (n <= 0)
				return NULL;
		}
		s->at += undot(
		    &dots, s->block + s->at, s->end - s->at, s->text, &len);
		/* What comes behind an error is read and left out: the client
		 * does not listen before its dot. */
		if (err->kind == ERR_NONE &&
		    store_append(message, s->text, len, err) < 0) {
			store_free(message);
			message = NULL;
		}
	}
	return err->kind == ERR_NONE ? steal(message) : NULL;
}

/* Send it, and answer what became of it. */
static void
submit(struct session *s, struct store *message)
{
	struct run *run = run_new(WHEN_NEVER);
	int status;

	run->cmdline = s->transaction;
	s->transaction = (struct cmdline){ .count = 0 };
	run->input.data = message;
	run->input.parameters = s->parameters;
	s->parameters = (struct strlist){ .items = NULL };
	run->mute = true;
	run->line = &s->line;
	sendmail_prepare(run, s->args);
	run_perform(run);
	answer_put(&s->replies, &run->result);
	status = result_status(&run->result);
	if (status != 0)
		s->status = status;
	if (!line_owns(&s->line, run))
		run_free(run);
}

static void
on_data(struct session *s, const struct smtp_request *r UNUSED)
{
	struct error err = ERROR_INIT;
	struct store *message;

	if (s->parameters.count == 0) {
		say(s,
		    s->has_sender ? "554 5.5.1 no valid recipients"
				  : "503 5.5.1 first MAIL");
		return;
	}
	say(s, "354 the message, and a line with a dot");
	message = read_message(s, &err);
	if (message != NULL) {
		submit(s, message);
	} else if (err.kind != ERR_NONE) {
		answer_lines(&s->replies, 452, "4.3.1", err.text);
		s->status = error_status(err.kind);
	}
	forget(s);
}

/* --- the rest ------------------------------------------------------------- */

static void
on_rset(struct session *s, const struct smtp_request *r UNUSED)
{
	forget(s);
	say(s, "250 2.0.0 ok");
}

static void
on_noop(struct session *s, const struct smtp_request *r UNUSED)
{
	say(s, "250 2.0.0 ok");
}

static void
on_vrfy(struct session *s, const struct smtp_request *r UNUSED)
{
	say(s, "252 2.1.5 send it, then it will show");
}

static void
on_help(struct session *s, const struct smtp_request *r UNUSED)
{
	say(s,
	    "214-2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT\r\n"
	    "214 2.0.0 see mitto-sendmail(8)");
}

static void
on_quit(struct session *s, const struct smtp_request *r UNUSED)
{
	say(s, "221 2.0.0 good-bye");
	s->done = true;
}

static void (*const actions[SMTP_VERBS])(
    struct session *s, const struct smtp_request *r) = {
	[SMTP_HELO] = on_hello,
	[SMTP_EHLO] = on_hello,
	[SMTP_MAIL] = on_mail,
	[SMTP_RCPT] = on_rcpt,
	[SMTP_DATA] = on_data,
	[SMTP_RSET] = on_rset,
	[SMTP_NOOP] = on_noop,
	[SMTP_VRFY] = on_vrfy,
	[SMTP_HELP] = on_help,
	[SMTP_QUIT] = on_quit,
};

static void
answer(struct session *s, const struct buf *line)
{
	auto_smtp_request struct smtp_request r;
	const char *wrong = smtp_request_parse(&r, line->data, line->len);

	if (wrong != NULL)
		say(s, wrong);
	else
		actions[r.verb](s, &r);
}

static void
converse(struct session *s)
{
	/* One byte more than may be: so a line that is too long shows. */
	auto_buf struct buf line = buf_make(SMTP_REQUEST_MAX + 2);

	say(s, "220 localhost ESMTP mitto");
	while (
	    !s->done && s->error.kind == ERR_NONE && read_line(s, &line) > 0) {
		answer(s, &line);
		if (s->replies.len > REPLIES_LOW && flush(s) < 0)
			break;
	}
	if (s->error.kind == ERR_INTERRUPTED)
		say(s, "421 4.3.2 interrupted");
	if (s->error.kind == ERR_NONE || s->error.kind == ERR_INTERRUPTED)
		(void)flush(s);
}

int
smtp_stdin(const struct sendmail_args *a)
{
	static const struct terminal plain;
	struct session *s = mem_zero(sizeof(*s));
	int status;

	s->args = a;
	buf_init(&s->replies, REPLIES_MAX);
	converse(s);
	if (s->error.kind != ERR_NONE)
		result_print_error(&s->error, &plain);
	status =
	    s->error.kind != ERR_NONE ? error_status(s->error.kind) : s->status;
	line_end(&s->line);
	forget(s);
	buf_release(&s->replies);
	free(s);
	return status;
}
