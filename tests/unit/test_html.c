/* SPDX-License-Identifier: MIT */
/*
 * HTML as text, snippets and whole newsletters; pictures and titles.
 */
#include "texttest.h"

#include "base/mem.h"
#include "text/html.h"

static const struct {
	const char *name, *html, *want;
} snippets[] = {
	{ "nothing", "", "" },
	{ "blanks", " \n\t ", "" },
	{ "plain", "Hello", "Hello\n" },
	{ "white space", "  a \n\n b\t c ", "a b c\n" },
	{ "paragraphs", "<p>a</p><p>b</p>", "a\n\nb\n" },
	{ "open paragraphs", "<p>a<p>b", "a\n\nb\n" },
	{ "blocks", "<div>a</div><div>b</div>c", "a\nb\nc\n" },
	{ "empty blocks", "<div><div></div>a<div></div><div></div></div>b",
	    "a\nb\n" },
	{ "line breaks", "a<br>b<br/>c<br><br>d", "a\nb\nc\n\nd\n" },
	{ "blank line of Gmail", "<div>a</div><div><br></div><div>b</div>",
	    "a\n\nb\n" },
	{ "break before a block ends", "<div>a<br></div><div>b</div>",
	    "a\nb\n" },
	{ "heading", "a<h1>B</h1>c", "a\n\nB\n\nc\n" },
	{ "inline", "a<b>b</b> <i>c</i>d", "ab cd\n" },
	{ "rule", "a<hr>b", "a\n\n------------------------------\n\nb\n" },
	{ "quotation marks", "<q>a</q>", "\"a\"\n" },
	{ "wrapping", "0123456789 0123456789 012345678 x",
	    "0123456789 0123456789\n012345678 x\n" },
	{ "exact fit", "0123456789 012345678901234 678 x",
	    "0123456789 012345678901234 678\nx\n" },
	{ "long word", "a 01234567890123456789012345678901234567890 b",
	    "a\n01234567890123456789012345678901234567890\nb\n" },
	{ "wide characters", "日本語日本語 日本語日本語 日本語",
	    "日本語日本語 日本語日本語\n日本語\n" },
	/* entities */
	{ "named", "&lt;&gt;&amp;&quot;&apos;&copy;&euro;&hellip;&trade;",
	    "<>&\"'©€…™\n" },
	{ "Latin", "&Auml;&eacute;&szlig;&Scaron;&ntilde;", "ÄéßŠñ\n" },
	{ "dashes", "&ndash;&mdash;&bull;&ldquo;&rdquo;&laquo;", "–—•“”«\n" },
	{ "numbers", "&#65;&#x42;&#X43;&#128512;", "ABC😀\n" },
	{ "Windows", "&#150;&#146;&#128;", "–’€\n" },
	{ "no semicolon", "&lt &copy, &#65 &nbsp", "< ©, A\n" },
	{ "unknown", "&foo; &; & &euro &ampx", "&foo; &; & &euro &ampx\n" },
	{ "invalid numbers", "&#0; &#xd800; &#9999999999; &#; &#x;",
	    "� � � &#; &#x;\n" },
	{ "controls vanish", "a&#27;b&#7;\x1b[m", "ab[m\n" },
	{ "nbsp",
	    "a&nbsp;b &nbsp; c\xc2\xa0"
	    "d",
	    "a b c d\n" },
	{ "soft hyphen", "a&shy;b&#8203;c", "abc\n" },
	{ "padding", "x &zwnj;&nbsp;&zwnj;&nbsp;&zwnj; y", "x y\n" },
	{ "not UTF-8", "a\xe1 b", "a� b\n" },
	/* what is no text */
	{ "script", "a<script>if (a<b) '</p>'</script>b", "ab\n" },
	{ "style", "<style>p{}</style >a", "a\n" },
	{ "head", "<head><meta x=y>x</head><body>a", "a\n" },
	{ "title", "<title>x &lt;</title>a", "a\n" },
	{ "comment", "a<!-- <p> -- x -->b<!---->c<!-->d", "abcd\n" },
	{ "conditional comment",
	    "<!--[if mso]>x<![endif]-->a<!--[if !mso]><!-->b<!--<![endif]-->",
	    "ab\n" },
	{ "doctype", "<!DOCTYPE html><?xml version='1.0'?>a", "a\n" },
	{ "open comment", "a<!-- b", "a<!-- b\n" },
	{ "hidden", "<div style='Display : NONE'>x<div>y</div>z</div>a",
	    "a\n" },
	{ "hidden without end", "<div style=display:none>a", "a\n" },
	{ "select and svg", "<select><option>x</select>a<svg><text>y</svg>",
	    "a\n" },
	/* tags that are none, tags that are odd */
	{ "less than", "a < b <3 <- c", "a < b <3 <- c\n" },
	{ "tag without end", "a <b c", "a <b c\n" },
	{ "> in a quoted value", "<a title=\"x>y\">z</a>", "z\n" },
	{ "quote without end", "<a title=\"x>y</a> z", "y z\n" },
	{ "quote in a name", "<p a\"b>c", "c\n" },
	{ "upper case", "<P>a</P><BR>b", "a\n\nb\n" },
	{ "end tags alone", "</p></ul></table></li></b>a</blockquote>", "a\n" },
	{ "unknown tags", "<o:p>a</o:p><foo-bar>b</foo-bar>", "ab\n" },
	/* lists */
	{ "list", "a<ul><li>b</li><li>c</li></ul>d", "a\n\n* b\n* c\n\nd\n" },
	{ "open items", "<ul><li>b<li>c</ul>", "* b\n* c\n" },
	{ "numbers", "<ol><li>b<li>c</ol>", "1. b\n2. c\n" },
	{ "start", "<ol start=9><li>b<li>c</ol>", "9. b\n10. c\n" },
	{ "nested", "<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>",
	    "* a\n  * b\n    1. c\n* d\n" },
	{ "hanging", "<ul><li>0123456789 0123456789 0123456789</ul>",
	    "* 0123456789 0123456789\n  0123456789\n" },
	{ "empty item", "<ul><li></li><li>a</li></ul>", "* a\n" },
	{ "list in an empty item", "<ul><li><ul><li>a</ul></ul>", "* * a\n" },
	{ "item alone", "<li>a<li>b", "* a\n* b\n" },
	{ "definitions", "<dl><dt>a<dd>b<dt>c<dd>d</dl>e",
	    "a\n    b\nc\n    d\n\ne\n" },
	/* quotations */
	{ "quotation", "a<blockquote>b<p>c</blockquote>d",
	    "a\n\n> b\n>\n> c\n\nd\n" },
	{ "nested quotation",
	    "<blockquote>a<blockquote>b</blockquote>c</blockquote>",
	    "> a\n>\n> > b\n>\n> c\n" },
	{ "wrapped quotation",
	    "<blockquote>0123456789 0123456789 0123456789</blockquote>",
	    "> 0123456789 0123456789\n> 0123456789\n" },
	{ "list in a quotation", "<blockquote><ul><li>a<li>b</blockquote>c",
	    "> * a\n> * b\n\nc\n" },
	/* preformatted */
	{ "pre", "a<pre>\n b  c\n\n\n  d\n</pre>e",
	    "a\n\n b  c\n\n\n  d\n\ne\n" },
	{ "pre with tags", "<pre>a <b>b</b>\n<i> c</i>&lt;\td</pre>",
	    "a b\n c<\td\n" },
	{ "long line in pre",
	    "<pre>0123456789 0123456789 0123456789 0123456789</pre>",
	    "0123456789 0123456789 0123456789 0123456789\n" },
	/* tables */
	{ "table",
	    "<table><tr><th>a</th><th>b</th></tr><tr><td>c<td>d</table>e",
	    "a  b\nc  d\n\ne\n" },
	{ "blocks in cells",
	    "<table><tr><td><p>a</p></td><td><p>b</p></td></tr>"
	    "<tr><td><div>c</div></td><td><div>d</div></td></tr></table>",
	    "a  b\nc  d\n" },
	{ "empty cells",
	    "<table><tr><td></td><td>&nbsp;</td><td>a</td><td>"
	    "</td><td>b</td></tr></table>",
	    "a  b\n" },
	{ "tall cells",
	    "<table><tr><td>a<br>b</td><td>c</td></tr><tr><td>d</td></tr>"
	    "</table>",
	    "a\nb\nc\nd\n" },
	{ "layout tables",
	    "<table><tr><td><table><tr><td><table><tr><td>a</td></tr></table>"
	    "</td></tr></table></td></tr></table>b",
	    "a\n\nb\n" },
	{ "list left open in a cell",
	    "<table><tr><td><ul><li>a</td><td>b</td></tr></table>",
	    "* a  b\n" },
	{ "cells without a table", "<td>a</td><td>b</td>", "a  b\n" },
	/* links */
	{ "link", "<a href='http://x.example/'>a</a>.",
	    "a [1].\n\n[1] http://x.example/\n" },
	{ "text is the URL", "<a href='http://x.example/'>x.example</a>",
	    "x.example\n" },
	{ "URL itself", "<a href=http://x.example/a>http://x.example/a</a>",
	    "http://x.example/a\n" },
	{ "same link again",
	    "<a href=u:1>a</a> <a href=u:2>b</a> <a href=u:1>c</a>",
	    "a [1] b [2] c [1]\n\n[1] u:1\n[2] u:2\n" },
	{ "mailto", "<a href='mailto:a@b?subject=x'>a@b</a>", "a@b\n" },
	{ "mailto with name", "<a href='mailto:a@b'>Ana</a>!", "Ana <a@b>!\n" },
	{ "nowhere",
	    "<a href='#x'>a</a> <a href=' JavaScript:x()'>b</a> <a>c</a> "
	    "<a href=''>d</a> <a href='tel:+1'>e</a>",
	    "a b c d e\n" },
	{ "no text", "<a href=http://x/></a><a href=http://y/><img></a>a",
	    "a\n" },
	{ "picture", "<a href=http://x/><img alt='Logo &amp; x'></a>",
	    "[Logo & x] [1]\n\n[1] http://x/\n" },
	{ "button", "<a href=http://x/><div>Buy</div></a><div>now</div>",
	    "Buy [1]\nnow\n\n[1] http://x/\n" },
	{ "open link", "<a href=http://x/>a<p><a href=http://y/>b",
	    "a [1]\n\nb [2]\n\n[1] http://x/\n[2] http://y/\n" },
	{ "entities in a URL", "<a href='http://x/?a=1&amp;b=2&copy=3'>a</a>",
	    "a [1]\n\n[1] http://x/?a=1&b=2&copy=3\n" },
	{ "blanks in a URL", "<a href=' http://x/a b\n'>a</a>",
	    "a [1]\n\n[1] http://x/a%20b\n" },
	{ "not UTF-8 in a URL", "<a href='u:\xe1\xc5\xa1'>a</a>",
	    "a [1]\n\n[1] u:%E1š\n" },
	{ "picture in text", "a<img alt='x  y'>b<img alt=' '>c<img>d",
	    "a [x y] b cd\n" },
	{ "references in alt", "<img alt='&amp;lt;'>", "[&lt;]\n" },
};

static void
test_snippets(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(snippets); i++) {
		struct buf out auto_buf = buf_make(1 << 20);

		/* An exact copy, so that a sanitizer sees one byte too many. */
		auto_free char *html = mem_alloc(strlen(snippets[i].html));

		memcpy(html, snippets[i].html, strlen(snippets[i].html));
		html_to_text(&out, html, strlen(snippets[i].html), 30);
		check_str(snippets[i].name, out.data, snippets[i].want);
	}
}

static const char newsletter[] =
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\">\n"
    "<html><head><meta charset=\"utf-8\"><title>Weekly &amp; News</title>\n"
    "<style>td{color:red} a>b{}</style>\n"
    "<!--[if gte mso 9]><xml><o:Pixels>96</o:Pixels></xml><![endif]-->\n"
    "</head>\n"
    "<body style=\"margin:0\" bgcolor=\"#fff\">\n"
    "<div style=\"display: none; max-height:0\">Preview "
    "&zwnj;&nbsp;&zwnj;&nbsp;</div>\n"
    "<table width=\"100%\"><tr><td align=\"center\">\n"
    " <table width=\"600\"><tr>\n"
    "  <td><a href=\"https://shop.example/?utm=1&amp;x=2\"><img "
    "src=\"logo.png\" alt=\"Shop &amp; Co\" width=100></a></td>\n"
    "  <td><a href=\"https://shop.example/view\">View in browser</a></td>\n"
    " </tr></table>\n"
    " <table width=\"600\"><tr><td>\n"
    "  <h1>Autumn sale</h1>\n"
    "  <p>Dear <b>Ana</b>,<br>\n"
    "  this week everything for the garden costs <i>20&nbsp;%</i> less. "
    "Have a look at our <a href=\"https://shop.example/garden\">garden "
    "pages</a>, or write to <a href=\"mailto:help@shop.example\">"
    "help@shop.example</a> or <a href=\"mailto:boss@shop.example?subject="
    "Hi\">the boss</a>.</p>\n"
    "  <ul><li>Spades</li><li>Rakes:<ol><li>small</li><li>large, with a "
    "very long description that has to be wrapped to the next line</li>"
    "</ol></li><li><a href=\"https://shop.example/g\">Gloves</a></li></ul>\n"
    " </td></tr></table>\n"
    " <table><tr><th>Item</th><th>Qty</th><th>Price</th></tr>\n"
    " <tr><td>Spade</td><td>2</td><td>&euro;&nbsp;30.00</td></tr>\n"
    " <tr><td><p class=MsoNormal>Rake</p></td><td><p>1</p></td><td><p>&#8364; "
    "12.50</p></td></tr></table>\n"
    " <blockquote><p>Best shop ever!</p><p>And so friendly that one has to "
    "say it in more than a single line of text.</p></blockquote>\n"
    " <table><tr><td><a href=\"https://x.example/fb\"><img src=fb.png></a>"
    "</td><td><a href=\"#top\">Top</a></td></tr></table>\n"
    " <p style=\"font-size:10px\">Unsubscribe: <a href=\""
    "https://shop.example/u\">https://shop.example/u</a></p>\n"
    "</td></tr></table>\n"
    "<img src=\"https://track.example/p.gif\" width=1 height=1 alt=\"\">\n"
    "</body></html>\n";

static const char newsletter_text[] =
    "[Shop & Co] [1]  View in browser [2]\n"
    "\n"
    "Autumn sale\n"
    "\n"
    "Dear Ana,\n"
    "this week everything for the garden costs 20 % less. Have a look at our\n"
    "garden pages [3], or write to help@shop.example or the boss\n"
    "<boss@shop.example>.\n"
    "\n"
    "* Spades\n"
    "* Rakes:\n"
    "  1. small\n"
    "  2. large, with a very long description that has to be wrapped to the\n"
    "     next line\n"
    "* Gloves [4]\n"
    "\n"
    "Item  Qty  Price\n"
    "Spade  2  € 30.00\n"
    "Rake  1  € 12.50\n"
    "\n"
    "> Best shop ever!\n"
    ">\n"
    "> And so friendly that one has to say it in more than a single line of\n"
    "> text.\n"
    "\n"
    "Top\n"
    "\n"
    "Unsubscribe: https://shop.example/u\n"
    "\n"
    "[1] https://shop.example/?utm=1&x=2\n"
    "[2] https://shop.example/view\n"
    "[3] https://shop.example/garden\n"
    "[4] https://shop.example/g\n";

/* A reply as mail programs write it. */
static const char reply[] =
    "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head>"
    "<style><!-- p.MsoNormal {margin:0cm} --></style></head>\r\n"
    "<body lang=EN-GB><div class=WordSection1>"
    "<p class=MsoNormal>Hi Petr,<o:p></o:p></p>\r\n"
    "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\r\n"
    "<p class=MsoNormal>see <span style='color:red'>below</span>:<o:p></o:p>"
    "</p>\r\n"
    "<pre>$ mitto -s test\r\n  ok\r\n</pre>\r\n"
    "<p class=MsoNormal>Žofie<br>-- <br>Nováková s.r.o.</p></div>\r\n"
    "<div dir=\"ltr\" class=\"gmail_attr\">On Mon, 23 Nov 2026 at 10:00, "
    "Petr &lt;<a href=\"mailto:petr@example.org\">petr@example.org</a>&gt; "
    "wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 "
    ".8ex\"><div dir=\"ltr\"><div>Hello,</div><div><br></div><div>does it "
    "work?</div><div><br></div><blockquote>first mail</blockquote></div>"
    "</blockquote></body></html>";

static const char reply_text[] =
    "Hi Petr,\n"
    "\n"
    "see below:\n"
    "\n"
    "$ mitto -s test\n"
    "  ok\n"
    "\n"
    "Žofie\n"
    "--\n"
    "Nováková s.r.o.\n"
    "\n"
    "On Mon, 23 Nov 2026 at 10:00, Petr <petr@example.org> wrote:\n"
    "\n"
    "> Hello,\n"
    ">\n"
    "> does it work?\n"
    ">\n"
    "> > first mail\n";

static void
test_documents(void **state UNUSED)
{
	struct buf out auto_buf = buf_make(1 << 20);

	html_to_text(&out, newsletter, strlen(newsletter), 72);
	check_str("newsletter", out.data, newsletter_text);
	buf_clear(&out);
	html_to_text(&out, reply, strlen(reply), 72);
	check_str("reply", out.data, reply_text);
}

static void
test_appends(void **state UNUSED)
{
	struct buf out auto_buf = buf_make(100);

	buf_puts(&out, "before|");
	html_to_text(&out, "<p>a", 4, 72);
	check_str("append", out.data, "before|a\n");
}

/* Half a mebibyte of one pattern takes linear time. */
static void
test_speed(void **state UNUSED)
{
	static const char *const patterns[] = { "<", "<a ", "<a b=\"", "<!--",
		"<!", "<script>", "<title>", "<div style=display:none>",
		"<svg>", "<ul><li>", "<table>", "<table><tr><td>",
		"<blockquote>a", "<a href=x>y", "<a href=http://x/y>", "&",
		"&amp;", "&#", "</", "<pre>\n", "\n", "a ", "<br>", "</table>",
		"<a b='<a c=\"", "<head>", "</ul>", "<img alt=a>", "\xc2\xa0" };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct buf html auto_buf = buf_make(1 << 19);
		struct buf out auto_buf = buf_make(1 << 26);
		struct html_refs refs = { 0 };
		double start;

		while (!html.full)
			buf_puts(&html, patterns[i]);
		start = cpu_seconds();
		html_to_text(&out, html.data, html.len, 72);
		html_find_refs(&refs, html.data, html.len);
		html_refs_release(&refs);
		check_true(patterns[i], cpu_seconds() - start < patience(0.2),
		    "too slow");
		check_true(patterns[i], !out.full, "too much");
	}
}

static void
test_refs(void **state UNUSED)
{
	static const char html[] =
	    "<body background=bg.png><img alt=x src=\"a b.png\"><IMG SRC='c&amp;"
	    "d.png'/><img src=e.png/><p>src=no</p><script src=x.js></script>"
	    "<!-- <img src=no> --><img src=><img data-src=no src=f>";
	static const char *const want[] = { "bg.png", "a b.png", "c&d.png",
		"e.png/", "", "f" };
	static const char *const raw[] = { "bg.png", "a b.png", "c&amp;d.png",
		"e.png/", "", "f" };
	struct html_refs refs = { 0 };

	html_find_refs(&refs, html, strlen(html));
	for (size_t i = 0; i < refs.count && i < ARRAY_SIZE(want); i++) {
		const struct html_ref *r = &refs.items[i];
		auto_free char *value =
		    mem_strndup(html + r->start, r->end - r->start);

		check_str(want[i], r->value, want[i]);
		check_str(raw[i], value, raw[i]);
	}
	assert_int_equal(refs.count, ARRAY_SIZE(want));
	html_refs_release(&refs);
	assert_int_equal(refs.count, 0);
}

static void
test_local(void **state UNUSED)
{
	static const struct {
		const char *value;
		const char *path; /* NULL: not local */
	} rows[] = {
		{ "a.png", "a.png" },
		{ "./dir/a.png", "./dir/a.png" },
		{ "/tmp/a.png", "/tmp/a.png" },
		{ "a%20b%C5%BE.png", "a bž.png" },
		{ "100%.png", "100%.png" },
		{ "a.png?v=1#x", "a.png" },
		{ "a?b=c:d", "a" },
		{ " a.png", "a.png" },
		{ "file:///tmp/a.png", "/tmp/a.png" },
		{ "FILE:///tmp/a%2Bb", "/tmp/a+b" },
		{ "file://localhost/tmp/a", "/tmp/a" },
		{ "file:/tmp/a", "/tmp/a" },
		{ "file://host/a", NULL },
		{ "file:", NULL },
		{ "//host/a.png", NULL },
		{ "http://host/a.png", NULL },
		{ "HTTPS://host/a.png", NULL },
		{ "cid:a.png", NULL },
		{ "data:image/png;base64,AAAA", NULL },
		{ "mailto:a@b", NULL },
		{ "#top", NULL },
		{ "?x", NULL },
		{ "", NULL },
		{ "a%00b", NULL },
		{ "x+y.z-1:a", NULL },
		{ "1:a", "1:a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *path = NULL;
		bool local = html_ref_is_local(rows[i].value, &path);

		check_true(
		    rows[i].value, local == (rows[i].path != NULL), "local");
		check_str(rows[i].value, path ? path : "-",
		    rows[i].path ? rows[i].path : "-");
	}
}

static void
test_nul(void **state UNUSED)
{
	static const char html[] = "<ol start\0\0x=3><li>a<br\0>b\0c</ol>";
	struct buf out auto_buf = buf_make(100);

	html_to_text(&out, html, sizeof(html) - 1, 72);
	check_str("NUL", out.data, "1. a\n   bc\n");
}

static void
test_title(void **state UNUSED)
{
	static const struct {
		const char *html;
		const char *want;
	} rows[] = {
		{ "<title>a</title>", "a" },
		{ "<html><head><TITLE lang=x>\n a  &amp;\tb\n</TITLE>",
		    "a & b" },
		{ "<title>a <b> c</title><title>d</title>", "a <b> c" },
		{ "<title></title><title>d</title>", NULL },
		{ "<p>a", NULL },
		{ "<!-- <title>a</title> -->", NULL },
		{ "<title>a", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *got =
		    html_title(rows[i].html, strlen(rows[i].html));

		check_str(rows[i].html, got ? got : "-",
		    rows[i].want ? rows[i].want : "-");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snippets),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_appends),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
