/* SPDX-License-Identifier: MIT */
/*
 * Places that the values of a row fill, each kind in its own way: no value
 * becomes more than the place is meant for.
 */
#ifndef MITTO_MERGE_FILL_H
#define MITTO_MERGE_FILL_H

#include "compose/attach.h"
#include "text/template.h"

/* The value of an option. */
struct slot {
	bool address;
	bool named;            /* NAME <ADDRESS>: */
	struct template name;  /* before the bracket, without its quotes */
	struct template value; /* what stands in the brackets, or all */
};

int slot_parse(struct slot *s, const char *text, bool address,
    struct error *err) MUST_CHECK;
void slot_release(struct slot *s);

/* Does no row change it? */
bool slot_is_fixed(const struct slot *s);

/*
 * Append the text for a row.  With a column in it an address is exactly one
 * address with a domain, whose name, quoted, is what the name's place says;
 * nothing is appended when the value is empty.  ERR_DATA.
 */
int slot_fill(struct buf *out, const struct slot *s,
    const struct template_values *values, struct error *err) MUST_CHECK;

/* The value of -a. */
struct file_slot {
	struct attach_spec spec; /* all but path and name */
	struct template path, name;
	struct part *part; /* of a file that every row gets, or NULL */
};

/* A fixed file is read, typed and encoded now; `input` is what "-" stands for,
 * or NULL. */
int file_slot_parse(struct file_slot *f, const char *text, bool is_inline,
    struct store *input, struct error *err) MUST_CHECK;
void file_slot_release(struct file_slot *f);

/*
 * The part for a row, owned by the caller.  A value that is only a piece of the
 * path holds no slash: it names a file in the folder that the path names.
 * ERR_DATA, ERR_NOINPUT.
 */
struct part *file_slot_fill(const struct file_slot *f,
    const struct template_values *values, struct error *err) MUST_CHECK;

#endif
