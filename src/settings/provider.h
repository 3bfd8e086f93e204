/* SPDX-License-Identifier: MIT */
/*
 * Presets of well-known submission servers; the rows are in providers.def.
 * What config files add or change is in preset.h.
 */
#ifndef MITTO_PROVIDER_H
#define MITTO_PROVIDER_H

#include "settings/settings.h"

#include <stddef.h>

#define PROVIDER_OTHERS 4

/* What stands in a host name for the value of --region. */
#define PROVIDER_REGION "{region}"

struct provider {
	const char *name;
	const char *host;
	int port;
	enum tls_mode tls;
	struct {
		int port; /* 0 behind the last */
		enum tls_mode tls;
	} others[PROVIDER_OTHERS + 1]; /* that it answers too, best first */
	const char *user;    /* fixed login; NULL: the address; "": only the
			      * user knows, or there is no login */
	enum auth_mode auth; /* AUTH_AUTO where any will do */
	const char *login;   /* one line on what login it takes, for hints; NULL
			      * where a config file says nothing */
	const char *url;     /* where to make that login, or NULL */
	int64_t limit;       /* bytes of a message, 0 = not known */
	long daily;          /* recipients a day, 0 = not known */
	long crowd;          /* recipients of a message, 0 = not known */
	const char *source;  /* who says so, and when */
};

/* The table, in the order in which it is shown. */
extern const struct provider providers[];
extern const size_t provider_count;

/* The one of this name among `count` at `list`, case ignored, or NULL. */
const struct provider *provider_named(
    const struct provider *list, size_t count, const char *name);

/* The one whose server this is (host compared without case), or NULL.  A server
 * on this machine may be anything: NULL. */
const struct provider *provider_at(
    const struct provider *list, size_t count, const char *host);

/* The same in the table. */
const struct provider *provider_by_name(const char *name);
const struct provider *provider_by_host(const char *host);

#endif
