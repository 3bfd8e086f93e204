/* SPDX-License-Identifier: MIT */
/*
 * Where an address hands in its mail, found out without trying any server.
 */
#ifndef MITTO_DISCOVER_H
#define MITTO_DISCOVER_H

#include "settings/provider.h"
#include "smtp/dns.h"

struct discovery {
	const struct provider *provider; /* a preset has the rest, or NULL */
	char host[DNS_HOST];
	int port;
	enum tls_mode tls; /* TLS_SSL or TLS_STARTTLS */
	char user[DNS_HOST + 64];
	bool oauth;      /* it takes no password */
	bool elsewhere;  /* the host lies outside the domain of the address */
	const char *how; /* "the presets", "DNS (SRV)" ... */
};

/*
 * For LOCAL@DOMAIN (A-labels), in this order: the presets by domain; SRV
 * records _submissions._tcp and _submission._tcp (RFC 8314 5.1, RFC 6186 3.1);
 * presets by the domain's mail exchangers; with `web` the domain's autoconfig
 * documents and that of autoconfig.thunderbird.net, which learn the domain and
 * nothing else.
 *
 * `dns` is the name server to ask, NULL for the system's; of the settings those
 * of fetch() count.  1 when found, 0 when nothing is known, -1 with
 * ERR_TEMPORARY and its like when DNS cannot be asked.
 */
int discover(struct discovery *out, const char *local, const char *domain,
    const char *dns, bool web, const struct settings *s,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

#endif
