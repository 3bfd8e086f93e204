/* SPDX-License-Identifier: MIT */
/*
 * One message of the spool: opened, locked, marked, moved, removed.
 */
#include "spool/spool.h"

#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

int
spool_open_file(
    const struct spool *s, enum spool_box box, const char *name, int flags)
{
	int fd = openat(s->boxes[box], name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat info;

	if (fd < 0 ||
	    (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
		info.st_uid == geteuid()))
		return fd;
	(void)close(fd);
	errno = EPERM;
	return -1;
}

/* --- opening -------------------------------------------------------------- */

static int
cannot_open(const char *id, int errnum, struct error *err)
{
	enum error_kind kind = errnum == ENOENT ? ERR_NOINPUT
	    : errnum == ELOOP || errnum == EPERM || errnum == EACCES ||
		errnum == ENXIO
	    ? ERR_NOPERM
	    : errnum == EMFILE || errnum == ENFILE ? ERR_TEMPORARY
						   : ERR_IO;

	return error_errno(
	    err, kind, errnum, "the queued message '%s' cannot be opened", id);
}

/* Is the name still that of the file which was locked, and its only one? */
static int
check_current(const struct item *it, struct error *err)
{
	struct stat mine, named;

	if (fstat(it->fd, &mine) < 0 ||
	    fstatat(it->spool->boxes[it->box], it->id, &named,
		AT_SYMLINK_NOFOLLOW) < 0)
		return cannot_open(it->id, errno, err);
	if (mine.st_dev != named.st_dev || mine.st_ino != named.st_ino)
		return cannot_open(it->id, ENOENT, err);
	if (mine.st_nlink == 1)
		return 0;
	return error_set(err, ERR_NOPERM,
	    "the file of the queued message '%s' has a second name", it->id);
}

static int
lock_item(const struct item *it, struct error *err)
{
	if (flock(it->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return cannot_open(it->id, errno, err);
		return error_set(err, ERR_TEMPORARY,
		    "somebody else works on the message '%s'", it->id);
	}
	return check_current(it, err);
}

static int
write_slot(const struct item *it, size_t slot)
{
	char data[STATE_SLOT];
	size_t done = 0;

	state_slot(&it->state, it->id, slot, data);
	while (done < sizeof(data)) {
		ssize_t n = pwrite(it->state_fd, data + done,
		    sizeof(data) - done, (off_t)(slot * STATE_SLOT + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static int
no_state(const struct item *it, struct error *err)
{
	return error_errno(err, io_error_kind(errno), errno,
	    "the state of the message '%s' cannot be stored", it->id);
}

/* A state that is lost or was cut is made anew. */
static int
complete_state(struct item *it, size_t len, struct error *err)
{
	if (len == (it->state.count + 1) * STATE_SLOT)
		return 0;
	for (size_t i = 0; i <= it->state.count; i++)
		if (write_slot(it, i) < 0)
			return no_state(it, err);
	if (fsync(it->state_fd) < 0 || fsync(it->spool->boxes[it->box]) < 0)
		return no_state(it, err);
	return 0;
}

/* What the state file says; nothing, if there is none to be read. */
static int
load_state(struct item *it, bool lock, struct error *err)
{
	auto_buf struct buf data =
	    buf_make((it->entry.recipients.count + 1) * STATE_SLOT);
	char name[SPOOL_STATE_NAME];
	auto_fd int fd = -1;

	state_init(&it->state, it->entry.recipients.count);
	it->state.schedule = schedule_new(it->entry.created);
	spool_state_name(it->id, name);
	fd = spool_open_file(
	    it->spool, it->box, name, lock ? O_RDWR | O_CREAT : O_RDONLY);
	if (fd < 0)
		return lock ? no_state(it, err) : 0;
	/* More than there should be is no more worth than less. */
	if (io_read_all(fd, &data) < 0 && errno != EFBIG && lock)
		return no_state(it, err);
	state_read(&it->state, it->id, data.data, data.len);
	if (!lock)
		return 0;
	it->state_fd = fd;
	fd = -1;
	return complete_state(it, data.len, err);
}

static int
load(struct item *it, bool lock, struct error *err)
{
	auto_free char *what = mem_printf("the queued message '%s'", it->id);

	it->fd = spool_open_file(it->spool, it->box, it->id, O_RDONLY);
	if (it->fd < 0)
		return cannot_open(it->id, errno, err);
	if (lock && lock_item(it, err) < 0)
		return -1;
	it->file = store_spill(it->fd, what, 0, NULL, err);
	if (it->file == NULL)
		return -1;
	if (entry_read(&it->entry, it->file, err) < 0)
		return error_wrap(err, "the queued message '%s'", it->id);
	return load_state(it, lock, err);
}

int
item_open(struct item *it, const struct spool *s, enum spool_box box,
    const char *id, bool lock, struct error *err)
{
	*it = (struct item){
		.spool = s,
		.box = box,
		.fd = -1,
		.state_fd = -1,
	};
	(void)snprintf(it->id, sizeof(it->id), "%s", id);
	if (load(it, lock, err) == 0)
		return 0;
	item_close(it);
	return -1;
}

void
item_close(struct item *it)
{
	store_free(it->file);
	close_fd(&it->fd);
	close_fd(&it->state_fd);
	entry_release(&it->entry);
	state_release(&it->state);
	*it = (struct item){ .fd = -1, .state_fd = -1 };
}

/* --- marks ---------------------------------------------------------------- */

int
item_mark(struct item *it, size_t i, const struct mark *m, struct error *err)
{
	it->state.marks[i] = *m;
	return write_slot(it, i + 1) < 0 ? no_state(it, err) : 0;
}

int
item_sync(struct item *it, struct error *err)
{
	if (write_slot(it, 0) < 0 || fdatasync(it->state_fd) < 0)
		return no_state(it, err);
	return 0;
}

/* --- the end of it -------------------------------------------------------- */

int
item_remove(struct item *it, struct error *err)
{
	int box = it->spool->boxes[it->box];
	char name[SPOOL_STATE_NAME];

	if (unlinkat(box, it->id, 0) < 0)
		return error_errno(err, io_error_kind(errno), errno,
		    "the message '%s' cannot be removed from the queue",
		    it->id);
	/* Only when the message cannot come back may its marks go. */
	if (fsync(box) < 0)
		return error_errno(err, ERR_IO, errno,
		    "the message '%s' may come back to the queue", it->id);
	spool_state_name(it->id, name);
	(void)unlinkat(box, name, 0);
	return 0;
}

int
item_move(struct item *it, enum spool_box to, struct error *err)
{
	int from_fd = it->spool->boxes[it->box], to_fd = it->spool->boxes[to];
	char name[SPOOL_STATE_NAME];
	bool linked;

	spool_state_name(it->id, name);
	/* The marks are in both places while the message is in one. */
	(void)unlinkat(to_fd, name, 0);
	linked = linkat(from_fd, name, to_fd, name, 0) == 0;
	if (spool_rename(it->spool, it->box, it->id, to) < 0)
		return error_errno(err, io_error_kind(errno), errno,
		    "the message '%s' cannot be moved to %s/", it->id,
		    spool_box_name(to));
	if (!linked)
		(void)renameat(from_fd, name, to_fd, name);
	if (fsync(to_fd) < 0 || fsync(from_fd) < 0)
		return error_errno(err, ERR_IO, errno,
		    "the message '%s' may not stay in %s/", it->id,
		    spool_box_name(to));
	if (linked)
		(void)unlinkat(from_fd, name, 0);
	it->box = to;
	return 0;
}
