/* SPDX-License-Identifier: MIT */
/*
 * The message where it is not sent: on standard output, in a file, as a picture
 * of its parts, and in a dead letter.
 */
#include "command/run.h"

#include "command/later.h"

#include "base/mem.h"
#include "report/preview.h"
#include "settings/provider.h"
#include "text/header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX (8L << 20) /* bytes of a preview */

int
run_put(const struct buf *text, struct error *err)
{
	if (fwrite(text->data, 1, text->len, stdout) == text->len &&
	    fflush(stdout) == 0)
		return 0;
	return error_errno(
	    err, ERR_IO, errno, "cannot write to standard output");
}

void
run_write(struct run *run)
{
	const char *path = run->request.settings.output;
	auto_fd int file = -1;
	int fd = STDOUT_FILENO;

	if (strcmp(path, "-") != 0) {
		file =
		    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (file < 0) {
			(void)error_errno(&run->error, ERR_CANTCREATE, errno,
			    "cannot write '%s'", path);
			return;
		}
		fd = file;
	}
	if (stream_copy_fd(run->composition.wire.stream, fd, &run->error) < 0)
		(void)error_wrap(&run->error, "'%s'", path);
	else
		run->result.state = RESULT_WRITTEN;
}

/* The header as it would be sent. */
static int
read_header(struct run *run, struct buf *header)
{
	struct stream *s = run->composition.wire.stream;
	char block[4096];
	ssize_t n;
	char *end = NULL;

	while (end == NULL && !header->full) {
		n = stream_read(s, block, sizeof(block), &run->error);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		buf_add(header, block, (size_t)n);
		end = strstr(header->data, "\r\n\r\n");
	}
	if (end != NULL)
		buf_truncate(header, (size_t)(end + 2 - header->data));
	return 0;
}

void
run_preview(struct run *run)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	const struct composition *c = &run->composition;
	const struct settings *s = &run->request.settings;
	const struct provider *known = s->preset;
	struct terminal t =
	    terminal_open(STDOUT_FILENO, (enum when)s->color.value);
	auto_buf struct buf header = buf_make(HEADER_MAX_BLOCK);
	struct preview p = {
		.settings = s,
		.endpoint = &run->endpoint,
		.from = &c->from,
		.to = &c->to,
		.cc = &c->cc,
		.bcc = &c->bcc,
		.subject = c->subject,
		.root = c->message.root,
		.header = s->verbose > 0 ? &header : NULL,
		.size = c->wire.size,
		.limit = known != NULL ? known->limit : 0,
		.warnings = &c->warnings,
	};

	if (s->verbose > 0 && read_header(run, &header) < 0)
		return;
	preview_print(&text, &p, &t);
	(void)run_put(&text, &run->error);
}

/* Did somebody type it in, here and now? */
static bool
was_typed(const struct run *run)
{
	return run->input.data != NULL && isatty(STDIN_FILENO) == 1 &&
	    (run->input.use == INPUT_BODY || run->input.use == INPUT_MESSAGE);
}

/* Did it come from where nobody can read it again? */
static bool
was_piped(const struct run *run)
{
	return run->input.data != NULL && store_size(run->input.data) > 0 &&
	    !(run->input.use == INPUT_MESSAGE &&
		run->request.draft.body != NULL) &&
	    input_is_piped();
}

static bool
is_to_be_sent(const struct settings *s)
{
	return !s->check && !s->dry_run && s->output == NULL;
}

/* With a queue, what came from a pipe is kept where the queue could not take
 * it. */
static bool
is_ours_to_keep(const struct run *run)
{
	const struct settings *s = &run->request.settings;

	return s->queue.value != QUEUE_NEVER && is_to_be_sent(s) &&
	    was_piped(run);
}

/* What is to be kept: the message, taken out of the run, or the bare text when
 * no message came of it; NULL if all of it still exists elsewhere. */
static struct stream *
take_only_copy(struct run *run, bool *whole)
{
	struct store *text = run->only_copy;

	if (text == NULL && (was_typed(run) || is_ours_to_keep(run)))
		text = run->input.data;
	*whole = run->composition.wire.stream != NULL;
	if (text == NULL && !run->request.draft.edit)
		return NULL;
	if (*whole)
		return steal(run->composition.wire.stream);
	return text != NULL ? stream_store(text, 0, store_size(text)) : NULL;
}

/* A whole copy in this place: its path, or NULL. */
static char *
keep_in(const char *place, const char *name, struct stream *from)
{
	auto_free char *path = mem_printf("%s/%s.XXXXXX", place, name);
	struct error ignored = ERROR_INIT;
	auto_fd int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		return NULL;
	if (stream_rewind(from, &ignored) == 0 &&
	    stream_copy_fd(from, fd, &ignored) == 0)
		return steal(path);
	(void)unlink(path);
	return NULL;
}

int
run_keep_copy(
    struct stream *from, const char *folder, const char *name, char **path)
{
	const char *const places[] = { folder, getenv("HOME"), "/var/tmp",
		"/tmp" };

	*path = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places) && *path == NULL; i++)
		if (places[i] != NULL && places[i][0] == '/')
			*path = keep_in(places[i], name, from);
	return *path != NULL ? 0 : -1;
}

/* Was it to be sent, and is there no other copy of it? */
static bool
is_only_copy(const struct run *run)
{
	return is_to_be_sent(&run->request.settings) &&
	    (was_typed(run) || was_piped(run) || run->request.draft.edit ||
		run->only_copy != NULL);
}

void
run_keep(struct run *run)
{
	auto_stream struct stream *copy = NULL;
	auto_free char *folder = NULL;
	auto_free char *path = NULL;
	bool whole;

	/* Wrong flags are for whoever wrote them, who has the text as well. */
	if (!run->bad_words || run->error.kind == ERR_DATA)
		input_rescue(&run->input, &run->request, &run_interrupted);
	if (is_only_copy(run) && later_keep(run))
		return;
	copy = take_only_copy(run, &whole);
	if (copy == NULL)
		return;
	if (was_piped(run))
		folder = later_folder(run);
	if (run_keep_copy(copy, folder, "dead.letter", &path) < 0) {
		watch_warn(&run->watch, "the text could not be kept");
		return;
	}
	if (whole)
		(void)fprintf(stderr,
		    "the message is kept in %s; to send it: "
		    "mitto --raw ADDRESS... < %s\n",
		    path, path);
	else if (run->only_copy != NULL)
		(void)fprintf(stderr, "the output is kept in %s\n", path);
	else
		(void)fprintf(stderr,
		    "the text is kept in %s; it comes back by < %s\n", path,
		    path);
}
