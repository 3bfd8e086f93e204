/* SPDX-License-Identifier: MIT */
/*
 * Config files (SPEC 3): parsed whole, every mistake reported in one run.
 *
 * A file becomes assignments {option, value, where} in sections; nothing is
 * applied here (account.h does).
 */
#ifndef MITTO_CONFIG_FILE_H
#define MITTO_CONFIG_FILE_H

#include "base/buf.h"
#include "base/error.h"
#include "settings/diag.h"
#include "settings/options.h"

struct assignment {
	const struct option *option; /* NULL in [alias], and for the keys
				      * that only [provider NAME] has */
	char *key;
	char *value; /* quotes undone, paths expanded */
	char *where; /* "FILE:LINE:COL" */
	size_t line;
};

struct section {
	enum section_kind {
		SECTION_DEFAULTS,
		SECTION_ACCOUNT,
		SECTION_ALIAS,
		SECTION_PROVIDER,
	} kind;
	char *name; /* of an account or provider, else NULL */
	char *file;
	struct assignment *items;
	size_t count;
};

struct config {
	struct section *sections; /* in the order of precedence: system first */
	size_t count;
	char **files; /* the files read */
	size_t file_count;
	struct provider *presets; /* of [provider NAME], see preset.h */
	size_t preset_count;
	struct strlist preset_texts; /* what they point to */
};

#define CONFIG_MAX_FILE  (256 * 1024) /* bytes of one file */
#define CONFIG_MAX_DEPTH 10           /* of include */

/*
 * Read the files that apply: `only` (from -C or MITTO_CONFIG) replaces the
 * search path; "none" = no file at all.  Diagnostics of all mistakes are
 * appended to `report`, each as
 *   FILE:LINE:COL: WHAT
 *       the line
 *       ^~~~  GUESS
 * and the last line "N errors".  -1 with ERR_CONFIG (78) if there was any, or
 * ERR_NOPERM when a file is not ours to read, ERR_CONFIG when `only` is
 * missing. Missing files of the search path are fine.
 *
 * A report that is not empty says all that *err says: print the one or the
 * other.  Passwords never stand in either.  Also on error c is to be released.
 */
int config_load(struct config *c, const char *only, struct buf *report,
    struct error *err) MUST_CHECK;

/* A text that is taken for what the file at `path` holds. */
struct config_draft {
	const char *path; /* spelt as the search path or `only` spells it */
	const char *text;
	size_t len;
};

/*
 * config_load() for those who want to see every finding, or what the findings
 * would be if a file held another text (draft; NULL: as they are).  -1 only
 * when `only` cannot be read; d is left open for more.
 */
int config_inspect(struct config *c, const char *only,
    const struct config_draft *draft, struct diagnostics *d, struct error *err)
    MUST_CHECK;

/* Parse one text as if it were the file `name`; for tests and fuzzing. */
int config_parse(struct config *c, const char *name, const char *text,
    size_t len, struct buf *report, struct error *err) MUST_CHECK;

void config_release(struct config *c);
#define auto_config CLEANUP(config_release)

bool config_has_account(const struct config *c, const char *name);

/* The assignment of a key that counts: the last in [defaults] (account NULL) or
 * in the sections of that account; NULL if there is none. */
const struct assignment *config_find(
    const struct config *c, const char *account, const char *key);

/* Append the names of the accounts: "home, work". */
void config_account_names(const struct config *c, struct buf *out);

/* The paths config_load looks at, in order; for `mitto config path`. */
void config_paths(struct strlist *paths);

/* The file to write to when none was named: that of the user which is there,
 * else the one to be made; NULL without a home directory.  Owned by the caller.
 */
char *config_user_file(void) MUST_CHECK;

/* The home directory: $HOME, else what the user database says, or NULL.
 * Owned by the caller. */
char *config_home(void) MUST_CHECK;

/* The path as it is shown: ~/ for the home directory.  Owned by the caller. */
char *config_shown(const char *path) MUST_CHECK;

#endif
