/* SPDX-License-Identifier: MIT */
/* Records of RFC 4180, whole and in pieces of every size. */
#include "texttest.h"

#include "base/attr.h"
#include "text/csv.h"

/* Records as "line:[field][field]" and LF, or the error. */
static void
read_all(struct buf *out, const char *data, size_t len, size_t step)
{
	auto_csv struct csv c;
	struct error err = ERROR_INIT;
	size_t at = 0;
	int result;

	csv_init(&c, csv_separator(data, len));
	do {
		size_t used = 0;
		size_t piece = len - at < step ? len - at : step;

		result = at < len ? csv_put(&c, data + at, piece, &used, &err)
				  : csv_end(&c, &err);
		if (result == 0 && at == len)
			break;
		assert_true(result != 0 || used == piece);
		at += used;
		if (result > 0) {
			buf_printf(out, "%zu:", c.line);
			for (size_t i = 0; i < c.fields.count; i++)
				buf_printf(out, "[%s]", c.fields.items[i]);
			buf_puts(out, "\n");
		}
	} while (result >= 0);
	if (result < 0)
		buf_puts(out, err.text);
}

static void
test_records(void **state UNUSED)
{
	static const struct {
		const char *data, *want;
	} rows[] = {
		{ "", "" },
		{ "\n\r\n\r", "" },
		{ "a", "1:[a]\n" },
		{ "a,b\nc,d\n", "1:[a][b]\n2:[c][d]\n" },
		{ "a,b\r\nc,d\r\n", "1:[a][b]\n2:[c][d]\n" },
		{ "a,b\rc,d", "1:[a][b]\n2:[c][d]\n" },
		{ ",\n,,\n", "1:[][]\n2:[][][]\n" },
		{ "a,\n\n\n,b", "1:[a][]\n4:[][b]\n" },
		{ "\"a\"\n\"\"\n", "1:[a]\n2:[]\n" },
		{ "\"a,b\",\"say \"\"hi\"\"\"\n", "1:[a,b][say \"hi\"]\n" },
		{ "\"a\nb\r\nc\",d\ne", "1:[a\nb\r\nc][d]\n4:[e]\n" },
		{ "\"\"\"\"", "1:[\"]\n" },
		{ " a , b ", "1:[ a ][ b ]\n" },
		{ "a;b,c\n", "1:[a][b,c]\n" },
		{ "\"a;b\",c\nd;e,f", "1:[a;b][c]\n2:[d;e][f]\n" },
		{ "a\tb\n", "1:[a][b]\n" },
		{ "\xEF\xBB\xBFmail,name\n", "1:[mail][name]\n" },
		{ "\xEF\xBB\xBF\"mail\"\n", "1:[mail]\n" },
		{ "\xEF\xBBx,b\n", "1:[\xEF\xBBx][b]\n" },
		{ "\xEF\xBB,b\n", "1:[\xEF\xBB][b]\n" },
		{ "\xEF\xBB", "1:[\xEF\xBB]\n" },
		{ "\xEF\xBB\xBF", "" },
		{ "a\xEF\xBB\xBF\n", "1:[a\xEF\xBB\xBF]\n" },
		/* refused */
		{ "a\nb\"c\n",
		    "1:[a]\nline 2: a quote inside of a field that does not "
		    "begin with one" },
		{ "\"a\"b\n",
		    "line 1: something stands behind the closing quote" },
		{ "a\n\n\"b\nc\n", "1:[a]\nline 3: a quoted field has no end" },
		{ "\"", "line 1: a quoted field has no end" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t step = 1; step <= strlen(rows[i].data) + 1;
		     step++) {
			auto_buf struct buf out = buf_make(4096);

			read_all(
			    &out, rows[i].data, strlen(rows[i].data), step);
			check_str(rows[i].data, out.data, rows[i].want);
		}
}

static void
test_limits(void **state UNUSED)
{
	auto_buf struct buf data = buf_make(4L << 20);
	auto_buf struct buf out = buf_make(4096);

	read_all(&out, "a\0b", 3, 2);
	check_has("NUL", out.data, "line 1: a NUL");
	buf_clear(&out);
	for (size_t i = 0; i < CSV_FIELDS_MAX; i++)
		buf_putc(&data, ',');
	read_all(&out, data.data, data.len, data.len);
	check_has("fields", out.data, "line 1: too many fields");
	buf_clear(&out);
	buf_clear(&data);
	for (size_t i = 0; i <= CSV_FIELD_MAX; i++)
		buf_putc(&data, 'x');
	read_all(&out, data.data, data.len, data.len);
	check_has("field", out.data, "more than a megabyte");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
