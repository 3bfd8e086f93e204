/* SPDX-License-Identifier: MIT */
/*
 * One walk over the text either writes or, with out == NULL, only counts.
 *
 * A byte's form depends on its column and on a few bytes behind it.  A byte
 * whose form is not known yet waits in `pending`, so that no split of the input
 * changes the result.  Runs of plain text go sixteen bytes at a time.
 */
#include "text/quoted.h"

#include "text/lanes.h"

#define QP_LINE 76

/* The rest of a block. */
struct ahead {
	const char *p;
	size_t len;
	bool last;    /* nothing follows the block */
	bool any_end; /* lone CR and LF are line ends as well */
};

/* What looking ahead can say. */
enum answer {
	UNKNOWN = -1,
	NO,
	YES
};

/* Whatever the signedness of char. */
static inline bool
is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

/* Printable or a blank: may stand for itself. */
static inline bool
is_plain(char c)
{
	return (!is_high(c) && c >= ' ' && c != '=' && c != 127) || c == '\t';
}

static inline struct ahead
skip(struct ahead a, size_t n)
{
	a.p += n;
	a.len -= n;
	return a;
}

/* The length of the line end that stands here (len > 0), 0 for none, UNKNOWN
 * while that depends on the next block. */
static inline int
line_end(struct ahead a)
{
	if (a.p[0] == '\n')
		return a.any_end ? 1 : 0;
	if (a.p[0] != '\r')
		return 0;
	if (a.len == 1 && !a.last)
		return UNKNOWN;
	if (a.len > 1 && a.p[1] == '\n')
		return 2;
	return a.any_end ? 1 : 0;
}

static inline enum answer
line_ends_here(struct ahead a)
{
	int end;

	if (a.len == 0)
		return a.last ? YES : UNKNOWN;
	end = line_end(a);
	return end > 0 ? YES : (enum answer)end;
}

static enum answer
from_here(struct ahead a)
{
	static const char from[] = "From ";

	for (size_t i = 0; from[i] != '\0'; i++) {
		if (i == a.len)
			return a.last ? NO : UNKNOWN;
		if (a.p[i] != from[i])
			return NO;
	}
	return YES;
}

static inline enum answer
needs_code(struct ahead a, unsigned column)
{
	char c = a.p[0];

	if (c == ' ' || c == '\t')
		return line_ends_here(skip(a, 1));
	if (!is_plain(c))
		return YES;
	if (column == 0 && c == '.')
		return YES;
	if (column == 0 && c == 'F')
		return from_here(a);
	return NO;
}

static inline char *
at(char *out, size_t n)
{
	return out == NULL ? NULL : out + n;
}

static inline size_t
put_code(char c, char *out)
{
	static const char hex[] = "0123456789ABCDEF";

	if (out != NULL) {
		out[0] = '=';
		out[1] = hex[(unsigned char)c >> 4];
		out[2] = hex[(unsigned char)c & 15];
	}
	return 3;
}

static inline size_t
put_text(const char *text, size_t len, char *out)
{
	if (out != NULL)
		memcpy(out, text, len);
	return len;
}

/* Make room for the byte that stands here, if need be by a soft line break, and
 * say in *code how it is to be written.  UNKNOWN: more input is needed. */
static inline enum answer
make_room(struct qp_encoder *e, struct ahead a, enum answer *code, char *out,
    size_t *n)
{
	for (;;) {
		unsigned end;
		enum answer fits;

		*code = needs_code(a, e->column);
		if (*code == UNKNOWN)
			return UNKNOWN;
		end = e->column + (*code == YES ? 3 : 1);
		fits = end < QP_LINE ? YES : NO;
		/* Only the end of a line may take the place of the "=". */
		if (end == QP_LINE)
			fits = line_ends_here(skip(a, 1));
		if (fits != NO)
			return fits;
		*n += put_text("=\r\n", 3, at(out, *n));
		e->column = 0;
	}
}

/* Encode the byte or line end that stands here; the bytes written.  *used stays
 * 0 when more input is needed. */
static inline size_t
put_one(struct qp_encoder *e, struct ahead a, char *out, size_t *used)
{
	int end = line_end(a);
	enum answer code;
	size_t n = 0, width;

	if (end > 0) {
		*used = (size_t)end;
		e->column = 0;
		return put_text("\r\n", 2, out);
	}
	if (end == UNKNOWN || make_room(e, a, &code, out, &n) == UNKNOWN)
		return n;
	width = code == YES ? put_code(a.p[0], at(out, n))
			    : put_text(a.p, 1, at(out, n));
	e->column += (unsigned)width;
	*used = 1;
	return n + width;
}

/* Copy bytes that stand for themselves wherever they are, as far as the line
 * has room.  May write up to a vector more than it says: a vector of input is
 * left then, and QP_BOUND has three times that. */
static inline size_t
put_plain(struct qp_encoder *e, struct ahead a, char *out)
{
	size_t room, n = 0;

	if (e->column >= QP_LINE - 1 ||
	    (e->column == 0 && (a.p[0] == '.' || a.p[0] == 'F')))
		return 0;
	room = QP_LINE - 1 - e->column;
	while (n < room && a.len - n >= LANES) {
		lanes v = lanes_load(a.p + n);
		size_t first = lanes_first(
		    ((v < ' ') & (v != '\t')) | (v == '=') | (v == 127));

		if (out != NULL)
			lanes_store(out + n, v);
		n += first;
		if (first < LANES)
			break;
	}
	for (; n < room && n < a.len && is_plain(a.p[n]); n++)
		(void)put_text(a.p + n, 1, at(out, n));
	if (n > room)
		n = room;
	/* A blank may turn out to be the last of its line. */
	if (n > 0 && (a.p[n - 1] == ' ' || a.p[n - 1] == '\t'))
		n--;
	e->column += (unsigned)n;
	return n;
}

/* Encode bytes above ASCII as far as the line has room; *used of them. */
static inline size_t
put_high(struct qp_encoder *e, struct ahead a, char *out, size_t *used)
{
	size_t n = 0;

	while (
	    *used < a.len && is_high(a.p[*used]) && e->column + 3 < QP_LINE) {
		n += put_code(a.p[*used], at(out, n));
		e->column += 3;
		++*used;
	}
	return n;
}

/* Encode until the end of the block or to a byte that must wait; *done tells
 * how far. */
static inline size_t
walk(struct qp_encoder *e, struct ahead a, char *out, size_t *done)
{
	const char *begin = a.p;
	size_t n = 0;

	while (a.len > 0) {
		size_t used = put_plain(e, a, at(out, n));

		n += used;
		a = skip(a, used);
		if (a.len == 0)
			break;
		used = 0;
		n += put_high(e, a, at(out, n), &used);
		if (used == 0)
			n += put_one(e, a, at(out, n), &used);
		if (used == 0)
			break;
		a = skip(a, used);
	}
	*done = (size_t)(a.p - begin);
	return n;
}

static inline size_t
encode(struct qp_encoder *e, struct ahead a, char *out)
{
	size_t n = 0, done;

	/* What waits gets company, one by one, until it is decided. */
	while (e->pending_count > 0 && (a.len > 0 || a.last)) {
		struct ahead waiting = { e->pending, 0, a.last, a.any_end };

		if (a.len > 0) {
			e->pending[e->pending_count++] = a.p[0];
			a = skip(a, 1);
		}
		waiting.len = e->pending_count;
		waiting.last = a.last && a.len == 0;
		n += walk(e, waiting, at(out, n), &done);
		e->pending_count -= (unsigned)done;
		memmove(e->pending, e->pending + done, e->pending_count);
	}
	if (a.len == 0)
		return n;
	n += walk(e, a, at(out, n), &done);
	a = skip(a, done);
	memcpy(e->pending, a.p, a.len);
	e->pending_count = (unsigned)a.len;
	return n;
}

size_t
qp_encode(struct qp_encoder *e, const void *in, size_t len, char *out)
{
	return encode(e, (struct ahead){ in, len, false, false }, out);
}

size_t
qp_finish(struct qp_encoder *e, char *out)
{
	return encode(e, (struct ahead){ "", 0, true, false }, out);
}

size_t
qp_measure(struct qp_encoder *e, const void *in, size_t len, bool last)
{
	return encode(e, (struct ahead){ in, len, last, true }, NULL);
}
