/* SPDX-License-Identifier: MIT */
/*
 * A dry run is read by a person before the real one: columns for the eye, names
 * as they were typed, sizes as they will travel.
 */
#include "report/preview.h"

#include "settings/provider.h"
#include "text/escape.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

#define TREE_DEPTH 40 /* columns of branches at most */

static void
put_label(struct buf *out, const struct terminal *t, const char *label)
{
	buf_printf(
	    out, "%s%-9s%s ", terminal_on(t, TINT_DIM), label, terminal_off(t));
}

static void
put_escaped(struct buf *out, const char *text)
{
	escape_print(out, text, strlen(text), 0);
}

static void
put_addresses(struct buf *out, const struct terminal *t, const char *label,
    const struct address_list *list)
{
	if (list == NULL || list->count == 0)
		return;
	put_label(out, t, label);
	for (size_t i = 0; i < list->count; i++) {
		auto_buf struct buf one = buf_make(4096);

		address_display(&one, &list->items[i]);
		buf_puts(out, i > 0 ? ", " : "");
		put_escaped(out, one.data);
	}
	buf_putc(out, '\n');
}

static const char *
mode_words(enum tls_mode tls)
{
	switch (tls) {
	case TLS_SSL:
		return "TLS at once";
	case TLS_STARTTLS:
		return "STARTTLS";
	case TLS_TRY:
		return "STARTTLS if offered";
	case TLS_PLAIN:
	case TLS_AUTO:
		break;
	}
	return "no TLS";
}

static void
put_account(struct buf *out, const struct terminal *t, const struct preview *p)
{
	const struct settings *s = p->settings;

	put_label(out, t, "account");
	put_escaped(out, s->account != NULL ? s->account : "none");
	if (s->provider != NULL) {
		buf_puts(out, " (");
		put_escaped(out, s->provider);
		buf_puts(out, ")");
	}
	buf_puts(out, "  ");
	put_escaped(out, p->endpoint->host);
	buf_printf(
	    out, ":%d, %s", p->endpoint->port, mode_words(p->endpoint->tls));
	if (s->user != NULL && s->auth.value != AUTH_OFF) {
		buf_puts(out, ", login ");
		put_escaped(out, s->user);
	} else {
		buf_puts(out, ", no login");
	}
	buf_putc(out, '\n');
}

static const char *
encoding_name(enum encoding encoding)
{
	switch (encoding) {
	case ENCODING_QP:
		return "quoted-printable";
	case ENCODING_BASE64:
		return "base64";
	case ENCODING_7BIT:
		break;
	}
	return "7bit";
}

static int64_t
encoded_size(const struct part *part)
{
	int64_t total = 0;

	for (size_t i = 0; i < part->count; i++)
		total += encoded_size(part->children[i]);
	if (part->content == NULL)
		return total;
	switch (part->encoding) {
	case ENCODING_BASE64:
		return base64_size(part->facts.bytes);
	case ENCODING_QP:
		return part->facts.qp_size;
	case ENCODING_7BIT:
		break;
	}
	return part->facts.crlf_size;
}

/* What a part is, without its size: "text/plain  utf-8  quoted-printable". */
static void
describe(struct buf *line, const struct part *part)
{
	put_escaped(line, part->type);
	if (part->count > 0)
		return;
	if (part->charset != NULL) {
		buf_puts(line, "  ");
		put_escaped(line, part->charset);
	}
	if (part->disposition == DISPOSITION_INLINE)
		buf_puts(line, "  inline");
	if (part->disposition == DISPOSITION_ATTACHMENT)
		buf_puts(line, "  attachment");
	if (part->cid != NULL) {
		buf_puts(line, "  cid:");
		put_escaped(line, part->cid);
	}
	buf_printf(line, "  %s", encoding_name(part->encoding));
	if (part->name != NULL) {
		buf_puts(line, "  ");
		put_escaped(line, part->name);
	} else if (part->source != NULL) {
		buf_puts(line, "  ");
		put_escaped(line, part->source);
	}
}

static void
put_row(struct buf *out, const struct terminal *t, const char *branch,
    const struct part *part)
{
	auto_buf struct buf line = buf_make(8192);
	char size[TERMINAL_SIZE];
	size_t width;
	size_t edge = t->width > 90 ? 90 : t->width;

	buf_puts(&line, branch);
	describe(&line, part);
	terminal_bytes(size, encoded_size(part));
	width = utf8_width(line.data, line.len);
	buf_puts(out, line.data);
	/* Sizes stand in one column as long as the line leaves room. */
	do
		buf_putc(out, ' ');
	while (++width + strlen(size) < edge);
	buf_printf(
	    out, "%s%s%s\n", terminal_on(t, TINT_DIM), size, terminal_off(t));
}

static void
put_tree(struct buf *out, const struct terminal *t, const char *stem,
    const struct part *part)
{
	for (size_t i = 0; i < part->count; i++) {
		bool last = i + 1 == part->count;
		char branch[TREE_DEPTH * 4];
		char below[TREE_DEPTH * 4];

		(void)snprintf(branch, sizeof(branch), "%s%s", stem,
		    t->unicode ? (last ? "└─ " : "├─ ")
			       : (last ? "`- " : "|- "));
		(void)snprintf(below, sizeof(below), "%s%s", stem,
		    last ? "   " : (t->unicode ? "│  " : "|  "));
		put_row(out, t, branch, part->children[i]);
		put_tree(out, t, below, part->children[i]);
	}
}

static void
put_limit(struct buf *out, const struct terminal *t, const struct preview *p)
{
	char limit[TERMINAL_SIZE];
	char size[TERMINAL_SIZE];

	terminal_bytes(size, p->size);
	put_label(out, t, "size");
	buf_printf(out, "%s on the wire", size);
	if (p->limit > 0) {
		terminal_bytes(limit, p->limit);
		buf_printf(out, "; %s takes %s: %s", p->endpoint->host, limit,
		    p->size <= p->limit ? "fine" : "too big");
	}
	buf_putc(out, '\n');
}

/* Header lines as they will be sent. */
static void
put_header(struct buf *out, const struct buf *header)
{
	const char *p = header->data;

	buf_putc(out, '\n');
	while (*p != '\0') {
		size_t len = strcspn(p, "\r\n");

		escape_print(out, p, len, 0);
		buf_putc(out, '\n');
		p += len;
		p += strspn(p, "\r\n");
	}
}

void
preview_print(
    struct buf *out, const struct preview *p, const struct terminal *t)
{
	struct address_list from = { .items = NULL };

	put_account(out, t, p);
	address_list_add(&from, p->from);
	put_addresses(out, t, "from", &from);
	address_list_release(&from);
	put_addresses(out, t, "to", p->to);
	put_addresses(out, t, "cc", p->cc);
	put_addresses(out, t, "bcc", p->bcc);
	if (p->subject != NULL) {
		put_label(out, t, "subject");
		put_escaped(out, p->subject);
		buf_putc(out, '\n');
	}
	if (p->header != NULL)
		put_header(out, p->header);
	buf_putc(out, '\n');
	if (p->root != NULL) {
		put_row(out, t, "", p->root);
		put_tree(out, t, "", p->root);
	} else {
		buf_puts(out, "a finished message, sent as it is\n");
	}
	buf_putc(out, '\n');
	for (size_t i = 0; i < p->warnings->count; i++) {
		buf_printf(
		    out, "%s!%s ", terminal_on(t, TINT_HINT), terminal_off(t));
		put_escaped(out, p->warnings->items[i]);
		buf_putc(out, '\n');
	}
	put_limit(out, t, p);
}
