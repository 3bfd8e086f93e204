/* SPDX-License-Identifier: MIT */
/*
 * The greedy folder: a line takes words as long as they fit.
 */
#include "text/fold.h"

#include <string.h>

void
fold_begin(struct folder *f, struct buf *out, const char *name, size_t limit)
{
	size_t len = strlen(name) + 1;

	buf_puts(out, name);
	buf_putc(out, ':');
	*f = (struct folder){
		.out = out, .limit = limit, .column = len, .first = true
	};
}

static void
break_line(struct folder *f)
{
	buf_puts(f->out, "\r\n");
	f->column = 0;
	f->first = false;
}

static void
put(struct folder *f, const char *text, size_t len)
{
	buf_add(f->out, text, len);
	f->column += len;
	f->first = false;
	if (f->column > FOLD_MAX)
		f->too_long = true;
}

void
fold_add(struct folder *f, const char *text, size_t len)
{
	size_t pos = 0;

	while (pos < len) {
		size_t end = pos;
		size_t limit = f->first ? FOLD_MAX : f->limit;
		bool can_break = f->column > 0 && is_wsp(text[pos]);

		while (end < len && is_wsp(text[end]))
			end++;
		/* Blanks at the very end stay where they are: alone on a line
		 * they would look like the end of the header. */
		if (end == len)
			can_break = false;
		while (end < len && !is_wsp(text[end]))
			end++;
		if (can_break && f->column + (end - pos) > limit)
			break_line(f);
		put(f, text + pos, end - pos);
		pos = end;
	}
}

void
fold_add_unit(struct folder *f, const char *text, size_t len)
{
	if (!f->first && f->column > 0 && len > 0 && is_wsp(text[0]) &&
	    f->column + len > f->limit && len <= f->limit)
		break_line(f);
	fold_add(f, text, len);
}

bool
fold_end(struct folder *f)
{
	buf_puts(f->out, "\r\n");
	return !f->too_long;
}
