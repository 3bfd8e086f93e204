/* SPDX-License-Identifier: MIT */
/*
 * Mistakes in config files as people like to read them: place, line, caret,
 * guess.  They are collected, so that one run shows all of them.
 */
#ifndef MITTO_DIAG_H
#define MITTO_DIAG_H

#include "base/buf.h"
#include "base/error.h"

#include <stddef.h>

struct diagnostics {
	struct buf *report;
	size_t count;
	bool noperm; /* some file was not ours to read */
	struct error first;
};

/* A line of a file. */
struct diag_line {
	const char *file; /* as shown */
	size_t number;    /* from 1 */
	const char *text; /* without its line end, may hold anything */
	size_t len;
	size_t secret; /* offset from which "****" is shown, or len */
};

/* A mistake at bytes [start, end) of the line; guess may be NULL. */
void diag_at(struct diagnostics *d, const struct diag_line *line, size_t start,
    size_t end, const char *guess, const char *fmt, ...) PRINTF(6, 7);

/* A mistake at a place "FILE" or "FILE:LINE:COL" whose line is not at hand. */
void diag_place(struct diagnostics *d, enum error_kind kind, const char *where,
    const char *guess, const char *fmt, ...) PRINTF(5, 6);

/* A mistake in the value of a key at "FILE:LINE:COL" that shows only now that
 * all files are read; the line is drawn from key and value, which are no
 * secret. */
void diag_value(struct diagnostics *d, const char *where, const char *key,
    const char *value, const char *guess, const char *fmt, ...) PRINTF(6, 7);

/* Append "FILE:LINE:COL" of an offset. */
void diag_where(struct buf *out, const struct diag_line *line, size_t offset);

/* Close the report: 0 when nothing was wrong, else the line "N errors" and -1
 * with ERR_CONFIG or ERR_NOPERM. */
int diag_finish(struct diagnostics *d, struct error *err) MUST_CHECK;

#endif
