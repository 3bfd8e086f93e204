/* SPDX-License-Identifier: MIT */
/*
 * Presets as the config files leave them: the table of provider.h, with the
 * [provider NAME] sections laid over it or added to it.
 */
#ifndef MITTO_PRESET_H
#define MITTO_PRESET_H

#include "settings/config.h"
#include "settings/diag.h"
#include "settings/provider.h"

/* Is the key one of [provider NAME]: an option that it may set, or one of its
 * own, `url`, `note`, `daily`, `recipients`? */
bool preset_has_key(const char *key);

/* The keys, for help; ended by NULL. */
extern const char *const preset_keys[];

/* Make c->presets of the sections; what is wrong is told to d. */
void preset_collect(struct config *c, struct diagnostics *d);

/* By name: that of the files, else that of the table, else NULL. */
const struct provider *preset_named(const struct config *c, const char *name);

/* By the server's name, the same way. */
const struct provider *preset_at(const struct config *c, const char *host);

/* ERR_CONFIG "unknown provider", with a guess. */
int preset_unknown(const struct config *c, const char *name, struct error *err);

#endif
