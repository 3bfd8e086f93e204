/* SPDX-License-Identifier: MIT */
/*
 * Run a program and say what it cost: "wall user system peak status" in
 * microseconds and KiB.
 *
 * A small parent: a child's peak memory begins with that of whoever forked it,
 * and a Python would be the larger part of what is measured.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static long
micro(struct timeval t)
{
	return t.tv_sec * 1000000 + t.tv_usec;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;
	struct rusage used;
	int status = 0;
	long start, wall;
	pid_t pid;

	if (argc < 2)
		return EXIT_FAILURE;
	(void)posix_spawn_file_actions_init(&quiet);
	(void)posix_spawn_file_actions_addopen(
	    &quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	start = now();
	if (posix_spawnp(&pid, argv[1], &quiet, NULL, argv + 1, environ) != 0 ||
	    wait4(pid, &status, 0, &used) != pid)
		return EXIT_FAILURE;
	wall = now() - start;
	(void)printf("%ld %ld %ld %ld %d\n", wall, micro(used.ru_utime),
	    micro(used.ru_stime), used.ru_maxrss, status);
	return EXIT_SUCCESS;
}
