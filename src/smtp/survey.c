/* SPDX-License-Identifier: MIT */
/*
 * First all connections at once, then a visit to each port that is open.
 */
#include "smtp/survey.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const int usual_ports[] = { 465, 587, 25, 2525 };

/* What a way is worth: powers of two, so that the first difference decides. */
enum {
	WORTH_PORT = 1, /* up to 3 */
	WORTH_TLS = 4,
	WORTH_LOGIN = 8,
};

/* 25 is for servers among themselves, 2525 a way round blocked ports; RFC 8314
 * 3.3 prefers TLS at once to STARTTLS. */
static int
worth(const struct visit *v)
{
	int port = v->endpoint.port;
	int sum = port == 25 ? 0 : port == 2525 ? 1 : port == 587 ? 2 : 3;

	if (v->tls[0] != '\0' || v->endpoint.loopback)
		sum += WORTH_TLS;
	if ((v->offers.offered & CAPABILITY_AUTH) != 0)
		sum += WORTH_LOGIN;
	return sum;
}

bool
survey_is_better(const struct visit *a, const struct visit *b)
{
	return worth(a) > worth(b);
}

static void
choose(struct survey *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct survey_port *p = &s->ports[i];

		if (!p->visited || p->visit.error.kind != ERR_NONE)
			continue;
		if (s->best == NULL ||
		    survey_is_better(&p->visit, &s->best->visit))
			s->best = p;
	}
}

/* How near a port came to being of use. */
static int
progress(const struct survey_port *p)
{
	if (p->visit.bad_certificate)
		return 3;
	if (p->visit.answered)
		return 2;
	return p->reach.open ? 1 : 0;
}

/* Why none will do: the port that came nearest speaks for all. */
static int
explain(struct survey *s)
{
	const struct survey_port *nearest = &s->ports[0];

	for (size_t i = 1; i < s->count; i++)
		if (progress(&s->ports[i]) > progress(nearest))
			nearest = &s->ports[i];
	if (s->proxy || nearest->reach.open || s->count == 1) {
		s->error = nearest->visit.error;
		return -1;
	}
	(void)error_set(&s->error, ERR_TEMPORARY,
	    "%s takes no mail: none of the ports can be reached", s->host);
	return error_hint(&s->error,
	    "check the name; or a firewall, here or on the way, blocks mail");
}

/* --- the steps ------------------------------------------------------------ */

static enum reach_family
family_of(const struct settings *set)
{
	if (set->ipv4 == set->ipv6)
		return REACH_BOTH;
	return set->ipv4 ? REACH_IPV4 : REACH_IPV6;
}

static void
closed(struct survey *s, struct survey_port *p)
{
	struct hint_facts facts = { .host = s->host, .port = p->reach.port };
	struct error *err = &p->visit.error;

	if (p->reach.why == ETIMEDOUT)
		(void)error_set(err, ERR_TEMPORARY,
		    "no connection to %s:%d in time", s->host, p->reach.port);
	else
		(void)error_errno(err, ERR_TEMPORARY, p->reach.why,
		    "cannot connect to %s:%d", s->host, p->reach.port);
	hint_set(
	    err, p->reach.port == 25 ? HINT_REFUSED_25 : HINT_REFUSED, &facts);
}

static void
connect_all(struct survey *s, const volatile int *interrupted)
{
	struct reach_port ports[REACH_PORTS];

	for (size_t i = 0; i < s->count; i++)
		ports[i] = s->ports[i].reach;
	reach_connect(
	    &s->reach, ports, s->count, SURVEY_CONNECT_MS, interrupted);
	for (size_t i = 0; i < s->count; i++) {
		s->ports[i].reach = ports[i];
		if (!ports[i].open)
			closed(s, &s->ports[i]);
	}
}

static enum tls_mode
first_mode(const struct settings *set, int port)
{
	if (set->tls.value == TLS_SSL || port == 465 || port == 2465)
		return TLS_SSL;
	return TLS_TRY;
}

static void
visit_all(struct survey *s, const struct settings *set,
    const struct smtp_observer *observer, const volatile int *interrupted)
{
	long long until = clock_ms() + SURVEY_VISITS_MS;

	for (size_t i = 0; i < s->count; i++) {
		struct survey_port *p = &s->ports[i];
		struct endpoint there = {
			.port = p->reach.port,
			.tls = first_mode(set, p->reach.port),
			.loopback = smtp_is_loopback(s->host),
		};

		(void)snprintf(there.host, sizeof(there.host), "%s", s->host);
		p->visit.endpoint = there;
		if (!s->proxy && !p->reach.open)
			continue;
		if (clock_ms() >= until) {
			(void)error_set(&p->visit.error, ERR_TEMPORARY,
			    "%s:%d was not looked at: the other ports took too "
			    "long",
			    s->host, p->reach.port);
			continue;
		}
		p->visited = true;
		smtp_visit(
		    set, &there, until, observer, interrupted, &p->visit);
		if (p->visit.error.kind == ERR_INTERRUPTED)
			return;
	}
}

static int
no_address(struct survey *s)
{
	struct hint_facts facts = {
		.host = s->host,
		.name = hint_nearest_host(s->host),
	};

	if (s->error.kind == ERR_NOHOST)
		hint_set(&s->error,
		    facts.name != NULL ? HINT_DID_YOU_MEAN : HINT_UNKNOWN_HOST,
		    &facts);
	return -1;
}

static int
survey(struct survey *s, const struct settings *set,
    const struct smtp_observer *observer, const volatile int *interrupted)
{
	s->proxy = set->proxy != NULL;
	if (!s->proxy) {
		if (reach_resolve(&s->reach, s->host, family_of(set),
			SURVEY_NAMES_MS, interrupted, &s->error) != 0)
			return no_address(s);
		connect_all(s, interrupted);
	}
	visit_all(s, set, observer, interrupted);
	if (interrupted != NULL && *interrupted != 0)
		return error_set(&s->error, ERR_INTERRUPTED, "interrupted");
	choose(s);
	return s->best != NULL ? 0 : explain(s);
}

int
smtp_survey(struct survey *s, const char *host, const int *ports, size_t count,
    const struct settings *settings, const struct smtp_observer *observer,
    const volatile int *interrupted)
{
	long long start = clock_ms();
	int result;

	*s = (struct survey){ .count = count };
	(void)snprintf(s->host, sizeof(s->host), "%s", host);
	if (count == 0) {
		ports = usual_ports;
		s->count = ARRAY_SIZE(usual_ports);
	}
	for (size_t i = 0; i < s->count; i++)
		s->ports[i] = (struct survey_port){
			.reach.port = ports[i],
			.visit.times = { -1, -1, -1, -1 },
		};
	result = survey(s, settings, observer, interrupted);
	s->elapsed_ms = clock_ms() - start;
	return result;
}
