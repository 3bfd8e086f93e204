/* SPDX-License-Identifier: MIT */
/*
 * What all messages of a mailing have in common: the flags and texts with their
 * places for columns, compiled once, and the attachments that every message
 * gets, read, typed and encoded once.
 */
#ifndef MITTO_MERGE_PATTERN_H
#define MITTO_MERGE_PATTERN_H

#include "command/merge_rows.h"
#include "compose/compose.h"
#include "settings/cmdline.h"

struct pattern;

/*
 * From the row options of a command line (cmdline_item.row; the first operand
 * is the data file and left out), the draft that the configuration gives, and
 * the text that came on standard input (`in`).  `columns` are those of the
 * data: without an address among the flags the column named email is the
 * receiver's; ERR_USAGE when there is none.  All arguments must outlive the
 * pattern.
 */
struct pattern *pattern_new(const struct cmdline *cl, const struct request *r,
    const struct input *in, const struct strlist *columns, struct error *err)
    MUST_CHECK;

/* Is each column that is named among these?  ERR_DATA with a guess. */
int pattern_check_columns(const struct pattern *p,
    const struct strlist *columns, struct error *err) MUST_CHECK;

/*
 * The message of a row.  Its values fill what they stand for and nothing more:
 * one address for an address, text of one line for a header, a file below the
 * folder that the pattern names.  ERR_DATA, ERR_NOINPUT, ERR_IO.  c is released
 * by the caller.
 */
int pattern_compose(const struct pattern *p, struct row *row,
    struct aliases *aliases, struct composition *c, struct error *err)
    MUST_CHECK;

/* Append something that tells one mailing from another: its flags. */
void pattern_describe(const struct pattern *p, struct buf *out);

void pattern_free(struct pattern *p);

static inline void
pattern_free_ptr(struct pattern **p)
{
	pattern_free(*p);
}
#define auto_pattern CLEANUP(pattern_free_ptr)

#endif
