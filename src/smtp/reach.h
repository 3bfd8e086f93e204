/* SPDX-License-Identifier: MIT */
/*
 * Where a server is, and whether its ports can be reached: names and TCP alone.
 *
 * Asked before anything is said, by `mitto probe`: every address of both
 * families, every port, all at the same time and each wait bounded.
 */
#ifndef MITTO_REACH_H
#define MITTO_REACH_H

#include "base/error.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define REACH_ADDRESSES 16 /* of a host that are looked at */
#define REACH_PORTS     8

struct reach_address {
	char text[INET6_ADDRSTRLEN + 16]; /* with the zone, if it has one */
	bool six;
	struct sockaddr_storage where;
	socklen_t length;
	/* What connecting to it came to; filled by reach_connect. */
	bool reached; /* by some port */
	int why;      /* errno of the last failure */
	int64_t ms;   /* of the quickest port, when reached */
};

struct reach_port {
	int port;
	bool open;  /* at some address */
	int why;    /* errno, when it is not */
	int64_t ms; /* of the quickest address, when open */
};

struct reach {
	struct reach_address addresses[REACH_ADDRESSES];
	size_t count;
	int64_t ms; /* that the names took */
};

/* Which addresses are wanted. */
enum reach_family {
	REACH_BOTH,
	REACH_IPV4,
	REACH_IPV6
};

/*
 * Look the host up, at most `limit` milliseconds.  ERR_NOHOST when there is no
 * such name or it has no address; ERR_TEMPORARY when nobody can say now;
 * ERR_INTERRUPTED.
 */
int reach_resolve(struct reach *r, const char *host, enum reach_family family,
    int64_t limit, const volatile int *interrupted, struct error *err)
    MUST_CHECK;

/*
 * Connect to every address at every port (count <= REACH_PORTS), at most
 * `limit` milliseconds in all, and hang up.  ports[].port is given, the rest is
 * filled.  Ends early when *interrupted is set.
 */
void reach_connect(struct reach *r, struct reach_port *ports, size_t count,
    int64_t limit, const volatile int *interrupted);

#endif
