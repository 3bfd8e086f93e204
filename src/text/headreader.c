/* SPDX-License-Identifier: MIT */
/*
 * Lines in, a header block out.
 *
 * Each line is looked at as soon as its first bytes say what it is, so that a
 * body without line ends is not collected.  The fields are indexed once the
 * block is complete and its memory no longer moves.
 */
#include "text/headreader.h"

#include "base/mem.h"
#include "text/fold.h"
#include "text/header.h"

#include <string.h>

/* A field's colon is searched this far. */
#define MAX_FIELD_START 128

/* Bytes taken at once, so that a line of a body is seen to be one early. */
#define PIECE 4096

static const char byte_order_mark[] = "\xef\xbb\xbf";

enum line_kind {
	LINE_OPEN, /* more bytes are needed to tell */
	LINE_EMPTY,
	LINE_FIELD,
	LINE_CONTINUATION,
	LINE_MBOX,  /* "From " in front of all */
	LINE_COLON, /* a field without a name */
	LINE_BODY,
};

void
head_init(struct head *h)
{
	*h = (struct head){
		.text = buf_make(HEADER_MAX_BLOCK),
		.line = buf_make(HEADER_MAX_BLOCK),
	};
}

void
head_release(struct head *h)
{
	buf_release(&h->text);
	buf_release(&h->line);
	free(h->fields);
	head_init(h);
}

static bool
begins_with(const char *line, const char *start)
{
	return strncmp(line, start, strlen(start)) == 0;
}

/*
 * What a line is whose first len bytes are known; `ended` when they are all of
 * it.  Never changes its mind when more bytes come.
 */
static enum line_kind
classify(const struct head *h, const char *line, size_t len, bool ended)
{
	size_t name = 0;
	size_t colon;

	if (ended && len == 0)
		return LINE_EMPTY;
	if (len > 0 && is_wsp(line[0]))
		return LINE_CONTINUATION;
	while (name < len && name < MAX_FIELD_START &&
	    header_name_valid(line + name, 1))
		name++;
	for (colon = name; colon < len && colon < MAX_FIELD_START;) {
		if (!is_wsp(line[colon]))
			break;
		colon++;
	}
	if (colon == len && !ended)
		return LINE_OPEN;
	if (colon < len && line[colon] == ':' && name == 0)
		return LINE_COLON;
	if (colon < len && line[colon] == ':')
		return header_name_valid(line, name) ? LINE_FIELD : LINE_BODY;
	if (h->count == 0 &&
	    (begins_with(line, "From ") || begins_with(line, ">From ")))
		return LINE_MBOX;
	return LINE_BODY;
}

/* Split the block into fields; a line that begins with a blank continues. */
static void
index_fields(struct head *h)
{
	const char *p = h->text.data;
	const char *end = p + h->text.len;

	h->fields = mem_resize(NULL, h->count, sizeof(*h->fields));
	for (size_t i = 0; i < h->count; i++) {
		struct head_field *f = &h->fields[i];
		const char *colon = memchr(p, ':', (size_t)(end - p));
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		while (lf + 1 < end && is_wsp(lf[1]))
			lf = memchr(lf + 1, '\n', (size_t)(end - lf - 1));
		f->name = f->field = p;
		f->name_len = (size_t)(colon - p);
		f->field_len = (size_t)(lf - p);
		f->value = colon + 1;
		while (
		    f->value < lf && (is_wsp(*f->value) || *f->value == '\n'))
			f->value++;
		f->value_len = (size_t)(lf - f->value);
		p = lf + 1;
	}
}

static int MUST_CHECK
check_controls(const char *line, size_t len, struct error *err)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return error_set(err, ERR_DATA,
			    "header line '%.*s' has a control character "
			    "(0x%02x) at byte offset %zu",
			    i < 60 ? (int)i : 60, line, c, i);
	}
	return 0;
}

/* Store one line of the block; blanks before a field's colon are left out. */
static int MUST_CHECK
keep_line(
    struct head *h, const char *line, size_t len, bool field, struct error *err)
{
	size_t name = 0;
	size_t rest = 0;

	if (check_controls(line, len, err) < 0)
		return -1;
	if (field) {
		if (h->count == HEAD_MAX_FIELDS)
			return error_set(err, ERR_DATA,
			    "more than %d header fields", HEAD_MAX_FIELDS);
		while (!is_wsp(line[name]) && line[name] != ':')
			name++;
		rest = name;
		while (is_wsp(line[rest]))
			rest++;
	}
	buf_add(&h->text, line, name);
	buf_add(&h->text, line + rest, len - rest);
	buf_putc(&h->text, '\n');
	if (buf_check(&h->text, "the header", err) < 0)
		return -1;
	h->count += field;
	return 0;
}

/*
 * The header ends, at an empty line, at a line of the body or with the input.
 * Without any field all of it is body, even a line that looked like mbox.
 */
static void
end_header(struct head *h, bool at_body)
{
	h->complete = true;
	h->no_header = h->count == 0 && (at_body || h->started);
	h->missing_blank = at_body && h->count > 0;
	if (h->no_header)
		h->consumed = 0;
	if (h->count > 0)
		index_fields(h);
}

/* Act on h->line, which took `raw` bytes of input and is `kind`. */
static int MUST_CHECK
act(struct head *h, enum line_kind kind, const char *line, size_t len,
    size_t raw, struct error *err)
{
	bool field = kind == LINE_FIELD;

	if (kind == LINE_COLON && h->count > 0)
		return error_set(
		    err, ERR_DATA, "a header line begins with a colon");
	if (kind == LINE_BODY || kind == LINE_COLON ||
	    (kind == LINE_CONTINUATION && h->count == 0)) {
		end_header(h, true);
		return 0;
	}
	if ((field || kind == LINE_CONTINUATION) &&
	    keep_line(h, line, len, field, err) < 0)
		return -1;
	h->consumed += raw;
	if (kind == LINE_EMPTY)
		end_header(h, false);
	h->started = true;
	buf_clear(&h->line);
	return 0;
}

/*
 * Take h->line as far as it is known.  `newline` is the length of the LF that
 * ended it; `ended` without one is the end of the input.
 */
static int MUST_CHECK
take_line(struct head *h, bool ended, size_t newline, struct error *err)
{
	const char *line = h->line.data;
	size_t len = h->line.len;
	enum line_kind kind;

	if (!h->started && begins_with(line, byte_order_mark)) {
		line += 3;
		len -= 3;
	} else if (!h->started && !ended && len < 3 &&
	    begins_with(byte_order_mark, line)) {
		return 0;
	}
	/* A CR may be the first half of the line end. */
	if (len > 0 && line[len - 1] == '\r')
		len--;
	kind = classify(h, line, len, ended);
	if (!ended && kind != LINE_BODY && kind != LINE_COLON)
		return 0;
	return act(h, kind, line, len, h->line.len + newline, err);
}

ssize_t
head_push(struct head *h, const char *data, size_t len, struct error *err)
{
	size_t before = h->consumed + h->line.len;
	size_t pos = 0;

	while (!h->complete && pos < len) {
		size_t n = len - pos < PIECE ? len - pos : PIECE;
		const char *lf = memchr(data + pos, '\n', n);

		if (lf != NULL)
			n = (size_t)(lf - (data + pos));
		buf_add(&h->line, data + pos, n);
		pos += n + (lf != NULL);
		if (buf_check(&h->line, "the header", err) < 0 ||
		    take_line(h, lf != NULL, lf != NULL, err) < 0)
			return -1;
	}
	if (!h->complete)
		return (ssize_t)len;
	return h->consumed > before ? (ssize_t)(h->consumed - before) : 0;
}

int
head_finish(struct head *h, struct error *err)
{
	if (h->complete)
		return 0;
	if (h->line.len > 0 && take_line(h, true, 0, err) < 0)
		return -1;
	if (!h->complete)
		end_header(h, false);
	return 0;
}

void
head_stop(struct head *h)
{
	if (!h->complete)
		end_header(h, true);
}

const struct head_field *
head_find(const struct head *h, const char *name, size_t nth)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct head_field *f = &h->fields[i];

		if (strncasecmp(f->name, name, f->name_len) == 0 &&
		    name[f->name_len] == '\0' && nth-- == 0)
			return f;
	}
	return NULL;
}

void
head_unfold(struct buf *out, const struct head_field *f)
{
	const char *p = f->value;
	const char *end = p + f->value_len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf != NULL ? lf : end;

		buf_add(out, p, (size_t)(stop - p));
		p = lf != NULL ? lf + 1 : end;
	}
}
