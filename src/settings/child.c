/* SPDX-License-Identifier: MIT */
/*
 * fork, exec, and a loop that reads two pipes until the program is gone.
 *
 * The loop ends with the program and not with its pipes: a daemon that it
 * started, such as an agent, may hold them open for ever.
 */
#include "settings/child.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
	OUT,
	ERRORS,
};

/* Close all descriptors above stderr; what we have open is not for others. */
static void
close_all(void)
{
	struct rlimit limit;

	if (close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > 65536)
		limit.rlim_cur = 65536;
	for (int fd = STDERR_FILENO + 1; fd < (int)limit.rlim_cur; fd++)
		(void)close(fd);
}

static _Noreturn void
run_program(char *const *argv, char *const *env, int in, int out, int errors)
{
	int input = in >= 0 ? in : open("/dev/null", O_RDONLY);
	sigset_t none;

	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (input < 0 || dup2(input, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
		_exit(127);
	close_all();
	(void)execve(argv[0], argv, env);
	_exit(127);
}

/* Take what the pipe holds; false at its end. */
static bool
read_some(struct child *c, int which, int fd)
{
	char rest[4096];
	size_t used = which == OUT ? c->length : strlen(c->errors);
	char *to = which == OUT ? c->output : c->errors;
	size_t room = (which == OUT ? CHILD_OUTPUT : CHILD_ERRORS) - used;
	ssize_t n;

	if (room > 0)
		n = io_read(fd, to + used, room);
	else
		n = io_read(fd, rest, sizeof(rest));
	if (n < 0)
		return errno == EAGAIN;
	if (n == 0)
		return false;
	if (room == 0) {
		c->too_much = c->too_much || which == OUT;
		secret_wipe(rest, sizeof(rest));
		return true;
	}
	to[used + (size_t)n] = '\0';
	if (which == OUT)
		c->length += (size_t)n;
	return true;
}

/* Read until the program has ended; false when it has to be ended. */
static bool
follow(struct child *c, pid_t pid, const int *pipes, long long deadline,
    bool *interrupted)
{
	struct pollfd fds[] = {
		{ .fd = pipes[OUT], .events = POLLIN },
		{ .fd = pipes[ERRORS], .events = POLLIN },
	};
	bool ended = false;

	for (;;) {
		int ready = poll(fds, 2, ended ? 0 : 20);

		*interrupted = ready < 0 && errno == EINTR;
		for (int i = 0; ready > 0 && i < 2; i++)
			if (fds[i].revents != 0 && !read_some(c, i, fds[i].fd))
				fds[i].fd = -1;
		if (c->too_much || *interrupted || (ended && ready <= 0))
			return ended;
		if (!ended)
			ended = waitpid(pid, &c->status, WNOHANG) == pid;
		if (clock_ms() > deadline) {
			c->late = !ended;
			return ended;
		}
	}
}

/* Wait for the program at the other ends of the pipes. */
static int
attend(struct child *c, pid_t pid, const int *pipes, int seconds,
    struct error *err)
{
	long long deadline = clock_ms() + (long long)seconds * 1000;
	bool interrupted;

	/* Both sides set the group, whoever comes first. */
	(void)setpgid(pid, pid);
	(void)fcntl(pipes[OUT], F_SETFL, O_NONBLOCK);
	(void)fcntl(pipes[ERRORS], F_SETFL, O_NONBLOCK);
	if (!follow(c, pid, pipes, deadline, &interrupted)) {
		(void)kill(-pid, SIGKILL);
		while (waitpid(pid, &c->status, 0) < 0 && errno == EINTR)
			continue;
	}
	if (interrupted)
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	return 0;
}

static int
open_pipe(int *reader, int *writer, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, ERR_OS, errno, "cannot make a pipe");
	*reader = ends[0];
	*writer = ends[1];
	return 0;
}

/* A pipe that holds the whole of `text` already: nobody has to feed it. */
static int
fill_pipe(int *reader, const char *text, struct error *err)
{
	auto_fd int writer = -1;

	if (open_pipe(reader, &writer, err) != 0)
		return -1;
	(void)fcntl(writer, F_SETFL, O_NONBLOCK);
	if (io_write_all(writer, text, strlen(text)) != 0)
		return error_errno(err, ERR_OS, errno, "cannot fill a pipe");
	return 0;
}

int
child_run(struct child *c, char *const *argv, char *const *env, int seconds,
    struct error *err)
{
	return child_run_input(c, argv, env, NULL, seconds, err);
}

int
child_run_input(struct child *c, char *const *argv, char *const *env,
    const char *input, int seconds, struct error *err)
{
	auto_fd int out = -1, errors = -1, out_writer = -1, errors_writer = -1;
	auto_fd int in = -1;
	pid_t pid;

	*c = (struct child){ .output = mem_zero(CHILD_OUTPUT + 1) };
	if ((input != NULL && fill_pipe(&in, input, err) != 0) ||
	    open_pipe(&out, &out_writer, err) != 0 ||
	    open_pipe(&errors, &errors_writer, err) != 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return error_errno(
		    err, ERR_OS, errno, "cannot start '%s'", argv[0]);
	if (pid == 0)
		run_program(argv, env, in, out_writer, errors_writer);
	/* Ours must be closed, or the pipes would never end. */
	(void)close(out_writer);
	(void)close(errors_writer);
	out_writer = errors_writer = -1;
	return attend(c, pid, (const int[]){ out, errors }, seconds, err);
}

void
child_release(struct child *c)
{
	if (c->output != NULL)
		secret_wipe(c->output, CHILD_OUTPUT);
	free(c->output);
	*c = (struct child){ 0 };
}
