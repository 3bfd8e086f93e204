/* SPDX-License-Identifier: MIT */
/*
 * The report of a config check; its look is that of a compiler.
 */
#include "settings/diag.h"

#include "base/mem.h"
#include "text/escape.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define INDENT   "    "
#define COLUMNS  79
#define MAX_LINE 400 /* bytes of a line that are shown */

void
diag_where(struct buf *out, const struct diag_line *line, size_t offset)
{
	buf_printf(out, "%s:%zu:%zu", line->file, line->number,
	    utf8_width(line->text, offset) + 1);
}

/* Append bytes [start, end) as they are shown; the columns they take. */
static size_t
show_part(
    struct buf *out, const struct diag_line *line, size_t start, size_t end)
{
	size_t before = out->len;

	if (end > MAX_LINE)
		end = MAX_LINE;
	for (size_t i = start; i < end && i < line->secret; i++) {
		size_t run = i;

		while (
		    run < end && run < line->secret && line->text[run] != '\t')
			run++;
		escape_print(out, line->text + i, run - i, 0);
		if (run < end && run < line->secret)
			buf_putc(out, ' ');
		i = run;
	}
	if (start <= line->secret && line->secret < end)
		buf_puts(out, "****");
	return utf8_width(out->data + before, out->len - before);
}

/* The line, and below it the caret and the guess. */
static void
show_line(struct buf *out, const struct diag_line *line, size_t start,
    size_t end, const char *guess)
{
	size_t pad, width, column;

	buf_puts(out, INDENT);
	pad = show_part(out, line, 0, start);
	width = show_part(out, line, start, end);
	(void)show_part(out, line, end, line->len);
	buf_printf(out, "\n" INDENT "%*s^", (int)pad, "");
	for (column = 1; column < width; column++)
		buf_putc(out, '~');
	column += strlen(INDENT) + pad;
	if (guess != NULL && guess[0] != '\0') {
		if (column + 3 + strlen(guess) > COLUMNS)
			buf_puts(out, "\n" INDENT);
		else
			buf_puts(out, "   ");
		escape_print(out, guess, strlen(guess), 0);
	}
	buf_putc(out, '\n');
}

static void
keep(struct diagnostics *d, bool warning, const char *where, const char *guess,
    const char *what)
{
	d->found = mem_resize(d->found, d->found_count + 1, sizeof(*d->found));
	d->found[d->found_count++] = (struct finding){
		.warning = warning,
		.where = mem_strdup(where),
		.what = mem_strdup(what),
		.guess = mem_strdup(guess != NULL ? guess : ""),
	};
}

static void
count_error(struct diagnostics *d, enum error_kind kind, const char *where,
    const char *guess, const char *what)
{
	keep(d, false, where, guess, what);
	if (kind == ERR_NOPERM)
		d->noperm = true;
	if (d->count++ > 0)
		return;
	error_set(&d->first, kind, "%s: %s", where, what);
	if (guess != NULL && guess[0] != '\0')
		error_hint(&d->first, "%s", guess);
}

void
diag_at(struct diagnostics *d, const struct diag_line *line, size_t start,
    size_t end, const char *guess, const char *fmt, ...)
{
	auto_buf struct buf where = buf_make(4200);
	char what[700];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	diag_where(&where, line, start);
	count_error(d, ERR_CONFIG, where.data, guess, what);
	buf_printf(d->report, "%s: ", where.data);
	escape_print(d->report, what, strlen(what), 0);
	buf_putc(d->report, '\n');
	show_line(d->report, line, start, end, guess);
}

/* A finding whose line is not shown. */
static void
show_place(struct diagnostics *d, const char *where, const char *guess,
    const char *kind, const char *what)
{
	buf_printf(
	    d->report, "%s%s%s", where, where[0] != '\0' ? ": " : "", kind);
	escape_print(d->report, what, strlen(what), 0);
	if (guess != NULL && guess[0] != '\0')
		buf_printf(d->report, "\n" INDENT "%s", guess);
	buf_putc(d->report, '\n');
}

void
diag_place(struct diagnostics *d, enum error_kind kind, const char *where,
    const char *guess, const char *fmt, ...)
{
	char what[700];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	count_error(d, kind, where, guess, what);
	show_place(d, where, guess, "", what);
}

void
diag_warn(struct diagnostics *d, const char *where, const char *guess,
    const char *fmt, ...)
{
	char what[700];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	keep(d, true, where, guess, what);
	show_place(d, where, guess, "warning: ", what);
}

void
diag_value(struct diagnostics *d, const char *where, const char *key,
    const char *value, const char *guess, const char *fmt, ...)
{
	auto_buf struct buf text = buf_make(MAX_LINE + 1);
	struct diag_line line = { .file = where };
	char what[700];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	count_error(d, ERR_CONFIG, where, guess, what);
	buf_printf(d->report, "%s: ", where);
	escape_print(d->report, what, strlen(what), 0);
	buf_putc(d->report, '\n');
	buf_printf(&text, "%s = %.*s", key, MAX_LINE / 2, value);
	line.text = text.data;
	line.len = line.secret = text.len;
	show_line(d->report, &line, text.len > 0 ? strlen(key) + 3 : 0,
	    line.len, guess);
}

int
diag_finish(struct diagnostics *d, struct error *err)
{
	enum error_kind kind = d->noperm ? ERR_NOPERM : ERR_CONFIG;
	size_t warnings = d->found_count - d->count;

	if (d->count == 0)
		return 0;
	buf_printf(
	    d->report, "%zu error%s", d->count, d->count == 1 ? "" : "s");
	if (warnings > 0)
		buf_printf(d->report, ", %zu warning%s", warnings,
		    warnings == 1 ? "" : "s");
	buf_putc(d->report, '\n');
	if (d->count == 1) {
		*err = d->first;
		return -1;
	}
	error_set(err, kind, "the configuration has %zu errors", d->count);
	return error_hint(err, "mitto config check");
}

void
diag_release(struct diagnostics *d)
{
	for (size_t i = 0; i < d->found_count; i++) {
		free(d->found[i].where);
		free(d->found[i].what);
		free(d->found[i].guess);
	}
	free(d->found);
	d->found = NULL;
	d->found_count = 0;
}
