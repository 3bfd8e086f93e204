/* SPDX-License-Identifier: MIT */
/*
 * Everything but RFC 3986's unreserved characters is escaped, so that one
 * spelling serves for bodies and for URLs.
 */
#include "text/form.h"

#include "base/mem.h"
#include "text/hex.h"

#include <ctype.h>
#include <string.h>

static bool
is_unreserved(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("-._~", c));
}

static void
add_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (is_unreserved(*text))
			buf_putc(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

void
form_add(struct buf *out, const char *name, const char *value)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '&';

	if (value == NULL)
		return;
	if (last != '&' && last != '?')
		buf_putc(out, '&');
	add_escaped(out, name);
	buf_putc(out, '=');
	add_escaped(out, value);
}

/* The len bytes of a name or value without their escapes, or NULL. */
static char *
decode(const char *text, size_t len)
{
	auto_free char *out = mem_alloc(len + 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i] == '+' ? ' ' : text[i];

		if (c == '%') {
			int byte = hex_byte(text + i + 1, len - i - 1);

			if (byte < 0)
				return NULL;
			c = (char)byte;
			i += 2;
		}
		if (c == '\0')
			return NULL;
		out[used++] = c;
	}
	out[used] = '\0';
	return steal(out);
}

char *
form_find(const char *form, size_t len, const char *name)
{
	const char *end = form + len;

	for (const char *at = form; at < end;) {
		const char *next = memchr(at, '&', (size_t)(end - at));
		const char *equals;

		if (next == NULL)
			next = end;
		equals = memchr(at, '=', (size_t)(next - at));
		if (equals != NULL) {
			auto_free char *found =
			    decode(at, (size_t)(equals - at));

			if (found != NULL && strcmp(found, name) == 0)
				return decode(
				    equals + 1, (size_t)(next - equals) - 1);
		}
		at = next + 1;
	}
	return NULL;
}
