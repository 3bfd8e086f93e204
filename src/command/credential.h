/* SPDX-License-Identifier: MIT */
/*
 * The password or token that a session needs.
 */
#ifndef MITTO_CREDENTIAL_H
#define MITTO_CREDENTIAL_H

#include "base/error.h"
#include "settings/settings.h"

/*
 * Fill *out for the login at `host`; it stays unset where the settings need
 * none.  From here on the process leaves no core file.  Errors are those of
 * password_find() and access_token().
 */
int credential_find(struct secret *out, const struct settings *s,
    const char *host, struct error *err) MUST_CHECK;

/* Can another one be got in place of what the server refused?  A token that was
 * cached may have been revoked; true with a new one in *out. */
bool credential_renew(struct secret *out, const struct settings *s);

/* The server refused it: a token is not used again. */
void credential_refused(
    const struct settings *s, const struct secret *credential);

#endif
