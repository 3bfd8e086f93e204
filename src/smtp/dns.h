/* SPDX-License-Identifier: MIT */
/*
 * Records of DNS that name servers for mail; libresolv's only user.
 *
 * Nothing here is part of sending: it is asked when an account is set up.
 */
#ifndef MITTO_DNS_H
#define MITTO_DNS_H

#include "base/error.h"

#include <stddef.h>

#define DNS_HOST    256 /* bytes of a name and its NUL */
#define DNS_RECORDS 32  /* of one answer; more are not looked at */
#define DNS_SECONDS 3   /* for an answer, asked for twice */

struct dns_service {
	char host[DNS_HOST]; /* A-labels, lower case, without the last dot */
	int port;
	unsigned priority; /* the lower the better */
	unsigned weight;
};

/*
 * Both ask the name server at `server` (ADDRESS[:PORT], IPv4), or those of the
 * system when it is NULL, and give the number of records found, 0 when there
 * are none: also when the domain does not exist.  -1 with ERR_TEMPORARY when
 * there is no answer, ERR_CONFIG for a server that is no address, ERR_OS where
 * the system cannot ask.
 *
 * Services: the SRV records of name (RFC 2782), best first: by priority, and
 * among equals by weight.  A single record with the target "." says that there
 * is no such service: 0.
 */
int dns_services(struct dns_service *out, const char *name, const char *server,
    struct error *err) MUST_CHECK;

/* The MX records of a domain, best first; `port` is not set. */
int dns_exchangers(struct dns_service *out, const char *domain,
    const char *server, struct error *err) MUST_CHECK;

#endif
