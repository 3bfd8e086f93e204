/* SPDX-License-Identifier: MIT */
/*
 * HTML as plain text that a person likes to read: what each tag means.
 */
#include "text/html.h"

#include "text/htmllayout.h"
#include "text/htmllink.h"
#include "text/htmltoken.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

#define MIN_WIDTH 20

struct renderer {
	struct layout l;
	struct html_links links;
	bool after_pre; /* a line end right after <pre> is dropped */
};

/* Length of the plain ASCII at p that needs no second look. */
static size_t
plain_run(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] > ' ' && p[n] < 0x7f && p[n] != '&')
		n++;
	return n;
}

/* One character, or U+FFFD for a byte that is not UTF-8; its length. */
static size_t
put_char(struct layout *l, const char *p, size_t len)
{
	uint32_t c = 0xfffd;
	size_t n = utf8_decode(p, len, &c);

	layout_char(l, c);
	return n > 0 ? n : 1;
}

static void
put_text(struct layout *l, const char *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		uint32_t c = 0;

		n = plain_run(text + i, len - i);
		if (n > 0) {
			layout_visible(l, text + i, n);
			continue;
		}
		if (text[i] == '&')
			n = html_entity(text + i, len - i, false, &c);
		if (n > 0)
			layout_char(l, c);
		else
			n = put_char(l, text + i, len - i);
	}
}

/* --- lists --------------------------------------------------------------- */

/* A list inside a list needs no empty line around it. */
static void
break_around_list(struct layout *l)
{
	const struct frame *top = layout_top(l);

	layout_break(l, top != NULL && top->kind == FRAME_ITEM ? 1 : 2);
}

static void
open_list(struct layout *l, const struct html_token *t)
{
	struct buf start auto_buf = buf_make(6);
	struct frame *f;

	break_around_list(l);
	f = layout_push(l, t->name, FRAME_LIST, "", ' ');
	if (f == NULL || strcmp(t->name, "ol") != 0)
		return;
	f->number = 1;
	if (html_attr_value(t, "start", &start) && start.len > 0)
		f->number = (unsigned)strtoul(start.data, NULL, 10) % 1000000;
}

/* An item that is still open ends where the next one begins. */
static void
end_item(struct layout *l)
{
	const struct frame *top = layout_top(l);

	if (l->deeper == 0 && top != NULL && top->kind == FRAME_ITEM)
		layout_pop(l);
}

static void
open_item(struct layout *l, const struct html_token *t)
{
	char marker[16] = "* ";
	struct frame *list;

	layout_break(l, 1);
	end_item(l);
	list = layout_top(l);
	if (list != NULL && list->kind == FRAME_LIST && list->number > 0)
		(void)snprintf(marker, sizeof(marker), "%u. ", list->number++);
	(void)layout_push(l, t->name, FRAME_ITEM, marker, ' ');
}

static void
open_definition(struct layout *l, const struct html_token *t)
{
	layout_break(l, 1);
	end_item(l);
	if (strcmp(t->name, "dd") == 0)
		(void)layout_push(l, t->name, FRAME_ITEM, "    ", ' ');
}

/* --- tables -------------------------------------------------------------- */

static void
open_table(struct layout *l, const struct html_token *t)
{
	struct frame *table;

	layout_break(l, 2);
	table = layout_push(l, t->name, FRAME_TABLE, "", ' ');
	if (table != NULL)
		table->row_words = l->words;
}

static void
close_table(struct layout *l, const struct html_token *t)
{
	struct frame *outer;

	layout_flush(l);
	if (!layout_close(l, t->name))
		return;
	outer = layout_table(l);
	if (outer != NULL && l->words > outer->row_words)
		outer->row_lines++;
	layout_break(l, 2);
}

/* The innermost table; what a cell has left open is closed. */
static struct frame *
end_cell(struct layout *l)
{
	struct frame *table = layout_table(l);

	layout_flush(l);
	if (table == NULL)
		return NULL;
	while (layout_top(l) != table)
		layout_pop(l);
	table->in_cell = false;
	return table;
}

/* Where one row ends or the next begins. */
static void
end_row(struct layout *l)
{
	struct frame *table = end_cell(l);

	/* Paragraphs in the cells of a one-line row do not part the rows. */
	if (table != NULL && l->words > table->row_words &&
	    table->row_lines == 0)
		l->breaks = 0;
	layout_break(l, 1);
	if (table == NULL)
		return;
	table->row_words = l->words;
	table->row_lines = 0;
}

/* Cells stand side by side as long as all before are on one line. */
static void
open_cell(struct layout *l)
{
	struct frame *table = end_cell(l);

	if (table == NULL ||
	    (l->words > table->row_words && table->row_lines == 0)) {
		l->breaks = 0;
		l->gap = 2;
	} else {
		layout_break(l, 1);
	}
	if (table == NULL)
		return;
	table->in_cell = true;
	table->cell_words = l->words;
}

/* --- pictures ------------------------------------------------------------- */

static void
put_image(struct layout *l, const struct html_token *t)
{
	struct buf alt auto_buf = buf_make(t->len * 2);
	size_t start;

	if (!html_attr_value(t, "alt", &alt))
		return;
	start = strspn(alt.data, " \t\r\n\f");
	while (alt.len > start && html_is_space(alt.data[alt.len - 1]))
		buf_truncate(&alt, alt.len - 1);
	layout_blank(l);
	if (alt.len == start)
		return;
	layout_visible(l, "[", 1);
	while (start < alt.len)
		start += put_char(l, alt.data + start, alt.len - start);
	layout_visible(l, "]", 1);
	layout_blank(l);
}

/* --- tags ---------------------------------------------------------------- */

enum role {
	ROLE_INLINE,
	ROLE_BLOCK,     /* begins and ends a line */
	ROLE_PARAGRAPH, /* with an empty line around */
	ROLE_BREAK,
	ROLE_RULE,
	ROLE_LIST,
	ROLE_ITEM,
	ROLE_DEFINITION,
	ROLE_QUOTE,
	ROLE_PRE,
	ROLE_TABLE,
	ROLE_ROW,
	ROLE_CELL,
	ROLE_LINK,
	ROLE_IMAGE,
	ROLE_QUOTE_MARK,
	ROLE_SKIP, /* nothing of it is text */
};

static const struct {
	char name[12];
	enum role role;
} tags[] = {
	{ "p", ROLE_PARAGRAPH },
	{ "br", ROLE_BREAK },
	{ "a", ROLE_LINK },
	{ "img", ROLE_IMAGE },
	{ "td", ROLE_CELL },
	{ "th", ROLE_CELL },
	{ "tr", ROLE_ROW },
	{ "table", ROLE_TABLE },
	{ "div", ROLE_BLOCK },
	{ "li", ROLE_ITEM },
	{ "ul", ROLE_LIST },
	{ "ol", ROLE_LIST },
	{ "menu", ROLE_LIST },
	{ "dl", ROLE_LIST },
	{ "dt", ROLE_DEFINITION },
	{ "dd", ROLE_DEFINITION },
	{ "h1", ROLE_PARAGRAPH },
	{ "h2", ROLE_PARAGRAPH },
	{ "h3", ROLE_PARAGRAPH },
	{ "h4", ROLE_PARAGRAPH },
	{ "h5", ROLE_PARAGRAPH },
	{ "h6", ROLE_PARAGRAPH },
	{ "blockquote", ROLE_QUOTE },
	{ "pre", ROLE_PRE },
	{ "hr", ROLE_RULE },
	{ "q", ROLE_QUOTE_MARK },
	{ "center", ROLE_BLOCK },
	{ "section", ROLE_BLOCK },
	{ "article", ROLE_BLOCK },
	{ "header", ROLE_BLOCK },
	{ "footer", ROLE_BLOCK },
	{ "main", ROLE_BLOCK },
	{ "nav", ROLE_BLOCK },
	{ "aside", ROLE_BLOCK },
	{ "address", ROLE_BLOCK },
	{ "figure", ROLE_BLOCK },
	{ "figcaption", ROLE_BLOCK },
	{ "caption", ROLE_BLOCK },
	{ "form", ROLE_BLOCK },
	{ "fieldset", ROLE_BLOCK },
	{ "legend", ROLE_BLOCK },
	{ "details", ROLE_BLOCK },
	{ "summary", ROLE_BLOCK },
	{ "head", ROLE_SKIP },
	{ "svg", ROLE_SKIP },
	{ "template", ROLE_SKIP },
	{ "select", ROLE_SKIP },
};

static enum role
role_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (strcmp(tags[i].name, name) == 0)
			return tags[i].role;
	return ROLE_INLINE;
}

/* Text for the preview of a mailbox, or for another size of screen. */
static bool
is_hidden(const struct html_token *t)
{
	struct buf style auto_buf = buf_make(t->len * 2);
	size_t n = 0;

	if (strcmp(t->name, "div") != 0 && strcmp(t->name, "span") != 0 &&
	    strcmp(t->name, "table") != 0)
		return false;
	if (!html_attr_value(t, "style", &style))
		return false;
	for (size_t i = 0; i < style.len; i++)
		if (!html_is_space(style.data[i]))
			style.data[n++] = style.data[i];
	buf_truncate(&style, n);
	return strcasestr(style.data, "display:none") != NULL;
}

/* --- the two halves of an element ---------------------------------------- */

static void
put_line_break(struct layout *l)
{
	layout_flush(l);
	if (l->breaks < 2 && !layout_in_fresh_cell(l))
		l->breaks++;
	l->gap = l->breaks > 0 ? 0 : l->gap;
}

static void
put_rule(struct layout *l)
{
	layout_break(l, 2);
	for (size_t i = l->prefix.len; i < l->width; i++)
		layout_visible(l, "-", 1);
	layout_break(l, 2);
}

static void
open_pre(struct renderer *r)
{
	layout_break(&r->l, 2);
	r->l.pre++;
	r->after_pre = true;
}

static void
close_pre(struct layout *l)
{
	if (l->pre == 0)
		return;
	layout_flush(l);
	l->pre--;
	l->breaks = 0;
	layout_break(l, 2);
}

static void
open_tag(struct renderer *r, enum role role, const struct html_token *t)
{
	struct layout *l = &r->l;

	switch (role) {
	case ROLE_BLOCK:
		layout_break(l, 1);
		break;
	case ROLE_PARAGRAPH:
		layout_break(l, 2);
		break;
	case ROLE_BREAK:
		put_line_break(l);
		break;
	case ROLE_RULE:
		put_rule(l);
		break;
	case ROLE_LIST:
		open_list(l, t);
		break;
	case ROLE_ITEM:
		open_item(l, t);
		break;
	case ROLE_DEFINITION:
		open_definition(l, t);
		break;
	case ROLE_QUOTE:
		layout_break(l, 2);
		(void)layout_push(l, t->name, FRAME_QUOTE, "> ", '>');
		break;
	case ROLE_PRE:
		open_pre(r);
		break;
	case ROLE_TABLE:
		open_table(l, t);
		break;
	case ROLE_ROW:
		end_row(l);
		break;
	case ROLE_CELL:
		open_cell(l);
		break;
	case ROLE_LINK:
		html_link_open(&r->links, t);
		break;
	case ROLE_IMAGE:
		put_image(l, t);
		break;
	case ROLE_QUOTE_MARK:
		layout_visible(l, "\"", 1);
		break;
	case ROLE_SKIP:
	case ROLE_INLINE:
		break;
	}
}

static void
close_tag(struct renderer *r, enum role role, const struct html_token *t)
{
	struct layout *l = &r->l;

	switch (role) {
	case ROLE_BLOCK:
		layout_break(l, 1);
		break;
	case ROLE_PARAGRAPH:
		layout_break(l, 2);
		break;
	case ROLE_LIST:
		(void)layout_close(l, t->name);
		break_around_list(l);
		break;
	case ROLE_ITEM:
	case ROLE_DEFINITION:
		(void)layout_close(l, t->name);
		layout_break(l, 1);
		break;
	case ROLE_QUOTE:
		(void)layout_close(l, t->name);
		layout_break(l, 2);
		break;
	case ROLE_PRE:
		close_pre(l);
		break;
	case ROLE_TABLE:
		close_table(l, t);
		break;
	case ROLE_ROW:
		end_row(l);
		break;
	case ROLE_LINK:
		html_link_close(&r->links);
		break;
	case ROLE_QUOTE_MARK:
		layout_visible(l, "\"", 1);
		break;
	case ROLE_CELL:
	case ROLE_BREAK:
	case ROLE_RULE:
	case ROLE_IMAGE:
	case ROLE_SKIP:
	case ROLE_INLINE:
		break;
	}
}

static void
render(struct renderer *r, struct html_lexer *lexer)
{
	struct html_token t;

	while (html_next(lexer, &t)) {
		enum role role = role_of(t.name);

		if (t.kind == HTML_TEXT) {
			size_t skip = r->after_pre && t.text[0] == '\n';

			put_text(&r->l, t.text + skip, t.len - skip);
		}
		r->after_pre = false;
		if (t.kind == HTML_CLOSE)
			close_tag(r, role, &t);
		if (t.kind != HTML_OPEN)
			continue;
		if ((role == ROLE_SKIP || is_hidden(&t)) &&
		    html_skip_element(lexer, t.name))
			continue;
		open_tag(r, role, &t);
	}
	html_link_close(&r->links);
	layout_flush(&r->l);
}

void
html_to_text(struct buf *out, const char *html, size_t len, size_t width)
{
	struct renderer r = { 0 };
	struct html_lexer lexer;

	if (width < MIN_WIDTH)
		width = MIN_WIDTH;
	/* Every byte may become U+FFFD. */
	layout_init(&r.l, out, width, 3 * len + width);
	html_links_init(&r.links, &r.l);
	html_lexer_init(&lexer, html, len);
	render(&r, &lexer);
	if (r.l.words > 0)
		buf_putc(out, '\n');
	html_links_print(&r.links, out);
	html_links_release(&r.links);
	layout_release(&r.l);
}
