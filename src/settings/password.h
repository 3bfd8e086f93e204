/* SPDX-License-Identifier: MIT */
/*
 * Where the password or token comes from (SPEC 3, Secrets).
 */
#ifndef MITTO_PASSWORD_H
#define MITTO_PASSWORD_H

#include "base/error.h"
#include "base/secret.h"
#include "settings/settings.h"

#define PASSWORD_SECONDS 30          /* what a password command may take */
#define PASSWORD_MAX     (16 * 1024) /* bytes; tokens are long */

/*
 * In order: password_command, password_file, password_env, password,
 * $CREDENTIALS_DIRECTORY/mitto.ACCOUNT.password (then mitto.password),
 * MITTO_PASSWORD, secret-tool, netrc, terminal.  (Flags have already replaced
 * account keys in s.)  `host` is the server's name.  A command that fails,
 * prints nothing or too much is an error, and an empty password is never used:
 * ERR_CONFIG; over 30 s: ERR_TEMPORARY.  A file that others can read:
 * ERR_CONFIG with the chmod to type, except in the places where a container or
 * service manager mounts secrets (password_file.c).  Nothing found: ERR_CONFIG
 * listing what was tried.  ERR_INTERRUPTED after Ctrl-C at the prompt.
 */
int password_find(struct secret *out, const struct settings *s,
    const char *host, struct error *err) MUST_CHECK;

/*
 * Ask the person at the terminal and keep the answer in the keyring, where
 * password_find() will look.  ERR_CONFIG without a terminal, ERR_CANTCREATE
 * when the keyring does not take it, ERR_INTERRUPTED.
 */
int password_keep(const struct settings *s, const char *host, struct error *err)
    MUST_CHECK;

/* Take it out of the keyring again; *found says if it was there. */
int password_forget(const struct settings *s, const char *host, bool *found,
    struct error *err) MUST_CHECK;

#endif
