/* SPDX-License-Identifier: MIT */
/*
 * A file is read twice: once to see that all of it is right, once to send it.
 * So standard input is kept, and a row lives only until the next one.
 */
#include "command/merge_rows.h"

#include "base/digest.h"
#include "base/mem.h"
#include "command/merge_json.h"
#include "text/csv.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rows {
	struct store *data;
	struct stream *stream;
	bool json;
	bool broken;
	size_t number; /* of the last row */

	struct csv csv;
	struct strlist names; /* of CSV, and of the last JSON row */
	struct strlist first; /* columns of the first JSON row */
	size_t line;          /* of JSON, the last one read */

	size_t begin, end; /* what is unread of: */
	char block[STREAM_BLOCK];
};

/* --- bytes ---------------------------------------------------------------- */

/* More bytes, if none are left: 1, or 0 at the end. */
static int
fill(struct rows *r, struct error *err)
{
	ssize_t got;

	if (r->begin < r->end)
		return 1;
	got = stream_read(r->stream, r->block, sizeof(r->block), err);
	r->begin = 0;
	r->end = got > 0 ? (size_t)got : 0;
	return got > 0 ? 1 : (int)got;
}

static int
next_record(struct rows *r, struct error *err)
{
	for (;;) {
		size_t used = 0;
		int more = fill(r, err);
		int result;

		if (more < 0)
			return -1;
		if (more == 0)
			return csv_end(&r->csv, err);
		result = csv_put(&r->csv, r->block + r->begin,
		    r->end - r->begin, &used, err);
		r->begin += used;
		if (result != 0)
			return result;
	}
}

/* A line of JSON Lines that is not empty. */
static int
next_line(struct rows *r, struct buf *out, struct error *err)
{
	buf_clear(out);
	for (;;) {
		int more = fill(r, err);
		const char *start = r->block + r->begin;
		const char *lf;

		if (more < 0)
			return -1;
		lf = more > 0 ? memchr(start, '\n', r->end - r->begin) : NULL;
		buf_add(out, start,
		    lf != NULL ? (size_t)(lf - start) : r->end - r->begin);
		r->begin = lf != NULL ? (size_t)(lf + 1 - r->block) : r->end;
		if (more > 0 && lf == NULL)
			continue;
		r->line++;
		if (out->full)
			return error_set(err, ERR_DATA,
			    "line %zu: more than %d bytes", r->line,
			    JSON_LINE_MAX);
		if (strspn(out->data, " \t\r") < out->len)
			return 1;
		if (more == 0)
			return 0;
		buf_clear(out);
	}
}

/* --- rows ----------------------------------------------------------------- */

static void
set_key(struct row *row)
{
	auto_digest struct digest *d = digest_new();
	unsigned char raw[DIGEST_RAW];

	for (size_t i = 0; i < row->values.count; i++) {
		const char *name = row->names->items[i];
		const char *value = row->values.items[i];

		digest_add(d, name, strlen(name) + 1);
		digest_add(d, value, strlen(value) + 1);
	}
	digest_raw(d, raw);
	memcpy(row->key, raw, sizeof(row->key));
}

static int
bad_row(const struct row *row, struct error *err)
{
	return error_wrap(err, "row %zu (line %zu)", row->number, row->line);
}

static int
check_values(const struct row *row, struct error *err)
{
	if (row->values.count != row->names->count) {
		(void)error_set(err, ERR_DATA,
		    "%zu fields, but the heading has %zu", row->values.count,
		    row->names->count);
		return bad_row(row, err);
	}
	for (size_t i = 0; i < row->values.count; i++)
		if (!utf8_valid(
			row->values.items[i], strlen(row->values.items[i]))) {
			(void)error_set(err, ERR_DATA,
			    "column '%s' is not UTF-8", row->names->items[i]);
			(void)bad_row(row, err);
			return error_hint(err,
			    "iconv -f windows-1252 -t utf-8 FILE, or save it as "
			    "UTF-8");
		}
	return 0;
}

static int
next_csv(struct rows *r, struct row *row, struct error *err)
{
	int result = next_record(r, err);

	if (result < 0)
		r->broken = true;
	if (result <= 0)
		return result;
	row->number = ++r->number;
	row->line = r->csv.line;
	row->values = r->csv.fields;
	r->csv.fields = (struct strlist){ .items = NULL };
	return check_values(row, err) < 0 ? -1 : 1;
}

static int
next_json(struct rows *r, struct row *row, struct error *err)
{
	auto_buf struct buf text = buf_make(JSON_LINE_MAX);
	int result = next_line(r, &text, err);

	if (result < 0)
		r->broken = true;
	if (result <= 0)
		return result;
	row->number = ++r->number;
	row->line = r->line;
	strlist_release(&r->names);
	if (json_row(text.data, text.len, &r->names, &row->values, err) < 0)
		return bad_row(row, err);
	if (r->first.count == 0)
		strlist_copy(&r->first, &r->names);
	return 1;
}

int
rows_next(struct rows *r, struct row *row, struct error *err)
{
	int result;

	row_release(row);
	row->names = &r->names;
	result = r->json ? next_json(r, row, err) : next_csv(r, row, err);
	if (result > 0)
		set_key(row);
	return result;
}

bool
rows_broken(const struct rows *r)
{
	return r->broken;
}

bool
rows_vary(const struct rows *r)
{
	return r->json;
}

const struct strlist *
rows_columns(const struct rows *r)
{
	return r->json ? &r->first : &r->names;
}

void
row_release(struct row *row)
{
	strlist_release(&row->values);
	*row = (struct row){ .number = 0 };
}

static const char *
find_value(void *ctx, const char *name)
{
	const struct row *row = ctx;

	for (size_t i = 0; i < row->values.count; i++)
		if (strcmp(row->names->items[i], name) == 0)
			return row->values.items[i];
	return NULL;
}

struct template_values
row_values(struct row *row)
{
	return (struct template_values){ .find = find_value, .ctx = row };
}

/* --- files ---------------------------------------------------------------- */

/* Columns are found by their names: blanks around them are an accident. */
static int
read_heading(struct rows *r, struct error *err)
{
	int result = next_record(r, err);

	if (result < 0)
		return -1;
	if (result == 0) {
		(void)error_set(err, ERR_DATA, "the file is empty");
		return error_hint(
		    err, "the first line names the columns: email,name,...");
	}
	for (size_t i = 0; i < r->csv.fields.count; i++) {
		const char *text = r->csv.fields.items[i];
		size_t len;

		text += strspn(text, " \t");
		len = strlen(text);
		while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
			len--;
		strlist_take(&r->names, mem_strndup(text, len));
		if (!utf8_valid(text, len))
			return error_set(
			    err, ERR_DATA, "line 1: the heading is not UTF-8");
	}
	for (size_t i = 0; i < r->names.count; i++)
		for (size_t k = 0; k < i; k++)
			if (r->names.items[i][0] != '\0' &&
			    strcmp(r->names.items[i], r->names.items[k]) == 0)
				return error_set(err, ERR_DATA,
				    "line 1: two columns are called '%s'",
				    r->names.items[i]);
	return 0;
}

/* JSON Lines begin with a brace; no heading does. */
static bool
begins_with_brace(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n", text[i]) == NULL)
			return text[i] == '{';
	return false;
}

static int
begin(struct rows *r, struct error *err)
{
	if (fill(r, err) < 0)
		return -1;
	r->json = begins_with_brace(r->block, r->end);
	if (r->json)
		return 0;
	csv_init(&r->csv, csv_separator(r->block, r->end));
	return read_heading(r, err);
}

/* The columns of the first row of JSON Lines; whether it is right is seen when
 * it is read. */
static int
look_ahead(struct rows *r, struct error *err)
{
	auto_row struct row first = { .number = 0 };
	struct error why = ERROR_INIT;

	if (rows_next(r, &first, &why) < 0 && why.kind != ERR_DATA) {
		*err = why;
		return -1;
	}
	return rows_rewind(r, err);
}

struct rows *
rows_open(const char *path, const volatile int *interrupted, struct error *err)
{
	auto_rows struct rows *r = mem_zero(sizeof(*r));

	r->data = strcmp(path, "-") == 0
	    ? store_spill(STDIN_FILENO, "the rows", 0, interrupted, err)
	    : store_open(path, "data file", interrupted, err);
	if (r->data == NULL)
		return NULL;
	r->stream = stream_store(r->data, 0, store_size(r->data));
	if (begin(r, err) < 0 || (r->json && look_ahead(r, err) < 0)) {
		(void)error_wrap(err, "'%s'", path);
		return NULL;
	}
	return steal(r);
}

int
rows_rewind(struct rows *r, struct error *err)
{
	csv_release(&r->csv);
	strlist_release(&r->names);
	r->number = r->line = r->begin = r->end = 0;
	r->broken = false;
	if (stream_rewind(r->stream, err) < 0)
		return -1;
	return begin(r, err);
}

void
rows_close(struct rows *r)
{
	if (r == NULL)
		return;
	csv_release(&r->csv);
	strlist_release(&r->names);
	strlist_release(&r->first);
	stream_free(r->stream);
	store_free(r->data);
	free(r);
}
