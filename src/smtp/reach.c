/* SPDX-License-Identifier: MIT */
/*
 * getaddrinfo() in a thread of its own, since nothing else can end it; then one
 * socket for each address and port, and one poll() for all of them.
 */
#include "smtp/reach.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SLICE_MS 100 /* between two looks at the clock and at signals */

/* --- names ---------------------------------------------------------------- */

/* Shared with the thread; who is the last to leave releases it. */
struct lookup {
	pthread_mutex_t lock;
	char *host;
	int family;
	int result; /* of getaddrinfo() */
	struct addrinfo *found;
	bool done;
	bool left; /* nobody waits any more */
};

static void
lookup_free(struct lookup *l)
{
	if (l->found != NULL)
		freeaddrinfo(l->found);
	(void)pthread_mutex_destroy(&l->lock);
	free(l->host);
	free(l);
}

static void *
look_up(void *arg)
{
	struct lookup *l = arg;
	const struct addrinfo hints = {
		.ai_family = l->family,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	int result = getaddrinfo(l->host, NULL, &hints, &found);
	bool left;

	(void)pthread_mutex_lock(&l->lock);
	l->result = result;
	l->found = found;
	l->done = true;
	left = l->left;
	(void)pthread_mutex_unlock(&l->lock);
	if (left)
		lookup_free(l);
	return NULL;
}

/* Signals are for the thread that waits. */
static int
start_lookup(struct lookup *l)
{
	pthread_t thread;
	sigset_t all, before;
	int failed;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&thread, NULL, look_up, l);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed == 0)
		(void)pthread_detach(thread);
	return failed;
}

static bool
is_done(struct lookup *l)
{
	bool done;

	(void)pthread_mutex_lock(&l->lock);
	done = l->done;
	(void)pthread_mutex_unlock(&l->lock);
	return done;
}

static bool
is_interrupted(const volatile int *interrupted)
{
	return interrupted != NULL && *interrupted != 0;
}

/* Wait for the thread; false, and it is left alone, when that takes too long.
 */
static bool
wait_lookup(struct lookup *l, long long until, const volatile int *interrupted)
{
	int slice = 1;
	bool done;

	while (
	    !is_done(l) && clock_ms() < until && !is_interrupted(interrupted)) {
		(void)poll(NULL, 0, slice);
		slice = slice * 2 < SLICE_MS ? slice * 2 : SLICE_MS;
	}
	(void)pthread_mutex_lock(&l->lock);
	done = l->done;
	l->left = !done;
	(void)pthread_mutex_unlock(&l->lock);
	return done;
}

static void
add_address(struct reach *r, const struct addrinfo *a)
{
	struct reach_address *to = &r->addresses[r->count];

	if (r->count == REACH_ADDRESSES ||
	    (a->ai_family != AF_INET && a->ai_family != AF_INET6) ||
	    getnameinfo(a->ai_addr, a->ai_addrlen, to->text, sizeof(to->text),
		NULL, 0, NI_NUMERICHOST) != 0)
		return;
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->addresses[i].text, to->text) == 0)
			return;
	to->six = a->ai_family == AF_INET6;
	memcpy(&to->where, a->ai_addr, a->ai_addrlen);
	to->length = a->ai_addrlen;
	r->count++;
}

static int
no_address(
    const char *host, enum reach_family family, int result, struct error *err)
{
	if (result == EAI_AGAIN || result == EAI_SYSTEM || result == EAI_FAIL)
		return error_set(err, ERR_TEMPORARY,
		    "the name of the server '%s' cannot be looked up now",
		    host);
	if (family == REACH_BOTH)
		return error_set(err, ERR_NOHOST,
		    "there is no server with the name '%s'", host);
	(void)error_set(err, ERR_NOHOST, "'%s' has no %s address", host,
	    family == REACH_IPV4 ? "IPv4" : "IPv6");
	return error_hint(err, "without -4 and -6 any kind of address will do");
}

int
reach_resolve(struct reach *r, const char *host, enum reach_family family,
    int64_t limit, const volatile int *interrupted, struct error *err)
{
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	long long start = clock_ms();
	struct lookup *l = mem_zero(sizeof(*l));
	int result;

	*r = (struct reach){ .count = 0 };
	l->host = mem_strdup(host);
	l->family = families[family];
	(void)pthread_mutex_init(&l->lock, NULL);
	result = start_lookup(l);
	if (result != 0) {
		lookup_free(l);
		return error_errno(
		    err, ERR_OS, result, "cannot look up '%s'", host);
	}
	if (!wait_lookup(l, start + limit, interrupted)) {
		if (is_interrupted(interrupted))
			return error_set(err, ERR_INTERRUPTED, "interrupted");
		return error_set(err, ERR_TEMPORARY,
		    "nobody told the address of '%s' within %lld s", host,
		    (long long)(limit / 1000));
	}
	r->ms = clock_ms() - start;
	result = l->result;
	for (const struct addrinfo *a = l->found; a != NULL; a = a->ai_next)
		add_address(r, a);
	lookup_free(l);
	return r->count > 0 ? 0 : no_address(host, family, result, err);
}

/* --- ports ---------------------------------------------------------------- */

struct attempt {
	struct reach_address *address;
	struct reach_port *port;
};

struct attempts {
	struct attempt items[REACH_ADDRESSES * REACH_PORTS];
	struct pollfd fds[REACH_ADDRESSES * REACH_PORTS];
	size_t count; /* still going on */
	long long start;
};

static void
note(struct attempts *all, const struct attempt *a, int why)
{
	int64_t ms = clock_ms() - all->start;

	if (why != 0) {
		a->address->why = why;
		if (a->port->why == 0 || why == ECONNREFUSED)
			a->port->why = why;
		return;
	}
	if (!a->address->reached)
		a->address->ms = ms;
	if (!a->port->open)
		a->port->ms = ms;
	a->address->reached = a->port->open = true;
}

static void
begin(struct attempts *all, struct reach_address *address,
    struct reach_port *port)
{
	const struct attempt made = { address, port };
	struct sockaddr_storage where = address->where;
	int fd = socket(where.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	int why;

	if (address->six)
		((struct sockaddr_in6 *)&where)->sin6_port =
		    htons((uint16_t)port->port);
	else
		((struct sockaddr_in *)&where)->sin_port =
		    htons((uint16_t)port->port);
	why = fd < 0 ||
		connect(fd, (struct sockaddr *)&where, address->length) != 0
	    ? errno
	    : 0;
	if (why == EINPROGRESS) {
		all->items[all->count] = made;
		all->fds[all->count++] =
		    (struct pollfd){ .fd = fd, .events = POLLOUT };
		return;
	}
	note(all, &made, why);
	if (fd >= 0)
		(void)close(fd);
}

/* The i-th attempt is over; the last one takes its place. */
static void
finish(struct attempts *all, size_t i, int why)
{
	note(all, &all->items[i], why);
	(void)close(all->fds[i].fd);
	all->count--;
	all->items[i] = all->items[all->count];
	all->fds[i] = all->fds[all->count];
}

static void
collect(struct attempts *all)
{
	for (size_t i = all->count; i-- > 0;) {
		int why = 0;
		socklen_t len = sizeof(why);

		if (all->fds[i].revents == 0)
			continue;
		if (getsockopt(
			all->fds[i].fd, SOL_SOCKET, SO_ERROR, &why, &len) != 0)
			why = errno;
		finish(all, i, why);
	}
}

void
reach_connect(struct reach *r, struct reach_port *ports, size_t count,
    int64_t limit, const volatile int *interrupted)
{
	struct attempts *all = mem_zero(sizeof(*all));
	long long left = limit;

	all->start = clock_ms();
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; i < r->count; i++)
			begin(all, &r->addresses[i], &ports[p]);
	while (all->count > 0 && left > 0 && !is_interrupted(interrupted)) {
		int slice = left < SLICE_MS ? (int)left : SLICE_MS;

		if (poll(all->fds, all->count, slice) > 0)
			collect(all);
		left = limit - (clock_ms() - all->start);
	}
	while (all->count > 0)
		finish(all, all->count - 1, ETIMEDOUT);
	free(all);
}
