/* SPDX-License-Identifier: MIT */
/*
 * An alias file in the syntax of sendmail's /etc/aliases: who gets the mail for
 * a name of this host.
 *
 *   # a comment, on lines of its own
 *   root: ana@work.example, "Boris M." <boris@work.example>,
 *       carl@work.example
 *   default: root
 *
 * A line that begins with a blank continues the one before, and so does the
 * line behind a backslash at the end.  Names are compared without case; "quoted
 * names" hold any character.  Reading a file judges the names only: what an
 * entry stands for is judged when somebody needs it, so that an entry nobody
 * uses does no harm.
 */
#ifndef MITTO_ALIASFILE_H
#define MITTO_ALIASFILE_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define ALIAS_FILE_DEFAULT "/etc/aliases"
#define ALIAS_FILE_MAX     (4 * 1024 * 1024) /* bytes */

struct alias_entry {
	char *name;  /* without quotes */
	char *value; /* all lines joined */
	size_t line; /* where it begins, from 1 */
};

struct alias_file {
	char *path;                  /* NULL: nothing was read */
	struct alias_entry *entries; /* by name, the same name by line */
	size_t count;
	size_t bad_line; /* first line that is no entry, or 0 */
};

/* What one member of an entry is. */
enum alias_kind {
	ALIAS_ADDRESS, /* an address or a name */
	ALIAS_FINAL,   /* \name: the same, and no alias any more */
	ALIAS_COMMAND, /* |command */
	ALIAS_PATH,    /* /file */
	ALIAS_INCLUDE, /* :include:/file and other words with colons */
};

/*
 * Read the text as if it were the file `path`.  f starts zeroed and is released
 * by the caller also on error.  ERR_CONFIG: the text holds a NUL.  Lines that
 * are no entries are skipped, the first one is noted.
 */
int alias_file_parse(struct alias_file *f, const char *path, const char *text,
    size_t len, struct error *err) MUST_CHECK;

/*
 * Read a file.  A missing one is ERR_CONFIG, or an empty f with `optional`.
 * Also ERR_CONFIG: no regular file, longer than ALIAS_FILE_MAX; ERR_NOPERM:
 * not readable, or others can change it (check_owner).
 */
int alias_file_load(struct alias_file *f, const char *path, bool optional,
    struct error *err) MUST_CHECK;

/* The first entry of that name, or NULL. */
const struct alias_entry *alias_file_find(
    const struct alias_file *f, const char *name);

/*
 * Take the next member off *value: its text, less backslash, into `member`
 * (emptied first) and its kind into *kind.  Members are separated by commas
 * that stand in no quotes, comment or angle brackets; empty ones are skipped.
 * False at the end.
 */
bool alias_next(const char **value, struct buf *member, enum alias_kind *kind);

void alias_file_release(struct alias_file *f);

#endif
