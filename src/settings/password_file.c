/* SPDX-License-Identifier: MIT */
/*
 * Passwords in files: one that was named, a service manager's credential,
 * netrc.
 *
 * A file that others can read is refused.  The exception is where a container
 * runtime or service manager mounts secrets: /run/secrets (Docker, Podman,
 * Kubernetes by convention) and $CREDENTIALS_DIRECTORY (systemd).  There the
 * mode is not the user's to choose, often 0444 or 0440 and owned by root, and
 * nobody but the service is let into the directory.  The real path decides, so
 * that a link into such a place counts and a link out of it does not.
 */
#include "settings/sources.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/config.h"
#include "settings/password.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_within(const char *path, const char *directory)
{
	auto_free char *real = realpath(directory, NULL);
	size_t len = real != NULL ? strlen(real) : 0;

	return len > 1 && strncmp(path, real, len) == 0 && path[len] == '/';
}

/* Does the file lie where secrets are mounted? */
static bool
is_mounted_secret(const char *path)
{
	const char *credentials = secure_getenv("CREDENTIALS_DIRECTORY");
	auto_free char *real = realpath(path, NULL);

	return real != NULL &&
	    (is_within(real, "/run/secrets") ||
		(credentials != NULL && is_within(real, credentials)));
}

/* 0 when nobody else can read or change what was opened as path. */
static int
check_private(const struct stat *st, const char *path, struct error *err)
{
	bool ours = st->st_uid == geteuid() || st->st_uid == 0;
	bool mounted = is_mounted_secret(path);

	if (!ours) {
		error_set(err, ERR_NOPERM,
		    "'%s' belongs to another user (uid %u)", path,
		    (unsigned)st->st_uid);
		return error_hint(
		    err, "chown %u %s", (unsigned)geteuid(), path);
	}
	if ((st->st_mode & (mounted ? 022 : 077)) == 0)
		return 0;
	error_set(err, ERR_CONFIG, "others can %s '%s' (mode %04o)",
	    (st->st_mode & 022) != 0 ? "change" : "read", path,
	    (unsigned)(st->st_mode & 07777));
	return error_hint(err, "chmod 600 %s", path);
}

/* The whole file, which must be ours alone unless it is a pipe. */
static int
read_private(
    struct buf *text, const char *path, struct stat *st, struct error *err)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fstat(fd, st) != 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;

		return error_errno(err,
		    missing               ? ERR_NOINPUT
			: errno == EACCES ? ERR_NOPERM
					  : ERR_CONFIG,
		    errno, "cannot read '%s'", path);
	}
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return error_set(err, ERR_CONFIG, "'%s' is no file", path);
	if (io_read_all(fd, text) != 0)
		return error_errno(
		    err, ERR_CONFIG, errno, "cannot read '%s'", path);
	return 0;
}

/* Everything but one line end; passwords may begin or end with blanks. */
static int
take_password(struct secret *out, const struct buf *text, const char *path,
    struct error *err)
{
	size_t len = text->len;

	if (len > 0 && text->data[len - 1] == '\n') {
		len--;
		if (len > 0 && text->data[len - 1] == '\r')
			len--;
	}
	if (len == 0)
		return error_set(err, ERR_CONFIG, "'%s' is empty", path);
	if (memchr(text->data, '\0', len) != NULL)
		return error_set(
		    err, ERR_CONFIG, "'%s' holds a NUL byte", path);
	secret_set(out, text->data, len);
	return 1;
}

int
source_file(struct secret *out, const char *path, struct error *err)
{
	auto_buf struct buf text = buf_make(PASSWORD_MAX);
	struct stat st;
	int result = read_private(&text, path, &st, err);

	if (result == 0 && S_ISREG(st.st_mode))
		result = check_private(&st, path, err);
	if (result == 0)
		result = take_password(out, &text, path, err);
	secret_wipe(text.data, text.len);
	return result;
}

int
source_credential(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err)
{
	const char *directory = secure_getenv("CREDENTIALS_DIRECTORY");
	const char *account = login->settings->account;
	auto_free char *own = NULL, *common = NULL;
	int found;

	if (directory == NULL || directory[0] != '/') {
		source_tried(
		    tried, "systemd credential (no $CREDENTIALS_DIRECTORY)");
		return 0;
	}
	if (account != NULL) {
		own = mem_printf("%s/mitto.%s.password", directory, account);
		found = source_file(out, own, err);
		if (found == 1 || err->kind != ERR_NOINPUT)
			return found;
		source_tried(
		    tried, "credential mitto.%s.password (none)", account);
	}
	common = mem_printf("%s/mitto.password", directory);
	found = source_file(out, common, err);
	if (found == 1 || err->kind != ERR_NOINPUT)
		return found;
	source_tried(tried, "credential mitto.password (none)");
	return 0;
}

/* --- netrc -------------------------------------------------------------- */

/* A walk over the words of a netrc file. */
struct words {
	const char *at;
	struct buf word; /* holds the password in passing: wiped */
};

/* The next word, "quoted" ones undone; false at the end. */
static bool
next_word(struct words *w)
{
	bool quoted;

	secret_wipe(w->word.data, w->word.len);
	buf_clear(&w->word);
	w->at += strspn(w->at, " \t\r\n,");
	if (*w->at == '\0')
		return false;
	quoted = *w->at == '"';
	if (quoted)
		w->at++;
	while (*w->at != '\0') {
		if (quoted ? *w->at == '"' : strchr(" \t\r\n,", *w->at) != NULL)
			break;
		if (quoted && *w->at == '\\' && w->at[1] != '\0')
			w->at++;
		buf_putc(&w->word, *w->at++);
	}
	if (quoted && *w->at == '"')
		w->at++;
	return true;
}

/* A macro's text goes to the next empty line. */
static void
skip_macro(struct words *w)
{
	const char *end = strstr(w->at, "\n\n");

	w->at = end != NULL ? end : w->at + strlen(w->at);
}

/* One machine of the file. */
struct entry {
	bool fits; /* the machine is ours */
	bool other_login;
	struct secret password;
};

/* An entry is complete: keep its password if it is for this login. */
static bool
finish_entry(struct entry *e, struct secret *out)
{
	bool found = e->fits && !e->other_login && secret_is_set(&e->password);

	if (found)
		secret_set(out, e->password.text, strlen(e->password.text));
	secret_release(&e->password);
	*e = (struct entry){ 0 };
	return found;
}

/* The password of the first entry for host and user. */
static bool
search_netrc(struct secret *out, const char *text, const struct login *login)
{
	const char *user = login->settings->user;
	struct words w = { .at = text, .word = buf_make(PASSWORD_MAX) };
	struct entry e = { 0 };
	bool found = false;

	while (!found && next_word(&w)) {
		if (strcmp(w.word.data, "machine") == 0) {
			found = finish_entry(&e, out);
			e.fits = next_word(&w) &&
			    strcasecmp(w.word.data, login->host) == 0;
		} else if (strcmp(w.word.data, "default") == 0) {
			found = finish_entry(&e, out);
			e.fits = true;
		} else if (strcmp(w.word.data, "login") == 0) {
			e.other_login = next_word(&w) && user != NULL &&
			    strcmp(w.word.data, user) != 0;
		} else if (strcmp(w.word.data, "password") == 0) {
			if (next_word(&w) && w.word.len > 0)
				secret_set(
				    &e.password, w.word.data, w.word.len);
		} else if (strcmp(w.word.data, "macdef") == 0) {
			skip_macro(&w);
		}
	}
	if (!found)
		found = finish_entry(&e, out);
	secret_release(&e.password);
	secret_wipe(w.word.data, w.word.len);
	buf_release(&w.word);
	return found;
}

/* A file without our entry does not matter, whoever can read it. */
int
source_netrc(struct secret *out, const struct login *login, struct buf *tried,
    struct error *err)
{
	auto_free char *home = config_home();
	auto_free char *path = NULL;
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	struct stat st;
	int result = 0;

	if (home == NULL) {
		source_tried(tried, "~/.netrc (no home directory)");
		return 0;
	}
	path = mem_printf("%s/.netrc", home);
	if (read_private(&text, path, &st, err) != 0) {
		source_tried(tried, "~/.netrc (%s)",
		    err->kind == ERR_NOINPUT ? "no such file" : "unreadable");
		return 0;
	}
	if (!search_netrc(out, text.data, login)) {
		source_tried(tried, "~/.netrc (no entry for %s)", login->host);
	} else {
		result = check_private(&st, path, err);
		if (result == 0)
			result = 1;
		else
			secret_release(out);
	}
	secret_wipe(text.data, text.len);
	return result;
}
