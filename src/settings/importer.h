/* SPDX-License-Identifier: MIT */
/*
 * What the readers of import.h share: lines, tables of keys, values that pass
 * the checks of the option table.
 */
#ifndef MITTO_IMPORTER_H
#define MITTO_IMPORTER_H

#include "base/secret.h"
#include "settings/config.h"
#include "settings/import.h"

/* One reader for each program: `file` is NULL or the one that was named. */
int import_dma(struct import *im, const char *file, struct error *err)
    MUST_CHECK;
int import_git(struct import *im, const char *file, struct error *err)
    MUST_CHECK;
int import_msmtp(struct import *im, const char *file, struct error *err)
    MUST_CHECK;
int import_mutt(struct import *im, const char *file, struct error *err)
    MUST_CHECK;
int import_nullmailer(struct import *im, const char *file, struct error *err)
    MUST_CHECK;
int import_ssmtp(struct import *im, const char *file, struct error *err)
    MUST_CHECK;

enum import_how {
	IMPORT_TEXT, /* the value as it is */
	IMPORT_FLAG, /* on, off, yes, no, true, false; nothing is yes */
	IMPORT_LIST, /* one more value */
	IMPORT_DONE, /* mitto does so anyway, or it changes nothing here */
	IMPORT_LOST, /* it has no counterpart */
};

/* What becomes of a key. */
struct import_rule {
	const char *name; /* theirs, letter case ignored; NULL ends the table */
	enum import_how how;
	/* Our key; with a dot in front it is kept for the reader's end, which
	 * takes it out again; for IMPORT_LOST why, or NULL. */
	const char *ours;
};

/* Where keys go: a section of the sketch, made when it is needed. */
struct import_place {
	const char *word;
	const char *name;
};

/* Do with a key what its rule says; what has no rule is lost.  False if there
 * was no rule. */
bool import_key(struct import *im, struct import_place to,
    const struct import_rule *rules, const char *key, const char *value);

/* Set one of our keys, if the value passes its checks; else `theirs` is lost.
 */
void import_set(struct import *im, struct import_place to, const char *ours,
    const char *value, const char *theirs);

/* A login method by one of its names. */
void import_auth(struct import *im, struct import_place to, const char *value,
    const char *theirs);

/* What is kept under a key with a dot, or NULL. */
const char *import_kept(
    const struct import *im, struct import_place from, const char *key);

/* Is it, and does it say yes? */
bool import_says(
    const struct import *im, struct import_place from, const char *key);

/* A name that an account can have, in the place of theirs.  Owned. */
char *import_name(const char *text) MUST_CHECK;

/* Take out of all sections what was kept, and then sections that are empty and
 * accounts that are named and not there. */
void import_tidy(struct import *im);

/* "HOST", "HOST:PORT", "[HOST]:PORT" into server and port; `port` is the
 * default of the program, 0 when ours is the same. */
void import_server(struct import *im, struct import_place to, const char *text,
    int port, const char *theirs);

/* Note a loss at the line being read; why may be NULL. */
void import_lose(struct import *im, const char *key, const char *why);

/* Call take(im, ctx, line) for each line of a file, without its end, blanks cut
 * at both.  The line may be changed.  1, or 0 when it is not there, -1 when it
 * cannot be read. */
int import_lines(struct import *im, const char *path,
    void (*take)(struct import *im, void *ctx, char *line), void *ctx,
    struct error *err) MUST_CHECK;

/* Try the paths up to NULL until one is there; ~/ is the home directory.
 * ERR_NOINPUT with all of them if none is.  With `file` only that one. */
int import_first(struct import *im, const char *file, const char *const *paths,
    void (*take)(struct import *im, void *ctx, char *line), void *ctx,
    struct error *err) MUST_CHECK;

/* The path of a file beside another.  Owned. */
char *import_beside(const char *path, const char *name) MUST_CHECK;

/* Cut blanks off both ends, in place. */
char *import_trim(char *text);

/* The text up to the first of `ends`, blanks behind it cut; *rest is what
 * follows, blanks cut. */
char *import_word(char *text, const char *ends, char **rest);

/* Take double quotes off if they stand around all of it, in place. */
char *import_unquote(char *text);

#endif
