/* SPDX-License-Identifier: MIT */
/*
 * Where an account logs in by OAuth (RFC 6749): the endpoints of services that
 * are known, and what the config file says in their place.
 */
#ifndef MITTO_SERVICE_H
#define MITTO_SERVICE_H

#include "base/error.h"
#include "settings/settings.h"

struct service {
	const char *name;       /* for texts: "Google" */
	const char *auth_url;   /* authorization endpoint, or NULL */
	const char *token_url;  /* token endpoint */
	const char *device_url; /* of RFC 8628, or NULL */
	const char *scope;      /* or NULL */
	const char *extra;      /* more of the authorization request, or NULL */
	const char *redirect_host; /* in the redirect URI */
};

/*
 * The service of an account whose settings_oauth() is true.  What the settings
 * say goes before what is known of its server.  ERR_CONFIG with the keys to
 * write when there is no token URL.  Borrows from the settings.
 */
int service_find(struct service *out, const struct settings *s,
    struct error *err) MUST_CHECK;

/* Is it known that the account's server takes no passwords? */
bool service_only(const struct settings *s);

#endif
