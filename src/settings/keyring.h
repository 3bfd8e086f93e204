/* SPDX-License-Identifier: MIT */
/*
 * The desktop's keyring (Secret Service), by the program secret-tool: nothing
 * has to be linked, and a machine without a desktop has none.
 */
#ifndef MITTO_KEYRING_H
#define MITTO_KEYRING_H

#include "base/error.h"
#include "base/secret.h"

/* What an entry is found by; a list ends with a NULL name.  Not secret. */
struct attribute {
	const char *name, *value;
};

#define KEYRING_ATTRIBUTES 6 /* at most so many */

/* NULL if there is a keyring to be asked; else why not: "not installed", "no
 * session bus". */
const char *keyring_missing(void);

/* 1 when *out was filled, 0 when there is no such entry or no answer, -1 with
 * ERR_OS or ERR_INTERRUPTED. */
int keyring_lookup(struct secret *out, const struct attribute *attributes,
    struct error *err) MUST_CHECK;

/* Store `secret` in place of an entry with these attributes.  It goes by a
 * pipe, never by argv.  ERR_CANTCREATE when the keyring does not take it. */
int keyring_store(const struct secret *secret, const char *label,
    const struct attribute *attributes, struct error *err) MUST_CHECK;

/* Take the entry away, if there is one. */
int keyring_clear(const struct attribute *attributes, struct error *err)
    MUST_CHECK;

#endif
