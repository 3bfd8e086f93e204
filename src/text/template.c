/* SPDX-License-Identifier: MIT */
/*
 * A template is cut into pieces once and then only put together.
 */
#include "text/template.h"

#include "base/mem.h"

#include <string.h>

static struct template_piece *
add_piece(struct template *t)
{
	t->pieces = mem_resize(t->pieces, t->count + 1, sizeof(*t->pieces));
	t->pieces[t->count] = (struct template_piece){ .text = NULL };
	return &t->pieces[t->count++];
}

static void
add_text(struct template *t, const char *text, size_t len)
{
	struct template_piece *piece;

	if (len == 0)
		return;
	piece = add_piece(t);
	piece->text = mem_strndup(text, len);
	piece->len = len;
}

static size_t
line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* A copy without the blanks around it. */
static char *
trimmed(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", text[0]) != NULL) {
		text++;
		len--;
	}
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	return mem_strndup(text, len);
}

/* A column from what stands between the braces; false if that is no name. */
static bool
add_column(struct template *t, const char *text, size_t len, bool raw)
{
	const char *bar = memchr(text, '|', len);
	size_t name = bar == NULL ? len : (size_t)(bar - text);
	struct template_piece *piece;

	if (memchr(text, '{', len) != NULL || memchr(text, '\0', len) != NULL)
		return false;
	piece = add_piece(t);
	piece->name = trimmed(text, name);
	piece->raw = raw;
	if (bar != NULL)
		piece->fallback = mem_strndup(bar + 1, len - name - 1);
	return piece->name[0] != '\0';
}

int
template_parse(
    struct template *t, const char *text, size_t len, struct error *err)
{
	const char *end = text + len;
	const char *rest = text;
	const char *open;

	*t = (struct template){ .pieces = NULL };
	while ((open = memmem(rest, (size_t)(end - rest), "{{", 2)) != NULL) {
		const char *inner = open + 2;
		bool raw = inner < end && *inner == '{';
		const char *close;

		if (open > rest && open[-1] == '\\') {
			add_text(t, rest, (size_t)(open - 1 - rest));
			add_text(t, open, 2);
			rest = inner;
			continue;
		}
		inner += raw;
		close = memmem(inner, (size_t)(end - inner), raw ? "}}}" : "}}",
		    raw ? 3 : 2);
		add_text(t, rest, (size_t)(open - rest));
		if (close == NULL ||
		    !add_column(t, inner, (size_t)(close - inner), raw)) {
			(void)error_set(err, ERR_DATA,
			    "line %zu: '{{' without the name of a column and "
			    "'}}'",
			    line_of(text, open));
			(void)error_hint(err, "two braces as such: \\{{");
			template_release(t);
			return -1;
		}
		rest = close + (raw ? 3 : 2);
	}
	add_text(t, rest, (size_t)(end - rest));
	return 0;
}

void
template_release(struct template *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->pieces[i].text);
		free(t->pieces[i].name);
		free(t->pieces[i].fallback);
	}
	free(t->pieces);
	*t = (struct template){ .pieces = NULL };
}

bool
template_is_fixed(const struct template *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->pieces[i].name != NULL)
			return false;
	return true;
}

static void
put_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		size_t plain = strcspn(text, "&<>\"'");

		buf_add(out, text, plain);
		text += plain;
		switch (*text) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		default:
			return;
		}
	}
}

int
template_expand(struct buf *out, const struct template *t, bool html,
    const struct template_values *values, struct error *err)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct template_piece *piece = &t->pieces[i];
		const char *value;

		if (piece->text != NULL) {
			buf_add(out, piece->text, piece->len);
			continue;
		}
		value = values->find(values->ctx, piece->name);
		if ((value == NULL || *value == '\0') &&
		    piece->fallback != NULL)
			value = piece->fallback;
		if (value == NULL)
			return error_set(
			    err, ERR_DATA, "no value for '%s'", piece->name);
		if (html && !piece->raw)
			put_escaped(out, value);
		else
			buf_puts(out, value);
	}
	return 0;
}
