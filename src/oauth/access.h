/* SPDX-License-Identifier: MIT */
/*
 * The access token of an account that has logged in: from the last time as long
 * as it is good, else a new one for the refresh token.
 */
#ifndef MITTO_ACCESS_H
#define MITTO_ACCESS_H

#include "oauth/grant.h"

#define ACCESS_MARGIN  60  /* seconds: an older one is not begun with */
#define ACCESS_SECONDS 300 /* how long one lasts of which that was not said */

/*
 * For an account whose settings_oauth() is true; nobody is asked.  `refused`,
 * which may be unset, is a token that the server did not take: it is not handed
 * out again.  Processes that need a new one at the same time get the same.
 *
 * ERR_NOPERM with the hint `mitto login ACCOUNT` when nobody has logged in, the
 * login was revoked, or is out of reach; ERR_TEMPORARY when the service does
 * not answer; ERR_CONFIG, ERR_PROTOCOL, ERR_CANTCREATE, ERR_INTERRUPTED.
 */
int access_token(struct secret *out, const struct settings *s,
    const struct secret *refused, const volatile int *interrupted,
    struct error *err) MUST_CHECK;

/* Hand out an access token that the server refused no more; the next one is
 * new. */
void access_drop(const struct settings *s, const struct secret *refused);

/* Keep what login_by_...() has got.  *in_keyring says where the refresh token
 * is.  ERR_CANTCREATE. */
int access_keep(const struct oauth *o, const struct token *token,
    enum when keyring, bool *in_keyring, struct error *err) MUST_CHECK;

/* Take all of it away.  *found says if there was anything. */
int access_forget(const struct settings *s, bool *found, struct error *err)
    MUST_CHECK;

#endif
