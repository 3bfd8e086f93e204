/* SPDX-License-Identifier: MIT */
/*
 * mitto config edit: the file in the user's editor.  What the editor leaves is
 * tried before it takes the file's place, so that no mistake ever gets there
 * unseen; nor is any edit lost.
 */
#include "command/conf.h"

#include "base/io.h"
#include "base/mem.h"
#include "compose/editor.h"
#include "report/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20)

static const char first_text[] =
    "# Settings of mitto(1); the keys are in mitto.conf(5).\n"
    "#\n"
    "# [account home]\n"
    "# provider         = gmail\n"
    "# from             = Jana Novak <jana@gmail.com>\n"
    "# password-command = pass show mail/gmail\n";

/* What the user answers to a mistake. */
enum choice_of_user {
	EDIT_AGAIN,
	LEAVE,
	KEEP_AS_IT_IS,
};

static int
read_edited(struct buf *text, const char *path, struct error *err)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	buf_clear(text);
	if (fd < 0 || io_read_all(fd, text) < 0)
		return error_errno(err, ERR_IO, errno,
		    "cannot read back the edited text '%s'", path);
	return 0;
}

/* One letter from the terminal; without one there is nobody to ask. */
static enum choice_of_user
ask(const struct conf *call)
{
	FILE *tty =
	    call->request.settings.no_input ? NULL : fopen("/dev/tty", "r+e");
	enum choice_of_user choice = LEAVE;
	char line[80];

	if (tty == NULL)
		return LEAVE;
	for (;;) {
		(void)fputs("(e)dit again, (q)uit without a change, or "
			    "(w)rite it all the same? ",
		    tty);
		(void)fflush(tty);
		if (fgets(line, sizeof(line), tty) == NULL || line[0] == 'q')
			break;
		if (line[0] == 'e' || line[0] == 'w') {
			choice = line[0] == 'e' ? EDIT_AGAIN : KEEP_AS_IT_IS;
			break;
		}
	}
	(void)fclose(tty);
	return choice;
}

/* The editor, until the text is right or the user has had enough.  1 when it is
 * to be written, 0 when not. */
static int
edit(struct conf *call, const struct configfile *f, const char *path,
    struct buf *text, struct error *err)
{
	enum choice_of_user choice = EDIT_AGAIN;

	while (choice == EDIT_AGAIN) {
		auto_buf struct buf report = buf_make(TEXT_MAX);
		int mistakes;

		if (editor_run(path, "nothing was changed", err) < 0 ||
		    read_edited(text, path, err) < 0)
			return -1;
		mistakes = conf_try(call, f, text, &report, err);
		if (mistakes < 0)
			return -1;
		if (mistakes == 0)
			return 1;
		*err = (struct error)ERROR_INIT;
		(void)fwrite(report.data, 1, report.len, stderr);
		choice = ask(call);
	}
	if (choice == KEEP_AS_IT_IS)
		return 1;
	error_set(err, ERR_CONFIG, "'%s' was not changed", f->path);
	return error_hint(err, "what you wrote is in %s", path);
}

/* A file that holds a password is for its owner alone from now on. */
static int
store(struct conf *call, const struct configfile *f, const struct buf *text,
    struct error *err)
{
	if (text->len == f->text.len &&
	    memcmp(text->data, f->text.data, text->len) == 0) {
		buf_printf(&call->text, "%s: not changed\n", f->path);
		return 0;
	}
	if (configfile_write(f, text->data, text->len, err) < 0)
		return -1;
	buf_printf(&call->text, "%s: changed\n", f->path);
	return 0;
}

int
conf_edit(struct conf *call, struct error *err)
{
	auto_configfile struct configfile f = { .path = NULL };
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	auto_free char *path = NULL;
	int result;

	if (conf_words(call, 0, 0, "edit", err) < 0 ||
	    conf_open(call, &f, err) < 0)
		return -1;
	if (!editor_there())
		return error_set(
		    err, ERR_USAGE, "config edit needs a terminal or $EDITOR");
	if (configfile_beside(&f, f.exists ? f.text.data : first_text,
		f.exists ? f.text.len : strlen(first_text), ".conf", &path,
		err) < 0)
		return -1;
	result = edit(call, &f, path, &text, err);
	if (result == 1)
		result = store(call, &f, &text, err);
	/* Whoever wrote something keeps it. */
	if (result == 0 || text.len == 0)
		(void)unlink(path);
	else if (err->hint[0] == '\0')
		(void)error_hint(err, "what you wrote is in %s", path);
	result_member(&call->json, "file", f.path);
	secret_wipe(text.data, text.len);
	return result;
}
