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

/* What was found, for those who want it in parts. */
struct finding {
	bool warning; /* it works, but perhaps not as meant */
	char *where;  /* "FILE", "FILE:LINE:COL" or "" */
	char *what;
	char *guess; /* "" if there is none */
};

struct diagnostics {
	struct buf *report;
	size_t count; /* mistakes; warnings are none */
	bool noperm;  /* some file was not ours to read */
	struct error first;
	struct finding *found; /* mistakes and warnings in order */
	size_t found_count;
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

/* The same for what is no mistake but may surprise; guess may be NULL. */
void diag_warn(struct diagnostics *d, const char *where, const char *guess,
    const char *fmt, ...) PRINTF(4, 5);

/* A mistake in the value of a key at "FILE:LINE:COL" that shows only now that
 * all files are read; the line is drawn from key and value, which are no
 * secret. */
void diag_value(struct diagnostics *d, const char *where, const char *key,
    const char *value, const char *guess, const char *fmt, ...) PRINTF(6, 7);

/* Append "FILE:LINE:COL" of an offset. */
void diag_where(struct buf *out, const struct diag_line *line, size_t offset);

/* Close the report: 0 when nothing was wrong, else the line "N errors" (and how
 * many warnings) and -1 with ERR_CONFIG or ERR_NOPERM. */
int diag_finish(struct diagnostics *d, struct error *err) MUST_CHECK;

void diag_release(struct diagnostics *d);

#define auto_diag CLEANUP(diag_release)

#endif
