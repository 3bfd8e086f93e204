/* SPDX-License-Identifier: MIT */
/*
 * A parameter is written whole or in numbered sections, each on a line of its
 * own if need be; it is found again in any of the forms that others write.
 */
#include "text/param.h"

#include "text/cfws.h"
#include "text/encword.h"
#include "text/hex.h"
#include "text/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Columns of a line, and of one with encoded words (RFC 2047 section 2); one is
 * kept for the ";" of the next parameter. */
#define LINE         (78 - 1)
#define ENCWORD_LINE (76 - 1)

static bool
is_token_char(char c)
{
	return c > ' ' && c < 127 && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

/* RFC 2231 section 7: the characters of an extended value. */
static bool
is_attribute_char(char c)
{
	return is_token_char(c) && strchr("*'%", c) == NULL;
}

static bool
all(bool (*is)(char), const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is(text[i]))
			return false;
	return len > 0;
}

bool
param_is_token(const char *text, size_t len)
{
	return all(is_token_char, text, len);
}

bool
param_is_media_type(const char *text)
{
	size_t type = strcspn(text, "/");

	return text[type] == '/' && param_is_token(text, type) &&
	    param_is_token(text + type + 1, strlen(text + type + 1));
}

/* Can the value stand as it is, in quotes if need be?  Quoted pairs would do
 * for quotes and backslashes, but too many readers get them wrong. */
static bool
is_plain(const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p < ' ' || *p >= 127 || *p == '"' || *p == '\\')
			return false;
	return !encword_needed(value, strlen(value));
}

/* --- writing ------------------------------------------------------------- */

static void
start_line(struct buf *out, size_t *column)
{
	buf_puts(out, "\r\n ");
	*column = 1;
}

/* Append "; ITEM", on a new line if this one would pass the limit. */
static void
add_item(struct buf *out, size_t *column, const struct buf *item, size_t limit)
{
	buf_putc(out, ';');
	if (*column + 2 + item->len > limit) {
		start_line(out, column);
	} else {
		buf_putc(out, ' ');
		*column += 2;
	}
	buf_add(out, item->data, item->len);
	*column += item->len;
}

/* Append the item on a line of its own. */
static void
add_line(struct buf *out, size_t *column, const struct buf *item)
{
	start_line(out, column);
	buf_add(out, item->data, item->len);
	*column += item->len;
}

/* Append one character, n bytes of it, in the form of the value. */
static void
add_character(struct buf *item, const char *p, size_t n, bool extended)
{
	if (!extended || is_attribute_char(*p)) {
		buf_putc(item, *p);
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(item, "%%%02X", (unsigned char)p[i]);
}

/* Append characters of value as long as item fits on a line; the number of
 * bytes, never 0: a monstrous name must not stop us. */
static size_t
add_characters(struct buf *item, const char *value, bool extended)
{
	size_t room = LINE - 1 - (extended ? 0 : strlen("\""));
	size_t len = strlen(value), taken = 0;

	while (taken < len) {
		uint32_t c;
		size_t n = utf8_decode(value + taken, len - taken, &c);
		size_t before = item->len;

		n += n == 0;
		add_character(item, value + taken, n, extended);
		if (item->len > room && taken > 0) {
			buf_truncate(item, before);
			break;
		}
		taken += n;
	}
	return taken;
}

/* Append the value in numbered sections, RFC 2231 sections 3 and 4.1. */
static void
add_sections(struct buf *out, size_t *column, const char *name,
    const char *value, bool extended)
{
	auto_buf struct buf item = buf_make(SIZE_MAX);

	for (unsigned i = 0; *value != '\0'; i++) {
		buf_clear(&item);
		buf_printf(&item, "%s*%u%s", name, i, extended ? "*=" : "=\"");
		if (extended && i == 0)
			buf_puts(&item, "UTF-8''");
		value += add_characters(&item, value, extended);
		if (!extended)
			buf_putc(&item, '"');
		add_item(out, column, &item, LINE);
	}
}

void
param_add(struct buf *out, size_t *column, const char *name, const char *value)
{
	auto_buf struct buf item = buf_make(SIZE_MAX);
	bool extended = !is_plain(value);
	size_t len = strlen(value);

	if (all(is_attribute_char, value, len)) {
		buf_printf(&item, "%s=%s", name, value);
	} else {
		buf_printf(&item, "%s%s", name, extended ? "*=UTF-8''" : "=\"");
		for (size_t i = 0; i < len; i++)
			add_character(&item, value + i, 1, extended);
		if (!extended)
			buf_putc(&item, '"');
	}
	if (item.len < LINE)
		add_item(out, column, &item, LINE);
	else
		add_sections(out, column, name, value, extended);
}

/*
 * RFC 2047 keeps encoded words out of quoted strings.  Outlook and others read
 * them there all the same and know nothing newer, which is the only reason for
 * this parameter; readers of RFC 2231 take the disposition's file name.
 */
void
param_add_encword(
    struct buf *out, size_t *column, const char *name, const char *value)
{
	auto_buf struct buf words = buf_make(SIZE_MAX);
	auto_buf struct buf item = buf_make(SIZE_MAX);
	size_t overhead = strlen(name) + strlen("=\"\"");

	if (is_plain(value)) {
		param_add(out, column, name, value);
		return;
	}
	encword_encode(&words, value, strlen(value), ENCWORD_QUOTED,
	    overhead < ENCWORD_LINE ? ENCWORD_LINE - 1 - overhead : 0);
	buf_printf(&item, "%s=\"", name);
	for (const char *p = words.data, *end; *p != '\0'; p = end) {
		size_t n = strcspn(p, " ");

		end = p + n + strspn(p + n, " ");
		buf_add(&item, p, n);
		if (*end == '\0')
			buf_putc(&item, '"');
		if (p == words.data)
			add_item(out, column, &item, ENCWORD_LINE);
		else
			add_line(out, column, &item);
		buf_clear(&item);
	}
}

/* --- reading ------------------------------------------------------------- */

/* Sections that are looked for: a name of 255 bytes takes a dozen. */
#define SECTIONS_MAX 100

/* The ";" at or after p that ends a parameter, or the end of the field. */
static const char *
skip_to_semicolon(const char *p)
{
	bool quoted = false;

	for (; *p != '\0' && (quoted || *p != ';'); p++) {
		if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '\\' && quoted && p[1] != '\0') {
			p++;
		} else if (*p == '(' && !quoted) {
			p = cfws_skip(p);
			if (p == NULL)
				return "";
			p--;
		}
	}
	return p;
}

/* Append the value that begins at p: a quoted-string, or what stands there up
 * to a blank, a comment or the end; tspecials in it are a common mistake. */
static void
read_value(const char *p, struct buf *value)
{
	if (*p != '"') {
		buf_add(value, p, strcspn(p, " \t\r\n;("));
		return;
	}
	for (p++; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '\r' || *p == '\n')
			continue; /* a fold */
		buf_putc(value, *p);
	}
}

/* Find the parameter that is called exactly so, section number and asterisk
 * included. */
static bool
find_exact(const char *field, const struct buf *name, struct buf *value)
{
	const char *p = skip_to_semicolon(field);

	while (p != NULL && *p == ';') {
		const char *attribute = cfws_skip(p + 1);
		size_t len;

		if (attribute == NULL)
			return false;
		for (len = 0; is_token_char(attribute[len]); len++)
			;
		p = cfws_skip(attribute + len);
		if (p != NULL && *p == '=' && len == name->len &&
		    strncasecmp(attribute, name->data, len) == 0) {
			p = cfws_skip(p + 1);
			if (p != NULL)
				read_value(p, value);
			return p != NULL;
		}
		if (p != NULL)
			p = skip_to_semicolon(p);
	}
	return false;
}

/* Append an extended value; the first section begins with CHARSET'LANGUAGE'. */
static void
add_decoded(struct buf *out, const struct buf *value, bool first)
{
	const char *p = value->data;
	const char *end = p + value->len;
	const char *quote = first ? strchr(p, '\'') : NULL;

	if (quote != NULL && (quote = strchr(quote + 1, '\'')) != NULL)
		p = quote + 1;
	while (p < end) {
		int byte =
		    *p == '%' ? hex_byte(p + 1, (size_t)(end - p - 1)) : -1;

		buf_putc(out, byte >= 0 ? (char)byte : *p);
		p += byte >= 0 ? 3 : 1;
	}
}

/* Find NAME and the suffix, extended or plain, and append its value. */
static bool
find_form(const char *field, const char *name, const char *suffix, bool first,
    struct buf *out)
{
	auto_buf struct buf full = buf_make(SIZE_MAX);
	auto_buf struct buf value = buf_make(SIZE_MAX);

	buf_printf(&full, "%s%s*", name, suffix);
	if (find_exact(field, &full, &value)) {
		add_decoded(out, &value, first);
		return true;
	}
	buf_truncate(&full, full.len - 1);
	if (!find_exact(field, &full, &value))
		return false;
	buf_add(out, value.data, value.len);
	return true;
}

bool
param_find(const char *field, const char *name, struct buf *out)
{
	char section[16];
	unsigned n;

	for (n = 0; n < SECTIONS_MAX; n++) {
		(void)snprintf(section, sizeof(section), "*%u", n);
		if (!find_form(field, name, section, n == 0, out))
			break;
	}
	return n > 0 || find_form(field, name, "", true, out);
}
