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
#include <string.h>
#include <sys/file.h>
#include <time.h>

#define TRIES 10 /* to find a name that is free */

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

/* Write the whole state file and sync it. */
static int
write_state(int box, const char *id, const struct state *state)
{
	char name[SPOOL_STATE_NAME];
	char slot[STATE_SLOT];
	auto_fd int fd = -1;
	int own;

	spool_state_name(id, name);
	fd = openat(box, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	for (size_t i = 0; i <= state->count; i++) {
		state_slot(state, id, i, slot);
		if (io_write_all(fd, slot, sizeof(slot)) < 0)
			return -1;
	}
	if (fsync(fd) < 0)
		return -1;
	own = fd;
	fd = -1;
	return close(own);
}

/* One name for both files; the message's appears last.  With a file system that
 * cannot rename without overwriting, link. */
static int
publish(int box, const char *temporary, const struct state *state,
    char id[SPOOL_ID])
{
	char name[SPOOL_STATE_NAME];

	for (int i = 0; i < TRIES; i++) {
		make_id(id);
		if (write_state(box, id, state) < 0) {
			if (errno == EEXIST)
				continue;
			return -1;
		}
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

/* The file with all of its bytes on stable storage; 0, or -1 with *err. */
static int
write_message(const struct spool *s, int box, const char *temporary,
    const struct entry *e, struct stream *message, struct error *err)
{
	auto_fd int fd = openat(box, temporary,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int own;

	if (fd < 0)
		return no_entry(s, errno, "create", err);
	/* Whoever sweeps leaves it alone. */
	(void)flock(fd, LOCK_EX | LOCK_NB);
	if (entry_write(fd, e, message, err) < 0)
		return hint_room(s, err);
	if (fsync(fd) < 0)
		return no_entry(s, errno, "fsync", err);
	own = fd;
	fd = -1;
	return close(own) == 0 ? 0 : no_entry(s, errno, "close", err);
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
	int result;

	make_id(id);
	(void)snprintf(temporary, sizeof(temporary), "tmp.%s", id);
	id[0] = '\0';
	result = write_message(s, box, temporary, e, message, err);
	if (result == 0 && publish(box, temporary, state, id) < 0)
		result = no_entry(s, errno, "publish", err);
	/* The name of the message, then those of the folders above it: another
	 * process may have made them a moment ago. */
	if (result == 0 && (fsync(box) < 0 || fsync(s->root) < 0))
		result = no_entry(s, errno, "fsync of the directory", err);
	if (result < 0)
		withdraw(box, temporary, id);
	return result;
}
