/* SPDX-License-Identifier: MIT */
/*
 * What else a mail needs to know about its HTML: the pictures and the title.
 */
#include "text/html.h"

#include "base/mem.h"
#include "text/hex.h"
#include "text/htmltoken.h"

#include <ctype.h>
#include <string.h>

static void
add_ref(struct html_refs *refs, const char *html, const struct html_attr *a)
{
	struct buf value auto_buf = buf_make(a->value_len * 2);
	struct html_ref ref;

	html_decode(&value, a->value, a->value_len, true);
	ref.start = (size_t)(a->value - html);
	ref.end = ref.start + a->value_len;
	ref.value = buf_take(&value);
	/* Capacity doubles: it is full whenever count is a power of two. */
	if ((refs->count & (refs->count - 1)) == 0)
		refs->items = mem_resize(refs->items,
		    refs->count ? refs->count * 2 : 1, sizeof(*refs->items));
	refs->items[refs->count++] = ref;
}

void
html_find_refs(struct html_refs *refs, const char *html, size_t len)
{
	struct html_lexer lexer;
	struct html_token t;

	html_lexer_init(&lexer, html, len);
	while (html_next(&lexer, &t)) {
		const char *p = t.text;
		struct html_attr a;

		if (t.kind != HTML_OPEN || strcmp(t.name, "script") == 0)
			continue;
		while (html_next_attr(&p, t.text + t.len, &a))
			if (html_attr_is(&a, "src") ||
			    html_attr_is(&a, "background"))
				add_ref(refs, html, &a);
	}
}

void
html_refs_release(struct html_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		free(refs->items[i].value);
	free(refs->items);
	*refs = (struct html_refs){ 0 };
}

/* Length of "scheme:" (RFC 3986 section 3.1) at the start, 0 if there is none.
 */
static size_t
scheme_len(const char *value)
{
	size_t n = 0;

	if (!isalpha((unsigned char)value[0]))
		return 0;
	while (isalnum((unsigned char)value[n]) ||
	    (value[n] != '\0' && strchr("+-.", value[n]) != NULL))
		n++;
	return value[n] == ':' ? n + 1 : 0;
}

/* The path of a URL, without query and fragment, percent-decoded; NULL when a
 * NUL is in it. */
static char *
decode_path(const char *url)
{
	size_t len = strcspn(url, "?#");
	struct buf path auto_buf = buf_make(len);

	for (size_t i = 0; i < len; i++) {
		int byte =
		    url[i] == '%' ? hex_byte(url + i + 1, len - i - 1) : -1;

		if (byte == 0)
			return NULL;
		buf_putc(&path, byte > 0 ? (char)byte : url[i]);
		i += byte > 0 ? 2 : 0;
	}
	return path.len > 0 ? buf_take(&path) : NULL;
}

bool
html_ref_is_local(const char *value, char **path)
{
	size_t scheme;
	char *decoded;

	while (html_is_space(*value))
		value++;
	scheme = scheme_len(value);
	if (scheme > 0) {
		if (strncasecmp(value, "file:", scheme) != 0)
			return false;
		value += scheme;
		if (strncasecmp(value, "//localhost/", 12) == 0)
			value += 11;
		else if (strncmp(value, "///", 3) == 0)
			value += 2;
	}
	if (strncmp(value, "//", 2) == 0)
		return false;
	decoded = decode_path(value);
	if (decoded == NULL)
		return false;
	*path = decoded;
	return true;
}

/* White space at the ends is cut, within it becomes one blank. */
static void
collapse_space(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (!html_is_space(b->data[i]))
			b->data[n++] = b->data[i];
		else if (n > 0 && b->data[n - 1] != ' ')
			b->data[n++] = ' ';
	}
	if (n > 0 && b->data[n - 1] == ' ')
		n--;
	buf_truncate(b, n);
}

char *
html_title(const char *html, size_t len)
{
	struct html_lexer lexer;
	struct html_token t;

	html_lexer_init(&lexer, html, len);
	while (html_next(&lexer, &t)) {
		struct buf title auto_buf = buf_make(len);

		if (t.kind != HTML_RAW || strcmp(t.name, "title") != 0)
			continue;
		html_decode(&title, t.text, t.len, false);
		collapse_space(&title);
		return title.len > 0 ? buf_take(&title) : NULL;
	}
	return NULL;
}
