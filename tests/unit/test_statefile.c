/* SPDX-License-Identifier: MIT */
/*
 * Where state is kept, and that a file is whole and its owner's alone.
 */
#include "texttest.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/statefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char folder[] = "/tmp/mitto-statefile.XXXXXX";

static void
test_folder(void **state UNUSED)
{
	auto_free char *given = NULL, *home = NULL, *relative = NULL;

	(void)setenv("XDG_STATE_HOME", "/x/state", 1);
	given = statefile_folder("jobs");
	check_str("given", given, "/x/state/mitto/jobs");
	(void)setenv("HOME", "/x/home", 1);
	(void)setenv("XDG_STATE_HOME", "not/absolute", 1);
	relative = statefile_folder("jobs");
	(void)unsetenv("XDG_STATE_HOME");
	home = statefile_folder("jobs");
	check_str("relative", relative, home);
	check_str("home", home,
	    geteuid() == 0 ? LOCALSTATEDIR "/lib/mitto/jobs"
			   : "/x/home/.local/state/mitto/jobs");
}

static size_t
count_files(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count - 2;
}

static void
test_write(void **state UNUSED)
{
	auto_free char *deep = mem_printf("%s/a/b", folder);
	auto_free char *upper = mem_printf("%s/a", folder);
	auto_free char *file = mem_printf("%s/x", deep);
	auto_buf struct buf text = buf_make(100);
	auto_fd int fd = -1;
	struct stat st;

	assert_int_equal(statefile_write(file, "1", 1), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(statefile_make_folder(deep), 0);
	assert_int_equal(statefile_make_folder(deep), 0);
	assert_int_equal(stat(upper, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(statefile_write(file, "first", 5), 0);
	assert_int_equal(statefile_write(file, "second", 6), 0);
	assert_int_equal(count_files(deep), 1);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(io_read_all(fd, &text), 0);
	check_str("content", text.data, "second");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(rmdir(upper), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_write),
	};
	int result;

	if (mkdtemp(folder) == NULL)
		return 99;
	result = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(folder);
	return result;
}
