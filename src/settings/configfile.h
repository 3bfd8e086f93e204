/* SPDX-License-Identifier: MIT */
/*
 * A config file that is to be changed: read whole, written whole or not at all.
 */
#ifndef MITTO_CONFIGFILE_H
#define MITTO_CONFIGFILE_H

#include "base/buf.h"
#include "base/error.h"

#include <sys/stat.h>

struct configfile {
	char *path;      /* as it was named */
	char *real;      /* behind symbolic links */
	bool exists;     /* when it was read */
	struct stat was; /* then */
	struct buf text;
};

/*
 * Read the file, which need not exist, nor must its directory.  ERR_CONFIG when
 * it is no file or longer than CONFIG_MAX_FILE, ERR_NOPERM when it is not ours
 * to read.  *f is to be released in any case.
 */
int configfile_read(struct configfile *f, const char *path, struct error *err)
    MUST_CHECK;

/*
 * Put a new text in the place of the old one, in one step: a reader sees
 * either. Owner and mode stay; a new file is for its owner alone (0600), and so
 * are the directories made for it (0700).  A symbolic link stays and its target
 * is written.  ERR_TEMPORARY when somebody changed the file since it was read;
 * ERR_CANTCREATE, ERR_IO.
 */
int configfile_write(const struct configfile *f, const char *text, size_t len,
    struct error *err) MUST_CHECK;

/* Make a file beside it, named like it and ended by `suffix`, with this text,
 * for its owner alone; *path is the caller's to unlink and free. */
int configfile_beside(const struct configfile *f, const char *text, size_t len,
    const char *suffix, char **path, struct error *err) MUST_CHECK;

/* Wipes what was read: a password may stand in it. */
void configfile_release(struct configfile *f);

#define auto_configfile CLEANUP(configfile_release)

#endif
