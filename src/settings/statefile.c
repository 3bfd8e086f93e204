/* SPDX-License-Identifier: MIT */
/*
 * A file is written beside its place and moved there.
 */
#include "settings/statefile.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

char *
statefile_folder(const char *folder)
{
	const char *state = secure_getenv("XDG_STATE_HOME");
	auto_free char *home = NULL;

	if (state != NULL && state[0] == '/')
		return mem_printf("%s/mitto/%s", state, folder);
	if (geteuid() == 0)
		return mem_printf(LOCALSTATEDIR "/lib/mitto/%s", folder);
	home = config_home();
	if (home != NULL && home[0] == '/')
		return mem_printf("%s/.local/state/mitto/%s", home, folder);
	return NULL;
}

int
statefile_make_folder(const char *path)
{
	auto_free char *part = mem_strdup(path);

	for (char *p = part + 1; *p != '\0'; p++) {
		int result;

		if (*p != '/')
			continue;
		*p = '\0';
		result = mkdir(part, 0700);
		*p = '/';
		if (result < 0 && errno != EEXIST)
			return -1;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

int
statefile_write(const char *path, const void *data, size_t len)
{
	auto_free char *part = mem_printf("%s.XXXXXX", path);
	auto_fd int fd = mkostemp(part, O_CLOEXEC);
	int saved;

	if (fd < 0)
		return -1;
	if (io_write_all(fd, data, len) == 0 && fsync(fd) == 0 &&
	    rename(part, path) == 0)
		return 0;
	saved = errno;
	(void)unlink(part);
	errno = saved;
	return -1;
}
