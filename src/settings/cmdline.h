/* SPDX-License-Identifier: MIT */
/*
 * The native command line: argv to assignments and operands (SPEC 2).
 *
 * No abbreviations; "did you mean"; --no-X; --X=V and --X V; bundled letters;
 * options and operands in any order; "--" ends options.  Habits of other
 * mailers are caught here with the hints of reference ux 1.7.
 */
#ifndef MITTO_CMDLINE_H
#define MITTO_CMDLINE_H

#include "base/error.h"
#include "settings/options.h"

struct cmdline_item {
	const struct option *option; /* NULL: an operand (recipient) */
	const char *value;           /* NULL for a flag that was set */
	bool negated;                /* --no-X */
	bool row;                    /* of merge: set for each row, not here */
	char shown[48];              /* as typed: "-a", "--attach" */
};

struct cmdline {
	struct cmdline_item *items;
	size_t count;
	bool version;
	bool help;
	const char *help_topic; /* --help=all, --help=attach; NULL = short */
	struct strlist notes;   /* what may be a slip: for a terminal, one line
				 * each */
	struct strlist kept;    /* values that no argv holds */
};

/*
 * argv without the program's name, which must outlive cl.  ERR_USAGE (64) on
 * any mistake, ERR_DATA (65) for a bad address or a control character, in which
 * case cl has all the rest; else it is empty.  Values are also checked by
 * setting them into a scratch request.  -O KEY=VALUE
 * becomes an item of KEY.  With --help or --version the rest of the line is not
 * looked at.
 */
int cmdline_parse(struct cmdline *cl, int argc, char *const *argv,
    struct error *err) MUST_CHECK;

/* The same for a command that has flags of its own: `scope` is IN_RUN, IN_QUEUE
 * or IN_LOGIN, whose operands are names of accounts. */
int cmdline_parse_for(struct cmdline *cl, int scope, int argc,
    char *const *argv, struct error *err) MUST_CHECK;

/*
 * For commands that are not given addresses: flags with a bit of `scope` count,
 * and every operand, "-" too, is added to words as it is.
 */
int cmdline_parse_words(struct cmdline *cl, struct strlist *words, int scope,
    int argc, char *const *argv, struct error *err) MUST_CHECK;

/* The same for `mitto merge` (IN_MERGE): operands and options that may name
 * columns (IS_ROW) are not looked at; cmdline_apply leaves them out. */
int cmdline_parse_merge(struct cmdline *cl, int argc, char *const *argv,
    struct error *err) MUST_CHECK;

/*
 * For other command lines (sendmail, mail, run), which are translated to this
 * one: add option `name` with a copy of `value` (NULL sets a flag), or with
 * `name` NULL an operand.  Errors are worded as if `shown` had been typed;
 * `shown` is cut at 47 bytes.  cl starts zeroed.
 */
int cmdline_add(struct cmdline *cl, const char *name, const char *value,
    const char *shown, struct error *err) MUST_CHECK;

/* The last value given for an option, or NULL. */
const char *cmdline_last(const struct cmdline *cl, const char *name);

/* Lay the flags over r, in order. */
int cmdline_apply(
    const struct cmdline *cl, struct request *r, struct error *err) MUST_CHECK;

/* Add what was probably meant to the error that the file of -a SPEC cannot be
 * opened: a header for -H, or a URL. */
void cmdline_attach_hint(const char *spec, struct error *err);

void cmdline_release(struct cmdline *cl);

#endif
