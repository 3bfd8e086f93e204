/* SPDX-License-Identifier: MIT */
/*
 * Text is taken character by character; what is harmless is collected into
 * runs, what is not is spelled out in ASCII.
 */
#include "text/escape.h"

#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_SIZE 16

/* One character of the input; n is 1 for a byte that is not UTF-8. */
struct item {
	size_t n;
	uint32_t codepoint;
	bool valid;
};

static struct item
item_at(const char *p, size_t len)
{
	struct item it = { .n = 0 };

	it.n = utf8_decode(p, len, &it.codepoint);
	it.valid = it.n > 0;
	if (!it.valid) {
		it.n = 1;
		it.codepoint = (unsigned char)*p;
	}
	return it;
}

static bool
is_dangerous(const struct item *it)
{
	return !it->valid || utf8_is_control(it->codepoint) ||
	    utf8_is_bidi(it->codepoint);
}

/* Spell out a dangerous character for people; the length. */
static size_t
spell(const struct item *it, char out[ESCAPE_SIZE])
{
	static const char names[] = "\rr\nn\tt\033e";
	const char *found = NULL;
	int n;

	if (it->codepoint != 0 && it->codepoint < 0x20)
		found = strchr(names, (char)it->codepoint);
	if (found != NULL)
		n = snprintf(out, ESCAPE_SIZE, "\\%c", found[1]);
	else if (it->n == 1)
		n = snprintf(out, ESCAPE_SIZE, "\\x%02X", it->codepoint);
	else
		n = snprintf(out, ESCAPE_SIZE, "\\u{%04X}", it->codepoint);
	return (size_t)n;
}

void
escape_print(struct buf *out, const char *text, size_t len, size_t limit)
{
	size_t dots = limit < 3 ? limit : 3;
	size_t columns = 0;
	size_t cut = out->len; /* where the dots go if it has to be cut */

	for (size_t i = 0; i < len;) {
		struct item it = item_at(text + i, len - i);
		const char *shown = text + i;
		char spelled[ESCAPE_SIZE];
		size_t n = it.n;

		if (is_dangerous(&it)) {
			n = spell(&it, spelled);
			shown = spelled;
		}
		columns += utf8_width(shown, n);
		if (limit > 0 && columns > limit) {
			buf_truncate(out, cut);
			buf_add(out, "...", dots);
			return;
		}
		buf_add(out, shown, n);
		if (columns + dots <= limit)
			cut = out->len;
		i += it.n;
	}
}

/* What stands for a character in a JSON string; NULL for itself. */
static const char *
json_escape(const struct item *it, char buffer[ESCAPE_SIZE])
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	if (!it->valid)
		return "\xef\xbf\xbd"; /* U+FFFD */
	for (size_t i = 0; names[i] != '\0'; i += 2) {
		if (it->codepoint == (unsigned char)names[i]) {
			(void)snprintf(
			    buffer, ESCAPE_SIZE, "\\%c", names[i + 1]);
			return buffer;
		}
	}
	if (!is_dangerous(it))
		return NULL;
	(void)snprintf(buffer, ESCAPE_SIZE, "\\u%04x", it->codepoint);
	return buffer;
}

void
escape_json(struct buf *out, const char *text, size_t len)
{
	size_t plain = 0; /* begin of the run that needs no escape */

	buf_putc(out, '"');
	for (size_t i = 0; i < len;) {
		struct item it = item_at(text + i, len - i);
		char buffer[ESCAPE_SIZE];
		const char *escape = json_escape(&it, buffer);

		if (escape != NULL) {
			buf_add(out, text + plain, i - plain);
			buf_puts(out, escape);
			plain = i + it.n;
		}
		i += it.n;
	}
	buf_add(out, text + plain, len - plain);
	buf_putc(out, '"');
}
