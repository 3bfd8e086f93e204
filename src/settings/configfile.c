/* SPDX-License-Identifier: MIT */
/*
 * The new text is written into a file beside the old one, synced, given the old
 * one's owner and mode, and renamed over it.
 */
#include "settings/configfile.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/secret.h"
#include "settings/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define LINKS_MAX 40 /* as the kernel follows */

/* --- names ---------------------------------------------------------------- */

/* "DIR/" of a path, "" if it has none. */
static char *
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return mem_strndup(
	    path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
}

/* The path behind symbolic links, also if nothing is there yet. */
static char *
follow_links(const char *path)
{
	auto_free char *at = mem_strdup(path);

	for (int i = 0; i < LINKS_MAX; i++) {
		char target[PATH_MAX];
		auto_free char *folder = NULL;
		ssize_t len = readlink(at, target, sizeof(target) - 1);

		if (len < 0)
			break;
		target[len] = '\0';
		folder = directory_of(at);
		free(at);
		at = mem_printf("%s%s", target[0] == '/' ? "" : folder, target);
	}
	return steal(at);
}

/* Make the directories of a path that are not there. */
static int
make_directories(const char *path, struct error *err)
{
	for (const char *p = strchr(path + 1, '/'); p != NULL;
	     p = strchr(p + 1, '/')) {
		auto_free char *folder = mem_strndup(path, (size_t)(p - path));

		if (mkdir(folder, 0700) < 0 && errno != EEXIST &&
		    access(folder, F_OK) < 0)
			return error_errno(err, ERR_CANTCREATE, errno,
			    "cannot make the directory '%s'", folder);
	}
	return 0;
}

/* --- reading -------------------------------------------------------------- */

int
configfile_read(struct configfile *f, const char *path, struct error *err)
{
	auto_fd int fd = -1;

	*f = (struct configfile){
		.path = mem_strdup(path),
		.real = follow_links(path),
		.text = buf_make(CONFIG_MAX_FILE),
	};
	fd = open(f->real, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &f->was) < 0)
		return error_errno(err,
		    errno == EACCES ? ERR_NOPERM : ERR_CONFIG, errno,
		    "cannot read '%s'", path);
	if (!S_ISREG(f->was.st_mode))
		return error_set(err, ERR_CONFIG, "'%s' is no file", path);
	if (io_read_all(fd, &f->text) < 0)
		return error_errno(
		    err, ERR_CONFIG, errno, "cannot read '%s'", path);
	f->exists = true;
	return 0;
}

void
configfile_release(struct configfile *f)
{
	if (f->text.len > 0)
		secret_wipe(f->text.data, f->text.len);
	buf_release(&f->text);
	free(f->path);
	free(f->real);
	*f = (struct configfile){ .path = NULL, .text = buf_make(0) };
}

/* --- writing -------------------------------------------------------------- */

/* A file that is closed and removed unless somebody takes it. */
static int
fill(int fd, const char *path, const char *text, size_t len, struct error *err)
{
	if (io_write_all(fd, text, len) < 0 || fsync(fd) < 0)
		return error_errno(err, io_error_kind(errno), errno,
		    "cannot write '%s'", path);
	return 0;
}

int
configfile_beside(const struct configfile *f, const char *text, size_t len,
    const char *suffix, char **path, struct error *err)
{
	auto_free char *name = mem_printf("%s.XXXXXX%s", f->real, suffix);
	auto_fd int fd = -1;

	*path = NULL;
	if (make_directories(f->real, err) < 0)
		return -1;
	fd = mkostemps(name, (int)strlen(suffix), O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, ERR_CANTCREATE, errno,
		    "cannot create a file beside '%s'", f->real);
	if (fill(fd, name, text, len, err) < 0) {
		(void)unlink(name);
		return -1;
	}
	*path = steal(name);
	return 0;
}

/* Is what lies there what was read? */
static bool
is_unchanged(const struct configfile *f)
{
	struct stat now;

	if (stat(f->real, &now) < 0)
		return !f->exists && errno == ENOENT;
	return f->exists && now.st_ino == f->was.st_ino &&
	    now.st_dev == f->was.st_dev && now.st_size == f->was.st_size &&
	    now.st_mtim.tv_sec == f->was.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == f->was.st_mtim.tv_nsec;
}

/* Owner and mode of the old file; root's change of owner must come first, since
 * it takes mode bits away. */
static int
dress(const struct configfile *f, const char *path, struct error *err)
{
	struct stat now;

	if (!f->exists)
		return 0;
	if (stat(path, &now) == 0 &&
	    (now.st_uid == f->was.st_uid && now.st_gid == f->was.st_gid
		    ? 0
		    : chown(path, f->was.st_uid, f->was.st_gid)) == 0 &&
	    chmod(path, f->was.st_mode & 07777) == 0)
		return 0;
	return error_errno(err, ERR_CANTCREATE, errno,
	    "cannot give a new '%s' the owner and mode of the old one",
	    f->path);
}

/* The new name must survive a crash; where directories cannot be synced it is
 * as safe as it gets. */
static void
sync_directory(const char *path)
{
	auto_free char *folder = directory_of(path);
	auto_fd int fd = open(folder[0] != '\0' ? folder : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

int
configfile_write(
    const struct configfile *f, const char *text, size_t len, struct error *err)
{
	auto_free char *path = NULL;
	int result = configfile_beside(f, text, len, "", &path, err);

	if (result == 0)
		result = dress(f, path, err);
	if (result == 0 && !is_unchanged(f))
		result = error_set(err, ERR_TEMPORARY,
		    "somebody else changed '%s' meanwhile", f->path);
	if (result == 0 && rename(path, f->real) < 0)
		result = error_errno(
		    err, ERR_CANTCREATE, errno, "cannot replace '%s'", f->path);
	if (result == 0)
		sync_directory(f->real);
	else if (path != NULL)
		(void)unlink(path);
	return result;
}
