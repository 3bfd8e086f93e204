/* SPDX-License-Identifier: MIT */
/*
 * Small files that mitto keeps for itself between runs.
 */
#ifndef MITTO_STATEFILE_H
#define MITTO_STATEFILE_H

#include "base/attr.h"

#include <stddef.h>

/*
 * $XDG_STATE_HOME/mitto/FOLDER; without that variable LOCALSTATEDIR/lib/mitto
 * for root and ~/.local/state/mitto for others; NULL when there is no home.
 * Owned by the caller.
 */
char *statefile_folder(const char *folder) MUST_CHECK;

/* Make the folder, and those above it, for its owner only.  -1 with errno. */
int statefile_make_folder(const char *path) MUST_CHECK;

/* Give the file `path`, mode 0600, this content: whole or not at all, whatever
 * else writes it at the same time.  When it returns 0 the bytes are on stable
 * storage.  -1 with errno. */
int statefile_write(const char *path, const void *data, size_t len) MUST_CHECK;

#endif
