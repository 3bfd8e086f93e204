/* SPDX-License-Identifier: MIT */
/* Any bytes are records or refused, the same in pieces of any size; as the text
 * of a template they are expanded or refused. */
#include "text/csv.h"
#include "text/template.h"

#include <stdint.h>
#include <string.h>

#define OUT_MAX (8L << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(struct buf *out, const char *data, size_t len, size_t step)
{
	auto_csv struct csv c;
	struct error err = ERROR_INIT;
	size_t at = 0;
	int result;

	csv_init(&c, csv_separator(data, len));
	for (;;) {
		size_t used = 0;
		size_t piece = len - at < step ? len - at : step;

		result = at < len ? csv_put(&c, data + at, piece, &used, &err)
				  : csv_end(&c, &err);
		if (result < 0 || (result == 0 && at == len))
			break;
		at += used;
		for (size_t i = 0; result > 0 && i < c.fields.count; i++)
			buf_printf(out, "[%s]", c.fields.items[i]);
		if (result > 0)
			buf_printf(out, " %zu\n", c.line);
		if (result > 0 && c.fields.count == 0)
			abort();
	}
	if (result < 0)
		buf_puts(out, err.text);
}

static const char *
find(void *ctx, const char *name)
{
	return name[0] == '\0' ? NULL : ctx;
}

static void
expand(const char *data, size_t size)
{
	auto_template struct template t = { .count = 0 };
	auto_buf struct buf out = buf_make(OUT_MAX);
	char value[] = "{{<x>}}";
	struct template_values values = { .find = find, .ctx = value };
	struct error err = ERROR_INIT;

	if (template_parse(&t, data, size, &err) < 0) {
		if (err.kind != ERR_DATA || t.count != 0)
			abort();
		return;
	}
	for (int html = 0; html < 2; html++)
		if (template_expand(&out, &t, html != 0, &values, &err) != 0)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf whole = buf_make(OUT_MAX);
	auto_buf struct buf bytes = buf_make(OUT_MAX);

	if (size == 0)
		return 0;
	read_all(&whole, (const char *)data, size, size);
	read_all(&bytes, (const char *)data, size, 1);
	if (whole.len != bytes.len ||
	    memcmp(whole.data, bytes.data, whole.len) != 0)
		abort();
	expand((const char *)data, size);
	return 0;
}
