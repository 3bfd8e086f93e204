/* SPDX-License-Identifier: MIT */
/*
 * Stores: input that can be read any number of times.
 *
 * A regular file is used where it lies and watched: whoever changes it between
 * the moment it was opened and the last byte read gets an error, never a
 * message with half of the old and half of the new content.  Everything else
 * is copied first.
 */
#include "stream/file.h"

#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct store {
	unsigned holders;
	char *what;        /* begins every error: "attachment 'a.pdf'" */
	struct buf memory; /* the bytes, as long as fd is -1 */
	int fd;
	int64_t size;
	int64_t limit; /* of what is appended, 0 = none */
	bool watched;  /* a file that others may change */
	struct timespec mtime;
};

static struct store *
store_new(char *what)
{
	struct store *st = mem_zero(sizeof(*st));

	st->holders = 1;
	st->what = what;
	st->memory = buf_make(STORE_MEMORY);
	st->fd = -1;
	return st;
}

struct store *
store_ref(struct store *st)
{
	st->holders++;
	return st;
}

void
store_free(struct store *st)
{
	if (st == NULL || --st->holders > 0)
		return;
	if (st->fd >= 0)
		(void)close(st->fd);
	buf_release(&st->memory);
	free(st->what);
	free(st);
}

int64_t
store_size(const struct store *st)
{
	return st->size;
}

struct store *
store_memory(char *data, size_t len, const char *what)
{
	struct store *st = store_new(mem_strdup(what));

	st->memory = (struct buf){
		.data = data,
		.len = len,
		.cap = len + 1,
		.max = len,
	};
	st->size = (int64_t)len;
	return st;
}

/* --- reading -------------------------------------------------------------- */

static ssize_t
pread_again(int fd, void *out, size_t room, int64_t offset)
{
	ssize_t n;

	do
		n = pread(fd, out, room, offset);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
changed(const struct store *st, struct error *err)
{
	return error_set(err, ERR_IO, "%s changed while it was read", st->what);
}

/* Is the file still the one that was opened? */
static int
check_unchanged(const struct store *st, struct error *err)
{
	struct stat now;

	if (!st->watched)
		return 0;
	if (fstat(st->fd, &now) < 0)
		return error_errno(
		    err, ERR_IO, errno, "cannot read %s", st->what);
	if (now.st_size != st->size || now.st_mtim.tv_sec != st->mtime.tv_sec ||
	    now.st_mtim.tv_nsec != st->mtime.tv_nsec)
		return changed(st, err);
	return 0;
}

ssize_t
store_pread(
    struct store *st, void *out, size_t room, int64_t offset, struct error *err)
{
	int64_t left = st->size - offset;
	ssize_t n;

	if (left <= 0)
		return check_unchanged(st, err);
	if ((int64_t)room > left)
		room = (size_t)left;
	if (st->fd < 0) {
		memcpy(out, st->memory.data + offset, room);
		return (ssize_t)room;
	}
	n = pread_again(st->fd, out, room, offset);
	if (n < 0)
		return error_errno(
		    err, ERR_IO, errno, "cannot read %s", st->what);
	if (n == 0)
		return changed(st, err);
	return n;
}

struct range {
	struct stream s;
	struct store *store;
	int64_t start;
	int64_t end;
	int64_t at;
};

static ssize_t
range_read(struct stream *s, char *out, size_t room, struct error *err)
{
	struct range *r = (struct range *)s;
	int64_t left = r->end - r->at;
	ssize_t n;

	if (left == 0)
		return check_unchanged(r->store, err);
	if ((int64_t)room > left)
		room = (size_t)left;
	n = store_pread(r->store, out, room, r->at, err);
	/* The last bytes are not given away before the check: a transport
	 * may stop asking once it has them all. */
	if (n < 0 || (n == left && check_unchanged(r->store, err) < 0))
		return -1;
	r->at += n;
	return n;
}

static int
range_rewind(struct stream *s, struct error *err UNUSED)
{
	struct range *r = (struct range *)s;

	r->at = r->start;
	return 0;
}

static int64_t
range_size(const struct stream *s)
{
	const struct range *r = (const struct range *)s;

	return r->end - r->start;
}

static void
range_free(struct stream *s)
{
	struct range *r = (struct range *)s;

	store_free(r->store);
	free(r);
}

static const struct stream_ops range_ops = {
	.read = range_read,
	.rewind = range_rewind,
	.size = range_size,
	.free = range_free,
};

struct stream *
stream_store(struct store *st, int64_t start, int64_t end)
{
	struct range *r = mem_zero(sizeof(*r));

	r->s.ops = &range_ops;
	r->store = store_ref(st);
	r->end = end < st->size ? end : st->size;
	r->start = start < r->end ? start : r->end;
	r->at = r->start;
	return &r->s;
}

/* --- regular files in place ----------------------------------------------- */

/*
 * Does the size say how many bytes there are?  Not in procfs (0) nor in sysfs
 * (4096): a byte where none should be, or none where the last one should be,
 * gives them away.
 */
static bool
size_is_true(int fd, int64_t size)
{
	char byte;

	return pread_again(fd, &byte, 1, size > 0 ? size - 1 : 0) ==
	    (size > 0 ? 1 : 0);
}

/* Takes over what and fd. */
static struct store *
store_in_place(char *what, int fd, const struct stat *info)
{
	struct store *st = store_new(what);

	st->fd = fd;
	st->size = info->st_size;
	st->watched = true;
	st->mtime = info->st_mtim;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return st;
}

/* --- copies --------------------------------------------------------------- */

static int
too_large(const char *what, int64_t limit, struct error *err)
{
	return error_set(err, ERR_DATA, "%s is larger than %lld bytes", what,
	    (long long)limit);
}

static int
cannot_keep(const struct store *st, struct error *err)
{
	return error_errno(err,
	    errno == ENOSPC || errno == EDQUOT ? ERR_TEMPORARY : ERR_IO, errno,
	    "cannot keep a copy of %s", st->what);
}

/* What is in memory goes to a temporary file, and all the rest behind it. */
static int
move_to_file(struct store *st, struct error *err)
{
	auto_fd int fd = io_temp_file(err);

	if (fd < 0)
		return -1;
	if (io_write_all(fd, st->memory.data, st->memory.len) < 0)
		return cannot_keep(st, err);
	buf_release(&st->memory);
	st->fd = fd;
	fd = -1;
	return 0;
}

struct store *
store_empty(const char *what, int64_t limit)
{
	struct store *st = store_new(mem_strdup(what));

	st->limit = limit;
	return st;
}

int
store_append(struct store *st, const void *data, size_t len, struct error *err)
{
	if (st->limit > 0 && st->size + (int64_t)len > st->limit)
		return too_large(st->what, st->limit, err);
	if (st->fd < 0 && len <= st->memory.max - st->memory.len) {
		buf_add(&st->memory, data, len);
	} else {
		if (st->fd < 0 && move_to_file(st, err) < 0)
			return -1;
		if (io_write_all(st->fd, data, len) < 0)
			return cannot_keep(st, err);
	}
	st->size += (int64_t)len;
	return 0;
}

/* Copy fd to its end. */
static struct store *
store_copy(int fd, const char *what, int64_t limit,
    const volatile int *interrupted, struct error *err)
{
	auto_store struct store *st = store_empty(what, limit);
	char block[STREAM_BLOCK];

	for (;;) {
		ssize_t n = io_read_patiently(
		    fd, block, sizeof(block), what, interrupted, err);

		if (n < 0)
			return NULL;
		if (n == 0)
			return steal(st);
		if (store_append(st, block, (size_t)n, err) < 0)
			return NULL;
	}
}

/* An own descriptor for the same open file. */
static int
duplicate(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

struct store *
store_spill(int fd, const char *what, int64_t limit,
    const volatile int *interrupted, struct error *err)
{
	struct stat info;
	int own;

	if (fstat(fd, &info) < 0) {
		(void)error_set(err, ERR_NOINPUT, "%s is closed", what);
		return NULL;
	}
	if (S_ISDIR(info.st_mode)) {
		(void)error_set(err, ERR_NOINPUT, "%s is a directory", what);
		return NULL;
	}
	if (!S_ISREG(info.st_mode) || lseek(fd, 0, SEEK_CUR) != 0 ||
	    !size_is_true(fd, info.st_size) || (own = duplicate(fd)) < 0)
		return store_copy(fd, what, limit, interrupted, err);
	if (limit > 0 && info.st_size > limit) {
		(void)close(own);
		(void)too_large(what, limit, err);
		return NULL;
	}
	/* Whoever reads fd after us finds it used up, as after a copy. */
	(void)lseek(fd, 0, SEEK_END);
	return store_in_place(mem_strdup(what), own, &info);
}

/* --- opening by name ------------------------------------------------------ */

int
store_shell_pipe(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	const char *digits = NULL;
	struct stat info;
	int fd, flags;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && digits == NULL; i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			digits = path + strlen(folders[i]);
	if (digits == NULL || *digits == '\0' || strlen(digits) > 6 ||
	    digits[strspn(digits, "0123456789")] != '\0')
		return -1;
	fd = (int)strtol(digits, NULL, 10);
	flags = fcntl(fd, F_GETFD);
	/* What closes on exec is our own. */
	if (fd <= STDERR_FILENO || flags < 0 || (flags & FD_CLOEXEC) != 0 ||
	    fstat(fd, &info) < 0 || !S_ISFIFO(info.st_mode))
		return -1;
	return fd;
}

/* "in the directory /home/jana" is what a wrong relative path needs. */
static int
missing(const char *path, const char *what, struct error *err)
{
	auto_free char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	char target[256];
	ssize_t len = readlink(path, target, sizeof(target));

	if (len > 0)
		return error_set(err, ERR_NOINPUT,
		    "no such %s: '%s' is a link to '%.*s', which is missing",
		    what, path, (int)len, target);
	if (here == NULL)
		return error_set(
		    err, ERR_NOINPUT, "no such %s: '%s'", what, path);
	return error_set(
	    err, ERR_NOINPUT, "no such %s: '%s' (in %s)", what, path, here);
}

static int
unreadable(const char *path, const char *what, const struct stat *info,
    int errnum, struct error *err)
{
	const struct passwd *user = getpwuid(info->st_uid);
	char number[24];

	(void)snprintf(
	    number, sizeof(number), "uid %u", (unsigned)info->st_uid);
	return error_set(err, ERR_NOINPUT,
	    "cannot read %s '%s': %s (owner %s, mode %04o)", what, path,
	    strerror(errnum), user != NULL ? user->pw_name : number,
	    (unsigned)info->st_mode & 07777);
}

/* Can path stand on a command line as it is? */
static bool
is_plain_word(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_./+-";

	return path[0] != '-' && path[strspn(path, plain)] == '\0';
}

static int
not_regular(const char *path, const char *what, const struct stat *info,
    struct error *err)
{
	const char *kind = "not a regular file";
	auto_free char *dir = NULL;
	const char *base;

	if (S_ISDIR(info->st_mode))
		kind = "a directory, not a regular file";
	(void)error_set(err, ERR_NOINPUT, "%s '%s' is %s", what, path, kind);
	if (!S_ISDIR(info->st_mode))
		return -1;
	dir = mem_strdup(is_plain_word(path) ? path : "DIR");
	for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
		dir[n - 1] = '\0';
	base = strrchr(dir, '/');
	base = base != NULL ? base + 1 : dir;
	return error_hint(err, "tar czf - %s | mitto -a '-;name=%s.tgz' ...",
	    dir, base[0] == '\0' || base[0] == '.' ? "files" : base);
}

struct store *
store_open(const char *path, const char *what, const volatile int *interrupted,
    struct error *err)
{
	auto_free char *name = mem_printf("%s '%s'", what, path);
	int pipe = store_shell_pipe(path);
	auto_fd int fd = -1;
	struct stat info;
	int own;

	if (pipe >= 0)
		return store_copy(pipe, name, 0, interrupted, err);

	/* Looked at before it is opened: opening a FIFO or a device has
	 * effects of its own. */
	if (stat(path, &info) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			(void)missing(path, what, err);
		else
			(void)error_errno(
			    err, ERR_NOINPUT, errno, "cannot read %s", name);
		return NULL;
	}
	if (!S_ISREG(info.st_mode)) {
		(void)not_regular(path, what, &info, err);
		return NULL;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &info) < 0) {
		(void)unreadable(path, what, &info, errno, err);
		return NULL;
	}
	if (!S_ISREG(info.st_mode)) {
		(void)not_regular(path, what, &info, err);
		return NULL;
	}
	if (!size_is_true(fd, info.st_size))
		return store_copy(fd, name, 0, interrupted, err);
	own = fd;
	fd = -1;
	return store_in_place(steal(name), own, &info);
}
