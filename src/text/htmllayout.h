/* SPDX-License-Identifier: MIT */
/*
 * Words laid out in lines with prefixes, for htmltext.c.
 *
 * Text is collected into words.  Structure only notes what has to stand before
 * the next word, a gap of blanks or a number of line ends, so that nesting
 * without text, of which newsletters are full, leaves no trace.
 */
#ifndef MITTO_HTMLLAYOUT_H
#define MITTO_HTMLLAYOUT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_MAX_DEPTH 64

enum frame_kind {
	FRAME_LIST,
	FRAME_ITEM, /* of a list or a dl */
	FRAME_QUOTE,
	FRAME_TABLE,
};

/* An element that changes what its lines begin with, or a table. */
struct frame {
	enum frame_kind kind;
	char name[16];     /* the tag that opened it */
	size_t prefix_len; /* the prefix outside of it */
	unsigned number;   /* FRAME_LIST: of the next item, 0 for bullets */

	/* FRAME_TABLE */
	size_t row_words;  /* words written before the row */
	size_t row_lines;  /* lines begun after the row's first word */
	size_t cell_words; /* words written before the cell */
	bool in_cell;
};

struct layout {
	struct buf *out;
	struct buf *copy; /* visible text goes there too, or NULL */
	size_t width;

	struct buf word; /* being collected */
	size_t column;
	size_t words;    /* written so far */
	unsigned breaks; /* line ends due before the next word */
	unsigned gap;    /* or else, blanks */
	unsigned pre;    /* depth of elements that keep their blanks */

	struct buf prefix; /* begins each line */
	struct buf first;  /* begins the next line instead, with list markers */
	size_t common;     /* of the prefix, since the last line */

	struct frame frames[LAYOUT_MAX_DEPTH];
	size_t depth;
	size_t deeper; /* frames opened beyond the stack */
};

/* Words hold at most max_word bytes. */
void layout_init(
    struct layout *l, struct buf *out, size_t width, size_t max_word);
void layout_release(struct layout *l);

/* Text: a character; a string of visible ones; a blank. */
void layout_char(struct layout *l, uint32_t codepoint);
void layout_visible(struct layout *l, const char *text, size_t len);
void layout_blank(struct layout *l);

/* Write the word collected, on the current line or a new one. */
void layout_flush(struct layout *l);

/* At least so many line ends before the next word; nothing at the beginning of
 * a table's cell. */
void layout_break(struct layout *l, unsigned breaks);

/*
 * Open a frame whose first line begins with `marker` and the others with as
 * many blanks, of which the first is `pad`.  Indentation ends at half the
 * width.  NULL when the stack is full.
 */
struct frame *layout_push(struct layout *l, const char *name,
    enum frame_kind kind, const char *marker, char pad);

/* The innermost frame or table, or NULL. */
struct frame *layout_top(struct layout *l);
struct frame *layout_table(struct layout *l);

void layout_pop(struct layout *l);

/* Close the innermost frame called name and all inside it, but not through the
 * walls of a table; false when there is none. */
bool layout_close(struct layout *l, const char *name);

/* Is nothing written yet in the table cell that is open? */
bool layout_in_fresh_cell(struct layout *l);

#endif
