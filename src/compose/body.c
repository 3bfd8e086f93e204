/* SPDX-License-Identifier: MIT */
/*
 * The tree of parts: mixed(alternative(text, related(html, pictures)), files),
 * levels that would hold one part left out (SPEC 5).
 */
#include "base/io.h"
#include "base/mem.h"
#include "compose/attach.h"
#include "compose/compose.h"
#include "compose/picture.h"
#include "message/wire.h"
#include "text/charset.h"
#include "text/html.h"
#include "text/param.h"
#include "text/utf8.h"

#include <string.h>

#define HTML_MAX   (32L << 20) /* bytes of an HTML body */
#define TEXT_WIDTH 72          /* columns of the derived plain text */

/* The paragraphs of -m, a blank line between them. */
static void
put_paragraphs(struct buf *out, const struct strlist *text)
{
	for (size_t i = 0; i < text->count; i++) {
		size_t len = strlen(text->items[i]);

		buf_puts(out, i > 0 ? "\n" : "");
		buf_add(out, text->items[i], len);
		if (len == 0 || text->items[i][len - 1] != '\n')
			buf_putc(out, '\n');
	}
}

/* `first`, a blank line and then `rest`, joined without holding them. */
static struct store *
join(const struct buf *first, struct store *rest, struct error *err)
{
	auto_fd int fd = io_temp_file(err);
	auto_stream struct stream *all = stream_concat();

	if (fd < 0)
		return NULL;
	stream_concat_add(all, stream_memory(first->data, first->len));
	stream_concat_add(all, stream_memory("\n", 1));
	stream_concat_add(all, stream_store(rest, 0, store_size(rest)));
	if (stream_copy_fd(all, fd, err) < 0)
		return NULL;
	if (lseek(fd, 0, SEEK_SET) < 0) {
		(void)error_set(err, ERR_IO, "cannot rewind a temporary file");
		return NULL;
	}
	return store_spill(fd, "the text", 0, NULL, err);
}

/* The body's bytes from -m, --body or standard input; NULL and no error when
 * there is none (*failed stays false). */
static struct store *
body_text(const struct draft *d, const struct input *in, bool *failed,
    struct error *err)
{
	auto_buf struct buf paragraphs = buf_make(HTML_MAX);
	auto_store struct store *rest = NULL;
	struct store *all = NULL;

	put_paragraphs(&paragraphs, &d->text);
	*failed = buf_check(&paragraphs, "the text of -m", err) < 0;
	if (in->use == INPUT_BODY && in->data != NULL)
		rest = store_ref(in->data);
	else if (d->body != NULL && in->use != INPUT_BODY) {
		rest = store_open(d->body, "body", in->interrupted, err);
		*failed = rest == NULL;
	}
	if (*failed)
		return NULL;
	if (d->text.count == 0)
		all = steal(rest);
	else if (rest == NULL || store_size(rest) == 0)
		all = store_memory(mem_strdup(paragraphs.data), paragraphs.len,
		    "the text of -m");
	else
		all = join(&paragraphs, rest, err);
	*failed = all == NULL && (d->text.count > 0 && rest != NULL);
	if (!*failed && d->edit) {
		auto_store struct store *before = all;

		all = input_edit(before, err);
		*failed = all == NULL;
	}
	return all;
}

static int
check_type(const struct draft *d, struct error *err)
{
	if (d->charset != NULL && !charset_known(d->charset))
		return error_set(
		    err, ERR_DATA, "unknown charset '%s'", d->charset);
	if (d->type == NULL)
		return 0;
	if (!param_is_media_type(d->type) ||
	    strncasecmp(d->type, "multipart/", 10) == 0) {
		(void)error_set(
		    err, ERR_USAGE, "'%s' is no media type of a body", d->type);
		return error_hint(err,
		    "type/subtype without parameters, as in text/html; "
		    "--charset names the charset");
	}
	return 0;
}

/* Beyond ASCII, and valid. */
static bool
is_utf8(const char *text)
{
	size_t len = strlen(text);

	return !utf8_is_ascii(text, len) && utf8_valid(text, len);
}

/* UTF-8 is recognised by its bytes; --charset is for other text (SPEC 5). */
static int
check_charset(const struct draft *d, const struct part *part, struct error *err)
{
	const struct content_facts *f = &part->facts;
	bool utf8 = strcasecmp(charset_name(d->charset), "utf-8") == 0;

	if (utf8 && !f->utf8) {
		(void)error_set(err, ERR_DATA, "the text is not UTF-8");
		return error_hint(
		    err, "name its charset: --charset iso-8859-1");
	}
	if (strcasecmp(d->charset, "us-ascii") == 0 && f->high > 0)
		return error_set(err, ERR_DATA,
		    "the text is not us-ascii, as --charset says");
	for (size_t i = 0; i < d->text.count; i++)
		if (!utf8 && is_utf8(d->text.items[i]))
			return error_set(err, ERR_DATA,
			    "the text of -m is UTF-8, the rest is %s",
			    d->charset);
	return 0;
}

/* Is the text UTF-8 beyond ASCII, whatever --charset says? */
static bool
is_utf8_text(struct store *text, struct error *err)
{
	auto_stream struct stream *s = stream_store(text, 0, store_size(text));
	struct content_facts facts;

	return stream_facts(s, &facts, err) == 0 && facts.utf8 &&
	    facts.high > 0 && facts.nuls == 0;
}

/* A leaf for the text itself; takes the text. */
static struct part *
text_part(const struct draft *d, struct store *text, const char *type,
    struct error *err)
{
	const char *charset = charset_name(d->charset);
	struct part *part;

	if (charset != NULL && is_utf8_text(text, err))
		charset = NULL;
	part = part_leaf(text, type, charset, NULL, DISPOSITION_NONE, err);
	if (part == NULL)
		return NULL;
	if (charset != NULL && check_charset(d, part, err) < 0) {
		part_free(part);
		return NULL;
	}
	part->source = mem_strdup(d->text.count > 0 ? "-m"
		: d->body != NULL                   ? d->body
						    : "standard input");
	return part;
}

static int
slurp_html(const struct draft *d, const struct input *in, struct buf *html,
    struct error *err)
{
	auto_store struct store *file = NULL;
	auto_stream struct stream *s = NULL;
	auto_buf struct buf raw = buf_make(HTML_MAX);

	file = in->ready != NULL && in->ready->html != NULL
	    ? store_ref(in->ready->html)
	    : in->use == INPUT_HTML
	    ? store_ref(in->data)
	    : store_open(d->html, "HTML body", in->interrupted, err);
	if (file == NULL)
		return -1;
	s = stream_store(file, 0, store_size(file));
	if (stream_slurp(s, &raw, err) < 0)
		return error_wrap(err, "'%s'", d->html);
	if (utf8_valid(raw.data, raw.len)) {
		buf_add(html, raw.data, raw.len);
		return 0;
	}
	if (d->charset == NULL) {
		(void)error_set(err, ERR_DATA, "'%s' is not UTF-8", d->html);
		return error_hint(
		    err, "name its charset: --charset iso-8859-1");
	}
	if (charset_to_utf8(html, d->charset, raw.data, raw.len, err) < 0)
		return error_wrap(err, "'%s'", d->html);
	return buf_check(html, "the HTML body", err);
}

static struct part *
memory_part(const struct buf *text, const char *type, const char *source,
    struct error *err)
{
	struct part *part = part_leaf(
	    store_memory(mem_strndup(text->data, text->len), text->len, source),
	    type, "utf-8", NULL, DISPOSITION_NONE, err);

	if (part != NULL)
		part->source = mem_strdup(source);
	return part;
}

/* The derived plain text says where it comes from, for the dry run's tree. */
static struct part *
derived_text(const struct draft *d, const struct buf *html, struct error *err)
{
	auto_buf struct buf text = buf_make(2 * HTML_MAX);
	auto_free char *source = mem_printf("made from %s", d->html);

	html_to_text(&text, html->data, html->len, TEXT_WIDTH);
	if (buf_check(&text, "the text made from the HTML body", err) < 0)
		return NULL;
	return memory_part(&text, "text/plain", source, err);
}

/* parent(first, second) of the given type. */
static struct part *
pair(const char *type, struct part *first, struct part *second)
{
	struct part *parent = part_new(type);

	part_add(parent, first);
	part_add(parent, second);
	return parent;
}

static void
share_children(struct part *to, const struct part *from)
{
	for (size_t i = 0; from != NULL && i < from->count; i++)
		part_add(to, part_share(from->children[i]));
}

/* A level that holds one part is left out. */
static struct part *
only_child(struct part *parent)
{
	struct part *child;

	if (parent->count != 1)
		return parent;
	child = parent->children[0];
	parent->count = 0;
	part_free(parent);
	return child;
}

/* alternative(text, related(html, pictures)); takes the text part. */
static struct part *
html_tree(const struct draft *d, const struct input *in, struct part *text,
    const char *domain, struct strlist *warnings, struct error *err)
{
	auto_part struct part *plain = text;
	auto_buf struct buf html = buf_make(HTML_MAX);
	auto_picture_list struct picture_list pictures = { .items = NULL };
	auto_part struct part *page = NULL;
	struct part *related;

	if (slurp_html(d, in, &html, err) < 0)
		return NULL;
	if (plain == NULL && (plain = derived_text(d, &html, err)) == NULL)
		return NULL;
	if (pictures_collect(&pictures, &html, d, domain, warnings, err) < 0)
		return NULL;
	page = memory_part(&html, "text/html", d->html, err);
	if (page == NULL)
		return NULL;
	related = part_new("multipart/related");
	part_add(related, steal(page));
	for (size_t i = 0; i < pictures.count; i++)
		part_add(related, steal(pictures.items[i].part));
	if (in->ready != NULL)
		share_children(related, in->ready->pictures);
	page = only_child(related);
	return pair("multipart/alternative", steal(plain), steal(page));
}

static int
add_files(struct part *mixed, const struct strlist *specs, bool is_inline,
    const struct input *in, struct error *err)
{
	for (size_t i = 0; i < specs->count; i++) {
		auto_attach struct attach_spec spec = { .path = NULL };
		struct part *part;

		if (attach_parse(&spec, specs->items[i], err) < 0)
			return -1;
		spec.is_inline = spec.is_inline || is_inline;
		part = attach_part(&spec, in->data, in->interrupted, err);
		if (part == NULL)
			return -1;
		part_add(mixed, part);
	}
	return 0;
}

/* What stands before the attachments; NULL without error if there is nothing.
 */
static struct part *
main_part(const struct draft *d, const struct input *in, const char *domain,
    struct strlist *warnings, bool *failed, struct error *err)
{
	struct store *text = body_text(d, in, failed, err);
	struct part *plain = NULL;

	if (*failed)
		return NULL;
	if (text != NULL) {
		const char *type = d->type;

		if (type == NULL || d->html != NULL)
			type = "text/plain";
		plain = text_part(d, text, type, err);
		*failed = plain == NULL;
	}
	if (*failed || d->html == NULL)
		return plain;
	plain = html_tree(d, in, plain, domain, warnings, err);
	*failed = plain == NULL;
	return plain;
}

/* mixed(first, files); `first` may be NULL, and a level for one part is left
 * out.  Takes both. */
static struct part *
join_files(struct part *first, struct part *files)
{
	auto_part struct part *rest = files;
	struct part *mixed;

	if (rest->count == 0)
		return first;
	if (first == NULL && rest->count == 1) {
		rest->count = 0;
		return rest->children[0];
	}
	mixed = part_new("multipart/mixed");
	if (first != NULL)
		part_add(mixed, first);
	for (size_t i = 0; i < rest->count; i++)
		part_add(mixed, rest->children[i]);
	rest->count = 0;
	return mixed;
}

/* What there was to say about looking at the files, once. */
static void
take_notes(struct strlist *warnings, const struct part *p)
{
	if (p->note != NULL && !strlist_has(warnings, p->note))
		strlist_add(warnings, p->note);
	for (size_t i = 0; i < p->count; i++)
		take_notes(warnings, p->children[i]);
}

struct part *
compose_body(const struct draft *d, const struct input *in, const char *domain,
    struct strlist *warnings, struct error *err)
{
	bool failed = false;
	struct part *first, *whole;
	auto_part struct part *files = part_new("multipart/mixed");

	/* Files first: a missing one is told before an editor opens.  Without
	 * HTML to refer to them, pictures stand among the files. */
	if (check_type(d, err) < 0 ||
	    (d->html == NULL &&
		add_files(files, &d->inlines, true, in, err) < 0) ||
	    add_files(files, &d->attach, false, in, err) < 0)
		return NULL;
	if (in->ready != NULL)
		share_children(files, in->ready->files);
	first = main_part(d, in, domain, warnings, &failed, err);
	if (failed)
		return NULL;
	if (first == NULL && files->count == 0)
		return text_part(d, store_memory(mem_strdup(""), 0, "nothing"),
		    "text/plain", err);
	whole = join_files(first, steal(files));
	take_notes(warnings, whole);
	return whole;
}
