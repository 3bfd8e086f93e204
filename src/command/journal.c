/* SPDX-License-Identifier: MIT */
/*
 * The log: one write per line, so that lines of parallel runs do not mix.
 */
#include "command/journal.h"

#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define LINE_LEN 16384

static void
write_file(const char *path, const struct buf *text)
{
	auto_fd int fd =
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	auto_buf struct buf line = buf_make(LINE_LEN);
	time_t now = clock_now();
	struct tm when;
	char stamp[32] = "";

	if (gmtime_r(&now, &when) != NULL)
		(void)strftime(
		    stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &when);
	buf_printf(
	    &line, "%s mitto[%ld]: %s\n", stamp, (long)getpid(), text->data);
	if (fd < 0 || io_write_all(fd, line.data, line.len) < 0)
		(void)fprintf(stderr,
		    "mitto: warning: cannot write log '%s': "
		    "%s\n",
		    path, strerror(errno));
}

void
journal_write(const struct settings *s, const char *tag, const struct result *r)
{
	auto_buf struct buf text = buf_make(LINE_LEN - 200);

	if (s->log == NULL && !s->syslog && tag == NULL)
		return;
	result_log(r, &text);
	if (s->log != NULL)
		write_file(s->log, &text);
	if (s->syslog || tag != NULL) {
		openlog(tag != NULL ? tag : "mitto", LOG_PID, LOG_MAIL);
		syslog(result_status(r) == 0 ? LOG_INFO : LOG_ERR, "%s",
		    text.data);
		closelog();
	}
}
