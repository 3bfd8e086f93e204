/* SPDX-License-Identifier: MIT */
/*
 * Records of comma separated values (RFC 4180), as they come: the parser is fed
 * with bytes in pieces of any size and says when a record is whole.
 *
 * Lines may end in LF, CRLF or CR; a quoted field may hold them.  Empty lines
 * are skipped, and so is a byte order mark at the start.
 */
#ifndef MITTO_CSV_H
#define MITTO_CSV_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"

#include <stdbool.h>

#define CSV_FIELD_MAX  (1L << 20) /* bytes of a field */
#define CSV_FIELDS_MAX 4096       /* fields of a record */

enum csv_place {
	CSV_START,  /* of a field */
	CSV_BARE,   /* in a field without quotes */
	CSV_QUOTED, /* between quotes */
	CSV_QUOTE,  /* behind a quote that may be the last one */
};

struct csv {
	char separator;
	struct strlist fields; /* of the record, once it is whole */
	size_t line;           /* on which the record begins, from 1 */

	/* of the parser alone */
	size_t here; /* the line of the next byte */
	enum csv_place place;
	struct buf field;
	bool some;     /* the record has begun */
	bool whole;    /* and has ended: what comes next begins a new one */
	bool after_cr; /* an LF that follows belongs to the CR before */
	size_t mark;   /* bytes of a byte order mark seen at the start */
};

void csv_init(struct csv *c, char separator);
void csv_release(struct csv *c);

/* The separator that a heading uses: the first of comma, semicolon and tab
 * outside of quotes; a comma if there is none. */
char csv_separator(const char *heading, size_t len);

/*
 * Take bytes up to the end of a record.  1 when c->fields and c->line are those
 * of a record, 0 when more is needed, -1 with ERR_DATA, which names the line,
 * for a quote inside of a bare field or something behind the closing one, a
 * NUL, and what is over the limits.  *used is how many bytes were taken.
 */
int csv_put(struct csv *c, const char *data, size_t len, size_t *used,
    struct error *err) MUST_CHECK;

/* No more will come: 1 when that made a record whole, 0 when there was none; -1
 * with ERR_DATA within quotes. */
int csv_end(struct csv *c, struct error *err) MUST_CHECK;

#define auto_csv CLEANUP(csv_release)

#endif
