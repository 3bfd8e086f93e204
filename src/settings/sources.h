/* SPDX-License-Identifier: MIT */
/*
 * The single sources of a password; password.h says in which order they are
 * asked.
 *
 * Each returns 1 when *out was filled, 0 when the source has nothing (what was
 * missing is appended to `tried`), -1 on an error.
 */
#ifndef MITTO_SOURCES_H
#define MITTO_SOURCES_H

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"
#include "settings/settings.h"

/* Whom the password is for. */
struct login {
	const struct settings *settings;
	const char *host;
};

/* password-command: the first line it prints. */
int source_command(struct secret *out, const struct login *login,
    struct error *err) MUST_CHECK;

/* password-file: all of it, less one line end.  ERR_NOINPUT when missing. */
int source_file(struct secret *out, const char *path, struct error *err)
    MUST_CHECK;

int source_credential(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err) MUST_CHECK;
int source_secret_tool(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err) MUST_CHECK;
int source_netrc(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err) MUST_CHECK;
int source_terminal(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err) MUST_CHECK;

/* Append "; " between the entries of tried. */
void source_tried(struct buf *tried, const char *fmt, ...) PRINTF(2, 3);

#endif
