/* SPDX-License-Identifier: MIT */
/*
 * Four questions in turn about each piece that fits the first cache: which
 * bytes, which lines, is it UTF-8, how long as quoted-printable.
 */
#include "text/scan.h"

#include "text/lanes.h"
#include "text/utf8.h"

/* One byte of counting lane holds 255. */
#define PIECE ((size_t)LANES * 255)

struct tally {
	lanes_unsigned high, controls, nuls;
};

static inline void
tally_add(struct tally *t, lanes v)
{
	lanes layout =
	    (v == '\t') | (v == '\n') | (v == '\f') | (v == '\r') | (v == 27);

	/* A mask is -1. */
	t->high -= (lanes_unsigned)(v < 0);
	t->nuls -= (lanes_unsigned)(v == 0);
	t->controls -=
	    (lanes_unsigned)(((v >= 0) & (v < ' ') & ~layout) | (v == 127));
}

static int64_t
sum(lanes_unsigned counts)
{
	int64_t total = 0;

	for (size_t i = 0; i < LANES; i++)
		total += counts[i];
	return total;
}

/* Count kinds of bytes; len is at most PIECE. */
static void
scan_bytes(struct content_facts *f, const char *p, size_t len)
{
	struct tally t = { 0 };

	for (; len >= LANES; len -= LANES, p += LANES)
		tally_add(&t, lanes_load(p));
	f->high += sum(t.high);
	f->controls += sum(t.controls);
	f->nuls += sum(t.nuls);
	if (len > 0) {
		char padded[LANES] = "................";

		memcpy(padded, p, len);
		scan_bytes(f, padded, LANES);
	}
}

static inline size_t
find_line_end(const char *p, size_t len)
{
	size_t n = 0;

	while (len - n >= LANES) {
		lanes v = lanes_load(p + n);
		size_t first = lanes_first((v == '\r') | (v == '\n'));

		n += first;
		if (first < LANES)
			return n;
	}
	while (n < len && p[n] != '\r' && p[n] != '\n')
		n++;
	return n;
}

/* More bytes of the current line. */
static inline void
extend_line(struct content_scanner *s, const char *p, size_t len)
{
	size_t have = (size_t)s->line;

	if (have == 0 && len >= sizeof(s->head))
		memcpy(s->head, p, sizeof(s->head));
	else
		for (size_t i = 0; i < len && have + i < sizeof(s->head); i++)
			s->head[have + i] = p[i];
	s->line += (int64_t)len;
}

static inline void
end_line(struct content_scanner *s)
{
	struct content_facts *f = &s->facts;

	if (f->lines == 0 && s->line >= 3)
		f->bom = memcmp(s->head, "\xef\xbb\xbf", 3) == 0;
	f->lines++;
	if (s->line > f->longest)
		f->longest = s->line;
	if (s->line >= 1 && s->head[0] == '.')
		f->dot_lines++;
	if (s->line >= 5 && memcmp(s->head, "From ", 5) == 0)
		f->from_lines++;
	s->line = 0;
}

static void
scan_lines(struct content_scanner *s, const char *p, size_t len)
{
	struct content_facts *f = &s->facts;

	while (len > 0) {
		size_t n = find_line_end(p, len);

		if (n > 0) {
			extend_line(s, p, n);
			s->after_cr = false;
		}
		if (n == len)
			return;
		if (p[n] == '\r') {
			f->bare_cr++; /* as it seems */
			end_line(s);
		} else if (s->after_cr) {
			f->bare_cr--;
			f->crlf++;
		} else {
			f->bare_lf++;
			end_line(s);
		}
		s->after_cr = p[n] == '\r';
		p += n + 1;
		len -= n + 1;
	}
}

static void
scan_utf8(struct content_scanner *s, const char *p, size_t len)
{
	uint32_t c;
	size_t whole;

	while (s->character_len > 0 && len > 0 && !s->not_utf8) {
		s->character[s->character_len++] = *p++;
		len--;
		if (utf8_decode(s->character, s->character_len, &c) > 0)
			s->character_len = 0;
		else if (s->character_len == sizeof(s->character))
			s->not_utf8 = true;
	}
	if (s->not_utf8 || len == 0)
		return;
	whole = utf8_cut(p, len);
	s->not_utf8 = !utf8_valid(p, whole);
	s->character_len = (unsigned)(len - whole);
	memcpy(s->character, p + whole, len - whole);
}

void
content_scan(struct content_scanner *s, const void *in, size_t len)
{
	const char *p = in;

	while (len > 0) {
		size_t n = len < PIECE ? len : PIECE;

		s->facts.bytes += (int64_t)n;
		scan_bytes(&s->facts, p, n);
		scan_lines(s, p, n);
		scan_utf8(s, p, n);
		if (s->facts.nuls == 0)
			s->facts.qp_size +=
			    (int64_t)qp_measure(&s->qp, p, n, false);
		p += n;
		len -= n;
	}
}

void
content_scan_finish(struct content_scanner *s)
{
	struct content_facts *f = &s->facts;

	f->ends_in_newline = f->bytes > 0 && s->line == 0;
	if (s->line > 0)
		end_line(s);
	f->crlf_size = f->bytes + f->bare_lf + f->bare_cr;
	f->qp_size += (int64_t)qp_measure(&s->qp, "", 0, true);
	if (f->nuls > 0)
		f->qp_size = -1;
	f->utf8 = !s->not_utf8 && s->character_len == 0;
}
