/* SPDX-License-Identifier: MIT */
/*
 * Changes in the text of a config file that leave all else as it stands:
 * comments, order, indentation, line ends.
 *
 * Nothing is checked here but the spelling of keys: whoever changes a text
 * tries the new one (config_inspect) before it is written.
 */
#ifndef MITTO_CONFIGTEXT_H
#define MITTO_CONFIGTEXT_H

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"

#include <stdbool.h>
#include <stddef.h>

/* A key with its section: [word] or [word name]. */
struct config_key {
	char *word; /* "defaults", "account", "alias", "provider" */
	char *name; /* NULL where the section has none */
	char *key;
};

/*
 * "account.NAME.KEY", "provider.NAME.KEY", "defaults.KEY", "alias.NAME", or KEY
 * alone, which is that of `account`, of [defaults] when account is NULL.  NAME
 * may hold dots.  ERR_USAGE for another form and for a KEY that no file can
 * hold, with a guess.  Released by the caller.
 */
int config_key_parse(struct config_key *key, const char *text,
    const char *account, struct error *err) MUST_CHECK;

void config_key_release(struct config_key *key);

#define auto_config_key CLEANUP(config_key_release)

/*
 * Append the text with these values for the key, each in a line of its own, in
 * the place of those it had; without any value the key is left out.  What is
 * new stands behind the last assignment of its section, in its manner; a new
 * section behind all others.  1 if the text had the key, else 0.
 */
int configtext_set(struct buf *out, const char *text, size_t len,
    const struct config_key *key, const struct strlist *values);

/* Append the text without the section [word name] and the comments directly
 * above it; 1 if it had one, else 0. */
int configtext_drop(struct buf *out, const char *text, size_t len,
    const char *word, const char *name);

/* Append a value as a file spells it: as it is, or within quotes where it would
 * be read as something else. */
void configtext_value(struct buf *out, const char *value);

#endif
