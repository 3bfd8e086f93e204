/* SPDX-License-Identifier: MIT */
/*
 * Greedy: a word goes to the next line when it does not fit on this one.
 */
#include "text/paragraph.h"

#include "text/utf8.h"

#include <string.h>

/* Columns of the line that `out` ends with. */
static size_t
column_of(const struct buf *out)
{
	size_t start = out->len;

	while (start > 0 && out->data[start - 1] != '\n')
		start--;
	return utf8_width(out->data + start, out->len - start);
}

static void
pad(struct buf *out, size_t column, size_t to)
{
	for (; column < to; column++)
		buf_putc(out, ' ');
}

void
paragraph_put(struct buf *out, const char *text, size_t indent)
{
	size_t column = column_of(out);
	bool first = true;

	pad(out, column, indent);
	column = column > indent ? column : indent;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		size_t width = utf8_width(text, len);

		if (!first && column + 1 + width > PARAGRAPH_WIDTH) {
			buf_putc(out, '\n');
			pad(out, 0, indent);
			column = indent;
			first = true;
		}
		if (!first)
			buf_putc(out, ' ');
		buf_add(out, text, len);
		column += width + (first ? 0 : 1);
		first = false;
		text += len;
		text += *text == ' ' ? 1 : 0;
	}
	buf_putc(out, '\n');
}
