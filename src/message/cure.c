/* SPDX-License-Identifier: MIT */
/*
 * The choice of an encoding for a leaf that has none or the wrong one.
 */
#include "message/cure.h"

#include "message/wire.h"
#include "text/header.h"
#include "text/param.h"

#include <string.h>

struct cure
cure_make(void)
{
	return (struct cure){ .type = buf_make(HEADER_MAX_BLOCK) };
}

void
cure_release(struct cure *cure)
{
	buf_release(&cure->type);
}

/*
 * A Content-Type that tells the charset of raw 8-bit text, where the old one
 * does not or says us-ascii.  Nothing when the old one will do.
 */
static void
choose_type(struct cure *cure, const struct head *head, const char *type)
{
	const char *charset = cure->facts.utf8 ? "utf-8" : "unknown-8bit";
	const struct head_field *f = head_find(head, "Content-Type", 0);
	auto_buf struct buf word = buf_make(HEAD_WORD_MAX);
	auto_buf struct buf old = buf_make(HEADER_MAX_BLOCK);
	auto_buf struct buf declared = buf_make(HEADER_MAX_BLOCK);
	size_t column;

	head_word(&word, head, "Content-Type");
	if (f == NULL || strcmp(word.data, type) != 0)
		buf_puts(&old, type);
	else
		head_unfold(&old, f);
	if (param_find(old.data, "charset", &declared)) {
		const char *ascii = strcasestr(old.data, "charset");

		ascii = ascii ? strcasestr(ascii, "us-ascii") : NULL;
		if (strcasecmp(declared.data, "us-ascii") != 0 || !ascii)
			return;
		buf_add(&cure->type, old.data, (size_t)(ascii - old.data));
		buf_puts(&cure->type, charset);
		buf_puts(&cure->type, ascii + strlen("us-ascii"));
		return;
	}
	buf_add(&cure->type, old.data, old.len);
	column = strlen("Content-Type: ") + old.len;
	param_add(&cure->type, &column, "charset", charset);
}

/* Text that has to be encoded: quoted-printable, unless that is longer, or line
 * ends are not to be trusted. */
static enum remedy
choose_text_remedy(const struct cure *cure, bool unknown)
{
	const struct content_facts *f = &cure->facts;

	if (f->nuls > 0 || unknown)
		return REMEDY_BASE64;
	return f->qp_size <= base64_size(f->crlf_size) ? REMEDY_QP
						       : REMEDY_BASE64_CRLF;
}

/* A leaf without an encoding that makes its content fit to travel. */
static int
encode_leaf(struct cure *cure, struct store *content, const struct zone *z,
    struct error *err)
{
	auto_stream struct stream *s = stream_store(content, z->body, z->end);
	auto_buf struct buf type = buf_make(HEAD_WORD_MAX);

	if (stream_facts(s, &cure->facts, err) < 0)
		return -1;
	head_type(&type, z->head, false);
	cure->new_encoding = true;
	cure->remedy = REMEDY_BASE64;
	if (strncmp(type.data, "text/", 5) != 0)
		return 0;
	if (cure->facts.high > 0)
		choose_type(cure, z->head, type.data);
	cure->remedy =
	    choose_text_remedy(cure, cure->type.len > 0 && !cure->facts.utf8);
	return 0;
}

int
cure_choose(struct cure *cure, struct store *content, const struct zone *z,
    struct error *err)
{
	auto_buf struct buf encoding = buf_make(HEAD_WORD_MAX);
	bool broken = flaws_stop(&z->content);

	head_word(&encoding, z->head, "Content-Transfer-Encoding");
	if (!broken && (!z->content.high || strcmp(encoding.data, "8bit") == 0))
		return 0;
	if (strcmp(encoding.data, "base64") == 0)
		cure->remedy = REMEDY_REWRAP_BASE64;
	else if (strcmp(encoding.data, "quoted-printable") == 0)
		cure->remedy = REMEDY_REWRAP_QP;
	else
		return encode_leaf(cure, content, z, err);
	return 0;
}
