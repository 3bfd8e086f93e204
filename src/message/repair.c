/* SPDX-License-Identifier: MIT */
/*
 * A finished message made fit to travel.
 *
 * The body is scanned once.  If every line can go as it is, and nearly always
 * it can, the body goes out in one piece.  Only otherwise its structure is
 * walked, and the parts at fault are planned anew between ranges that stay
 * untouched.
 */
#include "message/repair.h"

#include "base/mem.h"
#include "message/cure.h"
#include "message/rewrap.h"
#include "message/walk.h"
#include "message/wire.h"
#include "stream/filter.h"
#include "text/header.h"

#include <string.h>

struct plan {
	struct store *content;
	const struct buf *added;
	const struct strlist *drop;
	struct assembly out;
	int64_t done; /* everything before this offset is planned */
	bool unended; /* what is planned does not end in a line end */
};

static bool
name_is(const struct head_field *f, const char *name)
{
	return f->name_len == strlen(name) &&
	    strncasecmp(f->name, name, f->name_len) == 0;
}

static bool
name_in(const struct head_field *f, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (name_is(f, names[i]))
			return true;
	return false;
}

/* --- fields --------------------------------------------------------------- */

bool
repair_drops(const struct strlist *drop, const struct head_field *f)
{
	static const char *const never[] = { "Bcc", "Resent-Bcc",
		"Return-Path" };

	for (size_t i = 0; i < drop->count; i++)
		if (name_is(f, drop->items[i]))
			return true;
	return name_in(f, never, ARRAY_SIZE(never));
}

/* May it stand in a header only once (RFC 5322 3.6, RFC 2045 3)? */
static bool
is_singleton(const struct head_field *f)
{
	static const char *const names[] = { "From", "Sender", "Date",
		"Message-ID", "Subject", "To", "Cc", "Reply-To", "In-Reply-To",
		"References", "MIME-Version" };

	return name_in(f, names, ARRAY_SIZE(names)) ||
	    strncasecmp(f->name, "Content-", 8) == 0;
}

int
repair_check(
    const struct head *head, const struct strlist *drop, struct error *err)
{
	for (size_t i = 0; i < head->count; i++) {
		const struct head_field *f = &head->fields[i];

		if (!is_singleton(f) || repair_drops(drop, f))
			continue;
		for (size_t k = 0; k < i; k++)
			if (head->fields[k].name_len == f->name_len &&
			    strncasecmp(head->fields[k].name, f->name,
				f->name_len) == 0)
				return error_set(err, ERR_DATA,
				    "the header has more than one %.*s field",
				    (int)f->name_len, f->name);
	}
	return 0;
}

static const char *
encoding_of(enum remedy remedy)
{
	return remedy == REMEDY_QP ? "quoted-printable" : "base64";
}

/* The fields of one entity, those that the cure replaces written anew.  The
 * message's own lose what must not go out. */
static int
put_fields(struct plan *plan, const struct head *head, bool root,
    const struct cure *cure, struct error *err)
{
	struct buf *out = &plan->out.text;

	for (size_t i = 0; i < head->count; i++) {
		const struct head_field *f = &head->fields[i];

		if ((root && repair_drops(plan->drop, f)) ||
		    (cure->new_encoding &&
			name_is(f, "Content-Transfer-Encoding")) ||
		    (cure->type.len > 0 && name_is(f, "Content-Type")))
			continue;
		if (header_repair(out, f->field, f->field_len, err) < 0)
			return -1;
	}
	if (cure->type.len > 0) {
		auto_free char *field =
		    mem_printf("Content-Type: %s", cure->type.data);

		if (header_repair(out, field, strlen(field), err) < 0)
			return -1;
	}
	if (cure->new_encoding)
		buf_printf(out, "Content-Transfer-Encoding: %s\r\n",
		    encoding_of(cure->remedy));
	return 0;
}

/* Is there a MIME-Version among the finished fields? */
static bool
adds_mime_version(const struct buf *added)
{
	static const char name[] = "MIME-Version:";

	for (const char *p = added->data; p != NULL;) {
		if (strncasecmp(p, name, strlen(name)) == 0)
			return true;
		p = strchr(p, '\n');
		if (p != NULL)
			p++;
	}
	return false;
}

static int
put_header(struct plan *plan, const struct head *head, bool root,
    const struct cure *cure, struct error *err)
{
	struct buf *out = &plan->out.text;

	if (root)
		buf_add(out, plan->added->data, plan->added->len);
	if (put_fields(plan, head, root, cure, err) < 0)
		return -1;
	if (root && cure->new_encoding &&
	    head_find(head, "MIME-Version", 0) == NULL &&
	    !adds_mime_version(plan->added))
		buf_puts(out, "MIME-Version: 1.0\r\n");
	buf_puts(out, "\r\n");
	plan->unended = false;
	return 0;
}

/* --- content -------------------------------------------------------------- */

static struct stream *
range(const struct plan *plan, int64_t start, int64_t end)
{
	return stream_store(plan->content, start, end);
}

/* Everything up to `end` goes as it is; facts, if given, are of that range. */
static int
put_untouched(struct plan *plan, int64_t end, const struct content_facts *facts,
    struct error *err)
{
	struct content_facts own;

	if (end <= plan->done)
		return 0;
	if (facts == NULL) {
		auto_stream struct stream *s = range(plan, plan->done, end);

		if (stream_facts(s, &own, err) < 0)
			return -1;
		facts = &own;
	}
	if (assembly_add(&plan->out,
		stream_crlf(range(plan, plan->done, end), facts->crlf_size),
		facts->dot_lines, facts->high > 0, err) < 0)
		return -1;
	plan->done = end;
	plan->unended = !facts->ends_in_newline;
	return 0;
}

static struct stream *
rewrap(enum remedy remedy, struct stream *inner, int64_t size)
{
	return remedy == REMEDY_REWRAP_QP ? rewrap_qp(inner, size)
					  : rewrap_base64(inner, size);
}

/* Encoded content in new lines; its size is found by doing it once. */
static int
put_rewrapped(struct plan *plan, const struct zone *z, enum remedy remedy,
    struct error *err)
{
	auto_stream struct stream *trial =
	    rewrap(remedy, range(plan, z->body, z->end), -1);
	struct content_facts facts;

	if (stream_facts(trial, &facts, err) < 0)
		return -1;
	plan->unended = facts.bytes > 0 && !facts.ends_in_newline;
	return assembly_add(&plan->out,
	    rewrap(remedy, range(plan, z->body, z->end), facts.bytes),
	    facts.dot_lines, false, err);
}

static int
put_encoded(struct plan *plan, const struct zone *z, const struct cure *cure,
    struct error *err)
{
	struct stream *s = range(plan, z->body, z->end);

	if (cure->remedy == REMEDY_QP)
		s = stream_qp(s, cure->facts.qp_size);
	else if (cure->remedy == REMEDY_BASE64_CRLF)
		s = stream_base64(stream_crlf(s, cure->facts.crlf_size));
	else
		s = stream_base64(s);
	plan->unended =
	    cure->remedy == REMEDY_QP && !cure->facts.ends_in_newline;
	return assembly_add(&plan->out, s, 0, false, err);
}

/* Must the header be written anew? */
static bool
needs_header(const struct zone *z)
{
	return z->root || z->header.high || flaws_stop(&z->header);
}

/* --- the zones of a message at fault -------------------------------------- */

static int
check_sealed_lines(const struct flaws *f, struct error *err)
{
	if (f->long_line > 0)
		return error_set(err, ERR_DATA,
		    "line %lld is longer than %d bytes and cannot be changed: "
		    "it is signed or encrypted",
		    (long long)f->long_line, WALK_LINE);
	if (f->nul_line > 0)
		return error_set(err, ERR_DATA,
		    "line %lld holds a NUL and cannot be changed: it is signed "
		    "or encrypted",
		    (long long)f->nul_line);
	return 0;
}

/* What is signed or encrypted must stay as it is, or be refused. */
static int
check_sealed(const struct zone *z, struct error *err)
{
	if (check_sealed_lines(&z->header, err) < 0)
		return -1;
	return check_sealed_lines(&z->content, err);
}

static int
put_leaf(struct plan *plan, const struct zone *z, struct cure *cure,
    struct error *err)
{
	bool new_header;

	if (cure_choose(cure, plan->content, z, err) < 0)
		return -1;
	new_header = cure->new_encoding || needs_header(z);
	if (!new_header && cure->remedy == REMEDY_NONE)
		return 0;
	if (put_untouched(plan, new_header ? z->start : z->body, NULL, err) < 0)
		return -1;
	if (new_header && put_header(plan, z->head, z->root, cure, err) < 0)
		return -1;
	plan->done = z->body;
	if (cure->remedy == REMEDY_NONE)
		return 0;
	plan->done = z->end;
	if (cure->remedy >= REMEDY_REWRAP_BASE64)
		return put_rewrapped(plan, z, cure->remedy, err);
	return put_encoded(plan, z, cure, err);
}

static int
put_container(struct plan *plan, const struct zone *z, const struct cure *cure,
    struct error *err)
{
	if (!needs_header(z))
		return 0;
	if (put_untouched(plan, z->start, NULL, err) < 0 ||
	    put_header(plan, z->head, z->root, cure, err) < 0)
		return -1;
	plan->done = z->body;
	return 0;
}

static int
put_zone(void *ctx, const struct zone *z, struct error *err)
{
	struct plan *plan = ctx;
	auto_cure struct cure cure = cure_make();
	int result = 0;

	if (z->sealed)
		return check_sealed(z, err);
	switch (z->kind) {
	case ZONE_CONTAINER:
		result = put_container(plan, z, &cure, err);
		break;
	case ZONE_LEAF:
		result = put_leaf(plan, z, &cure, err);
		break;
	case ZONE_BETWEEN:
		/* Nobody reads it: what cannot travel stays behind. */
		if (z->content.high || flaws_stop(&z->content)) {
			result = put_untouched(plan, z->start, NULL, err);
			plan->done = z->end;
		}
		break;
	}
	return result;
}

/* --- the message ---------------------------------------------------------- */

/* Can the whole body go as it is? */
static bool
is_fit(const struct head *head, const struct content_facts *body)
{
	auto_buf struct buf type = buf_make(HEAD_WORD_MAX);
	auto_buf struct buf encoding = buf_make(HEAD_WORD_MAX);

	if (body->longest > WALK_LINE || body->nuls > 0)
		return false;
	if (body->high == 0)
		return true;
	head_type(&type, head, false);
	head_word(&encoding, head, "Content-Transfer-Encoding");
	return strcmp(encoding.data, "8bit") == 0 &&
	    strncmp(type.data, "multipart/", 10) != 0 &&
	    strncmp(type.data, "message/", 8) != 0;
}

static int
make_plan(struct plan *plan, const struct head *head, struct error *err)
{
	int64_t size = store_size(plan->content);
	const struct cure none = cure_make();
	auto_stream struct stream *body =
	    range(plan, (int64_t)head->consumed, size);
	struct content_facts facts;

	if (repair_check(head, plan->drop, err) < 0 ||
	    stream_facts(body, &facts, err) < 0)
		return -1;
	if (is_fit(head, &facts)) {
		if (put_header(plan, head, true, &none, err) < 0)
			return -1;
		plan->done = (int64_t)head->consumed;
		return put_untouched(plan, size, &facts, err);
	}
	if (walk_message(plan->content, head, put_zone, plan, err) < 0)
		return -1;
	return put_untouched(plan, size, NULL, err);
}

int
repair_wire(struct store *content, const struct head *head,
    const struct buf *added, const struct strlist *drop, struct wire *out,
    struct error *err)
{
	struct plan plan = {
		.content = content,
		.added = added,
		.drop = drop,
		.out = assembly_make(),
	};
	int result = make_plan(&plan, head, err);

	if (result == 0 && plan.unended)
		buf_puts(&plan.out.text, "\r\n");
	if (result == 0)
		result = assembly_finish(&plan.out, out, err);
	assembly_release(&plan.out);
	return result;
}
