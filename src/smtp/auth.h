/* SPDX-License-Identifier: MIT */
/*
 * Which SASL mechanisms may be used, and which of them first.
 *
 * libcurl takes the mechanism it likes best among those it is allowed and tries
 * no second one; so the choice is made here, and libcurl is allowed only that.
 */
#ifndef MITTO_AUTH_H
#define MITTO_AUTH_H

#include "base/error.h"
#include "settings/settings.h"
#include "smtp/capability.h"

#include <stdbool.h>

/* The mode of the settings; AUTH_TOKEN for AUTH_AUTO where the account logs in
 * by OAuth. */
enum auth_mode auth_mode(const struct settings *s);

/* Is a login configured at all? */
bool auth_configured(const struct settings *s);

/* Is the secret a bearer token, not a password? */
bool auth_is_token(enum auth_mode mode);

/* A login that cannot work, whatever the server says: no user, no password,
 * control characters.  ERR_CONFIG, ERR_DATA. */
int auth_check(const struct settings *s, const struct secret *password,
    struct error *err) MUST_CHECK;

/*
 * Mechanisms to allow before the server's offer is known; with libcurl's own
 * order among them the best of those offered is taken.  `tls`: the password is
 * protected, so that PLAIN comes before CRAM-MD5.
 */
unsigned auth_allowed(enum auth_mode mode, bool tls);

/* The best of the offered mechanisms, 0 if none will do. */
unsigned auth_choose(enum auth_mode mode, bool tls, unsigned offered);

/* For CURLOPT_LOGIN_OPTIONS: "AUTH=PLAIN;AUTH=LOGIN". */
void auth_options(char out[128], unsigned mechanisms);

#endif
