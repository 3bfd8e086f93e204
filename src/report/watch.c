/* SPDX-License-Identifier: MIT */
/*
 * Lines and the bar share one terminal: whoever prints a line clears the bar
 * first.  All text of the server is escaped.
 */
#include "report/watch.h"

#include "base/clock.h"
#include "text/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#define BAR_AFTER_MS 1000    /* a shorter upload shows no bar */
#define BAR_FROM     1000000 /* bytes, unless the message is this big */
#define BAR_STEP_MS  100     /* time between two drawings */
#define LINE_MAX_LEN 2000    /* columns of one conversation line */
#define REPLY_MAX    65536   /* bytes of a reply whose lines are joined */

int
watch_open(struct watch *w, const struct settings *s, struct error *err)
{
	int fd;

	*w = (struct watch){
		.terminal =
		    terminal_open(STDERR_FILENO, (enum when)s->color.value),
		.verbose = s->quiet ? 0 : s->verbose,
		.quiet = s->quiet,
		.start_ms = clock_ms(),
		.reply = buf_make(REPLY_MAX),
	};
	w->bar_always = s->progress.value == WHEN_ALWAYS;
	w->bar = w->bar_always ||
	    (s->progress.value == WHEN_AUTO && w->terminal.tty && !s->quiet &&
		s->verbose == 0);
	if (s->transcript == NULL)
		return 0;
	/* It shows who writes to whom: not for other eyes. */
	fd = open(
	    s->transcript, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, ERR_CANTCREATE, errno,
		    "cannot write transcript '%s'", s->transcript);
	w->transcript = fdopen(fd, "a");
	return 0;
}

void
watch_clear(struct watch *w)
{
	if (!w->bar_shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	w->bar_shown = false;
}

static double
seconds(const struct watch *w)
{
	return (double)(clock_ms() - w->start_ms) / 1000;
}

/* The end of a line whose beginning has the time already. */
static void
put_text(FILE *to, const char *text, size_t len)
{
	auto_buf struct buf line = buf_make(4L * LINE_MAX_LEN);

	escape_print(&line, text, len, LINE_MAX_LEN);
	(void)fprintf(to, "%s\n", line.data);
	(void)fflush(to);
}

static void
put_time(const struct watch *w, FILE *to, const struct terminal *t)
{
	(void)fprintf(to, "%s%6.2f%s  ", terminal_on(t, TINT_DIM), seconds(w),
	    terminal_off(t));
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Does the text begin with the code of a reply? */
static bool
has_code(const char *text, size_t len)
{
	return len >= 3 && is_digit(text[0]) && is_digit(text[1]) &&
	    is_digit(text[2]) && (len == 3 || text[3] == ' ' || text[3] == '-');
}

/* A line of the conversation: who said it, and what the server's answer comes
 * to, can be told by colour. */
static void
put_said(const struct watch *w, FILE *to, const struct terminal *t,
    bool from_server, const char *text, size_t len)
{
	size_t skip = from_server && has_code(text, len) ? 3 : 0;

	put_time(w, to, t);
	(void)fprintf(to, "%s%c%s ",
	    terminal_on(t, from_server ? TINT_DIM : TINT_BOLD),
	    from_server ? '<' : '>', terminal_off(t));
	if (skip > 0)
		(void)fprintf(to, "%s%.3s%s",
		    terminal_on(t, text[0] < '4' ? TINT_DONE : TINT_ERROR),
		    text, terminal_off(t));
	put_text(to, text + skip, len - skip);
}

static void
say(struct watch *w, bool from_server, const char *text, size_t len)
{
	static const struct terminal plain;

	if (w->transcript != NULL)
		put_said(w, w->transcript, &plain, from_server, text, len);
	if (w->verbose < 2)
		return;
	watch_clear(w);
	put_said(w, stderr, &w->terminal, from_server, text, len);
}

/* What was heard of a reply that did not come to its end. */
static void
flush_reply(struct watch *w)
{
	if (w->reply.len > 0)
		say(w, true, w->reply.data, w->reply.len);
	buf_clear(&w->reply);
}

/* The length of an enhanced code and its blank at the start of a text that has
 * the same one before it. */
static size_t
repeated_code(const struct watch *w, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (text[n] == '.' || is_digit(text[n])))
		n++;
	if (n < 5 || n == len || text[n] != ' ' || w->reply.len < 4 + n ||
	    memcmp(w->reply.data + 4, text, n) != 0)
		return 0;
	return n + 1;
}

/* A reply of several lines becomes one. */
static void
hear(struct watch *w, const char *text, size_t len)
{
	if (!has_code(text, len)) {
		flush_reply(w);
		say(w, true, text, len);
		return;
	}
	if (w->reply.len == 0) {
		buf_add(&w->reply, text, 3);
		buf_putc(&w->reply, ' ');
		buf_add(&w->reply, text + 3 + (len > 3), len - 3 - (len > 3));
	} else if (len > 4) {
		size_t skip = 4 + repeated_code(w, text + 4, len - 4);

		buf_puts(&w->reply, w->list ? ", " : " ");
		buf_add(&w->reply, text + skip, len - skip);
	}
	if (len == 3 || text[3] == ' ')
		flush_reply(w);
}

static void
on_line(void *ctx, bool from_server, const char *text, size_t len)
{
	struct watch *w = ctx;

	if (from_server) {
		hear(w, text, len);
		return;
	}
	flush_reply(w);
	w->list = len >= 4 && strncasecmp(text, "EHLO", 4) == 0;
	say(w, false, text, len);
}

static void
put_step(const struct watch *w, FILE *to, const struct terminal *t,
    const char *name, const char *text)
{
	put_time(w, to, t);
	(void)fprintf(to, "%-9s ", name);
	put_text(to, text, strlen(text));
}

void
watch_step(struct watch *w, const char *name, const char *text)
{
	static const struct terminal plain;

	flush_reply(w);
	if (w->transcript != NULL)
		put_step(w, w->transcript, &plain, name, text);
	if (w->verbose < 1)
		return;
	watch_clear(w);
	put_step(w, stderr, &w->terminal, name, text);
}

static void
on_step(void *ctx, const char *name, const char *text)
{
	watch_step(ctx, name, text);
}

static void
on_note(void *ctx, const char *text, size_t len)
{
	struct watch *w = ctx;

	if (w->verbose < 3)
		return;
	watch_clear(w);
	put_time(w, stderr, &w->terminal);
	(void)fputs("* ", stderr);
	put_text(stderr, text, len);
}

void
watch_warn(struct watch *w, const char *text)
{
	auto_buf struct buf line = buf_make(4096);

	if (w->quiet)
		return;
	watch_clear(w);
	escape_print(&line, text, strlen(text), 0);
	(void)fprintf(stderr, "%smitto: warning:%s %s\n",
	    terminal_on(&w->terminal, TINT_HINT), terminal_off(&w->terminal),
	    line.data);
}

static void
on_warn(void *ctx, const char *text)
{
	watch_warn(ctx, text);
}

static void
draw_bar(struct watch *w, int64_t sent, int64_t total, long long now)
{
	const char *full = w->terminal.unicode ? "█" : "#";
	const char *rest = w->terminal.unicode ? "░" : "-";
	double share = total > 0 ? (double)sent / (double)total : 1;
	double spent = (double)(now - w->data_ms) / 1000;
	double rate = spent > 0 ? (double)sent / spent : 0;
	size_t cells = w->terminal.width >= 76 ? 24 : 8;
	char done[TERMINAL_SIZE], all[TERMINAL_SIZE], speed[TERMINAL_SIZE];

	terminal_bytes(done, sent);
	terminal_bytes(all, total);
	terminal_bytes(speed, (long long)rate);
	(void)fputs("\r  ", stderr);
	for (size_t i = 0; i < cells; i++)
		(void)fputs(
		    (double)i < share * (double)cells ? full : rest, stderr);
	(void)fprintf(stderr, " %3d%%  %s of %s  %s/s", (int)(share * 100),
	    done, all, speed);
	if (rate > 0 && sent < total)
		(void)fprintf(stderr, "  %.0f s left",
		    (double)(total - sent) / rate + 0.5);
	(void)fputs("\033[K", stderr);
	(void)fflush(stderr);
	w->bar_shown = true;
	w->drawn_ms = now;
}

static void
on_progress(void *ctx, int64_t sent, int64_t total)
{
	struct watch *w = ctx;
	long long now;

	if (!w->bar || sent == 0)
		return;
	now = clock_ms();
	if (w->data_ms == 0)
		w->data_ms = now;
	if (!w->bar_always && total < BAR_FROM &&
	    now - w->data_ms < BAR_AFTER_MS)
		return;
	if (sent < total && now - w->drawn_ms < BAR_STEP_MS)
		return;
	draw_bar(w, sent, total, now);
}

struct smtp_observer
watch_observer(struct watch *w)
{
	return (struct smtp_observer){
		.ctx = w,
		.line = on_line,
		.step = on_step,
		.note = on_note,
		.warn = on_warn,
		.progress = on_progress,
	};
}

void
watch_close(struct watch *w)
{
	bool failed;

	watch_clear(w);
	flush_reply(w);
	buf_release(&w->reply);
	if (w->transcript == NULL)
		return;
	failed = ferror(w->transcript) != 0;
	if (fclose(w->transcript) != 0 || failed)
		watch_warn(
		    w, "the transcript is not complete: cannot write it");
	w->transcript = NULL;
}
