/* SPDX-License-Identifier: MIT */
/*
 * A whole server looked at, for `mitto probe`: its addresses, its ports, and
 * which of them a mail program should use.
 *
 * Ends by itself: names, connections and visits have a time each, and together
 * they take no more than a minute.
 */
#ifndef MITTO_SURVEY_H
#define MITTO_SURVEY_H

#include "smtp/reach.h"
#include "smtp/visit.h"

#define SURVEY_NAMES_MS   10000
#define SURVEY_CONNECT_MS 5000
#define SURVEY_VISITS_MS  40000

struct survey_port {
	struct reach_port reach;
	bool visited;
	struct visit visit; /* without a visit it holds the error only */
};

struct survey {
	char host[256];
	bool proxy; /* a proxy does the connecting: no addresses */
	struct reach reach;
	struct survey_port ports[REACH_PORTS];
	size_t count;
	const struct survey_port *best; /* to be used; NULL if none can be */
	int64_t elapsed_ms;
	struct error error; /* why there is no best one */
};

/*
 * Look at `host` by these ports (count <= REACH_PORTS); count 0 stands for 465,
 * 587, 25 and 2525.  The settings say how to connect (proxy, addresses, mode,
 * certificates, time-out); their login is not used.  *s is filled; the result
 * is that of s->error.
 */
int smtp_survey(struct survey *s, const char *host, const int *ports,
    size_t count, const struct settings *settings,
    const struct smtp_observer *observer, const volatile int *interrupted);

/* The better of two ports for handing in mail: one that takes logins, in TLS,
 * on a port that is meant for it.  Pure; for tests. */
bool survey_is_better(const struct visit *a, const struct visit *b);

#endif
