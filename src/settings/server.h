/* SPDX-License-Identifier: MIT */
/*
 * What may stand behind --server.
 */
#ifndef MITTO_SERVER_H
#define MITTO_SERVER_H

#include "base/error.h"
#include "settings/settings.h"

struct server {
	char host[256];    /* A-labels, or an address without brackets */
	int port;          /* 0 = none was given */
	enum tls_mode tls; /* what the URL's scheme says, TLS_AUTO if nothing */
};

/*
 * "HOST", "HOST:PORT", "[V6]:PORT", or one of the URLs smtp:// smtps://
 * smtp+starttls:// smtp+plain:// of these.  ERR_USAGE with the forms as hint;
 * the domain is converted to A-labels (ERR_DATA when that cannot be).
 */
int server_parse(struct server *out, const char *text, struct error *err)
    MUST_CHECK;

#endif
