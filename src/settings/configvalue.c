/* SPDX-License-Identifier: MIT */
/*
 * A value of a config file from its spelling: quotes, escapes, paths.
 */
#include "settings/configvalue.h"

#include "base/mem.h"
#include "settings/config.h"

#include <string.h>

/* The byte that stands for the character behind a backslash, or NUL. */
static char
escaped_char(char c)
{
	static const char letters[] = "abfnrtv\\\"'?";
	static const char bytes[] = "\a\b\f\n\r\t\v\\\"'?";
	const char *found = c != '\0' ? strchr(letters, c) : NULL;

	return found != NULL ? bytes[found - letters] : '\0';
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	found = c != '\0' ? strchr(digits, c) : NULL;
	return found != NULL ? (int)(found - digits) : -1;
}

static size_t
octal_digits(const char *text, size_t room)
{
	size_t n = strspn(text, "01234567");

	if (n > room)
		n = room;
	return n > 3 ? 3 : n;
}

/* Up to three octal digits; the offset behind them, or 0 for \\0, which no
 * value can hold, and for more than a byte. */
static size_t
read_octal(const char *text, size_t at, size_t end, struct buf *out)
{
	size_t n = octal_digits(text + at, end - at);
	unsigned value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 8 + (unsigned)(text[at + i] - '0');
	if (value == 0 || value > 255)
		return 0;
	buf_putc(out, (char)value);
	return at + n;
}

/* One escape at a backslash; the offset behind it, or 0 after a complaint. */
static size_t
read_escape(struct diagnostics *d, const struct diag_line *line, size_t at,
    size_t end, struct buf *out)
{
	const char *text = line->text;
	char c = escaped_char(text[at + 1]);

	if (c != '\0') {
		buf_putc(out, c);
		return at + 2;
	}
	if (octal_digits(text + at + 1, end - at - 1) > 0) {
		size_t next = read_octal(text, at + 1, end, out);

		if (next > 0)
			return next;
	}
	if (text[at + 1] == 'x' && at + 3 < end) {
		int high = hex_digit(text[at + 2]);
		int low = hex_digit(text[at + 3]);

		if (high >= 0 && low >= 0 && high + low > 0) {
			buf_putc(out, (char)(high * 16 + low));
			return at + 4;
		}
	}
	diag_at(d, line, at, at + 2, "write \\\\ for a backslash within quotes",
	    "unknown escape");
	return 0;
}

/* The offset of the quote that ends the one at start, or end. */
static size_t
closing_quote(const struct diag_line *line, size_t start, size_t end)
{
	for (size_t i = start + 1; i < end; i++) {
		if (line->text[i] == '\\')
			i++;
		else if (line->text[i] == '"')
			return i;
	}
	return end;
}

int
config_read_value(struct diagnostics *d, const struct diag_line *line,
    size_t start, size_t end, struct buf *out)
{
	const char *text = line->text;
	size_t close;

	if (start == end || text[start] != '"') {
		buf_add(out, text + start, end - start);
		return 0;
	}
	close = closing_quote(line, start, end);
	if (close < end - 1 && text[end - 1] == '"') {
		diag_at(d, line, close, close + 1,
		    "write \\\" for a quote within quotes",
		    "a quote within quotes");
		return -1;
	}
	/* Quotes are taken off only as a pair around all of it. */
	if (close != end - 1) {
		buf_add(out, text + start, end - start);
		return 0;
	}
	for (size_t i = start + 1; i < close;) {
		if (text[i] != '\\') {
			buf_putc(out, text[i++]);
			continue;
		}
		i = read_escape(d, line, i, close, out);
		if (i == 0)
			return -1;
	}
	return 0;
}

int
config_expand_path(const char *value, struct buf *out, struct error *err)
{
	if (strncmp(value, "~/", 2) == 0) {
		auto_free char *home = config_home();

		if (home == NULL)
			return error_set(
			    err, ERR_CONFIG, "there is no home directory");
		buf_puts(out, home);
		value++;
	}
	while (*value != '\0') {
		const char *close;
		auto_free char *name = NULL;
		const char *text;

		if (strncmp(value, "${", 2) != 0 ||
		    (close = strchr(value, '}')) == NULL) {
			buf_putc(out, *value++);
			continue;
		}
		name = mem_strndup(value + 2, (size_t)(close - value - 2));
		text = secure_getenv(name);
		if (text == NULL)
			return error_set(
			    err, ERR_CONFIG, "${%s} is not set", name);
		buf_puts(out, text);
		value = close + 1;
	}
	return 0;
}
