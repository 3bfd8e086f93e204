/* SPDX-License-Identifier: MIT */
/* Trees of parts as exact bytes. */
#include "streamtest.h"

#include "message/mime.h"

#define TEXT   DISPOSITION_NONE
#define INLINE DISPOSITION_INLINE
#define ATTACH DISPOSITION_ATTACHMENT

static struct part *
leaf(const char *type, const char *content, enum disposition disposition,
    const char *name)
{
	struct error err = ERROR_INIT;
	struct part *p =
	    part_leaf(store_memory(mem_strdup(content), strlen(content), "x"),
		type, NULL, name, disposition, &err);

	if (p == NULL)
		fail_msg("%s", err.text);
	return p;
}

/* A multipart with a boundary that a table can hold. */
static struct part *
multi(const char *type, const char *boundary, struct part *a, struct part *b)
{
	struct part *p = part_new(type);

	p->boundary = mem_strdup(boundary);
	if (a != NULL)
		part_add(p, a);
	if (b != NULL)
		part_add(p, b);
	return p;
}

/* --- single parts --------------------------------------------------------- */

#define TOP    "Subject: x\r\nMIME-Version: 1.0\r\n"
#define ASCII  "Content-Type: text/plain; charset=us-ascii\r\n"
#define UTF8   "Content-Type: text/plain; charset=utf-8\r\n"
#define BIT7   "Content-Transfer-Encoding: 7bit\r\n"
#define QP     "Content-Transfer-Encoding: quoted-printable\r\n"
#define BASE64 "Content-Transfer-Encoding: base64\r\n"

static const struct {
	const char *name;
	const char *type;
	const char *content;
	enum disposition disposition;
	const char *file;
	const char *want;
	int64_t dot_lines;
} singles[] = {
	{ "nothing", "text/plain", "", TEXT, NULL, TOP ASCII BIT7 "\r\n", 0 },
	{ "a line", "text/plain", "hi\n", TEXT, NULL,
	    TOP ASCII BIT7 "\r\nhi\r\n", 0 },
	{ "no line end", "text/plain", "hi", TEXT, NULL,
	    TOP ASCII BIT7 "\r\nhi\r\n", 0 },
	{ "lone CR at the end", "text/plain", "hi\r", TEXT, NULL,
	    TOP ASCII BIT7 "\r\nhi\r\n", 0 },
	{ "dots", "text/plain", ".\n..\nx.\r.y", TEXT, NULL,
	    TOP ASCII BIT7 "\r\n.\r\n..\r\nx.\r\n.y\r\n", 3 },
	{ "quoted-printable", "text/plain", ".caf\xc3\xa9 and so on\n", TEXT,
	    NULL, TOP UTF8 QP "\r\n=2Ecaf=C3=A9 and so on\r\n", 0 },
	{ "quoted-printable, no line end", "text/plain",
	    "caf\xc3\xa9 and so on", TEXT, NULL,
	    TOP UTF8 QP "\r\ncaf=C3=A9 and so on\r\n", 0 },
	{ "base64 text with CRLF", "text/plain", "\xc3\xa9\xc3\xa9\xc3\xa9\n",
	    TEXT, NULL, TOP UTF8 BASE64 "\r\nw6nDqcOpDQo=\r\n", 0 },
	{ "attachment alone", "application/pdf", "%PDF\n", ATTACH, "a.pdf",
	    TOP "Content-Type: application/pdf; name=a.pdf\r\n" BASE64
		"Content-Disposition: attachment; filename=a.pdf\r\n"
		"\r\nJVBERgo=\r\n",
	    0 },
	{ "empty attachment", "application/pdf", "", ATTACH, "a b.pdf",
	    TOP "Content-Type: application/pdf; name=\"a b.pdf\"\r\n" BASE64
		"Content-Disposition: attachment; filename=\"a b.pdf\"\r\n"
		"\r\n",
	    0 },
	{ "lf attachment keeps its bytes", "text/plain", "a\nb\n", ATTACH, NULL,
	    TOP ASCII BASE64 "Content-Disposition: attachment\r\n"
			     "\r\nYQpiCg==\r\n",
	    0 },
};

static void
check_wire(const char *name, struct wire *w, const char *want, size_t len,
    int64_t dot_lines)
{
	if (w->size != (int64_t)len || w->dot_lines != dot_lines)
		fail_msg("%s: size %lld, dot lines %lld", name,
		    (long long)w->size, (long long)w->dot_lines);
	streamtest(name, w->stream, want, len, true);
}

static void
test_singles(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++) {
		struct message m = { .header = buf_make(1000) };
		struct error err = ERROR_INIT;
		struct wire w;

		buf_puts(&m.header, "Subject: x\r\n");
		m.root = leaf(singles[i].type, singles[i].content,
		    singles[i].disposition, singles[i].file);
		assert_int_equal(mime_wire(&m, &w, &err), 0);
		check_wire(singles[i].name, &w, singles[i].want,
		    strlen(singles[i].want), singles[i].dot_lines);
		assert_false(w.eight_bit);
		wire_release(&w);
		message_release(&m);
	}
}

/* --- trees ---------------------------------------------------------------- */

/* mixed(alternative(text, related(html, picture)), attachment) */
static struct part *
full_tree(void)
{
	struct part *picture = leaf("image/png", "png", INLINE, "p.png");

	picture->cid = mem_strdup("p1@host");
	buf_puts(&picture->fields, "Content-Description: a picture\r\n");
	return multi("multipart/mixed", "M",
	    multi("multipart/alternative", "A",
		leaf("text/plain", "text\n", TEXT, NULL),
		multi("multipart/related", "R",
		    leaf("text/html", "<p>", TEXT, NULL), picture)),
	    leaf("text/plain", ".a\r\n", ATTACH, "a.txt"));
}

static const char full_wire[] =
    ".Odd: name\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=M\r\n"
    "\r\n"
    "--M\r\n"
    "Content-Type: multipart/alternative; boundary=A\r\n"
    "\r\n"
    "--A\r\n" ASCII BIT7 "\r\n"
    "text\r\n"
    "\r\n"
    "--A\r\n"
    "Content-Type: multipart/related; type=\"text/html\"; boundary=R\r\n"
    "\r\n"
    "--R\r\n"
    "Content-Type: text/html; charset=us-ascii\r\n" BIT7 "\r\n"
    "<p>\r\n"
    "--R\r\n"
    "Content-Type: image/png; name=p.png\r\n" BASE64
    "Content-Disposition: inline; filename=p.png\r\n"
    "Content-ID: <p1@host>\r\n"
    "Content-Description: a picture\r\n"
    "\r\n"
    "cG5n\r\n"
    "--R--\r\n"
    "--A--\r\n"
    "--M\r\n"
    "Content-Type: text/plain; charset=us-ascii; name=a.txt\r\n" BIT7
    "Content-Disposition: attachment; filename=a.txt\r\n"
    "\r\n"
    ".a\r\n"
    "\r\n"
    "--M--\r\n";

static void
test_tree(void **state UNUSED)
{
	struct message m = { .header = buf_make(1000), .root = full_tree() };
	struct error err = ERROR_INIT;
	struct wire w;

	buf_puts(&m.header, ".Odd: name\r\n");
	assert_int_equal(mime_wire(&m, &w, &err), 0);
	check_wire("tree", &w, full_wire, sizeof(full_wire) - 1, 2);
	wire_release(&w);
	message_release(&m);
}

/* The streams hold what they need: a wire outlives its message's parts. */
static void
test_wire_keeps_content(void **state UNUSED)
{
	struct message m = { .header = buf_make(10) };
	struct error err = ERROR_INIT;
	struct wire w;

	m.root = leaf("text/plain", "hi\n", TEXT, NULL);
	assert_int_equal(mime_wire(&m, &w, &err), 0);
	message_release(&m);
	streamtest("kept", w.stream,
	    "MIME-Version: 1.0\r\n" ASCII BIT7 "\r\nhi\r\n",
	    strlen("MIME-Version: 1.0\r\n" ASCII BIT7 "\r\nhi\r\n"), true);
	wire_release(&w);
}

/* --- boundaries ----------------------------------------------------------- */

static struct part *
tree_without_boundaries(void)
{
	struct part *inner = part_new("multipart/alternative");
	struct part *outer = part_new("multipart/mixed");

	part_add(inner, leaf("text/plain", "a", TEXT, NULL));
	part_add(outer, inner);
	part_add(outer, part_new("multipart/mixed"));
	return outer;
}

/* Bytes of a message with a header of its own. */
static char *
whole(const char *header)
{
	struct message m = { .header = buf_make(100),
		.root = tree_without_boundaries() };
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	struct wire w;

	buf_puts(&m.header, header);
	assert_int_equal(mime_wire(&m, &w, &err), 0);
	assert_int_equal(stream_slurp(w.stream, &out, &err), 0);
	assert_int_equal(out.len, w.size);
	assert_string_not_equal(
	    m.root->boundary, m.root->children[0]->boundary);
	assert_string_not_equal(
	    m.root->boundary, m.root->children[1]->boundary);
	assert_string_not_equal(
	    m.root->children[0]->boundary, m.root->children[1]->boundary);
	wire_release(&w);
	message_release(&m);
	return buf_take(&out);
}

static void
test_boundaries(void **state UNUSED)
{
	auto_free char *random_a = whole("A: a\r\n");
	auto_free char *random_b = whole("A: a\r\n");
	auto_free char *fixed_a = NULL;
	auto_free char *fixed_b = NULL;
	auto_free char *other = NULL;

	assert_string_not_equal(random_a, random_b);
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "1700000000", 1), 0);
	fixed_a = whole("A: a\r\n");
	fixed_b = whole("A: a\r\n");
	other = whole("A: b\r\n");
	assert_int_equal(unsetenv("SOURCE_DATE_EPOCH"), 0);
	assert_string_equal(fixed_a, fixed_b);
	/* Another message has other boundaries. */
	assert_string_not_equal(strchr(fixed_a, '\n'), strchr(other, '\n'));
}

/* Asking twice gives the same bytes. */
static void
test_same_again(void **state UNUSED)
{
	struct message m = { .header = buf_make(100),
		.root = tree_without_boundaries() };
	auto_buf struct buf out = buf_make(10000);
	struct error err = ERROR_INIT;
	struct wire a, b;

	assert_int_equal(mime_wire(&m, &a, &err), 0);
	assert_int_equal(mime_wire(&m, &b, &err), 0);
	assert_int_equal(stream_slurp(a.stream, &out, &err), 0);
	streamtest("again", b.stream, out.data, out.len, true);
	wire_release(&a);
	wire_release(&b);
	message_release(&m);
}

/* --- large content -------------------------------------------------------- */

static void
test_large(void **state UNUSED)
{
	struct message m = { .header = buf_make(100) };
	auto_free char *text = mem_alloc(300001);
	auto_buf struct buf out = buf_make(2000000);
	struct error err = ERROR_INIT;
	struct wire w;

	for (size_t i = 0; i < 300000; i++)
		text[i] = "ab \n.\xc3\xa9"[i % 7];
	text[300000] = '\0';
	m.root =
	    multi("multipart/mixed", "M", leaf("text/plain", text, TEXT, NULL),
		leaf("application/pdf", text, ATTACH, "x.pdf"));
	assert_int_equal(mime_wire(&m, &w, &err), 0);
	assert_int_equal(stream_slurp(w.stream, &out, &err), 0);
	assert_int_equal(out.len, w.size);
	streamtest("large", w.stream, out.data, out.len, true);
	wire_release(&w);
	message_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_singles),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_wire_keeps_content),
		cmocka_unit_test(test_boundaries),
		cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
