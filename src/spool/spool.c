/* SPDX-License-Identifier: MIT */
/*
 * The spool's directory: made, checked, locked, listed, swept.
 */
#include "spool/spool.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/io.h"

#define STALE_SECONDS (36 * 3600) /* no writer lives so long */
#define SHORTEST_NAME 4           /* of a part of an ID that people type */
#define OPEN_DIR      (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static const char *const box_names[] = {
	[BOX_QUEUE] = "queue",
	[BOX_FAILED] = "failed",
	[BOX_CORRUPT] = "corrupt",
	[BOX_HOLD] = "hold",
};

const char *
spool_box_name(enum spool_box box)
{
	return box_names[box];
}

void
spool_close(struct spool *s)
{
	close_fd(&s->lock);
	close_fd(&s->root);
	for (size_t i = 0; i < SPOOL_BOXES; i++)
		close_fd(&s->boxes[i]);
	free(s->path);
	*s = (struct spool)SPOOL_INIT;
}

/* --- the directories ------------------------------------------------------ */

static int
no_directory(
    const struct spool *s, const char *what, int errnum, struct error *err)
{
	return error_errno(err, io_error_kind(errnum), errnum,
	    "the queue '%s' cannot be %s", s->path, what);
}

/* A directory must belong to us, and to us only. */
static int
check_owner(const struct spool *s, int fd, struct error *err)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return no_directory(s, "opened", errno, err);
	if (info.st_uid != geteuid())
		return error_set(err, ERR_NOPERM,
		    "the queue '%s' belongs to another user (uid %u)", s->path,
		    (unsigned)info.st_uid);
	if ((info.st_mode & 077) == 0)
		return 0;
	(void)error_set(err, ERR_NOPERM,
	    "others can reach the queue '%s' (mode %04o)", s->path,
	    (unsigned)info.st_mode & 07777);
	return error_hint(err, "chmod -R go= '%s'", s->path);
}

/* What the network file systems give for flock and fsync is not enough. */
static int
check_file_system(const struct spool *s, struct error *err)
{
	static const unsigned long network[] = { NFS_SUPER_MAGIC,
		SMB_SUPER_MAGIC, 0xff534d42ul /* cifs */,
		0xfe534d42ul /* smb2 */, V9FS_MAGIC, AFS_SUPER_MAGIC,
		AFS_FS_MAGIC, CODA_SUPER_MAGIC, 0x00c36400ul /* ceph */ };
	struct statfs info;

	if (s->on_network)
		return 0;
	if (fstatfs(s->root, &info) < 0)
		return no_directory(s, "opened", errno, err);
	for (size_t i = 0; i < ARRAY_SIZE(network); i++)
		if (((unsigned long)info.f_type & 0xfffffffful) == network[i]) {
			(void)error_set(err, ERR_CONFIG,
			    "the queue '%s' lies on a network file system",
			    s->path);
			return error_hint(err,
			    "spool = DIR names one on a local disk; "
			    "spool-on-network-fs = yes takes the risk");
		}
	return 0;
}

/* Make the directory of this name, and its name last: 0, or -1 with errno. */
static int
make_directory(const char *path)
{
	auto_free char *parent = mem_strdup(path);
	char *slash = strrchr(parent, '/');
	auto_fd int fd = -1;

	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : -1;
	if (slash != NULL)
		slash[slash == parent] = '\0';
	fd = open(
	    slash != NULL ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fsync(fd);
}

/* The same with all directories above it. */
static int
make_path(const char *path)
{
	auto_free char *part = mem_strdup(path);

	for (char *p = part + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		/* Also where we may not make any, one may exist. */
		if (access(part, F_OK) < 0 && make_directory(part) < 0)
			return -1;
		*p = '/';
	}
	return make_directory(path);
}

static int
open_root(struct spool *s, bool create, struct error *err)
{
	s->root = open(s->path, OPEN_DIR);
	if (s->root < 0 && errno == ENOENT && create) {
		if (make_path(s->path) < 0)
			return no_directory(s, "made", errno, err);
		s->root = open(s->path, OPEN_DIR);
	}
	if (s->root >= 0)
		return check_owner(s, s->root, err);
	if (errno == ENOENT)
		return error_set(
		    err, ERR_NOINPUT, "there is no queue '%s'", s->path);
	if (errno == ELOOP || errno == ENOTDIR)
		return error_set(
		    err, ERR_NOPERM, "the queue '%s' is no directory", s->path);
	return no_directory(s, "opened", errno, err);
}

static int
open_box(struct spool *s, enum spool_box box, bool create, struct error *err)
{
	const char *name = box_names[box];

	s->boxes[box] = openat(s->root, name, OPEN_DIR);
	if (s->boxes[box] < 0 && errno == ENOENT && create) {
		if (mkdirat(s->root, name, 0700) < 0 && errno != EEXIST)
			return no_directory(s, "made", errno, err);
		s->boxes[box] = openat(s->root, name, OPEN_DIR);
	}
	if (s->boxes[box] >= 0)
		return check_owner(s, s->boxes[box], err);
	if (errno == ENOENT)
		return error_set(
		    err, ERR_NOINPUT, "there is no queue '%s'", s->path);
	if (errno == ELOOP || errno == ENOTDIR)
		return error_set(err, ERR_NOPERM,
		    "'%s' in the queue '%s' is no directory", name, s->path);
	return no_directory(s, "opened", errno, err);
}

int
spool_open(struct spool *s, const char *path, bool create, struct error *err)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	s->path = mem_strndup(path, len);
	if (open_root(s, create, err) < 0 || check_file_system(s, err) < 0)
		return -1;
	if (!create && open_box(s, BOX_QUEUE, false, err) < 0)
		return -1;
	/* The queue itself is made last: where it is, all else is to be. */
	for (size_t i = SPOOL_BOXES; i-- > 0;)
		if (s->boxes[i] < 0 &&
		    open_box(s, (enum spool_box)i, true, err) < 0)
			return -1;
	return 0;
}

int
spool_lock(struct spool *s, struct error *err)
{
	s->lock = openat(s->root, "runner.lock",
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return no_directory(s, "locked", errno, err);
	if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK) {
		close_fd(&s->lock);
		return 1;
	}
	return no_directory(s, "locked", errno, err);
}

uint16_t
spool_chance(void)
{
	uint16_t value;

	io_random(&value, sizeof(value));
	return value;
}

void
spool_trigger(const struct spool *s)
{
	auto_fd int fd = openat(s->root, "trigger",
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	/* Closing what was open for writing is what path units look for. */
	if (fd >= 0)
		(void)futimens(fd, NULL);
}

/* --- what lies there ------------------------------------------------------ */

static bool
is_id(const char *name)
{
	static const char digits[] = "0123456789";
	static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

	return strlen(name) == SPOOL_ID - 1 && strncmp(name, "q-", 2) == 0 &&
	    strspn(name + 2, digits) == 16 && name[18] == '-' &&
	    strspn(name + 19, base32) == 13;
}

/* Is it the state of a message?  Its ID is left in id. */
static bool
is_state(const char *name, char id[SPOOL_ID])
{
	size_t len = strlen(name);

	if (len != SPOOL_STATE_NAME - 1 ||
	    strcmp(name + SPOOL_ID - 1, ".state") != 0)
		return false;
	memcpy(id, name, SPOOL_ID - 1);
	id[SPOOL_ID - 1] = '\0';
	return is_id(id);
}

static bool
is_temporary(const char *name)
{
	return strncmp(name, "tmp.", 4) == 0;
}

void
spool_state_name(const char *id, char out[SPOOL_STATE_NAME])
{
	(void)snprintf(out, SPOOL_STATE_NAME, "%s.state", id);
}

/* A directory stream of its own over a box, or NULL with errno. */
static DIR *
open_stream(const struct spool *s, enum spool_box box)
{
	int fd = openat(s->boxes[box], ".", OPEN_DIR);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (dir == NULL && fd >= 0)
		(void)close(fd);
	return dir;
}

int
spool_list(const struct spool *s, enum spool_box box, struct strlist *ids,
    size_t *foreign, struct error *err)
{
	DIR *dir = open_stream(s, box);
	const struct dirent *d;
	char id[SPOOL_ID];

	if (dir == NULL)
		return no_directory(s, "read", errno, err);
	while ((d = readdir(dir)) != NULL) {
		if (is_id(d->d_name))
			strlist_add(ids, d->d_name);
		else if (foreign != NULL && !is_temporary(d->d_name) &&
		    !is_state(d->d_name, id) && strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0)
			++*foreign;
	}
	(void)closedir(dir);
	strlist_sort(ids);
	return 0;
}

static bool
is_named(const char *id, const char *word)
{
	size_t len = strlen(word), whole = strlen(id);

	if (strcmp(id, word) == 0)
		return true;
	return len >= SHORTEST_NAME && len < whole &&
	    (strncmp(id, word, len) == 0 ||
		strcmp(id + whole - len, word) == 0);
}

int
spool_find(const struct spool *s, const char *word, enum spool_box *box,
    char id[SPOOL_ID], struct error *err)
{
	size_t found = 0;

	for (int i = BOX_QUEUE; i <= BOX_CORRUPT; i++) {
		auto_strlist struct strlist ids = { .items = NULL };

		if (spool_list(s, (enum spool_box)i, &ids, NULL, err) < 0)
			return -1;
		for (size_t k = 0; k < ids.count; k++) {
			if (!is_named(ids.items[k], word))
				continue;
			found++;
			*box = (enum spool_box)i;
			(void)snprintf(id, SPOOL_ID, "%s", ids.items[k]);
		}
	}
	if (found == 1)
		return 0;
	if (found == 0)
		(void)error_set(err, ERR_NOINPUT,
		    "there is no message '%s' in the queue", word);
	else
		(void)error_set(err, ERR_USAGE,
		    "'%s' could be %zu messages of the queue", word, found);
	return error_hint(err, "mitto queue list");
}

/* --- sweeping ------------------------------------------------------------- */

static bool
is_stale(int box, const char *name)
{
	struct stat info;

	return fstatat(box, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
	    time(NULL) - info.st_mtime > STALE_SECONDS;
}

/* Was it published, where that takes a second name, and kept its first? */
static bool
is_published(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && info.st_nlink > 1;
}

/* Unfinished, old, and nobody writes it. */
static bool
is_left_behind(int box, const char *name)
{
	auto_fd int fd = -1;
	char id[SPOOL_ID];

	if (is_temporary(name)) {
		fd = openat(
		    box, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		return fd >= 0 && (is_stale(box, name) || is_published(fd)) &&
		    flock(fd, LOCK_EX | LOCK_NB) == 0;
	}
	return is_state(name, id) && is_stale(box, name) &&
	    faccessat(box, id, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT;
}

void
spool_sweep(const struct spool *s)
{
	for (int i = BOX_QUEUE; i <= BOX_HOLD; i++) {
		DIR *dir = open_stream(s, (enum spool_box)i);
		const struct dirent *d;

		while (dir != NULL && (d = readdir(dir)) != NULL)
			if (i == BOX_HOLD
				? is_stale(s->boxes[i], d->d_name)
				: is_left_behind(s->boxes[i], d->d_name))
				(void)unlinkat(s->boxes[i], d->d_name, 0);
		if (dir != NULL)
			(void)closedir(dir);
	}
}

int
spool_rename(const struct spool *s, enum spool_box from, const char *name,
    enum spool_box to)
{
	int from_fd = s->boxes[from], to_fd = s->boxes[to];

	if (renameat2(from_fd, name, to_fd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* No name is given twice: what is not there now will not be. */
	if (faccessat(to_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_fd, name, to_fd, name);
}

int
spool_quarantine(const struct spool *s, const char *id, struct error *err)
{
	char name[SPOOL_STATE_NAME];

	spool_state_name(id, name);
	if (spool_rename(s, BOX_QUEUE, id, BOX_CORRUPT) < 0)
		return error_errno(err, io_error_kind(errno), errno,
		    "the damaged message '%s' cannot be moved away", id);
	(void)spool_rename(s, BOX_QUEUE, name, BOX_CORRUPT);
	(void)fsync(s->boxes[BOX_CORRUPT]);
	(void)fsync(s->boxes[BOX_QUEUE]);
	return 0;
}
