/* SPDX-License-Identifier: MIT */
/*
 * From files, environment and flags to one struct request: which account, and
 * the layers laid over each other in the order of SPEC 3.
 */
#ifndef MITTO_ACCOUNT_H
#define MITTO_ACCOUNT_H

#include "settings/cmdline.h"
#include "settings/config.h"
#include "text/address.h"

/*
 * The account to use: -A; else the first whose match or from fits `sender` (may
 * be NULL; "user+detail" counts as "user"); else defaults.account; else the
 * only one; else NULL (flags and environment alone).  An unknown name is
 * ERR_CONFIG and lists the known ones.  The result is borrowed from the
 * arguments.
 */
int account_choose(const struct config *c, const struct cmdline *cl,
    const char *sender, const char **account, struct error *err) MUST_CHECK;

/* The first account whose match or from fits the sender, or NULL; borrowed. */
const char *account_of_sender(const struct config *c, const char *sender);

/* The config file to read in place of all others: -C, else MITTO_CONFIG (which
 * a privileged process ignores), else NULL.  Borrowed. */
const char *account_config_file(const struct cmdline *cl);

/*
 * Fill r: defaults of the table < provider preset < [defaults] < [account] <
 * environment (MITTO_*; with no account at all also SMTP_HOST SMTP_PORT
 * SMTP_USERNAME SMTP_PASSWORD SMTP_FROM) < flags.  r starts zeroed and is
 * released by the caller also on error.  The environment is ignored when the
 * process is privileged (AT_SECURE).
 *
 * Two things go together: a layer that names a source of the password drops the
 * sources of the layers below, and a preset gives port and mode only where it
 * gives the server.  settings.account becomes the account's name, own_from the
 * sender as it was before the flags.
 */
int account_resolve(struct request *r, const struct config *c,
    const struct cmdline *cl, const char *account, struct error *err)
    MUST_CHECK;

/*
 * Append which layer gave the option its value in account_resolve: "--tls",
 * "MITTO_TLS", "FILE:3:5", "provider gmail"; nothing for a default.  r is the
 * result of account_resolve.
 */
void account_origin(struct buf *out, const struct option *o,
    const struct request *r, const struct config *c, const struct cmdline *cl);

#endif
