/* SPDX-License-Identifier: MIT */
/*
 * Lines, words and the stack of frames.
 */
#include "text/htmllayout.h"

#include "text/htmltoken.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

void
layout_init(struct layout *l, struct buf *out, size_t width, size_t max_word)
{
	*l = (struct layout){
		.out = out,
		.width = width,
		.word = buf_make(max_word),
		.prefix = buf_make(width),
		.first = buf_make(width + 16),
	};
}

void
layout_release(struct layout *l)
{
	buf_release(&l->word);
	buf_release(&l->prefix);
	buf_release(&l->first);
}

/* --- lines and words ----------------------------------------------------- */

static void
trim(struct buf *b)
{
	while (b->len > 0 && strchr(" \t", b->data[b->len - 1]) != NULL)
		buf_truncate(b, b->len - 1);
}

/* Begin a line after `breaks` line ends; none at the very start. */
static void
begin_line(struct layout *l, unsigned breaks)
{
	struct frame *table = layout_table(l);
	size_t common = l->common;

	while (common > 0 && l->prefix.data[common - 1] == ' ')
		common--;
	for (unsigned i = 0; i < breaks && l->words > 0; i++) {
		if (i > 0)
			buf_add(l->out, l->prefix.data, common);
		buf_putc(l->out, '\n');
	}
	if (table != NULL && l->words > table->row_words)
		table->row_lines++;
	if (l->first.len > 0)
		buf_add(l->out, l->first.data, l->first.len);
	else
		buf_add(l->out, l->prefix.data, l->prefix.len);
	l->column = l->first.len > 0 ? l->first.len : l->prefix.len;
	l->common = l->prefix.len;
	buf_clear(&l->first);
}

void
layout_flush(struct layout *l)
{
	size_t width;

	if (l->pre > 0)
		trim(&l->word);
	width = utf8_width(l->word.data, l->word.len);
	/* Invisible characters alone are padding of newsletters. */
	if (width == 0) {
		buf_clear(&l->word);
		return;
	}
	if (l->words == 0 || l->breaks > 0) {
		begin_line(l, l->breaks);
	} else if (l->gap > 0 && l->column + l->gap + width > l->width) {
		begin_line(l, 1);
	} else {
		buf_printf(l->out, "%*s", (int)l->gap, "");
		l->column += l->gap;
	}
	buf_add(l->out, l->word.data, l->word.len);
	buf_clear(&l->word);
	l->column += width;
	l->words++;
	l->breaks = 0;
	l->gap = 0;
}

void
layout_break(struct layout *l, unsigned breaks)
{
	layout_flush(l);
	if (layout_in_fresh_cell(l))
		return;
	if (l->breaks < breaks)
		l->breaks = breaks;
	l->gap = 0;
}

void
layout_blank(struct layout *l)
{
	layout_flush(l);
	if (l->gap == 0)
		l->gap = 1;
	if (l->copy != NULL && l->copy->len > 0)
		buf_putc(l->copy, ' ');
}

void
layout_visible(struct layout *l, const char *text, size_t len)
{
	buf_add(&l->word, text, len);
	if (l->copy != NULL)
		buf_add(l->copy, text, len);
}

static bool
is_blank(uint32_t c)
{
	return (c < 0x80 && html_is_space((char)c)) || c == 0xa0 ||
	    (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202f;
}

/* Zero-width space, soft hyphen and the like: no characters of the text. */
static bool
is_ignored(uint32_t c)
{
	return utf8_is_control(c) || c == 0xad || c == 0x34f || c == 0x200b ||
	    c == 0x2060 || c == 0xfeff;
}

void
layout_char(struct layout *l, uint32_t c)
{
	struct buf utf8 auto_buf = buf_make(4);

	if (l->pre > 0 && c == '\n') {
		layout_flush(l);
		l->breaks++;
	} else if (l->pre > 0 && is_blank(c)) {
		if (c != '\r')
			buf_putc(&l->word, c == '\t' ? '\t' : ' ');
	} else if (is_blank(c)) {
		layout_blank(l);
	} else if (!is_ignored(c)) {
		html_put_utf8(&utf8, c);
		layout_visible(l, utf8.data, utf8.len);
	}
}

/* --- frames -------------------------------------------------------------- */

struct frame *
layout_push(struct layout *l, const char *name, enum frame_kind kind,
    const char *marker, char pad)
{
	size_t len = strlen(marker);
	struct frame *f;

	if (l->depth == LAYOUT_MAX_DEPTH) {
		l->deeper++;
		return NULL;
	}
	f = &l->frames[l->depth++];
	*f = (struct frame){ .kind = kind, .prefix_len = l->prefix.len };
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	if (len == 0 || l->prefix.len + len > l->width / 2)
		return f;
	if (l->first.len == 0)
		buf_add(&l->first, l->prefix.data, l->prefix.len);
	buf_puts(&l->first, marker);
	buf_putc(&l->prefix, pad);
	buf_printf(&l->prefix, "%*s", (int)len - 1, "");
	return f;
}

struct frame *
layout_top(struct layout *l)
{
	return l->depth > 0 ? &l->frames[l->depth - 1] : NULL;
}

struct frame *
layout_table(struct layout *l)
{
	for (size_t i = l->depth; i > 0; i--)
		if (l->frames[i - 1].kind == FRAME_TABLE)
			return &l->frames[i - 1];
	return NULL;
}

void
layout_pop(struct layout *l)
{
	size_t outside = l->frames[l->depth - 1].prefix_len;

	layout_flush(l);
	l->depth--;
	buf_truncate(&l->prefix, outside);
	buf_truncate(&l->first, outside);
	if (l->common > outside)
		l->common = outside;
}

bool
layout_close(struct layout *l, const char *name)
{
	size_t i;

	if (l->deeper > 0) {
		l->deeper--;
		return false;
	}
	for (i = l->depth; i > 0; i--) {
		if (strcmp(l->frames[i - 1].name, name) == 0)
			break;
		if (l->frames[i - 1].kind == FRAME_TABLE)
			return false;
	}
	if (i == 0)
		return false;
	while (l->depth >= i)
		layout_pop(l);
	return true;
}

bool
layout_in_fresh_cell(struct layout *l)
{
	const struct frame *table = layout_table(l);

	return table != NULL && table->in_cell && table->cell_words == l->words;
}
