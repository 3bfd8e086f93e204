/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of a job between two runs: one small file that holds a
 * digest.
 */
#include "base/io.h"
#include "base/mem.h"
#include "command/job.h"
#include "settings/statefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* With the NUL, so that "ab", "c" and "a", "bc" differ. */
static void
add_text(struct digest *d, const char *text)
{
	digest_add(d, text, strlen(text) + 1);
}

void
job_identify(struct job_run *job, const char *given)
{
	auto_digest struct digest *d = digest_new();
	char user[32];

	(void)snprintf(user, sizeof(user), "%lu", (unsigned long)geteuid());
	add_text(d, user);
	add_text(d, job->host);
	if (given != NULL)
		add_text(d, given);
	for (char *const *word = job->argv; given == NULL && *word != NULL;
	     word++)
		add_text(d, *word);
	digest_hex(d, job->key);
}

int
job_digest(const struct job_run *job, char hex[DIGEST_HEX], struct error *err)
{
	auto_digest struct digest *d = digest_new();
	char block[STREAM_BLOCK];
	int64_t offset = 0;
	ssize_t n;

	(void)snprintf(block, sizeof(block), "%d", job->status);
	add_text(d, block);
	while ((n = store_pread(
		    job->output, block, sizeof(block), offset, err)) > 0) {
		digest_add(d, block, (size_t)n);
		offset += n;
	}
	if (n < 0)
		return -1;
	digest_hex(d, hex);
	return 0;
}

/* --- the file ------------------------------------------------------------ */

bool
job_is_known(const struct job_run *job, const char *hex)
{
	auto_free char *dir = statefile_folder("jobs");
	auto_free char *path = NULL;
	auto_buf struct buf text = buf_make(DIGEST_HEX);
	auto_fd int fd = -1;

	if (dir == NULL)
		return false;
	path = mem_printf("%s/%s", dir, job->key);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && io_read_all(fd, &text) == 0 &&
	    strcmp(text.data, hex) == 0;
}

int
job_remember(const struct job_run *job, const char *hex, struct error *err)
{
	auto_free char *dir = statefile_folder("jobs");
	auto_free char *path = NULL;

	if (dir == NULL)
		return error_set(err, ERR_CANTCREATE,
		    "no place to remember the output: this user has no home");
	path = mem_printf("%s/%s", dir, job->key);
	if (statefile_make_folder(dir) < 0 ||
	    statefile_write(path, hex, strlen(hex)) < 0)
		return error_errno(err, ERR_CANTCREATE, errno,
		    "cannot remember the output in '%s'", dir);
	return 0;
}
