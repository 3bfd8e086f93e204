/* SPDX-License-Identifier: MIT */
/*
 * Parameters: their written forms, RFC 2231's examples, and names of every kind
 * there and back.
 */
#include "texttest.h"

#include "base/attr.h"
#include "base/mem.h"
#include "text/encword.h"
#include "text/param.h"

#define R_CARON "\xc5\x99"
#define TEN(x)  x x x x x x x x x x
#define X50     TEN("xxxxx")

static void
test_add(void **state UNUSED)
{
	static const struct {
		const char *name, *value;
		size_t column;
		const char *want;
	} rows[] = {
		{ "token", "utf-8", 10, "; n=utf-8" },
		{ "blank", "a b.pdf", 10, "; n=\"a b.pdf\"" },
		{ "empty", "", 10, "; n=\"\"" },
		{ "tspecials", "a/b?c=d", 10, "; n=\"a/b?c=d\"" },
		{ "of RFC 2231", "it's*%", 10, "; n=\"it's*%\"" },
		{ "quote", "a\"b", 10, "; n*=UTF-8''a%22b" },
		{ "backslash", "a\\b", 10, "; n*=UTF-8''a%5Cb" },
		{ "UTF-8", R_CARON " 1.pdf", 10, "; n*=UTF-8''%C5%99%201.pdf" },
		{ "looks encoded", "=?a", 10, "; n*=UTF-8''%3D%3Fa" },
		{ "CR LF, if it came so far", "a\r\nb", 10,
		    "; n*=UTF-8''a%0D%0Ab" },
		{ "to the end of the line", "abcdef", 67, "; n=abcdef" },
		{ "beyond", "abcdef", 68, ";\r\n n=abcdef" },
		{ "long token", X50 "1234567890123456789012345678", 1,
		    ";\r\n n*0=\"" X50 "12345678901234567890\";"
		    "\r\n n*1=\"12345678\"" },
		{ "just a line", X50 "123456789012345678901234", 1,
		    ";\r\n n=" X50 "123456789012345678901234" },
		{ "sections of whole characters", TEN(R_CARON) "1" R_CARON "x",
		    10,
		    ";\r\n n*0*=UTF-8''" TEN("%C5%99") "1;"
						       "\r\n n*1*=%C5%99x" },
		{ "long UTF-8", TEN(R_CARON) "12345678", 10,
		    ";\r\n n*0*=UTF-8''" TEN("%C5%99") "1234;"
						       "\r\n n*1*=5678" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);
		size_t column = rows[i].column;

		param_add(&out, &column, "n", rows[i].value);
		check_str(rows[i].name, out.data, rows[i].want);
	}
}

static void
test_add_encword(void **state UNUSED)
{
	static const struct {
		const char *name, *value;
		size_t column;
		const char *want;
	} rows[] = {
		{ "token", "a.pdf", 10, "; n=a.pdf" },
		{ "blank", "a b.pdf", 10, "; n=\"a b.pdf\"" },
		{ "UTF-8", R_CARON "abcdefghijklmno 1.pdf", 10,
		    "; n=\"=?UTF-8?Q?=C5=99abcdefghijklmno_1=2Epdf?=\"" },
		{ "quote", "a\"b", 10, "; n=\"=?UTF-8?B?YSJi?=\"" },
		{ "looks encoded", "=?aaaaaaaaaaa", 10,
		    "; n=\"=?UTF-8?Q?=3D=3Faaaaaaaaaaa?=\"" },
		{ "new line", R_CARON "abcdefghijklmno 1.pdf", 31,
		    ";\r\n n=\"=?UTF-8?Q?=C5=99abcdefghijklmno_1=2Epdf?=\"" },
		{ "two words", TEN(R_CARON) TEN(R_CARON) TEN(R_CARON), 10,
		    ";\r\n n=\"=?UTF-8?B?xZnFmcWZxZnFmcWZxZnFmcWZxZnFmcWZ"
		    "xZnFmcWZxZnFmcWZxZnFmcWZ?="
		    "\r\n =?UTF-8?B?xZnFmcWZxZnFmcWZxZnFmcWZ?=\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);
		size_t column = rows[i].column;

		param_add_encword(&out, &column, "n", rows[i].value);
		check_str(rows[i].name, out.data, rows[i].want);
	}
}

/* No line passes 78 columns, and the column told is the real one. */
static void
check_lines(const char *row, const struct buf *field, size_t column)
{
	const char *p = field->data;
	const char *end;

	for (; (end = strstr(p, "\r\n")) != NULL; p = end + 2) {
		check_true(row, end - p <= 78, "long line");
		check_true(row, end[2] == ' ' && end[3] != ' ', "bad fold");
	}
	check_true(row, strpbrk(p, "\r\n") == NULL, "bare CR or LF");
	check_true(row, strlen(p) == column, "wrong column");
	check_true(row, column <= 77, "long last line");
}

static void
test_round_trip(void **state UNUSED)
{
	static const char *rows[] = { "a", "", "a b", "a\"b\\c;d=e", "'", "%41",
		"%", " ", "\\", "\"", "''", "(c)", "=?UTF-8?Q?x?=", "x*0*=y",
		"\xe2\x80\xaegnp.exe", TEN(X50), TEN("a b "), TEN(TEN(R_CARON)),
		TEN(R_CARON "x \\ ;\""), TEN("\xf0\x9f\x98\x80"),
		TEN(TEN("\"")), TEN("0123456 ") };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t start = 20; start <= 77; start++) {
			struct buf f auto_buf = buf_make(10000);
			struct buf got auto_buf = buf_make(10000);
			struct buf name auto_buf = buf_make(10000);
			size_t column = start;

			for (size_t k = 0; k < start; k++)
				buf_putc(&f, k == 4 ? '/' : 't');
			param_add(&f, &column, "filename", rows[i]);
			check_lines(rows[i], &f, column);
			param_add(&f, &column, "size", "12");
			check_lines(rows[i], &f, column);
			check_true(rows[i],
			    param_find(f.data, "FileName", &got), "lost");
			check_str(rows[i], got.data, rows[i]);
			param_add_encword(&f, &column, "name", rows[i]);
			check_lines(rows[i], &f, column);
			buf_clear(&got);
			check_true(
			    rows[i], param_find(f.data, "name", &got), "lost");
			encword_decode(&name, got.data, got.len);
			check_str(rows[i], name.data, rows[i]);
		}
	}
}

static void
test_find(void **state UNUSED)
{
	static const struct {
		const char *name, *field, *want; /* NULL: not there */
	} rows[] = {
		{ "plain", "text/plain; n=x", "x" },
		{ "case", "text/plain; N=x", "x" },
		{ "quoted", "text/plain; n=\"a; \\\"b\\\\\"", "a; \"b\\" },
		{ "blanks", "text/plain ;\r\n\tn\t= x ; m=y", "x" },
		{ "comments", "text/plain (n=1); (;) n (2) = (3) x(4)", "x" },
		{ "semicolon in a comment", "a/b (; n=1\"); n=2", "2" },
		{ "nested comment", "a/b; (x (y) \\) ; n=2) n=1", "1" },
		{ "RFC 2045", "text/plain; n=us-ascii (Plain text)",
		    "us-ascii" },
		{ "second", "a/b; m=\"; n=1\"; n=2", "2" },
		{ "first of two", "a/b; n=1; n=2", "1" },
		{ "longer name", "a/b; nn=1; n=2", "2" },
		{ "empty parameters", "a/b;; ;n=2;", "2" },
		{ "folded value", "a/b; n=\"x\r\n y\"", "x y" },
		{ "raw UTF-8", "a/b; n=\"" R_CARON "\"", R_CARON },
		{ "tspecials unquoted", "a/b; n=x=y?z", "x=y?z" },
		{ "open quote", "a/b; n=\"x", "x" },
		{ "extended", "a/b; n*=UTF-8''%C5%99", R_CARON },
		{ "extended preferred", "a/b; n=1; n*=UTF-8''2", "2" },
		{ "no charset", "a/b; n*=''x'y", "x'y" },
		{ "bad percent", "a/b; n*=UTF-8''%4%zz%", "%4%zz%" },
		{ "any order", "a/b; n*1=b; n*0=a; n*2=c", "abc" },
		{ "gap", "a/b; n*0=a; n*2=c", "a" },
		{ "not there", "a/b; m=1", NULL },
		{ "no value", "a/b; n", NULL },
		{ "no parameters", "a/b", NULL },
		{ "only in a comment", "a/b; (n=1) m=2", NULL },
		{ "open comment", "a/b; (n=1", NULL },
		{ "empty", "", NULL },
		/* RFC 2231 sections 3, 4, 4.1 */
		{ "sections",
		    "message/external-body; access-type=URL;\r\n"
		    " N*0=\"ftp://\";\r\n"
		    " N*1=\"cs.utk.edu/pub/moore/bulk-mailer/"
		    "bulk-mailer.tar\"",
		    "ftp://cs.utk.edu/pub/moore/bulk-mailer/"
		    "bulk-mailer.tar" },
		{ "language",
		    "application/x-stuff;\r\n"
		    " n*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
		    "This is ***fun***" },
		{ "both",
		    "application/x-stuff;\r\n"
		    " n*0*=us-ascii'en'This%20is%20even%20more%20;\r\n"
		    " n*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n"
		    " n*2=\"isn't it!\"",
		    "This is even more ***fun*** isn't it!" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf out auto_buf = buf_make(1000);
		bool found = param_find(rows[i].field, "n", &out);

		check_true(
		    rows[i].name, found == (rows[i].want != NULL), "found?");
		check_str(rows[i].name, out.data,
		    rows[i].want != NULL ? rows[i].want : "");
	}
}

/* A hundred thousand parameters are read in a moment. */
static void
test_find_long(void **state UNUSED)
{
	struct buf field auto_buf = buf_make(10000000);
	struct buf out auto_buf = buf_make(1000);
	double begin = cpu_seconds();

	buf_puts(&field, "a/b");
	for (int i = 0; i < 100000; i++)
		buf_puts(&field, "; x=(y)\"z\"");
	assert_false(param_find(field.data, "n", &out));
	check_true("long field", cpu_seconds() - begin < patience(0.5), "slow");
}

static void
test_media_type(void **state UNUSED)
{
	static const struct {
		const char *input;
		bool want;
	} rows[] = {
		{ "text/plain", true },
		{ "application/vnd.ms-excel", true },
		{ "image/svg+xml", true },
		{ "", false },
		{ "text", false },
		{ "text/", false },
		{ "/plain", false },
		{ "text/plain/x", false },
		{ "text/plain; charset=utf-8", false },
		{ "text /plain", false },
		{ "text/pl\r\nain", false },
		{ "text/" R_CARON, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_true(rows[i].input,
		    param_is_media_type(rows[i].input) == rows[i].want,
		    "judged wrongly");
	assert_true(param_is_token("a.b-c_d", 7));
	assert_false(param_is_token("", 0));
	assert_false(param_is_token("a\0b", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_add_encword),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_long),
		cmocka_unit_test(test_media_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
