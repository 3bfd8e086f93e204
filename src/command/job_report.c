/* SPDX-License-Identifier: MIT */
/*
 * The mail about a job: a subject that tells it all, a text with the facts and
 * the end of the output, and all of the output if the text does not show it.
 */
#include "base/mem.h"
#include "command/job.h"
#include "command/run.h"
#include "report/terminal.h"
#include "stream/gzip.h"
#include "text/charset.h"
#include "text/datetime.h"
#include "text/escape.h"
#include "text/printout.h"
#include "text/utf8.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define TAIL_LINES   200         /* of output in the text */
#define TAIL_BYTES   (64 * 1024) /* of output in the text */
#define TEXT_MAX     (1024 * 1024)
#define COMMAND_MAX  1000        /* columns of the command line in the text */
#define COMPRESS     (32 * 1024) /* bytes from which an attachment is packed */
#define LIMIT        10000000    /* bytes of a message that servers take */
#define HEAD_MAX     16384       /* bytes of header and facts */
#define SECONDS_HOUR 3600
#define SECONDS_FINE 10 /* below it tenths are worth telling */

/* --- facts --------------------------------------------------------------- */

static void
put_signal(struct buf *out, int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ SIGABRT, "SIGABRT" },
		{ SIGALRM, "SIGALRM" },
		{ SIGBUS, "SIGBUS" },
		{ SIGFPE, "SIGFPE" },
		{ SIGHUP, "SIGHUP" },
		{ SIGILL, "SIGILL" },
		{ SIGINT, "SIGINT" },
		{ SIGKILL, "SIGKILL" },
		{ SIGPIPE, "SIGPIPE" },
		{ SIGQUIT, "SIGQUIT" },
		{ SIGSEGV, "SIGSEGV" },
		{ SIGSYS, "SIGSYS" },
		{ SIGTERM, "SIGTERM" },
		{ SIGTRAP, "SIGTRAP" },
		{ SIGUSR1, "SIGUSR1" },
		{ SIGUSR2, "SIGUSR2" },
		{ SIGXCPU, "SIGXCPU" },
		{ SIGXFSZ, "SIGXFSZ" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].number == number) {
			buf_puts(out, names[i].name);
			return;
		}
	}
	buf_printf(out, "signal %d", number);
}

/* "0.4s", "17s", "5m12s", "26h03m". */
static void
put_duration(struct buf *out, long long ms)
{
	long long s = ms / 1000;

	if (s < SECONDS_FINE)
		buf_printf(out, "%lld.%llds", s, ms / 100 % 10);
	else if (s < 60)
		buf_printf(out, "%llds", s);
	else if (s < SECONDS_HOUR)
		buf_printf(out, "%lldm%02llds", s / 60, s % 60);
	else
		buf_printf(out, "%lldh%02lldm", s / SECONDS_HOUR,
		    s % SECONDS_HOUR / 60);
}

/* "[FAIL 12] restic on db1 - 5m12s" */
static void
put_subject(struct buf *out, const struct job_run *job)
{
	if (job->status == 0)
		buf_puts(out, "[OK] ");
	else if (job->signal == 0)
		buf_printf(out, "[FAIL %d] ", job->status);
	else {
		buf_puts(out, "[FAIL ");
		put_signal(out, job->signal);
		buf_puts(out, "] ");
	}
	escape_print(out, job->name, strlen(job->name), 0);
	buf_printf(out, " on %s - ", job->host);
	put_duration(out, job->ms);
}

/* A word as a shell would take it. */
static void
put_word(struct buf *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_./+-=:,@%";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		buf_puts(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *word);
	buf_putc(out, '\'');
}

static void
put_command(struct buf *out, char *const *argv)
{
	auto_buf struct buf line = buf_make(TEXT_MAX);

	for (char *const *word = argv; *word != NULL; word++) {
		buf_puts(&line, word == argv ? "" : " ");
		put_word(&line, *word);
	}
	escape_print(out, line.data, line.len, COMMAND_MAX);
}

static void
put_facts(struct buf *out, const struct job_run *job)
{
	char date[DATETIME_SIZE];

	datetime_format(job->started, date);
	buf_puts(out, "Command  ");
	put_command(out, job->argv);
	buf_printf(
	    out, "\nHost     %s\nStarted  %s\nTook     ", job->host, date);
	put_duration(out, job->ms);
	buf_puts(out, "\nResult   ");
	if (job->signal != 0) {
		buf_puts(out, "ended by ");
		put_signal(out, job->signal);
	} else {
		buf_printf(out, "exit status %d", job->status);
	}
	buf_putc(out, '\n');
}

/* --- the end of the output ------------------------------------------------ */

/* Where the last `lines` lines of text begin; 0 if there are not more. */
static size_t
last_lines(const char *text, size_t len, int lines)
{
	for (size_t i = len > 0 ? len - 1 : 0; i > 0; i--)
		if (text[i - 1] == '\n' && --lines == 0)
			return i;
	return 0;
}

/* A place to begin in text whose beginning is missing. */
static size_t
first_whole_line(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t i = 0;

	if (end != NULL && end + 1 < text + len)
		return (size_t)(end + 1 - text);
	while (i < len && ((unsigned char)text[i] & 0xc0) == 0x80)
		i++;
	return i;
}

static int
read_all_at(
    struct store *from, char *to, size_t len, int64_t offset, struct error *err)
{
	while (len > 0) {
		ssize_t n = store_pread(from, to, len, offset, err);

		if (n <= 0)
			return -1;
		to += n;
		len -= (size_t)n;
		offset += n;
	}
	return 0;
}

/* Append the tail; *all if the text shows everything that was printed. */
static int
put_tail(struct buf *out, struct store *output, int lines, const char *charset,
    bool *all, struct error *err)
{
	int64_t size = store_size(output);
	size_t len = size < TAIL_BYTES ? (size_t)size : TAIL_BYTES;
	auto_free char *block = mem_alloc(len + 1);
	auto_buf struct buf utf8 = buf_make(TEXT_MAX);
	struct error not_that_charset = ERROR_INIT;
	const char *text = block;
	size_t start;

	if (read_all_at(output, block, len, size - (int64_t)len, err) < 0)
		return -1;
	start = last_lines(block, len, lines);
	if (start == 0 && (int64_t)len < size)
		start = first_whole_line(block, len);
	text += start;
	len -= start;
	*all = (int64_t)len == size;
	if (charset != NULL && !utf8_valid(text, len) &&
	    charset_to_utf8(&utf8, charset, text, len, &not_that_charset) ==
		0) {
		text = utf8.data;
		len = utf8.len;
	}
	*all = printout_add(out, text, len) && *all;
	return 0;
}

/* Where the output is, if the text does not show all of it. */
struct whereabouts {
	bool shown;
	struct store *packed; /* by gzip, or NULL: as it came */
	char *kept;           /* the name of a file, or NULL: attached */
};

static void
put_counts(
    struct buf *out, const struct job_run *job, const struct whereabouts *w)
{
	char size[TERMINAL_SIZE];

	buf_puts(out, "Output   ");
	if (store_size(job->output) == 0) {
		buf_puts(out, "none");
	} else {
		terminal_bytes(size, store_size(job->output));
		buf_printf(out, "%lld line%s, %s", (long long)job->lines,
		    job->lines == 1 ? "" : "s", size);
	}
	if (w->kept != NULL)
		buf_printf(out,
		    "; all of it as it came is too large to attach, and kept "
		    "in %s%s",
		    w->kept, w->packed != NULL ? ", packed by gzip" : "");
	else if (!w->shown)
		buf_puts(out, "; all of it as it came is attached");
	if (job->lost.kind != ERR_NONE)
		buf_printf(out, "; what came then is lost: %s", job->lost.text);
	buf_putc(out, '\n');
}

/* --- the mail ------------------------------------------------------------- */

/* Bytes that can be attached beside `shown` bytes of text: base64 has 78 for
 * 57, and text at worst three for one. */
static int64_t
room(const struct cmdline *cl, size_t shown)
{
	int64_t limit = run_limit(cl);

	if (limit == 0)
		limit = LIMIT;
	return (limit - HEAD_MAX - 3 * (int64_t)shown) / 78 * 57;
}

/* Pack it if it is long; keep it here if it is too long for a mail. */
static void
place(const struct job_run *job, const struct cmdline *cl, size_t shown,
    struct whereabouts *w)
{
	struct error no_room = ERROR_INIT;
	auto_stream struct stream *copy = NULL;
	struct store *best = job->output;

	/* What cannot be packed for want of room goes as it is. */
	if (store_size(job->output) > COMPRESS)
		w->packed = store_gzip(job->output, "the output", &no_room);
	if (w->packed != NULL)
		best = w->packed;
	if (store_size(best) <= room(cl, shown))
		return;
	copy = stream_store(best, 0, store_size(best));
	if (run_keep_copy(copy, NULL, "mitto.output", &w->kept) < 0)
		w->kept = NULL;
}

static int
attach(const struct job_run *job, struct whereabouts *w, struct cmdline *cl,
    struct store **attached, struct error *err)
{
	const char *spec = "-;name=output.log";

	if (w->shown || w->kept != NULL) {
		*attached = store_empty("nothing", 0);
		return 0;
	}
	*attached = w->packed;
	if (w->packed != NULL)
		spec = "-;name=output.log.gz;type=application/gzip";
	else
		*attached = store_ref(job->output);
	w->packed = NULL;
	return cmdline_add(cl, "attach", spec, "-a", err);
}

static int
put_text(const struct job_run *job, struct whereabouts *w, int lines,
    struct cmdline *cl, struct error *err)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	auto_buf struct buf tail = buf_make(TEXT_MAX);

	if (put_tail(&tail, job->output, lines, cmdline_last(cl, "charset"),
		&w->shown, err) < 0)
		return -1;
	if (!w->shown)
		place(job, cl, tail.len, w);
	put_facts(&text, job);
	put_counts(&text, job, w);
	if (tail.len > 0)
		buf_printf(&text, "\n%s", tail.data);
	return cmdline_add(cl, "message", text.data, "-m", err);
}

int
job_report(const struct job_run *job, const struct job *wanted,
    struct cmdline *cl, struct store **attached, struct error *err)
{
	auto_buf struct buf subject = buf_make(TEXT_MAX);
	auto_free char *thread = mem_printf("job-%s", job->key);
	auto_free char *status = mem_printf("X-Mitto-Exit: %d", job->status);
	struct whereabouts w = { .shown = false };
	int result;

	put_subject(&subject, job);
	if ((cmdline_last(cl, "subject") == NULL &&
		cmdline_add(cl, "subject", subject.data, "-s", err) < 0) ||
	    (cmdline_last(cl, "thread") == NULL &&
		cmdline_add(cl, "thread", thread, "--thread", err) < 0) ||
	    cmdline_add(cl, "header", status, "-H", err) < 0)
		return -1;
	result = put_text(
	    job, &w, wanted->tail > 0 ? wanted->tail : TAIL_LINES, cl, err);
	if (result == 0)
		result = attach(job, &w, cl, attached, err);
	store_free(w.packed);
	free(w.kept);
	return result;
}
