/* SPDX-License-Identifier: MIT */
/*
 * Thin wrappers of system calls that must not be used bare.
 */
#include "base/io.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>

void
io_reserve_std_fds(void)
{
	/* Write-only in the place of standard input, read-only in that of
	 * standard output: using them fails, as it did before, instead of
	 * giving an empty message or losing one. */
	static const int flags[] = { O_WRONLY, O_RDONLY, O_WRONLY };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) < 0)
			return;
}

int
io_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t
io_read(int fd, void *data, size_t len)
{
	ssize_t n;

	do
		n = read(fd, data, len);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t
io_read_patiently(int fd, void *data, size_t len, const char *what,
    const volatile int *interrupted, struct error *err)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	for (;;) {
		ssize_t n;

		if (interrupted != NULL && *interrupted != 0)
			return error_set(err, ERR_INTERRUPTED, "interrupted");
		n = read(fd, data, len);
		if (n >= 0)
			return n;
		if (errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (errno != EINTR)
			return error_errno(err,
			    errno == EBADF || errno == EISDIR ? ERR_NOINPUT
							      : ERR_IO,
			    errno, "cannot read %s", what);
	}
}

int
io_read_all(int fd, struct buf *b)
{
	char block[16384];
	ssize_t n;

	while ((n = io_read(fd, block, sizeof(block))) > 0) {
		buf_add(b, block, (size_t)n);
		if (b->full) {
			errno = EFBIG;
			return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

/* A file in dir that has lost its name already, or -1 with errno. */
static int
nameless_file(const char *dir)
{
	auto_free char *name = mem_printf("%s/mitto.XXXXXX", dir);
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	/* Not every file system has O_TMPFILE. */
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(name);
	return fd;
}

int
io_temp_file(struct error *err)
{
	const char *dir = getenv("TMPDIR");
	int fd = -1;

	if (dir != NULL && dir[0] == '/')
		fd = nameless_file(dir);
	if (fd < 0)
		fd = nameless_file("/tmp");
	if (fd < 0)
		fd = nameless_file("/var/tmp");
	if (fd < 0)
		return error_errno(err, ERR_CANTCREATE, errno,
		    "cannot create a temporary file in /tmp or /var/tmp");
	return fd;
}

enum error_kind
io_error_kind(int errnum)
{
	switch (errnum) {
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return ERR_TEMPORARY;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_CANTCREATE;
	default:
		return ERR_IO;
	}
}

void
io_random(void *data, size_t len)
{
	unsigned char *p = data;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(EX_OSERR);
		p += n;
		len -= (size_t)n;
	}
}
