/* SPDX-License-Identifier: MIT */
/*
 * File descriptors: whole writes, whole small files, safe temporary files.
 */
#ifndef MITTO_IO_H
#define MITTO_IO_H

#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

/* Open 0, 1 and 2 on /dev/null where they are closed, so that no file or socket
 * opened later can take their place.  Reading 0 and writing 1 then still fails
 * with EBADF; what is written to 2 is lost. */
void io_reserve_std_fds(void);

/* Write all of it; interrupted and short writes are continued.  -1 with errno
 * set. */
int io_write_all(int fd, const void *data, size_t len) MUST_CHECK;

/* read(2) again after EINTR.  -1 with errno set. */
ssize_t io_read(int fd, void *data, size_t len) MUST_CHECK;

/*
 * read(2) for input that may be slow: a signal ends it when it set *interrupted
 * (NULL: none does) with ERR_INTERRUPTED, and a descriptor that somebody made
 * non-blocking is waited for.  `what` names the source: ERR_NOINPUT when fd is
 * closed or a directory, else ERR_IO.
 */
ssize_t io_read_patiently(int fd, void *data, size_t len, const char *what,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

/* Append the rest of fd to b; -1 with errno set, EFBIG if b is full. */
int io_read_all(int fd, struct buf *b) MUST_CHECK;

/*
 * A readable and writable file without a name in $TMPDIR, else /tmp, else
 * /var/tmp; mode 0600, close-on-exec.  The descriptor, or -1 with
 * ERR_CANTCREATE.
 */
int io_temp_file(struct error *err) MUST_CHECK;

/* What an errno of creating or writing a file means: ERR_TEMPORARY when room or
 * descriptors are used up, ERR_CANTCREATE when it is not allowed, else ERR_IO.
 */
enum error_kind io_error_kind(int errnum);

/* Fill data with unpredictable bytes; ends the process if the system has
 * none (71), since a guessable Message-ID or boundary must not go out. */
void io_random(void *data, size_t len);

#endif
