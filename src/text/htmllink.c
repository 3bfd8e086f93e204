/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a link depends on its text: a URL that can be read there
 * already gets no number, a mail address is shown, the rest goes to the list.
 */
#include "text/htmllink.h"

#include "text/utf8.h"

#include <string.h>

#define MAX_URL       (1024 * 1024)
#define MAX_LINK_TEXT 2000
#define RECENT_LINKS  16 /* links among which a repeated one is looked for */

void
html_links_init(struct html_links *k, struct layout *layout)
{
	*k = (struct html_links){
		.layout = layout,
		.url = buf_make(MAX_URL),
		.text = buf_make(MAX_LINK_TEXT),
	};
}

void
html_links_release(struct html_links *k)
{
	buf_release(&k->url);
	buf_release(&k->text);
	strlist_release(&k->list);
}

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Targets that mean nothing on paper. */
static bool
is_ignored_link(const char *url)
{
	static const char *const schemes[] = {
		"javascript:", "data:", "cid:", "tel:", "sms:", "about:"
	};

	if (url[0] == '\0' || url[0] == '#')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (has_prefix(url, schemes[i]))
			return true;
	return false;
}

/* A URL in short: without scheme, "www." and a last slash. */
static const char *
short_url(const char *url, size_t *len)
{
	static const char *const heads[] = { "http://", "https://", "www." };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (has_prefix(url, heads[i]))
			url += strlen(heads[i]);
	*len = strlen(url);
	if (*len > 0 && url[*len - 1] == '/')
		--*len;
	return url;
}

static bool
same_url(const char *a, const char *b)
{
	size_t a_len, b_len;

	a = short_url(a, &a_len);
	b = short_url(b, &b_len);
	return a_len == b_len && strncasecmp(a, b, a_len) == 0;
}

/* The number of a link in the list at the end. */
static size_t
link_number(struct html_links *k, const char *url)
{
	for (size_t i = k->list.count, n = 0; i > 0 && n < RECENT_LINKS;
	     i--, n++)
		if (strcmp(k->list.items[i - 1], url) == 0)
			return i;
	strlist_add(&k->list, url);
	return k->list.count;
}

/* A link's number or address stays on the line of its text. */
static void
put_note(struct layout *l, const char *note)
{
	unsigned breaks;

	layout_flush(l);
	breaks = l->breaks;
	l->breaks = 0;
	layout_blank(l);
	layout_visible(l, note, strlen(note));
	if (breaks > 0)
		layout_flush(l);
	l->breaks = breaks;
}

/* The note of the link that ends; false when its text says enough. */
static bool
make_note(struct html_links *k, struct buf *note)
{
	const char *address = k->url.data + strlen("mailto:");
	size_t len;

	if (k->text.len == 0 || same_url(k->text.data, k->url.data))
		return false;
	if (!has_prefix(k->url.data, "mailto:")) {
		buf_printf(note, "[%zu]", link_number(k, k->url.data));
		return true;
	}
	len = strcspn(address, "?");
	buf_printf(note, "<%.*s>", (int)len, address);
	return len > 0 &&
	    memmem(k->text.data, k->text.len, address, len) == NULL;
}

void
html_link_close(struct html_links *k)
{
	struct buf note auto_buf = buf_make(k->url.len + 32);

	if (k->layout->copy == NULL)
		return;
	k->layout->copy = NULL;
	while (k->text.len > 0 && k->text.data[k->text.len - 1] == ' ')
		buf_truncate(&k->text, k->text.len - 1);
	if (make_note(k, &note))
		put_note(k->layout, note.data);
}

/* Append a URL without white space around and within; what is no UTF-8, and
 * blanks, in percent-encoding. */
static void
add_url(struct buf *out, const char *url, size_t len)
{
	size_t n;

	while (len > 0 && html_is_space(url[len - 1]))
		len--;
	for (size_t i = 0; i < len; i += n) {
		uint32_t c = 0;

		n = utf8_decode(url + i, len - i, &c);
		if (n == 0 || (c == ' ' && out->len > 0)) {
			buf_printf(out, "%%%02X", (unsigned char)url[i]);
			n = 1;
		} else if (c != ' ' && !utf8_is_control(c)) {
			buf_add(out, url + i, n);
		}
	}
}

void
html_link_open(struct html_links *k, const struct html_token *t)
{
	struct buf url auto_buf = buf_make(t->len * 2);

	html_link_close(k);
	buf_clear(&k->url);
	buf_clear(&k->text);
	if (!html_attr_value(t, "href", &url))
		return;
	add_url(&k->url, url.data, url.len);
	if (!is_ignored_link(k->url.data))
		k->layout->copy = &k->text;
}

void
html_links_print(const struct html_links *k, struct buf *out)
{
	for (size_t i = 0; i < k->list.count; i++)
		buf_printf(out, "%s[%zu] %s\n", i == 0 ? "\n" : "", i + 1,
		    k->list.items[i]);
}
