/* SPDX-License-Identifier: MIT */
/*
 * The part of a domain's client configuration (Thunderbird's config-v1.1.xml)
 * that says where mail is handed in.
 */
#ifndef MITTO_AUTOCONFIG_H
#define MITTO_AUTOCONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct autoconfig {
	char host[256];
	int port;
	bool ssl;       /* TLS from the first byte; else STARTTLS */
	char user[256]; /* %EMAILADDRESS% and its like are not replaced; "" if
			 * it says nothing */
	bool oauth;     /* OAuth2 is the only login it takes */
};

/*
 * The first outgoingServer of type smtp that takes TLS in one of its forms;
 * false when there is none.  The text may be anything: it is searched for
 * elements, not parsed as XML, and what does not fit into a field is refused.
 */
bool autoconfig_outgoing(struct autoconfig *out, const char *text, size_t len);

#endif
