/* SPDX-License-Identifier: MIT */
/*
 * What this host may call itself, without asking DNS: a slow resolver must not
 * hold up a mail, and the answer would be a guess anyway.
 */
#include "smtp/helo.h"

#include "base/mem.h"
#include "text/idn.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#ifndef HOST_NAME_MAX
#define HOST_NAME_MAX 255
#endif

static const char name_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

/* A name with a domain that another host could make sense of. */
static bool
is_full_name(const char *name)
{
	const char *dot = strchr(name, '.');

	if (name[strspn(name, name_chars)] != '\0' || dot == NULL ||
	    dot == name || dot[1] == '\0')
		return false;
	return strncasecmp(name, "localhost.", 10) != 0;
}

static char *
given_name(const char *given, struct error *err)
{
	auto_free char *name = NULL;

	for (const char *p = given; *p != '\0'; p++) {
		if ((unsigned char)*p > ' ' && *p != 0x7f && *p != '<' &&
		    *p != '>')
			continue;
		(void)error_set(err, ERR_DATA,
		    "the name '%s' for EHLO holds a character that no host "
		    "name has",
		    given);
		return NULL;
	}
	name = idn_to_ascii(given, err);
	if (name == NULL)
		(void)error_wrap(err, "bad name for EHLO");
	return steal(name);
}

static bool
is_public(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET6) {
		const struct in6_addr *a =
		    &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;

		return !IN6_IS_ADDR_LINKLOCAL(a) && !IN6_IS_ADDR_LOOPBACK(a);
	}
	return sa->sa_family == AF_INET;
}

static char *
literal(const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN];
	const void *v4 =
	    &((const struct sockaddr_in *)(const void *)sa)->sin_addr;
	const void *v6 =
	    &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	bool six = sa->sa_family == AF_INET6;

	if (inet_ntop(sa->sa_family, six ? v6 : v4, text, sizeof(text)) == NULL)
		return NULL;
	return mem_printf("[%s%s]", six ? "IPv6:" : "", text);
}

/* The literal of the first interface that is up; IPv4 is understood by all. */
static char *
interface_literal(void)
{
	struct ifaddrs *list = NULL;
	char *best = NULL;

	if (getifaddrs(&list) != 0)
		return NULL;
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0 ||
		    (i->ifa_flags & IFF_LOOPBACK) != 0 ||
		    !is_public(i->ifa_addr))
			continue;
		if (best != NULL && i->ifa_addr->sa_family != AF_INET)
			continue;
		free(best);
		best = literal(i->ifa_addr);
		if (i->ifa_addr->sa_family == AF_INET)
			break;
	}
	freeifaddrs(list);
	return best;
}

char *
helo_name(const char *given, bool loopback, struct error *err)
{
	char host[HOST_NAME_MAX + 1];
	char *name = NULL;

	if (given != NULL && given[0] != '\0')
		return given_name(given, err);
	if (gethostname(host, sizeof(host)) == 0) {
		host[sizeof(host) - 1] = '\0';
		if (is_full_name(host))
			return mem_strdup(host);
	}
	if (!loopback)
		name = interface_literal();
	return name != NULL ? name : mem_strdup("[127.0.0.1]");
}
