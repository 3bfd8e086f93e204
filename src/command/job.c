/* SPDX-License-Identifier: MIT */
/*
 * The command of `mitto run` while it runs: its output is collected, signals
 * are passed on, and the end is awaited.
 *
 * Signals are blocked but while poll waits, so none can come between a look and
 * a wait.  The loop ends with the command and not with its pipe: a daemon that
 * it has started may hold that open for ever.
 */
#include "command/job.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#define NOT_FOUND      127 /* as the shells say it */
#define NOT_EXECUTABLE 126
#define BY_SIGNAL      128 /* and its number */

static const int watched[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };

/* Where signals stood before the job. */
struct signals {
	struct sigaction before[ARRAY_SIZE(watched)];
	sigset_t mask;
};

static volatile sig_atomic_t to_forward[NSIG];

/* A terminal sends its signals to the command as well, which is in the same
 * process group: only what a process sent to us alone is passed on. */
static void
on_signal(int number, siginfo_t *info, void *context UNUSED)
{
	if (number != SIGCHLD && info->si_code <= 0)
		to_forward[number] = 1;
}

static void
take_signals(struct signals *s)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO,
	};
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		(void)sigaddset(&set, watched[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &s->mask);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		to_forward[watched[i]] = 0;
		(void)sigaction(watched[i], NULL, &s->before[i]);
		/* Ignored ones stay so, for the command too; but children of
		 * one who ignores SIGCHLD could not be waited for. */
		if (s->before[i].sa_handler != SIG_IGN || watched[i] == SIGCHLD)
			(void)sigaction(watched[i], &action, NULL);
	}
}

static void
give_back_signals(const struct signals *s)
{
	/* What came while the command ended was meant for it: it still meets
	 * on_signal, so that Ctrl-C does not end the mail as well. */
	(void)sigprocmask(SIG_SETMASK, &s->mask, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		(void)sigaction(watched[i], &s->before[i], NULL);
}

/* --- the child ----------------------------------------------------------- */

static void
say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

/* Is there a file of this name in any directory of PATH? */
static bool
is_on_path(const char *name)
{
	const char *path = getenv("PATH");

	while (path != NULL) {
		size_t len = strcspn(path, ":");
		auto_free char *file =
		    mem_printf("%.*s/%s", (int)len, path, name);

		if (access(len > 0 ? file : name, F_OK) == 0)
			return true;
		path = path[len] == ':' ? path + len + 1 : NULL;
	}
	return false;
}

/* Why execvp failed.  It says EACCES also if there is no such command but a
 * directory of PATH that cannot be searched. */
static int
exec_cause(const char *name)
{
	int cause = errno;

	if (cause == EACCES && strchr(name, '/') == NULL && !is_on_path(name))
		return ENOENT;
	return cause;
}

static _Noreturn void
become(char *const *argv, int output, const struct signals *signals)
{
	int cause;

	/* main() has ignored them for itself. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &signals->mask, NULL);
	if (dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(output, STDERR_FILENO) >= 0)
		(void)execvp(argv[0], argv);
	cause = exec_cause(argv[0]);
	say("mitto: cannot run '");
	say(argv[0]);
	say("': ");
	say(strerror(cause));
	say("\n");
	_exit(cause == ENOENT || cause == ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE);
}

/* --- the parent ---------------------------------------------------------- */

/* Once something could not be kept the rest is read and thrown away: a full
 * disk of ours must not stop the command. */
static void
keep(struct job_run *job, const char *data, size_t len)
{
	if (job->lost.kind != ERR_NONE ||
	    store_append(job->output, data, len, &job->lost) < 0)
		return;
	job->unended = data[len - 1] != '\n';
	for (const char *p = data;
	     (p = memchr(p, '\n', (size_t)(data + len - p))) != NULL; p++)
		job->lines++;
}

/* Bytes read, 0 at the end. */
static size_t
take(struct job_run *job, int fd)
{
	char block[STREAM_BLOCK];
	ssize_t n = read(fd, block, sizeof(block));

	if (n > 0)
		keep(job, block, (size_t)n);
	return n > 0 ? (size_t)n : 0;
}

/* What the pipe holds at this moment. */
static void
take_rest(struct job_run *job, int fd)
{
	int left = 0;

	if (ioctl(fd, FIONREAD, &left) < 0)
		return;
	while (left > 0) {
		size_t n = take(job, fd);

		if (n == 0)
			return;
		left -= (int)n;
	}
}

static void
forward_signals(pid_t pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (to_forward[watched[i]] == 0)
			continue;
		to_forward[watched[i]] = 0;
		(void)kill(pid, watched[i]);
	}
}

/* Read until the command has ended; its status as of waitpid(2). */
static int
follow(struct job_run *job, pid_t pid, int fd, const struct signals *signals)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		forward_signals(pid);
		if (ppoll(&input, 1, NULL, &signals->mask) > 0 &&
		    take(job, fd) == 0)
			input.fd = -1; /* both outputs closed, still running */
	}
	take_rest(job, fd);
	job->lines += job->unended ? 1 : 0;
	return status;
}

static void
judge(struct job_run *job, int status)
{
	if (WIFSIGNALED(status)) {
		job->signal = WTERMSIG(status);
		job->status = BY_SIGNAL + job->signal;
	} else {
		job->status = WEXITSTATUS(status);
	}
}

int
job_run(struct job_run *job, struct error *err)
{
	auto_fd int reader = -1, writer = -1;
	long long start = clock_ms();
	struct signals signals;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, ERR_OS, errno, "cannot make a pipe");
	reader = ends[0];
	writer = ends[1];
	job->started = clock_now();
	job->output = store_empty("the output", 0);
	take_signals(&signals);
	pid = fork();
	if (pid == 0)
		become(job->argv, writer, &signals);
	if (pid > 0) {
		/* Ours must be closed, or the pipe would never end. */
		(void)close(writer);
		writer = -1;
		judge(job, follow(job, pid, reader, &signals));
	}
	job->ms = clock_ms() - start;
	give_back_signals(&signals);
	return pid > 0 ? 0
		       : error_errno(err, ERR_OS, errno, "cannot start '%s'",
			     job->argv[0]);
}

void
job_release(struct job_run *job)
{
	store_free(job->output);
	job->output = NULL;
}
