/* SPDX-License-Identifier: MIT */
/*
 * Streams over files, and pipes made rewindable.
 */
#ifndef MITTO_STREAM_FILE_H
#define MITTO_STREAM_FILE_H

#include "stream/stream.h"

/*
 * A store holds bytes that can be read again any number of times: a regular
 * file as it was when it was opened, or the copy of a pipe (in memory up to
 * STORE_MEMORY bytes, beyond in an unlinked temporary file).  Several streams
 * may read one store at the same time; it is freed with the last of them.
 */
#define STORE_MEMORY (256 * 1024)

struct store;

/*
 * Open a regular file, or copy a pipe of the shell's.  ERR_NOINPUT when it is
 * missing, unreadable (with the owner and mode in the text) or neither
 * (directory: the hint is the tar line to type); `what` begins the text, for
 * example "attachment".  The size is fixed now; a later read that finds the
 * file shorter or longer, or with another modification time, fails with ERR_IO
 * "'x' changed while it was read".  *interrupted as below.
 */
struct store *store_open(const char *path, const char *what,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

/*
 * The descriptor behind the name that shells give to the output of a command,
 * <(command): a pipe that was open when the program began.  -1 for anything
 * else, above all for a FIFO, which somebody may have left there.
 */
int store_shell_pipe(const char *path);

/*
 * Copy a descriptor to its end.  A regular file at offset 0 is used in place;
 * anything else is copied.  ERR_NOINPUT when fd is closed or a directory;
 * ERR_IO on a read error; ERR_DATA when it passes `limit` bytes (0 = no limit).
 * The descriptor stays open and the caller's.  *interrupted, if given, is
 * looked at between reads: non-zero ends with ERR_INTERRUPTED.
 */
struct store *store_spill(int fd, const char *what, int64_t limit,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

/*
 * An empty store that grows, to `limit` bytes at most (0 = no limit).
 * store_append() fails with ERR_DATA beyond the limit, ERR_TEMPORARY when the
 * disk is full, ERR_CANTCREATE or ERR_IO; the store holds what it held before,
 * and nothing more can be appended.
 */
struct store *store_empty(const char *what, int64_t limit) MUST_CHECK;
int store_append(struct store *st, const void *data, size_t len,
    struct error *err) MUST_CHECK;

/* Take over bytes from the allocator; behind them is a NUL. */
struct store *store_memory(char *data, size_t len, const char *what);

int64_t store_size(const struct store *st);

/* One more holder; each holder calls store_free. */
struct store *store_ref(struct store *st);
void store_free(struct store *st);

/* Read at an offset without moving anything: 1..room, 0 at the end, -1. */
ssize_t store_pread(struct store *st, void *out, size_t room, int64_t offset,
    struct error *err) MUST_CHECK;

/* The bytes [start, end) of the store; holds its own reference. */
struct stream *stream_store(struct store *st, int64_t start, int64_t end);

static inline void
store_free_ptr(struct store **st)
{
	store_free(*st);
}
#define auto_store CLEANUP(store_free_ptr)

#endif
