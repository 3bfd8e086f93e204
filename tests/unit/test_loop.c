/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait for each other, for time, for nothing at all; none of these
 * cases could end if one of them held up the rest.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/clock.h"
#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#define MANY 100

/* One end of a conversation that is counted down to zero. */
struct talker {
	int fd;
	int begins_with;
	int heard;
};

static int
hear(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int number = -1;

	while (recv(fd, &number, sizeof(number), MSG_DONTWAIT) < 0) {
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(loop_poll(&pfd, 1, -1), 1);
		assert_int_equal(pfd.revents, POLLIN);
	}
	return number;
}

static void
say(int fd, int number)
{
	assert_int_equal(send(fd, &number, sizeof(number), MSG_NOSIGNAL),
	    (int)sizeof(number));
}

static void
talk(void *ctx)
{
	struct talker *t = ctx;
	int number = t->begins_with;

	assert_true(loop_inside());
	if (number > 0)
		say(t->fd, number);
	do {
		number = hear(t->fd);
		t->heard++;
		if (number > 0)
			say(t->fd, number - 1);
	} while (number > 1);
}

static void
test_conversations(void **state UNUSED)
{
	struct talker talkers[MANY][2];
	struct error err = ERROR_INIT;
	struct loop *l = loop_new();

	for (int i = 0; i < MANY; i++) {
		int fds[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		for (int k = 0; k < 2; k++) {
			talkers[i][k] = (struct talker){
				.fd = fds[k],
				.begins_with = k == 0 ? 2 * i + 2 : 0,
			};
			assert_int_equal(
			    loop_add(l, talk, &talkers[i][k], &err), 0);
		}
	}
	loop_run(l);
	for (int i = 0; i < MANY; i++)
		for (int k = 0; k < 2; k++) {
			assert_int_equal(talkers[i][k].heard, i + 1 + k);
			(void)close(talkers[i][k].fd);
		}
	loop_free(l);
	assert_false(loop_inside());
}

/* --- time ----------------------------------------------------------------- */

struct sleeper {
	int ms;
	int *order;
	int place;
};

static void
doze(void *ctx)
{
	struct sleeper *s = ctx;
	long long start = clock_ms();

	assert_int_equal(loop_poll(NULL, 0, s->ms), 0);
	assert_true(clock_ms() - start >= s->ms);
	s->place = (*s->order)++;
}

static void
test_time(void **state UNUSED)
{
	int order = 0;
	struct sleeper s[] = { { 200, &order, -1 }, { 0, &order, -1 },
		{ 100, &order, -1 } };
	struct error err = ERROR_INIT;
	struct loop *l = loop_new();

	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		assert_int_equal(loop_add(l, doze, &s[i], &err), 0);
	loop_run(l);
	loop_free(l);
	assert_int_equal(s[1].place, 0);
	assert_int_equal(s[2].place, 1);
	assert_int_equal(s[0].place, 2);
}

/* --- tasks that make tasks ------------------------------------------------ */

struct family {
	struct loop *loop;
	int born, wanted;
};

static void
beget(void *ctx)
{
	struct family *f = ctx;
	struct error err = ERROR_INIT;

	if (++f->born < f->wanted)
		assert_int_equal(loop_add(f->loop, beget, f, &err), 0);
}

static void
test_born_in_the_loop(void **state UNUSED)
{
	struct family f = { loop_new(), 0, MANY * 10 };
	struct error err = ERROR_INIT;

	assert_int_equal(loop_add(f.loop, beget, &f, &err), 0);
	loop_run(f.loop);
	assert_int_equal(f.born, f.wanted);
	/* A loop that has ended can begin again. */
	f.wanted++;
	assert_int_equal(loop_add(f.loop, beget, &f, &err), 0);
	loop_run(f.loop);
	assert_int_equal(f.born, f.wanted);
	loop_free(f.loop);
}

/* --- a signal ------------------------------------------------------------- */

static volatile sig_atomic_t alarms;

static void
on_alarm(int number UNUSED)
{
	alarms++;
}

static void
wait_for_alarm(void *ctx UNUSED)
{
	while (alarms == 0)
		assert_int_equal(loop_poll(NULL, 0, -1), 0);
}

static void
test_signal(void **state UNUSED)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	/* Again and again: one may come just before the wait begins. */
	const struct itimerval soon = { { 0, 20000 }, { 0, 20000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct error err = ERROR_INIT;
	struct loop *l = loop_new();

	alarms = 0;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(loop_add(l, wait_for_alarm, NULL, &err), 0);
	assert_int_equal(loop_add(l, wait_for_alarm, NULL, &err), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	loop_run(l);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	loop_free(l);
	assert_true(alarms > 0);
}

/* --- without a loop, and without memory ----------------------------------- */

static void
test_outside(void **state UNUSED)
{
	int fds[2];
	struct pollfd pfd = { .events = POLLIN };

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pfd.fd = fds[0];
	assert_int_equal(loop_poll(&pfd, 1, 0), 0);
	say(fds[1], 7);
	assert_int_equal(loop_poll(&pfd, 1, -1), 1);
	assert_int_equal(hear(fds[0]), 7);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
test_not_run(void **state UNUSED)
{
	struct error err = ERROR_INIT;
	struct family f = { loop_new(), 0, 1 };

	assert_int_equal(loop_add(f.loop, beget, &f, &err), 0);
	loop_free(f.loop);
	loop_free(NULL);
	assert_int_equal(f.born, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_born_in_the_loop),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_not_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
