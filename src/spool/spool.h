/* SPDX-License-Identifier: MIT */
/*
 * The queue on disk: a directory that belongs to one user and to nobody else.
 *
 *   queue/ID        a message with its envelope (entry.h), never changed
 *   queue/ID.state  what happened to it (state.h)
 *   queue/tmp.*     one that is being written
 *   failed/         refused or given up: same files, kept until dropped
 *   corrupt/        what could not be read
 *   hold/           when an account is tried again (hold.h)
 *   runner.lock     one runner at a time
 *   trigger         written when a message is due at once, for path units
 *
 * ID is q-MICROSECONDS-RANDOM: in order of age, and nothing to guess.  Locks
 * are flock(2)'s, so that a dead process leaves none.  No link is followed, and
 * nothing is taken from a directory or file that is not ours.
 */
#ifndef MITTO_SPOOL_H
#define MITTO_SPOOL_H

#include "spool/entry.h"
#include "spool/state.h"

enum spool_box {
	BOX_QUEUE,
	BOX_FAILED,
	BOX_CORRUPT,
	BOX_HOLD,
};
#define SPOOL_BOXES 4

#define SPOOL_ID 33 /* bytes of an ID and its NUL */

struct spool {
	char *path;
	int root;
	int boxes[SPOOL_BOXES]; /* descriptors of the folders */
	int lock;               /* of runner.lock, or -1 */
	bool on_network;        /* may it lie on a network file system? */
	bool named;             /* are the folders' names on stable storage? */
};

/*
 * Open the spool at `path`.  With `create` whatever is missing is made, mode
 * 0700; without, ERR_NOINPUT says that there is none.  ERR_NOPERM when it is a
 * link, or not ours alone; ERR_CONFIG on a network file system, where neither
 * locks nor fsync can be relied on, unless s->on_network; ERR_CANTCREATE,
 * ERR_TEMPORARY, ERR_IO.  Released by spool_close() also on error; s starts
 * from SPOOL_INIT.
 */
#define SPOOL_INIT \
	{ \
		.root = -1, .boxes = { -1, -1, -1, -1 }, .lock = -1 \
	}
int spool_open(struct spool *s, const char *path, bool create,
    struct error *err) MUST_CHECK;
void spool_close(struct spool *s);

#define auto_spool CLEANUP(spool_close)

/* Become the one runner, until spool_close().  1 when there is one already, -1
 * with *err. */
int spool_lock(struct spool *s, struct error *err) MUST_CHECK;

/*
 * Put a message on stable storage: when this returns 0 it survives a crash of
 * the system.  e->size bytes of `message` are read from where it stands; e and
 * `state` say the rest.  On failure nothing was entered: ERR_TEMPORARY (no
 * room, no descriptors), ERR_CANTCREATE, ERR_IO, or what the stream said.
 */
int spool_enter(struct spool *s, enum spool_box box, const struct entry *e,
    struct stream *message, const struct state *state, char id[SPOOL_ID],
    struct error *err) MUST_CHECK;

/* The `chance` of schedule.h. */
uint16_t spool_chance(void);

/* Wake whoever watches the trigger; no error matters. */
void spool_trigger(const struct spool *s);

/* The IDs in a box, oldest first; what else lies there is counted in *foreign,
 * if that is given. */
int spool_list(const struct spool *s, enum spool_box box, struct strlist *ids,
    size_t *foreign, struct error *err) MUST_CHECK;

/* The one message that `word` names: an ID, or a beginning or end of at least
 * four characters that no other has.  ERR_NOINPUT, ERR_USAGE (several). */
int spool_find(const struct spool *s, const char *word, enum spool_box *box,
    char id[SPOOL_ID], struct error *err) MUST_CHECK;

/* Take away what dead writers left behind more than 36 hours ago, and holds as
 * old.  The caller is the runner. */
void spool_sweep(const struct spool *s);

/* Move a file to the same name in another box, which is not to be there yet.
 * -1 with errno. */
int spool_rename(const struct spool *s, enum spool_box from, const char *name,
    enum spool_box to);

/* Move what cannot be read out of the queue, to corrupt/. */
int spool_quarantine(const struct spool *s, const char *id, struct error *err)
    MUST_CHECK;

/* "queue", "failed", ... */
const char *spool_box_name(enum spool_box box);

/* --- one message ---------------------------------------------------------- */

struct item {
	const struct spool *spool;
	enum spool_box box;
	char id[SPOOL_ID];
	struct store *file;
	int fd;       /* locked, if so opened */
	int state_fd; /* -1 when only looked at */
	struct entry entry;
	struct state state;
};

/*
 * Open a message to look at it, or, with `lock`, to work on it.  ERR_NOINPUT
 * when it is gone, ERR_TEMPORARY when somebody else works on it or descriptors
 * are used up, ERR_NOPERM when it is no file of ours, ERR_DATA when it is
 * damaged, ERR_CONFIG when it is of a later version, ERR_IO.  Closed by
 * item_close() on success.
 */
int item_open(struct item *it, const struct spool *s, enum spool_box box,
    const char *id, bool lock, struct error *err) MUST_CHECK;
void item_close(struct item *it);

/* Store what recipient i has become; on stable storage after item_sync(). */
int item_mark(struct item *it, size_t i, const struct mark *m,
    struct error *err) MUST_CHECK;

/* Store schedule and reason, and wait until all marks are on stable storage. */
int item_sync(struct item *it, struct error *err) MUST_CHECK;

/* Away with it, for ever.  A crash cannot bring back a message whose marks were
 * synced as anything but done. */
int item_remove(struct item *it, struct error *err) MUST_CHECK;

/* Into another box, marks and reason too. */
int item_move(struct item *it, enum spool_box to, struct error *err) MUST_CHECK;

/* Where the state of an ID is: "ID.state". */
#define SPOOL_STATE_NAME (SPOOL_ID + 6)
void spool_state_name(const char *id, char out[SPOOL_STATE_NAME]);

/* Open a file of ours in a box for reading, or reading and writing; it must be
 * regular and belong to us.  -1 with errno, ELOOP or EPERM when it is not. */
int spool_open_file(const struct spool *s, enum spool_box box, const char *name,
    int flags) MUST_CHECK;

#endif
