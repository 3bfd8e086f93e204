/* SPDX-License-Identifier: MIT */
/*
 * What it costs to put a small message into the queue, beside a loop that does
 * no more than has to be done: write, fsync, link, fsync the directory.
 *
 *	enter DIRECTORY ROUNDS      both in turn; microseconds of one message
 *	enter DIRECTORY fill COUNT  a queue of so many messages, nothing printed
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "spool/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 20 /* messages of one kind in a turn */

static char text[4096];

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
floor_enter(int dir, size_t number)
{
	auto_free char *name = mem_printf("floor-%zu", number);
	int fd =
	    openat(dir, "tmp", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || io_write_all(fd, text, sizeof(text)) < 0 ||
	    fsync(fd) < 0 || close(fd) < 0 ||
	    linkat(dir, "tmp", dir, name, 0) < 0 ||
	    unlinkat(dir, "tmp", 0) < 0 || fsync(dir) < 0)
		fail("floor");
}

static void
queue_enter(struct spool *spool)
{
	struct error err = ERROR_INIT;
	char sender[] = "ana@example.org", id[SPOOL_ID];
	auto_stream struct stream *message = stream_memory(text, sizeof(text));
	struct entry e = {
		.created = clock_now(), .sender = sender, .size = sizeof(text)
	};
	struct state state;

	strlist_add(&e.recipients, "bob@example.org");
	strlist_add(&e.parameters, "");
	state_init(&state, 1);
	state.schedule = schedule_new(e.created);
	if (spool_enter(spool, BOX_QUEUE, &e, message, &state, id, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	strlist_release(&e.recipients);
	strlist_release(&e.parameters);
	state_release(&state);
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_size);
	return values[count / 2];
}

static void
compare(struct spool *spool, size_t rounds)
{
	double *ours = mem_alloc(rounds * sizeof(*ours));
	double *floor = mem_alloc(rounds * sizeof(*floor));
	size_t number = 0;

	for (size_t i = 0; i < rounds; i++) {
		double start = seconds(), middle;

		for (size_t k = 0; k < BATCH; k++)
			queue_enter(spool);
		middle = seconds();
		for (size_t k = 0; k < BATCH; k++)
			floor_enter(spool->root, number++);
		ours[i] = (middle - start) / BATCH * 1e6;
		floor[i] = (seconds() - middle) / BATCH * 1e6;
	}
	printf("%.1f %.1f\n", median(ours, rounds), median(floor, rounds));
	free(ours);
	free(floor);
}

int
main(int argc, char **argv)
{
	auto_spool struct spool spool = SPOOL_INIT;
	struct error err = ERROR_INIT;

	if (argc < 3)
		return 64;
	memset(text, 'x', sizeof(text));
	for (size_t i = 62; i + 1 < sizeof(text); i += 64)
		memcpy(text + i, "\r\n", 2);
	memcpy(text, "Subject: x\r\n\r\n", 14);
	memcpy(text + sizeof(text) - 2, "\r\n", 2);
	if (spool_open(&spool, argv[1], true, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (argc == 4)
		for (long n = strtol(argv[3], NULL, 10); n > 0; n--)
			queue_enter(&spool);
	else
		compare(&spool, strtoul(argv[2], NULL, 10));
	return 0;
}
