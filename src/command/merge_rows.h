/* SPDX-License-Identifier: MIT */
/*
 * The rows of a data file, one at a time: CSV whose first record names the
 * columns, or JSON Lines.
 */
#ifndef MITTO_MERGE_ROWS_H
#define MITTO_MERGE_ROWS_H

#include "base/strlist.h"
#include "stream/file.h"
#include "text/template.h"

#define ROW_KEY 16 /* bytes */

struct row {
	size_t number; /* from 1, the heading not counted */
	size_t line;   /* of the file, where it begins */
	const struct strlist *names;
	struct strlist values;
	unsigned char key[ROW_KEY]; /* the same for rows that say the same */
};

struct rows;

/* Open a file, "-" for standard input, which is kept.  ERR_NOINPUT, ERR_IO;
 * ERR_DATA for what is no such file: no heading, a column named twice. */
struct rows *rows_open(const char *path, const volatile int *interrupted,
    struct error *err) MUST_CHECK;

/*
 * The next row, into what is released or zero; 1, or 0 at the end, -1 with
 * ERR_DATA, which names row and line, for one that is not right: it can be
 * called again for the next, unless rows_broken().
 */
int rows_next(struct rows *r, struct row *row, struct error *err) MUST_CHECK;

/* Cannot what follows be read, or be told apart, any more? */
bool rows_broken(const struct rows *r);

/* Back to the first row. */
int rows_rewind(struct rows *r, struct error *err) MUST_CHECK;

/* May each row have columns of its own? */
bool rows_vary(const struct rows *r);

/* Columns of a CSV file; of JSON Lines those of the first row. */
const struct strlist *rows_columns(const struct rows *r);

void rows_close(struct rows *r);

/* Its values for a template; they live as long as the row. */
struct template_values row_values(struct row *row);

void row_release(struct row *row);

static inline void
rows_close_ptr(struct rows **r)
{
	rows_close(*r);
}
#define auto_rows CLEANUP(rows_close_ptr)
#define auto_row  CLEANUP(row_release)

#endif
