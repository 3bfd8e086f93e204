/* SPDX-License-Identifier: MIT */
/*
 * A line reader and a stack of boundaries (RFC 2046 5.1).
 *
 * In a part's header every line is first compared with the boundaries, so a
 * header cannot swallow the end of its part.
 */
#include "message/walk.h"

#include "base/mem.h"
#include "message/wire.h"
#include "text/header.h"
#include "text/param.h"

#include <string.h>

/* Longer boundaries than this are none (the RFC allows 70). */
#define BOUNDARY_MAX 200
#define LINE_START   (BOUNDARY_MAX + 4)

struct frame {
	struct buf boundary; /* empty for message/rfc822 */
	bool sealed;
	bool digest;
};

struct line {
	int64_t number;
	int64_t start;
	int64_t end; /* without its line end */
	int64_t next;
	char text[LINE_START]; /* as much of its start as a boundary has */
	size_t len;            /* of text */
	bool blank_rest;       /* behind text only blanks */
	bool high;
	bool nul;
};

struct walk {
	struct store *store;
	int (*visit)(void *ctx, const struct zone *z, struct error *err);
	void *ctx;

	struct frame frames[WALK_DEPTH];
	size_t depth;
	size_t parts;

	struct zone zone; /* the leaf or the text between that is read */
	struct head head; /* of that leaf, unless it is the root */
	int64_t last_end; /* of its last line so far */

	/* line reader */
	struct line line;
	int64_t number; /* of the last line read */
	int64_t block_start;
	size_t block_len;
	size_t at;
	char block[STREAM_BLOCK];
};

/* --- fields --------------------------------------------------------------- */

void
head_word(struct buf *out, const struct head *h, const char *name)
{
	const struct head_field *f = head_find(h, name, 0);
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
	size_t start;

	if (f == NULL)
		return;
	head_unfold(&value, f);
	start = strspn(value.data, " \t");
	for (const char *p = value.data + start;
	     *p != '\0' && strchr(" \t;(", *p) == NULL; p++)
		buf_putc(out, *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
}

void
head_type(struct buf *out, const struct head *h, bool in_digest)
{
	size_t before = out->len;

	head_word(out, h, "Content-Type");
	if (param_is_media_type(out->data + before))
		return;
	buf_truncate(out, before);
	buf_puts(out, in_digest ? "message/rfc822" : "text/plain");
}

/* Append a multipart's boundary; false when it has none that can be used. */
static bool
find_boundary(struct buf *out, const struct head *h)
{
	const struct head_field *f = head_find(h, "Content-Type", 0);
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

	if (f == NULL)
		return false;
	head_unfold(&value, f);
	if (!param_find(value.data, "boundary", out) || out->full)
		return false;
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	return out->len > 0;
}

/* --- lines ---------------------------------------------------------------- */

static void
seek(struct walk *w, int64_t offset, int64_t number)
{
	w->block_start = offset;
	w->block_len = 0;
	w->at = 0;
	w->number = number;
}

static int64_t
offset(const struct walk *w)
{
	return w->block_start + (int64_t)w->at;
}

/* Is there a byte at w->at?  1, 0 at the end of the store, -1. */
static int
fill(struct walk *w, struct error *err)
{
	ssize_t n;

	if (w->at < w->block_len)
		return 1;
	w->block_start = offset(w);
	w->at = 0;
	w->block_len = 0;
	n = store_pread(
	    w->store, w->block, sizeof(w->block), w->block_start, err);
	if (n > 0)
		w->block_len = (size_t)n;
	return n > 0 ? 1 : (int)n;
}

/* Take the bytes at p that belong to the line; their number. */
static size_t
extend_line(struct line *l, const char *p, size_t len)
{
	unsigned char any = 0;
	bool nul = false;
	size_t n, keep;

	for (n = 0; n < len && p[n] != '\r' && p[n] != '\n'; n++) {
		any |= (unsigned char)p[n];
		nul |= p[n] == '\0';
	}
	l->high |= any >= 0x80;
	l->nul |= nul;
	keep = n < LINE_START - l->len ? n : LINE_START - l->len;
	memcpy(l->text + l->len, p, keep);
	l->len += keep;
	for (size_t i = keep; i < n && l->blank_rest; i++)
		l->blank_rest = p[i] == ' ' || p[i] == '\t';
	return n;
}

/* The next line into w->line: 1, 0 at the end, -1. */
static int
read_line(struct walk *w, struct error *err)
{
	struct line *l = &w->line;
	int more = fill(w, err);

	if (more <= 0)
		return more;
	*l = (struct line){
		.number = ++w->number, .start = offset(w), .blank_rest = true
	};
	for (; more > 0; more = fill(w, err)) {
		w->at += extend_line(l, w->block + w->at, w->block_len - w->at);
		if (w->at < w->block_len)
			break;
	}
	l->end = offset(w);
	if (more > 0 && w->block[w->at++] == '\r') {
		more = fill(w, err);
		if (more > 0 && w->block[w->at] == '\n')
			w->at++;
	}
	l->next = offset(w);
	return more < 0 ? -1 : 1;
}

static void
note_flaws(struct flaws *f, const struct line *l)
{
	if (l->end - l->start > WALK_LINE && f->long_line == 0)
		f->long_line = l->number;
	if (l->nul && f->nul_line == 0)
		f->nul_line = l->number;
	f->high |= l->high;
}

/* --- boundaries ----------------------------------------------------------- */

static bool
is_delimiter(const struct line *l, const struct buf *boundary, bool *closing)
{
	const char *p = l->text;
	const char *end = p + l->len;

	if (boundary->len == 0 || !l->blank_rest ||
	    l->len < boundary->len + 2 || memcmp(p, "--", 2) != 0 ||
	    memcmp(p + 2, boundary->data, boundary->len) != 0)
		return false;
	p += 2 + boundary->len;
	*closing = end - p >= 2 && p[0] == '-' && p[1] == '-';
	if (*closing)
		p += 2;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p == end;
}

/* The frame that the line delimits, plus one; 0 when it is no delimiter. */
static size_t
find_frame(const struct walk *w, bool *closing)
{
	for (size_t i = w->depth; i > 0; i--)
		if (is_delimiter(&w->line, &w->frames[i - 1].boundary, closing))
			return i;
	return 0;
}

static void
pop_to(struct walk *w, size_t depth)
{
	while (w->depth > depth)
		buf_release(&w->frames[--w->depth].boundary);
}

static int
push(struct walk *w, const char *type, const struct head *h, bool multipart,
    struct error *err)
{
	bool sealed = w->depth > 0 && w->frames[w->depth - 1].sealed;
	struct frame *f = &w->frames[w->depth];

	if (w->depth == WALK_DEPTH)
		return error_set(err, ERR_DATA,
		    "the message has more than %d levels of parts", WALK_DEPTH);
	*f = (struct frame){ .boundary = buf_make(BOUNDARY_MAX) };
	w->depth++;
	if (multipart && !find_boundary(&f->boundary, h))
		return error_set(
		    err, ERR_DATA, "a %s part has no boundary", type);
	f->digest = strcmp(type, "multipart/digest") == 0;
	f->sealed = sealed || strcmp(type, "multipart/signed") == 0 ||
	    strcmp(type, "multipart/encrypted") == 0;
	return 0;
}

/* --- zones ---------------------------------------------------------------- */

static int
end_zone(struct walk *w, int64_t end, struct error *err)
{
	w->zone.end = end;
	return w->visit(w->ctx, &w->zone, err);
}

/* What follows, up to the next boundary, stands between parts. */
static void
begin_between(struct walk *w, int64_t start)
{
	w->zone = (struct zone){
		.kind = ZONE_BETWEEN,
		.start = start,
		.body = start,
		.sealed = w->depth > 0 && w->frames[w->depth - 1].sealed,
	};
	w->last_end = start;
}

/*
 * The header of an entity was read: its zone begins.  *inside tells that it is
 * a message in a message, whose own header comes next.
 */
static int
begin_entity(struct walk *w, const struct head *h, struct zone *z, bool *inside,
    struct error *err)
{
	bool digest = w->depth > 0 && w->frames[w->depth - 1].digest;
	auto_buf struct buf type = buf_make(HEAD_WORD_MAX);
	auto_buf struct buf encoding = buf_make(HEAD_WORD_MAX);
	bool multipart;

	head_type(&type, h, digest);
	head_word(&encoding, h, "Content-Transfer-Encoding");
	multipart = strncmp(type.data, "multipart/", 10) == 0;
	*inside = strcmp(type.data, "message/rfc822") == 0 &&
	    strcmp(encoding.data, "base64") != 0 &&
	    strcmp(encoding.data, "quoted-printable") != 0;
	z->head = h;
	z->sealed = w->depth > 0 && w->frames[w->depth - 1].sealed;
	w->last_end = z->body;
	if (!multipart && !*inside) {
		z->kind = ZONE_LEAF;
		w->zone = *z;
		return 0;
	}
	z->kind = ZONE_CONTAINER;
	z->end = z->body;
	if (w->visit(w->ctx, z, err) < 0 ||
	    push(w, type.data, h, multipart, err) < 0)
		return -1;
	begin_between(w, z->body);
	return 0;
}

/* Push the bytes [start, end) of the store into w->head. */
static int
push_head(struct walk *w, int64_t start, int64_t end, struct error *err)
{
	char block[4096];

	while (start < end && !w->head.complete) {
		size_t room = sizeof(block);
		ssize_t n;

		if ((int64_t)room > end - start)
			room = (size_t)(end - start);
		n = store_pread(w->store, block, room, start, err);
		if (n <= 0)
			return (int)n;
		if (head_push(&w->head, block, (size_t)n, err) < 0)
			return -1;
		start += n;
	}
	return 0;
}

/* Read the header that begins here into w->head and *z; the reader stands at
 * the body then. */
static int
read_header(struct walk *w, struct zone *z, struct error *err)
{
	int64_t first = w->number;
	bool closing;
	int more;

	head_release(&w->head);
	*z = (struct zone){ .start = offset(w) };
	while ((more = read_line(w, err)) > 0) {
		if (find_frame(w, &closing) > 0)
			break;
		if (push_head(w, w->line.start, w->line.next, err) < 0)
			return error_wrap(
			    err, "line %lld", (long long)w->line.number);
		if (w->head.complete)
			break;
		note_flaws(&z->header, &w->line);
	}
	if (more < 0 || (!w->head.complete && head_finish(&w->head, err) < 0))
		return -1;
	z->body = z->start + (int64_t)w->head.consumed;
	if (more == 0 || z->body != w->line.next)
		seek(w, z->body,
		    z->body == w->line.start ? w->number - 1 : first);
	return 0;
}

/* A part begins here; messages in messages are entered. */
static int
begin_part(struct walk *w, struct error *err)
{
	bool inside = true;

	while (inside) {
		struct zone z;

		if (++w->parts > WALK_PARTS)
			return error_set(err, ERR_DATA,
			    "the message has more than %d parts", WALK_PARTS);
		if (read_header(w, &z, err) < 0 ||
		    begin_entity(w, &w->head, &z, &inside, err) < 0)
			return -1;
	}
	return 0;
}

/* w->line delimits frame `which` - 1. */
static int
at_delimiter(struct walk *w, size_t which, bool closing, struct error *err)
{
	bool leaf = w->zone.kind == ZONE_LEAF;

	if (end_zone(w, leaf ? w->last_end : w->line.start, err) < 0)
		return -1;
	if (w->line.end - w->line.start > WALK_LINE)
		return error_set(err, ERR_DATA,
		    "line %lld, a boundary, is longer than %d bytes",
		    (long long)w->line.number, WALK_LINE);
	pop_to(w, closing ? which - 1 : which);
	if (!closing)
		return begin_part(w, err);
	begin_between(w, w->line.next);
	return 0;
}

static int
walk_lines(struct walk *w, const struct head *top, struct error *err)
{
	struct zone root = { .root = true, .body = (int64_t)top->consumed };
	bool inside;
	int more;

	if (begin_entity(w, top, &root, &inside, err) < 0 ||
	    (inside && begin_part(w, err) < 0))
		return -1;
	while ((more = read_line(w, err)) > 0) {
		bool closing;
		size_t which = find_frame(w, &closing);

		if (which == 0) {
			note_flaws(&w->zone.content, &w->line);
			w->last_end = w->line.end;
		} else if (at_delimiter(w, which, closing, err) < 0) {
			return -1;
		}
	}
	return more < 0 ? -1 : end_zone(w, offset(w), err);
}

static int
count_header_lines(
    struct store *st, int64_t end, int64_t *lines, struct error *err)
{
	auto_stream struct stream *s = stream_store(st, 0, end);
	struct content_facts facts;

	if (stream_facts(s, &facts, err) < 0)
		return -1;
	*lines = facts.lines;
	return 0;
}

int
walk_message(struct store *st, const struct head *top,
    int (*visit)(void *ctx, const struct zone *z, struct error *err), void *ctx,
    struct error *err)
{
	auto_free struct walk *w = mem_zero(sizeof(*w));
	int64_t lines;
	int result;

	if (count_header_lines(st, (int64_t)top->consumed, &lines, err) < 0)
		return -1;
	w->store = st;
	w->visit = visit;
	w->ctx = ctx;
	head_init(&w->head);
	seek(w, (int64_t)top->consumed, lines);
	result = walk_lines(w, top, err);
	pop_to(w, 0);
	head_release(&w->head);
	return result;
}
