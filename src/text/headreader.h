/* SPDX-License-Identifier: MIT */
/*
 * The header of an existing message: push bytes, get fields.
 *
 * No I/O.  Line ends may be LF, CRLF or mixed.  The header ends at an empty
 * line or at the first line that is neither a field nor a continuation; what
 * follows is the body.  A field is a valid name (header_name_valid) and a
 * colon; blanks before the colon are sent by real programs and are left out
 * here.  A byte order mark and mbox lines, "From " or ">From ", in front of the
 * first field are dropped.  If no field follows, there is no header and all
 * is body.
 */
#ifndef MITTO_HEADREADER_H
#define MITTO_HEADREADER_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define HEAD_MAX_FIELDS 1000

/* One field, folded as it came; both pointers are into the reader's text. */
struct head_field {
	const char *name;
	size_t name_len;
	const char *field; /* from the name to before the last line end */
	size_t field_len;
	const char *value; /* after the colon and blanks, folds still in it */
	size_t value_len;
};

struct head {
	struct buf text; /* the raw header block, line ends as LF */
	struct head_field *fields;
	size_t count;
	bool complete;      /* the end of the header was seen */
	bool missing_blank; /* it ended at a body line, not at an empty line */
	bool no_header;     /* there is no field in front: consumed is 0 */
	size_t consumed;    /* bytes of input that belong to the header */
	struct buf line;    /* the unfinished line */
	bool started;       /* a line was taken */
};

void head_init(struct head *h);
void head_release(struct head *h);

/*
 * Take bytes.  Returns the number that belong to the header (== len while it is
 * incomplete), or -1 with ERR_DATA: NUL or another control in a field, a line
 * that begins with a colon, more than HEAD_MAX_FIELDS or HEADER_MAX_BLOCK.
 * After `complete` it takes nothing.  The line that ends a header without an
 * empty line may have begun in an earlier push: the body begins at offset
 * `consumed` of the whole input.  Fields are there once `complete` is set.
 */
ssize_t head_push(
    struct head *h, const char *data, size_t len, struct error *err) MUST_CHECK;

/* End of input: what was pushed is the whole header. */
int head_finish(struct head *h, struct error *err) MUST_CHECK;

/* End the header where it was when pushing failed; the fields before are there,
 * as if a line of the body had followed. */
void head_stop(struct head *h);

/* The nth field (0 = first) called name, case ignored; NULL if there is none.
 */
const struct head_field *head_find(
    const struct head *h, const char *name, size_t nth);

/* Append a field's value unfolded: line ends removed, blanks kept. */
void head_unfold(struct buf *out, const struct head_field *f);

#define auto_head CLEANUP(head_release)

#endif
