/* SPDX-License-Identifier: MIT */
/*
 * The end of a run: what is told, in which words, and with which status.
 */
#ifndef MITTO_RESULT_H
#define MITTO_RESULT_H

#include "base/buf.h"
#include "report/terminal.h"
#include "smtp/outcome.h"

enum result_state { /* SPEC 9, "state" */
	RESULT_SENT,
	RESULT_QUEUED,
	RESULT_PARTIAL,
	RESULT_FAILED,
	RESULT_IN_DOUBT,
	RESULT_DRY_RUN,
	RESULT_WRITTEN,
	RESULT_CHECKED,
};

/* Everything that the report is made from; pointers are borrowed, NULL where
 * the run did not get so far. */
struct result {
	enum result_state state;
	const char *message_id; /* with brackets */
	const char *account;
	const char *subject;
	const char *sender;
	const struct outcome *outcome;
	const struct error *error; /* when it ended before the network */
	const char *queue_id;      /* where the rest waits, or NULL */
	long long retry_seconds;   /* until it is tried; 0 = at once */
	bool check;                /* nothing was to be sent (--check) */
	const char *login;         /* the user of the login, or NULL */
};

/* Exit status of SPEC 4: 0 also when all that could not be sent is queued. */
int result_status(const struct result *r);

/* The outcome's state by its recipients. */
enum result_state result_state(const struct outcome *o, bool check);

/*
 * For people, on stderr: on success one line if `talk`; otherwise the problem,
 * the server's words, the hint.  Untrusted text is escaped.
 */
void result_print(const struct result *r, const struct terminal *t, bool talk);

/* Append what result_print says of a failure. */
void result_text(
    struct buf *out, const struct result *r, const struct terminal *t);

/* An error alone, in the same shape. */
void result_print_error(const struct error *err, const struct terminal *t);

/* One JSON object and a newline (SPEC 9). */
void result_json(const struct result *r, struct buf *out);

/* Append ,"key":"text", or null where there is no text. */
void result_member(struct buf *out, const char *key, const char *text);

/* One line for a log: time left out, values escaped. */
void result_log(const struct result *r, struct buf *out);

#endif
