/* SPDX-License-Identifier: MIT */
/*
 * The user's editor, and a text that goes through it (-e).
 */
#include "compose/editor.h"
#include "base/io.h"
#include "base/mem.h"
#include "compose/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const char *
editor_name(void)
{
	const char *name = getenv("VISUAL");

	if (name == NULL || *name == '\0')
		name = getenv("EDITOR");
	return name == NULL || *name == '\0' ? "vi" : name;
}

/* The editor is a shell word list ("emacs -nw"), the file its last argument;
 * it talks to the terminal even when our standard input is a pipe. */
static void
become_editor(const char *path)
{
	auto_free char *line = mem_printf("exec %s \"$1\"", editor_name());
	int tty = open("/dev/tty", O_RDWR);

	if (tty >= 0)
		(void)dup2(tty, STDIN_FILENO);
	(void)execl("/bin/sh", "sh", "-c", line, "sh", path, (char *)NULL);
	_exit(127);
}

int
editor_run(const char *path, const char *result, struct error *err)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		return error_errno(
		    err, ERR_OS, errno, "cannot start an editor");
	if (child == 0)
		become_editor(path);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(
			    err, ERR_OS, errno, "cannot wait for the editor");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	(void)error_set(
	    err, ERR_IO, "the editor '%s' failed: %s", editor_name(), result);
	return error_hint(err, "set EDITOR or VISUAL to one that works here");
}

static int
fill(int fd, struct store *text, struct error *err)
{
	auto_stream struct stream *s = NULL;

	if (text == NULL)
		return 0;
	s = stream_store(text, 0, store_size(text));
	return stream_copy_fd(s, fd, err);
}

/* What the editor left under the name; many write a new file and rename it. */
static struct store *
read_back(const char *path, struct error *err)
{
	auto_buf struct buf text = buf_make(64L << 20);
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	if (fd < 0 || io_read_all(fd, &text) < 0) {
		(void)error_errno(err, ERR_IO, errno,
		    "cannot read back the edited text '%s'", path);
		return NULL;
	}
	len = text.len;
	return store_memory(buf_take(&text), len, "the edited text");
}

bool
editor_there(void)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (tty >= 0)
		(void)close(tty);
	return tty >= 0 || getenv("VISUAL") != NULL || getenv("EDITOR") != NULL;
}

/* The text in a file for the editor, and what came back. */
static struct store *
edit_file(struct store *text, struct error *err)
{
	const char *dir = getenv("TMPDIR");
	auto_free char *path = mem_printf(
	    "%s/mitto-edit.XXXXXX", dir != NULL && *dir == '/' ? dir : "/tmp");
	struct store *edited = NULL;
	auto_fd int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0) {
		(void)error_errno(err, ERR_CANTCREATE, errno,
		    "cannot create a file for the editor");
		return NULL;
	}
	if (fill(fd, text, err) == 0 &&
	    editor_run(path, "nothing was sent", err) == 0)
		edited = read_back(path, err);
	(void)unlink(path);
	return edited;
}

struct store *
input_edit(struct store *text, struct error *err)
{
	if (editor_there())
		return edit_file(text, err);
	(void)error_set(err, ERR_USAGE, "-e needs a terminal or $EDITOR");
	return NULL;
}
