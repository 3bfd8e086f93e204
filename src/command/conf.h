/* SPDX-License-Identifier: MIT */
/*
 * mitto config: what one call of it knows, and its verbs.  Each verb has a file
 * or a part of one; config.c reads the words and gives the answer.
 */
#ifndef MITTO_CONF_H
#define MITTO_CONF_H

#include "settings/account.h"
#include "settings/cmdline.h"
#include "settings/configfile.h"
#include "settings/configtext.h"

/* One call of `mitto config`. */
struct conf {
	struct strlist words; /* behind the verb */
	struct cmdline cmdline;
	struct request request; /* flags and environment, no file */
	struct buf text;        /* the answer for people */
	struct buf json;        /* or its JSON members, each behind a comma */
	bool told;              /* the error was reported already */
};

/* The verbs: 0 or -1 with *err; what they have to say goes to text and json. */
int conf_check(struct conf *call, struct error *err) MUST_CHECK;
int conf_show(struct conf *call, struct error *err) MUST_CHECK;
int conf_path(struct conf *call, struct error *err) MUST_CHECK;
int conf_get(struct conf *call, struct error *err) MUST_CHECK;
int conf_set(struct conf *call, struct error *err) MUST_CHECK;
int conf_unset(struct conf *call, struct error *err) MUST_CHECK;
int conf_edit(struct conf *call, struct error *err) MUST_CHECK;
int conf_init(struct conf *call, struct error *err) MUST_CHECK;
int conf_import(struct conf *call, struct error *err) MUST_CHECK;

/* ERR_USAGE unless there are from min to max words. */
int conf_words(const struct conf *call, size_t min, size_t max,
    const char *usage, struct error *err) MUST_CHECK;

/* The only file that is read: `named` (may be NULL), else that of -C or
 * MITTO_CONFIG, else NULL for the search path.  Borrowed. */
const char *conf_only(const struct conf *call, const char *named);

/* Load the config files.  Mistakes in them are told on stderr. */
int conf_load(struct conf *call, const char *named, struct config *c,
    struct error *err) MUST_CHECK;

/* Open the file that is to be changed: that of -C or MITTO_CONFIG, else the
 * user's. */
int conf_open(const struct conf *call, struct configfile *f, struct error *err)
    MUST_CHECK;

/* How many mistakes the configuration would have with this text in the file,
 * and then *err: they are appended to report. */
int conf_try(const struct conf *call, const struct configfile *f,
    const struct buf *text, struct buf *report, struct error *err) MUST_CHECK;

/* Put the text into the file, unless there would be mistakes, and no fewer than
 * there are now: those are told on stderr. */
int conf_store(struct conf *call, const struct configfile *f,
    const struct buf *text, struct error *err) MUST_CHECK;

/* Append ,"key":["a","b"]. */
void conf_json_list(
    struct buf *out, const char *key, const struct strlist *list);

#endif
