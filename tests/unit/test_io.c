/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: whole writes, temporary files, the standard three.
 */
#include "texttest.h"

#include "base/io.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define BIG (1 << 20) /* more than a pipe holds: writes come back short */

static void
test_write_all(void **state UNUSED)
{
	auto_free char *data = mem_alloc(BIG);
	auto_buf struct buf back = buf_make(2 * (size_t)BIG);
	int ends[2];
	pid_t child;
	int status;

	for (size_t i = 0; i < BIG; i++)
		data[i] = (char)(i * 7 % 251);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		_exit(io_write_all(ends[1], data, BIG) == 0 ? 0 : 1);
	}
	(void)close(ends[1]);
	assert_int_equal(io_read_all(ends[0], &back), 0);
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(back.len, BIG);
	assert_memory_equal(back.data, data, BIG);
}

static void
test_errors(void **state UNUSED)
{
	auto_buf struct buf small = buf_make(10);
	int fd = open("/dev/zero", O_RDONLY);

	errno = 0;
	assert_int_equal(io_read_all(fd, &small), -1);
	assert_int_equal(errno, EFBIG);
	(void)close(fd);
	assert_int_equal(io_read_all(fd, &small), -1);
	assert_int_equal(io_write_all(fd, "x", 1), -1);
	assert_int_equal(errno, EBADF);
}

static void
test_temp_file(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct stat st;
	int fd;

	(void)setenv("TMPDIR", "/tmp", 1);
	fd = io_temp_file(&err);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(fd);
	(void)setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(io_temp_file(&err), -1);
	assert_int_equal(err.kind, ERR_CANTCREATE);
	check_has("text", err.text, "/nonexistent");
	(void)setenv("TMPDIR", "relative", 1);
	fd = io_temp_file(&err);
	assert_true(fd >= 0);
	(void)close(fd);
}

/* A closed descriptor is taken, and reading it still fails. */
static void
test_reserve(void **state UNUSED)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		char byte;

		(void)close(STDIN_FILENO);
		(void)close(STDERR_FILENO);
		io_reserve_std_fds();
		if (read(STDIN_FILENO, &byte, 1) != -1 || errno != EBADF ||
		    write(STDERR_FILENO, "x", 1) != 1)
			_exit(1);
		_exit(open("/dev/null", O_RDONLY) > STDERR_FILENO ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
test_random(void **state UNUSED)
{
	unsigned char a[32] = { 0 };
	unsigned char b[32] = { 0 };

	io_random(a, sizeof(a));
	io_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_all),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_temp_file),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
