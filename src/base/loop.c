/* SPDX-License-Identifier: MIT */
/*
 * Tasks are contexts with stacks of their own (makecontext); the loop resumes
 * each one that has something to do, and polls for all when none has.
 *
 * One thread, one loop at a time: which task runs is known to this file alone.
 */
#include "base/loop.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define GUARD \
	65536L /* bytes below a stack that nobody may touch: a page, of \
		* any size in use */

struct task {
	struct task *next;
	struct loop *loop;
	ucontext_t context;
	void (*run)(void *ctx);
	void *ctx;
	char *stack; /* GUARD bytes, then LOOP_STACK */
	bool ended;

	/* What it waits for, in its own memory; NULL and 0 for time only. */
	struct pollfd *fds;
	nfds_t count;
	long long until; /* clock_ms() */
	int result;      /* of the poll; NOT_YET while it waits */
};

#define NOT_YET (-1)

struct loop {
	ucontext_t context; /* of loop_run, while a task runs */
	struct task *tasks;
	struct pollfd *fds; /* of all that wait */
	size_t room;
};

static struct task *running;

bool
loop_inside(void)
{
	return running != NULL;
}

/* --- from stack to stack -------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__)
#define TELL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TELL_ASAN 1
#endif
#endif

/* AddressSanitizer must know on which stack it is. */
#ifdef TELL_ASAN
#include <sanitizer/common_interface_defs.h>

static const void *main_stack; /* that of loop_run */
static size_t main_stack_size;

#define LEAVE(keep, stack, size) \
	__sanitizer_start_switch_fiber(keep, stack, size)
#define ARRIVE(kept) __sanitizer_finish_switch_fiber(kept, NULL, NULL)
#define ARRIVE_FROM_MAIN(kept) \
	__sanitizer_finish_switch_fiber(kept, &main_stack, &main_stack_size)
#else
#define main_stack               NULL
#define main_stack_size          0
#define LEAVE(keep, stack, size) ((void)(keep))
#define ARRIVE(kept)             ((void)(kept))
#define ARRIVE_FROM_MAIN(kept)   ((void)(kept))
#endif

/* From the running task to the loop; an ended one does not come back. */
static void
yield(struct task *t)
{
	void *kept = NULL;

	LEAVE(t->ended ? NULL : &kept, main_stack, main_stack_size);
	(void)swapcontext(&t->context, &t->loop->context);
	ARRIVE_FROM_MAIN(kept);
}

static void
begin(void)
{
	struct task *t = running;

	ARRIVE_FROM_MAIN(NULL);
	t->run(t->ctx);
	t->ended = true;
	yield(t);
}

/* From the loop to a task, until it waits or ends. */
static void
resume(struct task *t)
{
	void *kept = NULL;

	running = t;
	LEAVE(&kept, t->stack + GUARD, LOOP_STACK);
	(void)swapcontext(&t->loop->context, &t->context);
	ARRIVE(kept);
	running = NULL;
}

/* --- tasks ---------------------------------------------------------------- */

struct loop *
loop_new(void)
{
	return mem_zero(sizeof(struct loop));
}

static void
task_free(struct task *t)
{
	(void)munmap(t->stack, GUARD + LOOP_STACK);
	free(t);
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	while (l->tasks != NULL) {
		struct task *t = l->tasks;

		l->tasks = t->next;
		task_free(t);
	}
	free(l->fds);
	free(l);
}

int
loop_add(struct loop *l, void (*task)(void *ctx), void *ctx, struct error *err)
{
	struct task *t;
	char *stack = mmap(NULL, GUARD + LOOP_STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED || mprotect(stack, GUARD, PROT_NONE) < 0)
		return error_set(
		    err, ERR_OS, "no memory for a stack: %s", strerror(errno));
	t = mem_zero(sizeof(*t));
	t->loop = l;
	t->run = task;
	t->ctx = ctx;
	t->stack = stack;
	(void)getcontext(&t->context);
	t->context.uc_stack.ss_sp = stack + GUARD;
	t->context.uc_stack.ss_size = LOOP_STACK;
	makecontext(&t->context, begin, 0);
	t->next = l->tasks;
	l->tasks = t;
	return 0;
}

static void
reap(struct loop *l)
{
	struct task **link = &l->tasks;

	while (*link != NULL) {
		struct task *t = *link;

		if (t->ended) {
			*link = t->next;
			task_free(t);
		} else {
			link = &t->next;
		}
	}
}

/* --- waiting -------------------------------------------------------------- */

int
loop_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct task *t = running;

	if (t == NULL)
		return poll(fds, count, timeout);
	t->fds = fds;
	t->count = count;
	t->until = timeout < 0 ? LLONG_MAX : clock_ms() + timeout;
	t->result = NOT_YET;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	yield(t);
	return t->result;
}

/* Descriptors of all tasks in a row, and the time of the first that is up. */
static nfds_t
gather(struct loop *l, long long *until)
{
	nfds_t count = 0;

	*until = LLONG_MAX;
	for (const struct task *t = l->tasks; t != NULL; t = t->next) {
		if (count + t->count > l->room) {
			l->room = (count + t->count) * 2;
			l->fds = mem_resize(l->fds, l->room, sizeof(*l->fds));
		}
		for (nfds_t i = 0; i < t->count; i++)
			l->fds[count++] = t->fds[i];
		if (t->until < *until)
			*until = t->until;
	}
	return count;
}

/* Hand out what has come; who has waited long enough goes on without. */
static void
scatter(struct loop *l, bool interrupted)
{
	const struct pollfd *fds = l->fds;
	long long now = clock_ms();

	for (struct task *t = l->tasks; t != NULL; t = t->next) {
		int ready = 0;

		for (nfds_t i = 0; i < t->count; i++, fds++) {
			t->fds[i].revents = interrupted ? 0 : fds->revents;
			ready += t->fds[i].revents != 0;
		}
		if (ready > 0 || interrupted || t->until <= now)
			t->result = ready;
	}
}

static void
wait_for_one(struct loop *l)
{
	long long until;
	nfds_t count = gather(l, &until);
	long long left = until - clock_ms();
	int timeout = until == LLONG_MAX ? -1
	    : left < 0                   ? 0
	    : left > INT_MAX             ? INT_MAX
					 : (int)left;

	scatter(l, poll(l->fds, count, timeout) < 0);
}

void
loop_run(struct loop *l)
{
	while (l->tasks != NULL) {
		for (struct task *t = l->tasks; t != NULL; t = t->next)
			if (t->result != NOT_YET)
				resume(t);
		reap(l);
		if (l->tasks != NULL)
			wait_for_one(l);
	}
}
