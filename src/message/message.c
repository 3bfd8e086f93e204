/* SPDX-License-Identifier: MIT */
/*
 * The tree of parts, and the decision how each leaf travels.
 */
#include "message/message.h"

#include "base/mem.h"
#include "message/sniff.h"
#include "message/wire.h"
#include "text/header.h"
#include "text/param.h"
#include "text/utf8.h"

#include <string.h>

#define LINE_MAX_BYTES 998 /* RFC 5322 2.1.1, without CRLF */

struct part *
part_new(const char *type)
{
	struct part *p = mem_zero(sizeof(*p));

	p->type = mem_strdup(type);
	buf_init(&p->fields, HEADER_MAX_BLOCK);
	return p;
}

void
part_free(struct part *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++)
		part_free(p->children[i]);
	free(p->children);
	free(p->boundary);
	store_free(p->content);
	store_free(p->encoded);
	buf_release(&p->fields);
	free(p->type);
	free(p->charset);
	free(p->name);
	free(p->cid);
	free(p->source);
	free(p->note);
	free(p);
}

static char *
copy_of(const char *text)
{
	return text != NULL ? mem_strdup(text) : NULL;
}

struct part *
part_share(const struct part *leaf)
{
	struct part *p = mem_alloc(sizeof(*p));

	*p = *leaf;
	p->content = store_ref(leaf->content);
	p->encoded = leaf->encoded != NULL ? store_ref(leaf->encoded) : NULL;
	p->type = copy_of(leaf->type);
	p->charset = copy_of(leaf->charset);
	p->name = copy_of(leaf->name);
	p->cid = copy_of(leaf->cid);
	p->source = copy_of(leaf->source);
	p->note = copy_of(leaf->note);
	p->boundary = NULL;
	buf_init(&p->fields, HEADER_MAX_BLOCK);
	buf_add(&p->fields, leaf->fields.data, leaf->fields.len);
	return p;
}

void
part_add(struct part *parent, struct part *child)
{
	parent->children = mem_resize(
	    parent->children, parent->count + 1, sizeof(*parent->children));
	parent->children[parent->count++] = child;
}

void
wire_release(struct wire *w)
{
	stream_free(w->stream);
	*w = (struct wire){ 0 };
}

void
message_release(struct message *m)
{
	buf_release(&m->header);
	part_free(m->root);
	m->root = NULL;
}

/* --- leaves --------------------------------------------------------------- */

static bool
is_text(const char *type)
{
	return strncasecmp(type, "text/", 5) == 0;
}

static bool
is_utf8_name(const char *charset)
{
	return strcasecmp(charset, "utf-8") == 0 ||
	    strcasecmp(charset, "utf8") == 0;
}

/* Charsets in which CR and LF are no bytes of their own. */
static bool
is_wide(const char *charset)
{
	static const char *const wide[] = { "utf-16", "utf-32", "ucs-",
		"iso-10646" };

	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		if (strncasecmp(charset, wide[i], strlen(wide[i])) == 0)
			return true;
	return false;
}

/* The charset to declare, or NULL. */
static const char *
choose_charset(
    const char *type, const char *given, const struct content_facts *f)
{
	if (!is_text(type) || (given != NULL && !is_utf8_name(given)))
		return given;
	if (f->nuls > 0 || !f->utf8)
		return NULL;
	if (given != NULL)
		return given;
	return f->high == 0 ? "us-ascii" : "utf-8";
}

static bool
fits_7bit(const struct content_facts *f)
{
	return f->high == 0 && f->nuls == 0 && f->controls == 0 &&
	    f->longest <= LINE_MAX_BYTES;
}

/* How p travels, once type, charset and facts are known. */
static void
choose_encoding(struct part *p)
{
	const struct content_facts *f = &p->facts;
	bool lines = is_text(p->type) && p->charset != NULL &&
	    !is_wide(p->charset) && f->nuls == 0;

	p->canonical = lines && p->disposition != DISPOSITION_ATTACHMENT;
	if (!p->canonical && (f->bare_lf > 0 || f->bare_cr > 0))
		lines = false;
	if (strncasecmp(p->type, "message/", 8) == 0)
		p->encoding = ENCODING_7BIT;
	else if (!lines)
		p->encoding = ENCODING_BASE64;
	else if (fits_7bit(f))
		p->encoding = ENCODING_7BIT;
	else if (f->qp_size <= base64_size(f->crlf_size))
		p->encoding = ENCODING_QP;
	else
		p->encoding = ENCODING_BASE64;
}

/* A type that a leaf with such content may carry. */
static const char *
leaf_type(const char *type, const struct content_facts *f)
{
	bool nested = strncasecmp(type, "multipart/", 10) == 0 ||
	    (strncasecmp(type, "message/", 8) == 0 && !fits_7bit(f));

	return nested ? "application/octet-stream" : type;
}

/* Gather p->facts of the content behind p->skip.  A NUL settles all that they
 * are asked for: the rest of a large file need not be read twice. */
static int
scan_leaf(struct part *p, struct error *err)
{
	auto_stream struct stream *s =
	    stream_store(p->content, p->skip, store_size(p->content));
	struct content_scanner scan = { 0 };
	char block[STREAM_BLOCK];
	ssize_t n = 1;

	while (n > 0 && scan.facts.nuls == 0) {
		n = stream_read(s, block, sizeof(block), err);
		if (n < 0)
			return -1;
		content_scan(&scan, block, (size_t)n);
	}
	content_scan_finish(&scan);
	p->facts = scan.facts;
	p->facts.bytes = stream_size(s);
	return 0;
}

static int
sniff_leaf(struct part *p, const char **type, struct error *err)
{
	char head[SNIFF_BYTES];
	const char *note;
	ssize_t n = store_pread(p->content, head, sizeof(head), p->skip, err);

	if (n < 0)
		return -1;
	*type = sniff_type(p->name, head, (size_t)n, &p->facts, &note);
	if (note != NULL)
		p->note = mem_strdup(note);
	return 0;
}

/* Replace an owned string. */
static void
set(char **field, const char *value)
{
	free(*field);
	*field = value != NULL ? mem_strdup(value) : NULL;
}

/* Scan from p->skip on and settle type, charset and encoding. */
static int
settle_leaf(
    struct part *p, const char *type, const char *charset, struct error *err)
{
	if (scan_leaf(p, err) < 0)
		return -1;
	if (type == NULL && sniff_leaf(p, &type, err) < 0)
		return -1;
	set(&p->type, leaf_type(type, &p->facts));
	set(&p->charset, choose_charset(p->type, charset, &p->facts));
	choose_encoding(p);
	return 0;
}

/* Bytes of a BOM at the start of a text body; 0 for all else. */
static int
find_bom(
    struct part *p, const char *type, const char *charset, struct error *err)
{
	char start[3];
	ssize_t n;

	if (p->disposition == DISPOSITION_ATTACHMENT ||
	    (type != NULL && !is_text(type)) ||
	    (charset != NULL && !is_utf8_name(charset)))
		return 0;
	n = store_pread(p->content, start, sizeof(start), 0, err);
	if (n < 0)
		return -1;
	if (n == 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
		p->skip = 3;
	return 0;
}

struct part *
part_leaf(struct store *content, const char *type, const char *charset,
    const char *name, enum disposition disposition, struct error *err)
{
	auto_part struct part *p = part_new(type != NULL ? type : "");

	p->content = content;
	p->disposition = disposition;
	set(&p->name, name);
	if (type != NULL && !param_is_media_type(type)) {
		(void)error_set(err, ERR_DATA, "bad media type '%s'", type);
		return NULL;
	}
	if (charset != NULL && !param_is_token(charset, strlen(charset))) {
		(void)error_set(err, ERR_DATA, "bad charset '%s'", charset);
		return NULL;
	}
	if (find_bom(p, type, charset, err) < 0 ||
	    settle_leaf(p, type, charset, err) < 0)
		return NULL;
	if (p->skip > 0 && !p->canonical) {
		/* It was no UTF-8 text after all: then keep every byte. */
		p->skip = 0;
		if (settle_leaf(p, type, charset, err) < 0)
			return NULL;
	}
	return steal(p);
}

/* --- names ---------------------------------------------------------------- */

static int
bad_name(const char *name, const char *why, struct error *err)
{
	(void)error_set(err, ERR_DATA, "file name '%s' %s", name, why);
	return error_hint(err, "choose another for the mail: FILE;name=NAME");
}

static int
check_name(const char *name, struct error *err)
{
	size_t len = strlen(name);

	if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return bad_name(name, "is none", err);
	for (size_t at = 0; at < len;) {
		uint32_t c;
		size_t n = utf8_decode(name + at, len - at, &c);

		if (n == 0)
			return bad_name(name, "is not UTF-8", err);
		if (utf8_is_control(c))
			return bad_name(name, "holds a control character", err);
		if (utf8_is_bidi(c))
			return bad_name(
			    name, "holds a character that reverses text", err);
		at += n;
	}
	return 0;
}

char *
part_name(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return check_name(name, err) < 0 ? NULL : mem_strdup(name);
}
