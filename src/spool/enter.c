/* SPDX-License-Identifier: MIT */
/*
 * The way into the spool: written, synced, published under its name, and the
 * directory synced.  Only then is the message promised.
 *
 * A failed fsync is final for the file it failed on: the system may have thrown
 * away what could not be written, and a second call would prove nothing.
 */
#include "spool/spool.h"

#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define TRIES         10   /* to find a name that is free */
#define YOUNG_SECONDS 3600 /* nobody takes so long to sync a folder */

static int
hint_room(const struct spool *s, struct error *err)
{
	if (err->kind == ERR_TEMPORARY)
		(void)error_hint(
		    err, "df -h '%s'; df -i '%s'; ulimit -n", s->path, s->path);
	return -1;
}

static int
no_entry(const struct spool *s, int errnum, const char *step, struct error *err)
{
	(void)error_errno(err, io_error_kind(errnum), errnum,
	    "the message cannot be kept in the queue '%s' (%s)", s->path, step);
	return hint_room(s, err);
}

static void
make_id(char id[SPOOL_ID])
{
	static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char chance[13];
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	io_random(chance, sizeof(chance));
	(void)snprintf(id, SPOOL_ID, "q-%010lld%06ld-",
	    (long long)now.tv_sec % 10000000000LL, now.tv_nsec / 1000);
	for (size_t i = 0; i < sizeof(chance); i++)
		id[SPOOL_ID - 1 - sizeof(chance) + i] = base32[chance[i] % 32];
	id[SPOOL_ID - 1] = '\0';
}

/* Create a file and, if `lock`, keep those who sweep away from it. */
static int
create(int box, const char *name, bool lock)
{
	int fd = openat(box, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 && lock)
		(void)flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* The whole state file of the message `id`; its descriptor, or -1. */
static int
write_state(int box, const char *id, const struct state *state)
{
	size_t size = (state->count + 1) * STATE_SLOT;
	auto_free char *slots = mem_alloc(size);
	char name[SPOOL_STATE_NAME];
	auto_fd int fd = -1;
	int own;

	spool_state_name(id, name);
	fd = create(box, name, false);
	if (fd < 0)
		return -1;
	for (size_t i = 0; i <= state->count; i++)
		state_slot(state, id, i, slots + i * STATE_SLOT);
	if (io_write_all(fd, slots, size) < 0)
		return -1;
	own = fd;
	fd = -1;
	return own;
}

/* Give the descriptor back, and know whether all went well until then. */
static int
close_checked(int *fd)
{
	int own = *fd;

	*fd = -1;
	return close(own);
}

/*
 * Does the system take back what it said of the file when it is closed?  Asked
 * of a second descriptor: the first keeps the lock, so that nobody begins to
 * send what may still be withdrawn.
 */
static int
try_close(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -1 : close(copy);
}

/* One name for both files; the message's appears last, when every byte of both
 * is on stable storage.  With a file system that cannot rename without
 * overwriting, link. */
static int
publish(int box, const char *temporary, int message, const struct state *state,
    char id[SPOOL_ID])
{
	char name[SPOOL_STATE_NAME];
	bool synced = false;

	for (int i = 0; i < TRIES; i++) {
		auto_fd int fd = -1;

		make_id(id);
		fd = write_state(box, id, state);
		if (fd < 0) {
			if (errno == EEXIST)
				continue;
			return -1;
		}
		/* Begun before the first fsync, one commit of the file
		 * system's journal does for both. */
		(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		if (!synced && (fsync(message) < 0 || try_close(message) < 0))
			return -1;
		if (fsync(fd) < 0 || close_checked(&fd) < 0)
			return -1;
		synced = true;
		if (renameat2(box, temporary, box, id, RENAME_NOREPLACE) == 0)
			return 0;
		if ((errno == EINVAL || errno == ENOSYS) &&
		    linkat(box, temporary, box, id, 0) == 0) {
			(void)unlinkat(box, temporary, 0);
			return 0;
		}
		if (errno != EEXIST)
			return -1;
		/* The state that lies there now is ours, not of the message
		 * that has the name. */
		spool_state_name(id, name);
		(void)unlinkat(box, name, 0);
	}
	/* The last name tried is somebody else's. */
	id[0] = '\0';
	errno = EEXIST;
	return -1;
}

/* The names of the folders, once, if they may be so young that whoever made
 * them has not synced them yet. */
static int
sync_folders(struct spool *s)
{
	struct stat info;

	if (s->named)
		return 0;
	if (fstat(s->root, &info) < 0 ||
	    (llabs((long long)(time(NULL) - info.st_mtime)) <= YOUNG_SECONDS &&
		fsync(s->root) < 0))
		return -1;
	s->named = true;
	return 0;
}

/* Nothing stays of what was not promised. */
static void
withdraw(int box, const char *temporary, const char *id)
{
	char name[SPOOL_STATE_NAME];

	(void)unlinkat(box, temporary, 0);
	if (id[0] == '\0')
		return;
	(void)unlinkat(box, id, 0);
	spool_state_name(id, name);
	(void)unlinkat(box, name, 0);
}

int
spool_enter(struct spool *s, enum spool_box in, const struct entry *e,
    struct stream *message, const struct state *state, char id[SPOOL_ID],
    struct error *err)
{
	int box = s->boxes[in];
	char temporary[SPOOL_ID + 4];
	auto_fd int fd = -1;
	int result;

	make_id(id);
	(void)snprintf(temporary, sizeof(temporary), "tmp.%s", id);
	id[0] = '\0';
	fd = create(box, temporary, true);
	if (fd < 0)
		return no_entry(s, errno, "create", err);
	result = entry_write(fd, e, message, err);
	if (result < 0)
		(void)hint_room(s, err);
	else if (publish(box, temporary, fd, state, id) < 0)
		result = no_entry(s, errno, "publish", err);
	/* The name of the message, then those of the folders above it. */
	else if (fsync(box) < 0 || sync_folders(s) < 0)
		result = no_entry(s, errno, "fsync of the directory", err);
	if (result < 0)
		withdraw(box, temporary, id);
	return result;
}
