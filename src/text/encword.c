/* SPDX-License-Identifier: MIT */
/*
 * An encoded word is "=?charset?encoding?payload?=".  We write UTF-8 only, and
 * each word decodes by itself.
 */
#include "text/encword.h"

#include "base/mem.h"
#include "text/codec.h"
#include "text/hex.h"
#include "text/utf8.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX    75 /* characters of a word, RFC 2047 section 2 */
#define QUOTED_MAX  72
#define Q_OPEN      "=?UTF-8?Q?"
#define B_OPEN      "=?UTF-8?B?"
#define CLOSE       "?="
#define OVERHEAD    (sizeof(Q_OPEN) - 1 + sizeof(CLOSE) - 1)
#define PAYLOAD_MAX (WORD_MAX - OVERHEAD)

bool
encword_needed(const char *text, size_t len)
{
	return !utf8_is_ascii(text, len) || memmem(text, len, "=?", 2) != NULL;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

/* May c stand for itself in a Q payload? */
static bool
is_literal(char c, enum encword_place place)
{
	if (is_alnum(c))
		return true;
	if (place == ENCWORD_TEXT)
		return c > ' ' && c < 127 && strchr("=?_", c) == NULL;
	return c != '\0' && strchr("!*+-/", c) != NULL;
}

/* Length of the character at p; a byte that is not UTF-8 counts as one. */
static size_t
character_len(const char *p, size_t len)
{
	uint32_t c;
	size_t n = utf8_decode(p, len, &c);

	return n > 0 ? n : 1;
}

static size_t
q_width(const char *p, size_t n, enum encword_place place)
{
	return n == 1 && (*p == ' ' || is_literal(*p, place)) ? 1 : 3 * n;
}

/* Append a Q word with as many characters as go into room; bytes taken. */
static size_t
add_q(struct buf *out, const char *text, size_t len, enum encword_place place,
    size_t room)
{
	size_t taken = 0;

	while (taken < len) {
		size_t n = character_len(text + taken, len - taken);
		size_t width = q_width(text + taken, n, place);

		if (width > room)
			break;
		room -= width;
		taken += n;
	}
	if (taken == 0)
		return 0;
	buf_puts(out, Q_OPEN);
	for (size_t i = 0; i < taken; i++) {
		if (text[i] == ' ')
			buf_putc(out, '_');
		else if (is_literal(text[i], place))
			buf_putc(out, text[i]);
		else
			buf_printf(out, "=%02X", (unsigned char)text[i]);
	}
	buf_puts(out, CLOSE);
	return taken;
}

/* The same as B word. */
static size_t
add_b(struct buf *out, const char *text, size_t len,
    enum encword_place place UNUSED, size_t room)
{
	char payload[PAYLOAD_MAX + 4];
	size_t taken = room / 4 * 3;

	taken = taken < len ? utf8_cut(text, taken) : len;
	if (taken == 0)
		return 0;
	buf_puts(out, B_OPEN);
	buf_add(out, payload, base64_word(text, taken, payload));
	buf_puts(out, CLOSE);
	return taken;
}

typedef size_t add_word(struct buf *out, const char *text, size_t len,
    enum encword_place place, size_t room);

static void
add_words(struct buf *out, add_word *add, const char *text, size_t len,
    enum encword_place place, size_t first)
{
	size_t most = place == ENCWORD_QUOTED ? QUOTED_MAX : WORD_MAX;
	size_t room = first < most ? first : most;
	size_t taken = 0;

	if (len > 0 && room > OVERHEAD)
		taken = add(out, text, len, place, room - OVERHEAD);
	while (taken < len) {
		if (taken > 0)
			buf_putc(out, ' ');
		taken +=
		    add(out, text + taken, len - taken, place, most - OVERHEAD);
	}
}

void
encword_encode(struct buf *out, const char *text, size_t len,
    enum encword_place place, size_t first)
{
	auto_buf struct buf q = buf_make(SIZE_MAX);
	auto_buf struct buf b = buf_make(SIZE_MAX);

	add_words(&q, add_q, text, len, place, first);
	add_words(&b, add_b, text, len, place, first);
	if (b.len < q.len)
		buf_add(out, b.data, b.len);
	else
		buf_add(out, q.data, q.len);
}

/* --- reading ------------------------------------------------------------- */

/* The parts of an encoded word. */
struct word {
	const char *charset;
	size_t charset_len;
	char encoding; /* 'q' or 'b' */
	const char *payload;
	size_t payload_len;
	size_t len; /* all of it */
};

/* Length of the run up to c, SIZE_MAX if a blank or the end comes first. */
static size_t
length_to(const char *p, const char *end, char c)
{
	for (const char *q = p; q<end && * q> ' ' && *q < 127; q++)
		if (*q == c)
			return (size_t)(q - p);
	return SIZE_MAX;
}

/* Take apart the word that begins at p with "=?"; false if it is none. */
static bool
split_word(const char *p, size_t len, struct word *w)
{
	const char *end = p + len;
	const char *star;

	w->charset = p + 2;
	w->charset_len = length_to(w->charset, end, '?');
	if (w->charset_len == SIZE_MAX)
		return false;
	p = w->charset + w->charset_len + 1;
	if (end - p < 2 || p[1] != '?')
		return false;
	w->encoding = (char)(p[0] | 0x20);
	w->payload = p + 2;
	w->payload_len = length_to(w->payload, end, '?');
	if (w->payload_len == SIZE_MAX)
		return false;
	p = w->payload + w->payload_len + 1;
	if (p == end || *p != '=')
		return false;
	w->len = (size_t)(p + 1 - w->charset) + 2;
	/* A language may follow: RFC 2231 section 5. */
	star = memchr(w->charset, '*', w->charset_len);
	if (star != NULL)
		w->charset_len = (size_t)(star - w->charset);
	return w->encoding == 'q' || w->encoding == 'b';
}

static bool
decode_q(struct buf *out, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int c = p[i] == '_' ? ' ' : (unsigned char)p[i];

		if (c == '=') {
			c = hex_byte(p + i + 1, len - i - 1);
			i += 2;
		}
		if (c < 0)
			return false;
		buf_putc(out, (char)c);
	}
	return true;
}

static bool
decode_b(struct buf *out, const char *p, size_t len)
{
	auto_free char *bytes = mem_alloc(len / 4 * 3 + 3);
	size_t n = base64_decode(p, len, bytes);

	if (n == SIZE_MAX)
		return false;
	buf_add(out, bytes, n);
	return true;
}

static bool
charset_is(const struct word *w, const char *name)
{
	return w->charset_len == strlen(name) &&
	    strncasecmp(w->charset, name, w->charset_len) == 0;
}

/* Append bytes of the word's charset as UTF-8; false if that is beyond us. */
static bool
add_converted(struct buf *out, const struct word *w, const struct buf *bytes)
{
	if (charset_is(w, "iso-8859-1")) {
		for (size_t i = 0; i < bytes->len; i++) {
			unsigned char c = (unsigned char)bytes->data[i];

			if (c >= 0x80)
				buf_putc(out, (char)(0xc0 | c >> 6));
			buf_putc(out, (char)(c < 0x80 ? c : 0x80 | (c & 0x3f)));
		}
		return true;
	}
	if (charset_is(w, "utf-8") ? !utf8_valid(bytes->data, bytes->len)
				   : !charset_is(w, "us-ascii") ||
		    !utf8_is_ascii(bytes->data, bytes->len))
		return false;
	buf_add(out, bytes->data, bytes->len);
	return true;
}

static bool
decode_word(struct buf *out, const struct word *w)
{
	auto_buf struct buf bytes = buf_make(w->payload_len);
	bool ok = w->encoding == 'q'
	    ? decode_q(&bytes, w->payload, w->payload_len)
	    : decode_b(&bytes, w->payload, w->payload_len);

	return ok && add_converted(out, w, &bytes);
}

static bool
is_blank(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] == '\0' || strchr(" \t\r\n", p[i]) == NULL)
			return false;
	return true;
}

void
encword_decode(struct buf *out, const char *text, size_t len)
{
	size_t plain = 0; /* begin of what is not written yet */
	bool after_word = false;

	for (size_t i = 0; i + 1 < len;) {
		auto_buf struct buf decoded = buf_make(2 * len);
		struct word w;

		if (text[i] != '=' || text[i + 1] != '?' ||
		    !split_word(text + i, len - i, &w) ||
		    !decode_word(&decoded, &w)) {
			i++;
			continue;
		}
		/* Blanks between two words only separate them. */
		if (!after_word || !is_blank(text + plain, i - plain))
			buf_add(out, text + plain, i - plain);
		buf_add(out, decoded.data, decoded.len);
		after_word = true;
		i += w.len;
		plain = i;
	}
	buf_add(out, text + plain, len - plain);
}
