/* SPDX-License-Identifier: MIT */
/*
 * Read as any file that holds a secret, written as any state.
 */
#include "oauth/record.h"

#include "base/buf.h"
#include "base/mem.h"
#include "oauth/response.h"
#include "settings/password.h"
#include "settings/sources.h"
#include "settings/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#define FOLDER     "login"
#define FIRST_LINE "mitto-login 1"

_Static_assert(2 * TOKEN_MAX < PASSWORD_MAX, "two tokens fit a file");

/* ACCOUNT.login or ACCOUNT.lock, or NULL. */
static char *
path_of(const char *account, const char *ending, struct error *err)
{
	auto_free char *folder = statefile_folder(FOLDER);

	if (folder != NULL)
		return mem_printf("%s/%s.%s", folder, account, ending);
	(void)error_set(err, ERR_CANTCREATE,
	    "there is no place for the login: this user has no home");
	return NULL;
}

char *
record_path(const char *account, struct error *err)
{
	return path_of(account, "login", err);
}

void
record_release(struct record *r)
{
	free(r->client);
	free(r->url);
	free(r->user);
	secret_release(&r->refresh);
	secret_release(&r->access);
	*r = (struct record){ .client = NULL };
}

/* --- reading -------------------------------------------------------------- */

static void
take_string(char **field, const char *value, size_t len)
{
	free(*field);
	*field = mem_strndup(value, len);
}

static void
take_line(struct record *r, const char *line, size_t len)
{
	size_t name = strcspn(line, " \n");
	const char *value = line + name + 1;
	size_t rest = len > name ? len - name - 1 : 0;

	if (rest == 0)
		return;
	if (name == 6 && memcmp(line, "client", 6) == 0)
		take_string(&r->client, value, rest);
	else if (name == 3 && memcmp(line, "url", 3) == 0)
		take_string(&r->url, value, rest);
	else if (name == 4 && memcmp(line, "user", 4) == 0)
		take_string(&r->user, value, rest);
	else if (name == 7 && memcmp(line, "keyring", 7) == 0)
		r->keyring = true;
	else if (name == 7 && memcmp(line, "refresh", 7) == 0)
		secret_set(&r->refresh, value, rest);
	else if (name == 6 && memcmp(line, "access", 6) == 0)
		secret_set(&r->access, value, rest);
	else if (name == 7 && memcmp(line, "expires", 7) == 0)
		r->expires = strtoll(value, NULL, 10);
}

/* Is the text a record? */
static bool
parse(struct record *r, const char *text)
{
	size_t len = strcspn(text, "\n");

	if (len != strlen(FIRST_LINE) || memcmp(text, FIRST_LINE, len) != 0)
		return false;
	for (text += len; *text == '\n'; text += len) {
		text++;
		len = strcspn(text, "\n");
		take_line(r, text, len);
	}
	return r->client != NULL && r->url != NULL;
}

int
record_load(struct record *out, const char *account, struct error *err)
{
	auto_free char *path = record_path(account, err);
	auto_secret struct secret text = { .text = NULL };
	struct error why = ERROR_INIT;

	*out = (struct record){ .client = NULL };
	if (path == NULL)
		return -1;
	if (source_file(&text, path, &why) == 1)
		return parse(out, text.text) ? 1 : 0;
	if (why.kind == ERR_NOINPUT)
		return 0;
	*err = why;
	return -1;
}

/* --- writing -------------------------------------------------------------- */

static void
put_line(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s %s\n", name, value);
}

int
record_save(const struct record *r, const char *account, struct error *err)
{
	auto_free char *path = record_path(account, err);
	auto_free char *folder = statefile_folder(FOLDER);
	auto_buf struct buf text = buf_make(PASSWORD_MAX);
	int result;

	if (path == NULL || folder == NULL)
		return -1;
	buf_reserve(&text);
	buf_puts(&text, FIRST_LINE "\n");
	put_line(&text, "client", r->client);
	put_line(&text, "url", r->url);
	put_line(&text, "user", r->user);
	put_line(&text, "keyring", r->keyring ? "yes" : NULL);
	put_line(&text, "refresh", r->refresh.text);
	put_line(&text, "access", r->access.text);
	buf_printf(&text, "expires %lld\n", (long long)r->expires);
	result = buf_check(&text, "the login", err);
	if (result == 0 &&
	    (statefile_make_folder(folder) < 0 ||
		statefile_write(path, text.data, text.len) < 0))
		result = error_errno(err, ERR_CANTCREATE, errno,
		    "cannot keep the login in '%s'", path);
	secret_wipe(text.data, text.len);
	return result;
}

int
record_remove(const char *account, struct error *err)
{
	auto_free char *path = record_path(account, err);

	if (path == NULL)
		return -1;
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return error_errno(err, ERR_IO, errno, "cannot remove '%s'", path);
}

int
record_lock(const char *account, struct error *err)
{
	auto_free char *path = path_of(account, "lock", err);
	auto_free char *folder = statefile_folder(FOLDER);
	auto_fd int fd = -1;

	if (path == NULL || folder == NULL)
		return -1;
	if (statefile_make_folder(folder) == 0)
		fd =
		    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0) {
		int locked = fd;

		fd = -1;
		return locked;
	}
	if (fd >= 0 && errno == EINTR)
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	return error_errno(
	    err, ERR_CANTCREATE, errno, "cannot lock the login '%s'", path);
}
