/* SPDX-License-Identifier: MIT */
/*
 * A message as bytes.
 *
 * The tree is walked once; text (fields, delimiters) is gathered in a buffer
 * and put before each leaf's content, which stays where it is.  The scan of the
 * leaves has told all sizes, so the content is not read here.
 */
#include "message/mime.h"

#include "base/mem.h"
#include "message/wire.h"
#include "stream/filter.h"
#include "text/msgid.h"
#include "text/param.h"

#include <string.h>

struct writer {
	struct assembly *out;
	bool delimited; /* the CRLF before a delimiter is already there */
};

/* --- fields --------------------------------------------------------------- */

static void
put_content_type(struct buf *out, const struct part *p)
{
	size_t column = strlen("Content-Type: ") + strlen(p->type);

	buf_printf(out, "Content-Type: %s", p->type);
	if (p->charset != NULL)
		param_add(out, &column, "charset", p->charset);
	if (strcasecmp(p->type, "multipart/related") == 0 && p->count > 0)
		param_add(out, &column, "type", p->children[0]->type);
	if (p->boundary != NULL)
		param_add(out, &column, "boundary", p->boundary);
	if (p->name != NULL)
		param_add_encword(out, &column, "name", p->name);
	buf_puts(out, "\r\n");
}

static void
put_disposition(struct buf *out, const struct part *p)
{
	const char *word =
	    p->disposition == DISPOSITION_INLINE ? "inline" : "attachment";
	size_t column = strlen("Content-Disposition: ") + strlen(word);

	if (p->disposition == DISPOSITION_NONE)
		return;
	buf_printf(out, "Content-Disposition: %s", word);
	if (p->name != NULL)
		param_add(out, &column, "filename", p->name);
	buf_puts(out, "\r\n");
}

static void
put_fields(struct buf *out, const struct part *p)
{
	static const char *const encodings[] = {
		[ENCODING_7BIT] = "7bit",
		[ENCODING_QP] = "quoted-printable",
		[ENCODING_BASE64] = "base64",
	};

	put_content_type(out, p);
	if (p->content != NULL)
		buf_printf(out, "Content-Transfer-Encoding: %s\r\n",
		    encodings[p->encoding]);
	put_disposition(out, p);
	if (p->cid != NULL)
		buf_printf(out, "Content-ID: <%s>\r\n", p->cid);
	buf_add(out, p->fields.data, p->fields.len);
	buf_puts(out, "\r\n");
}

/* --- leaves and multiparts ------------------------------------------------ */

static struct stream *
leaf_stream(const struct part *p)
{
	const struct content_facts *f = &p->facts;
	struct stream *raw;

	if (p->encoded != NULL)
		return stream_store(p->encoded, 0, store_size(p->encoded));
	raw = stream_store(p->content, p->skip, store_size(p->content));
	if (p->encoding == ENCODING_QP)
		return stream_qp(raw, f->qp_size);
	if (p->encoding == ENCODING_7BIT)
		return stream_crlf(raw, f->crlf_size);
	return stream_base64(
	    p->canonical ? stream_crlf(raw, f->crlf_size) : raw);
}

int
mime_keep(struct part *leaf, struct error *err)
{
	auto_free char *block = mem_alloc(STREAM_BLOCK);
	auto_stream struct stream *s = NULL;
	auto_store struct store *kept = NULL;
	ssize_t got;

	/* An attachment travels in base64 if need be (mime_wire): then that is
	 * decided now. */
	if (leaf->disposition == DISPOSITION_ATTACHMENT &&
	    strncasecmp(leaf->type, "message/", 8) != 0 &&
	    !leaf->facts.ends_in_newline)
		leaf->encoding = ENCODING_BASE64;
	s = leaf_stream(leaf);
	kept = store_empty("an attachment", 0);
	while ((got = stream_read(s, block, STREAM_BLOCK, err)) > 0)
		if (store_append(kept, block, (size_t)got, err) < 0)
			return -1;
	if (got == 0)
		leaf->encoded = steal(kept);
	return got < 0 ? -1 : 0;
}

static int
put_leaf(struct writer *w, const struct part *p, struct error *err)
{
	w->delimited = p->encoding == ENCODING_BASE64 && p->facts.bytes > 0;
	return assembly_add(w->out, leaf_stream(p),
	    p->encoding == ENCODING_7BIT ? p->facts.dot_lines : 0, false, err);
}

static void
put_delimiter(struct writer *w, const char *boundary, const char *end)
{
	buf_printf(&w->out->text, "%s--%s%s", w->delimited ? "" : "\r\n",
	    boundary, end);
	w->delimited = false;
}

static int
put_part(struct writer *w, const struct part *p, struct error *err)
{
	put_fields(&w->out->text, p);
	if (p->content != NULL)
		return put_leaf(w, p, err);
	w->delimited = true;
	for (size_t i = 0; i < p->count; i++) {
		put_delimiter(w, p->boundary, "\r\n");
		if (put_part(w, p->children[i], err) < 0)
			return -1;
	}
	put_delimiter(w, p->boundary, "--");
	return 0;
}

/* Does the wire form of root lack its last line end? */
static bool
ends_within_line(const struct part *root)
{
	if (root->content == NULL)
		return true;
	return root->encoding != ENCODING_BASE64 && root->facts.bytes > 0 &&
	    !root->facts.ends_in_newline;
}

/*
 * A boundary for every multipart that has none, different from all others in
 * the message.  The header is part of the seed, so that with a fixed time a
 * message and one that is attached to it do not share boundaries.
 */
static void
give_boundaries(struct part *p, const char *header, size_t *index)
{
	if (p->content == NULL && p->boundary == NULL) {
		auto_free char *seed = mem_printf("%zu\n%s", *index, header);
		auto_buf struct buf boundary = buf_make(70);

		msgid_boundary(&boundary, seed);
		p->boundary = buf_take(&boundary);
	}
	++*index;
	for (size_t i = 0; i < p->count; i++)
		give_boundaries(p->children[i], header, index);
}

/* Bytes of all leaves, before any encoding. */
static int64_t
content_size(const struct part *p)
{
	int64_t size = p->content != NULL ? store_size(p->content) : 0;

	for (size_t i = 0; i < p->count; i++)
		size += content_size(p->children[i]);
	return size;
}

int
mime_wire(const struct message *m, struct wire *out, struct error *err)
{
	auto_assembly struct assembly all = assembly_make();
	struct writer w = { .out = &all };
	size_t index = 0;

	/* A message ends in CRLF; only base64 keeps it out of an attachment
	 * that has no boundary behind it. */
	if (m->root->disposition == DISPOSITION_ATTACHMENT &&
	    strncasecmp(m->root->type, "message/", 8) != 0 &&
	    ends_within_line(m->root))
		m->root->encoding = ENCODING_BASE64;
	give_boundaries(m->root, m->header.data, &index);
	buf_add(&all.text, m->header.data, m->header.len);
	buf_puts(&all.text, "MIME-Version: 1.0\r\n");
	if (put_part(&w, m->root, err) < 0)
		return -1;
	if (ends_within_line(m->root))
		buf_puts(&all.text, "\r\n");
	if (assembly_finish(&all, out, err) < 0)
		return -1;
	out->content = content_size(m->root);
	return 0;
}
