/* SPDX-License-Identifier: MIT */
/*
 * Header fields of other programs made fit to travel: as they are if they can
 * be, refolded if a line is too long, encoded if they are raw UTF-8.
 */
#include "base/mem.h"
#include "text/encword.h"
#include "text/fold.h"
#include "text/header.h"
#include "text/param.h"
#include "text/utf8.h"

#include <string.h>

#define MAX_PARAM_NAME 60

/* The next line of *text without its line end; false at the end. */
static bool
next_line(const char **text, const char *end, const char **line, size_t *len)
{
	const char *lf;

	if (*text == NULL)
		return false;
	*line = *text;
	lf = memchr(*text, '\n', (size_t)(end - *text));
	*text = lf != NULL ? lf + 1 : NULL;
	*len = (size_t)((lf != NULL ? lf : end) - *line);
	if (lf != NULL && *len > 0 && (*line)[*len - 1] == '\r')
		--*len;
	return true;
}

static bool
is_all_blank(const char *line, size_t len)
{
	while (len > 0 && is_wsp(line[len - 1]))
		len--;
	return len == 0;
}

/* Append the value without line ends; every line but the first must begin with
 * a blank. */
static int MUST_CHECK
unfold(struct buf *out, const char *value, const char *end, const char *what,
    struct error *err)
{
	const char *line;
	size_t len;
	bool first = true;

	for (; next_line(&value, end, &line, &len); first = false) {
		if (!first && (len == 0 || !is_wsp(line[0])))
			return error_set(err, ERR_DATA,
			    "%s has a line that is not folded", what);
		buf_add(out, line, len);
	}
	return header_check_bytes(what, out->data, out->len, err);
}

/* Write the lines as they are, only those beyond 998 folded anew. */
static bool
copy_lines(struct buf *out, const char *field, const char *end)
{
	const char *line;
	size_t len;

	while (next_line(&field, end, &line, &len)) {
		struct folder f = { .out = out, .limit = FOLD_LINE };

		if (is_all_blank(line, len))
			continue;
		if (len <= FOLD_MAX) {
			buf_add(out, line, len);
			buf_puts(out, "\r\n");
			continue;
		}
		fold_add(&f, line, len);
		if (!fold_end(&f))
			return false;
	}
	return true;
}

/* Encoded words beside raw UTF-8 are decoded, or they would be encoded twice.
 */
static char *
decode(const char *text)
{
	struct buf out auto_buf = buf_make(HEADER_MAX_BLOCK);

	encword_decode(&out, text, strlen(text));
	return buf_take(&out);
}

static int MUST_CHECK
repair_text(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	auto_free char *text = decode(value);

	return header_text(out, name, text, err);
}

static int MUST_CHECK
repair_addresses(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, value, strlen(value), err) < 0)
		return error_wrap(err, "header '%s'", name);
	for (size_t i = 0; i < list.count; i++) {
		char *old = list.items[i].name;

		if (old == NULL)
			continue;
		list.items[i].name = decode(old);
		free(old);
	}
	return header_addresses(out, name, &list, err);
}

/* --- parameters ---------------------------------------------------------- */

/* Up to the next ';' that is not in quotes. */
static size_t
segment_length(const char *p)
{
	bool quoted = false;
	size_t len;

	for (len = 0; p[len] != '\0' && (quoted || p[len] != ';'); len++) {
		if (p[len] == '"')
			quoted = !quoted;
		else if (quoted && p[len] == '\\' && p[len + 1] != '\0')
			len++;
	}
	return len;
}

/* The value of a parameter, quoted or not. */
static void
unquote(struct buf *out, const char *value)
{
	bool quoted = *value == '"';

	for (value += quoted; *value != '\0'; value++) {
		if (quoted && *value == '"')
			return;
		if (quoted && *value == '\\' && value[1] != '\0')
			value++;
		buf_putc(out, *value);
	}
	while (!quoted && out->len > 0 && is_wsp(out->data[out->len - 1]))
		buf_truncate(out, out->len - 1);
}

/* Write the parameter in `text`, "name=value", in the form for UTF-8. */
static bool
add_utf8_param(struct folder *f, bool content_type, const char *text)
{
	struct buf value auto_buf = buf_make(strlen(text));
	auto_free char *name = NULL;
	size_t len;

	text += strspn(text, " \t");
	len = strcspn(text, " \t=");
	if (!param_is_token(text, len) || len > MAX_PARAM_NAME)
		return false;
	name = mem_strndup(text, len);
	text += len;
	text += strspn(text, " \t");
	if (*text++ != '=')
		return false;
	unquote(&value, text + strspn(text, " \t"));
	if (content_type)
		param_add_encword(f->out, &f->column, name, value.data);
	else
		param_add(f->out, &f->column, name, value.data);
	return true;
}

/* Write one part of the value: what is in front of all, or ';' and one
 * parameter. */
static bool
add_segment(struct folder *f, bool content_type, const char *text, size_t len)
{
	auto_free char *copy = NULL;

	if (utf8_is_ascii(text, len)) {
		fold_add(f, text, len);
		return true;
	}
	if (*text != ';')
		return false;
	copy = mem_strndup(text + 1, len - 1);
	return add_utf8_param(f, content_type, copy);
}

static int MUST_CHECK
repair_params(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	bool content_type = strcasecmp(name, "Content-Type") == 0;
	size_t len = segment_length(value);
	struct folder f;

	fold_begin(&f, out, name, FOLD_LINE);
	fold_add(&f, " ", 1);
	while (add_segment(&f, content_type, value, len)) {
		value += len;
		if (*value != '\0') {
			len = 1 + segment_length(value + 1);
			continue;
		}
		if (fold_end(&f))
			return 0;
		return error_set(
		    err, ERR_DATA, "header '%s' is too long to fold", name);
	}
	return error_set(
	    err, ERR_DATA, "header '%s' has UTF-8 where no parameter is", name);
}

/* --- fields -------------------------------------------------------------- */

static int MUST_CHECK
repair_utf8(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	switch (header_kind(name, strlen(name))) {
	case HEADER_ADDRESSES:
		return repair_addresses(out, name, value, err);
	case HEADER_PARAMS:
		return repair_params(out, name, value, err);
	case HEADER_TEXT:
		return repair_text(out, name, value, err);
	case HEADER_TOKENS:
	case HEADER_DATE:
	case HEADER_MSGID:
		break;
	}
	return error_set(err, ERR_DATA, "header '%s' must be ASCII", name);
}

static int MUST_CHECK
repair_field(struct buf *out, const char *field, size_t len, const char *name,
    struct error *err)
{
	struct buf value auto_buf = buf_make(HEADER_MAX_BLOCK);
	auto_free char *what = mem_printf("header '%s'", name);
	const char *start = field + strlen(name) + 1;
	size_t before = out->len;

	if (unfold(&value, start, field + len, what, err) < 0)
		return -1;
	start = value.data + strspn(value.data, " \t");
	if (!utf8_is_ascii(value.data, value.len))
		return repair_utf8(out, name, start, err);
	if (copy_lines(out, field, field + len))
		return 0;
	buf_truncate(out, before);
	if (header_kind(name, strlen(name)) == HEADER_TEXT)
		return repair_text(out, name, start, err);
	return error_set(err, ERR_DATA,
	    "%s has a word longer than a line can be (%d bytes)", what,
	    FOLD_MAX);
}

int
header_repair(struct buf *out, const char *field, size_t len, struct error *err)
{
	const char *colon = memchr(field, ':', len);
	auto_free char *name = NULL;
	size_t before = out->len;

	if (colon == NULL || !header_name_valid(field, (size_t)(colon - field)))
		return error_set(err, ERR_DATA, "bad header line '%.*s'",
		    len < 60 ? (int)len : 60, field);
	if (len > HEADER_MAX_BLOCK)
		return error_set(err, ERR_DATA,
		    "a header field is longer than %d bytes", HEADER_MAX_BLOCK);
	name = mem_strndup(field, (size_t)(colon - field));
	if (repair_field(out, field, len, name, err) < 0) {
		buf_truncate(out, before);
		return -1;
	}
	return buf_check(out, "the header", err);
}
