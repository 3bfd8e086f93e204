/* SPDX-License-Identifier: MIT */
/*
 * One state a byte; a field is put aside when its separator comes.
 */
#include "text/csv.h"

#include "base/mem.h"

#include <string.h>

static const char byte_order_mark[] = "\xEF\xBB\xBF";

void
csv_init(struct csv *c, char separator)
{
	*c = (struct csv){
		.separator = separator,
		.here = 1,
		.field = buf_make(CSV_FIELD_MAX),
	};
}

void
csv_release(struct csv *c)
{
	strlist_release(&c->fields);
	buf_release(&c->field);
}

char
csv_separator(const char *heading, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		char ch = heading[i];

		if (ch == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (ch == ',' || ch == ';' || ch == '\t')
			return ch;
		else if (ch == '\n' || ch == '\r')
			break;
	}
	return ',';
}

static int
complain(const struct csv *c, const char *what, struct error *err)
{
	return error_set(err, ERR_DATA, "line %zu: %s", c->here, what);
}

static int
end_field(struct csv *c, struct error *err)
{
	if (c->field.full)
		return complain(c, "a field has more than a megabyte", err);
	if (c->fields.count == CSV_FIELDS_MAX)
		return complain(c, "too many fields", err);
	strlist_take(&c->fields, mem_strndup(c->field.data, c->field.len));
	buf_clear(&c->field);
	c->place = CSV_START;
	return 0;
}

/* An end of line, or of everything, outside of quotes: 1 if that is the end of
 * a record, 0 if the line was empty. */
static int
end_record(struct csv *c, struct error *err)
{
	if (!c->some)
		return 0;
	if (end_field(c, err) < 0)
		return -1;
	c->some = false;
	c->whole = true;
	return 1;
}

static int
put_byte(struct csv *c, char ch, struct error *err)
{
	if (ch == '\0')
		return complain(c, "a NUL: this is no text", err);
	if (c->place == CSV_QUOTED) {
		if (ch == '"')
			c->place = CSV_QUOTE;
		else
			buf_putc(&c->field, ch);
		return 0;
	}
	if (ch == '\n' || ch == '\r')
		return end_record(c, err);
	if (!c->some)
		c->line = c->here;
	c->some = true;
	if (ch == c->separator)
		return end_field(c, err);
	if (ch == '"' && c->place == CSV_BARE)
		return complain(c,
		    "a quote inside of a field that does not begin with one",
		    err);
	if (c->place == CSV_QUOTE && ch != '"')
		return complain(
		    c, "something stands behind the closing quote", err);
	if (c->place == CSV_QUOTE)
		buf_putc(&c->field, ch);
	if (ch == '"') {
		c->place = CSV_QUOTED;
		return 0;
	}
	buf_putc(&c->field, ch);
	c->place = CSV_BARE;
	return 0;
}

/* It will not become a byte order mark: what looked like one is text. */
static void
give_up_mark(struct csv *c)
{
	if (c->mark > 0 && c->mark < strlen(byte_order_mark)) {
		buf_add(&c->field, byte_order_mark, c->mark);
		c->line = c->here;
		c->some = true;
		c->place = CSV_BARE;
	}
	c->mark = strlen(byte_order_mark);
}

static bool
is_mark(struct csv *c, char ch)
{
	if (c->mark < strlen(byte_order_mark) &&
	    ch == byte_order_mark[c->mark]) {
		c->mark++;
		return true;
	}
	give_up_mark(c);
	return false;
}

int
csv_put(struct csv *c, const char *data, size_t len, size_t *used,
    struct error *err)
{
	int result = 0;

	if (c->whole)
		strlist_release(&c->fields);
	c->whole = false;
	for (*used = 0; *used < len && result == 0; ++*used) {
		char ch = data[*used];
		bool second = c->after_cr && ch == '\n';

		c->after_cr = ch == '\r';
		if (is_mark(c, ch))
			continue;
		if (!second || c->place == CSV_QUOTED)
			result = put_byte(c, ch, err);
		if ((ch == '\n' && !second) || ch == '\r')
			c->here++;
	}
	return result;
}

int
csv_end(struct csv *c, struct error *err)
{
	if (c->whole)
		strlist_release(&c->fields);
	c->whole = false;
	give_up_mark(c);
	if (c->place == CSV_QUOTED)
		return error_set(err, ERR_DATA,
		    "line %zu: a quoted field has no end", c->line);
	return end_record(c, err);
}
