/* SPDX-License-Identifier: MIT */
/*
 * Presets of well-known submission servers; the rows are in providers.def.
 */
#ifndef MITTO_PROVIDER_H
#define MITTO_PROVIDER_H

#include "settings/settings.h"

#include <stddef.h>

struct provider {
	const char *name;
	const char *host;
	int port;
	enum tls_mode tls;
	const char *user;   /* fixed login; NULL: the address; "": only the user
			     * knows, or there is no login */
	const char *login;  /* one line on what login it takes, for hints */
	const char *url;    /* where to make that login, or NULL */
	long limit_mb;      /* message size it takes, 0 = unknown */
	const char *source; /* who says so, and when */
};

extern const struct provider providers[];
extern const size_t provider_count;

/* By preset name, case ignored; NULL if there is none. */
const struct provider *provider_by_name(const char *name);

/* The preset whose server this is (host compared without case), or NULL.  A
 * server on this machine may be anything: NULL. */
const struct provider *provider_by_host(const char *host);

#endif
