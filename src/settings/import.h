/* SPDX-License-Identifier: MIT */
/*
 * The settings of other programs as sections of ours, with a list of what has
 * no counterpart.  Foreign files are read here and nowhere else: never while
 * sending.  Nothing that stands in them is run.
 */
#ifndef MITTO_IMPORT_H
#define MITTO_IMPORT_H

#include "settings/sketch.h"

#include "base/strlist.h"

/* Something that did not come over.  Values are not shown: one may be a secret.
 */
struct import_loss {
	char *where; /* FILE:LINE */
	char *key;   /* as the other program calls it */
	char *why;
};

struct import {
	struct sketch sketch;
	struct import_loss *lost;
	size_t lost_count;
	struct strlist files; /* those that were read */

	/* Of the readers: */
	const char *account; /* the name for an account that has none there */
	char *shown;         /* the file being read */
	size_t line;
	unsigned depth; /* of files within files */
};

/*
 * Read the files of a program ("msmtp", "ssmtp", "nullmailer", "dma", "mutt",
 * "git") at their usual places, the user's before the system's, or `file` when
 * it is not NULL.  An account that has no name there is called `account`, or
 * like the program when that is NULL.
 *
 * ERR_USAGE for another program, ERR_NOINPUT when there is no such file,
 * ERR_NOPERM when it cannot be read, ERR_CONFIG when it says nothing about
 * sending.  *im is to be released in any case.
 */
int import_read(struct import *im, const char *program, const char *file,
    const char *account, struct error *err) MUST_CHECK;

/* Has the user a file of that program at its usual place? */
bool import_is_there(const char *program);

/* Wipes what was read. */
void import_release(struct import *im);

#define auto_import CLEANUP(import_release)

#endif
