/* SPDX-License-Identifier: MIT */
/*
 * The option table: one row per option, one field per row.
 *
 * Command line, environment and config lines enter through option_set(), so an
 * option means the same everywhere.  Help, manual, and the list of config keys
 * are printed from the rows (document.h).  The rows are in options.def.
 */
#ifndef MITTO_OPTIONS_H
#define MITTO_OPTIONS_H

#include "settings/settings.h"

#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>

enum option_type { /* follows from the field's C type */
	OPTION_FLAG,
	OPTION_COUNT, /* int counted up by each use: -vvv */
	OPTION_NUMBER,
	OPTION_STRING,
	OPTION_LIST,
	OPTION_CHOICE,
	OPTION_DURATION, /* 30, 30s, 5m, 2h, 500ms; plain = seconds */
	OPTION_SIZE,     /* 10M, 512k, 1G; powers of 1024; plain = bytes */
	OPTION_SECRET,
	OPTION_ACTION, /* no field: the command line itself acts on it */
};

enum { /* scope */
	IN_ARGV = 1,
	IN_CONFIG = 2,
	IN_ENV = 4,
	IN_ALL = 7,
	IS_PATH = 8,       /* ~/ and ${NAME} are expanded in config files */
	IS_ADDRESS = 16,   /* value is checked as an address (list) */
	IS_TEXT = 32,      /* value may hold line ends */
	MAY_BE_EMPTY = 64, /* "" is a value, elsewhere it unsets */
	FILE_ONLY = 128,   /* a key of config files that -O does not take */
	IS_COMMON = 256,   /* shown by the short --help */
	IN_RUN = 512,      /* a flag of `mitto run` alone */
	IN_QUEUE = 1024,   /* a flag of `mitto queue` alone */
	IN_LOGIN = 2048,   /* a flag of `mitto login` alone */
	IN_MANAGE = 4096,  /* a flag of `mitto config` alone */
	IN_MERGE = 8192,   /* a flag of `mitto merge` alone */
	IS_ROW = 16384,    /* there its value may name columns: {{name}} */
	IS_FLAG = IN_ARGV | IN_RUN | IN_QUEUE | IN_LOGIN | IN_MANAGE | IN_MERGE,
};

struct choice_name {
	const char *name;
	int value;
	bool alias; /* accepted, not shown */
};

struct option {
	char letter;       /* 0 = none */
	char letter_alias; /* second letter with the same meaning, or 0 */
	const char *name;  /* long name, config key; env is MITTO_NAME */
	const char *arg;   /* what help shows for the value, NULL for flags */
	enum option_type type;
	size_t offset; /* of the field in struct request */
	int scope;
	const struct choice_name *choices; /* ended by a NULL name */
	long min, max;     /* of a number; of a duration in ms */
	const char *group; /* "Message", "Attachments", "Server", ... */
	const char *help;  /* one line, at most 50 columns */
	/* A paragraph for the manual: sentences in which `...` marks what is
	 * typed (an option, a file, a value).  document.c prints it as mdoc and
	 * as plain text. */
	const char *manual;
	/* What the letter alone stands for, if it takes no value. */
	const char *letter_value;
	/* Looks at a value that is not empty before it is stored, or NULL. */
	int (*check)(const char *value, struct error *err);
};

extern const struct option options[];
extern const size_t option_count;

/* The groups in the order of the help; ended by NULL. */
extern const char *const option_groups[];

/* By long name or letter; NULL if there is none. */
const struct option *option_by_name(const char *name);
const struct option *option_by_letter(char letter);

/* The nearest long name for a mistyped one, or NULL.  Only rows that have a bit
 * of `scope`. */
const char *option_suggest(const char *name, int scope);

/* The only name in scope that begins like this (two bytes at least), or NULL:
 * names cannot be shortened, but it can be said which was meant. */
const char *option_beginning(const char *begin, int scope);

/* Append the words a choice takes: "auto, plain, starttls". */
void option_choices(struct buf *out, const struct option *o);

/* Append the name of the row's environment variable: "MITTO_PASSWORD_FILE". */
void option_env_name(struct buf *out, const struct option *o);

/*
 * Store a value into the row's field, replacing a scalar and appending to a
 * list (an empty text clears a list and unsets a string).  Flags take "yes/no/
 * on/off/true/false/1/0" or NULL for yes.  Errors name the option and say in
 * the hint what it takes: ERR_USAGE for a value of the wrong form (the caller
 * changes it to ERR_CONFIG for files), ERR_DATA for a bad address or a control
 * character.
 */
int option_set(struct request *r, const struct option *o, const char *value,
    struct error *err) MUST_CHECK;

/* The same with an error text that leaves the name to the caller, who knows it
 * as "-p", "MITTO_PORT" or FILE:LINE. */
int option_store(struct request *r, const struct option *o, const char *value,
    struct error *err) MUST_CHECK;

/* Append the field's value as option_set would take it, list items separated by
 * ", "; secrets as "****"; nothing when it is unset. */
void option_print(
    struct buf *out, const struct option *o, const struct request *r);

/* Set the row's field of `to` to a copy of that of `from`. */
void option_copy(
    struct request *to, const struct option *o, const struct request *from);

/* Unset the row's field and free what it owns. */
void option_clear(struct request *r, const struct option *o);

#endif
