/* SPDX-License-Identifier: MIT */
/*
 * The fields of a finished message: edited where they stand, or added on top.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "compose/finished.h"
#include "text/datetime.h"
#include "text/encword.h"
#include "text/header.h"
#include "text/msgid.h"

#include <string.h>
#include <strings.h>

/* --- editing -------------------------------------------------------------- */

struct head_field *
finished_field(const struct finished *f, const char *name)
{
	const struct head_field *h = head_find(&f->head, name, 0);

	return h == NULL ? NULL : &f->head.fields[h - f->head.fields];
}

void
finished_remove(struct finished *f, struct head_field *h)
{
	size_t at = (size_t)(h - f->head.fields);

	f->head.count--;
	memmove(h, h + 1, (f->head.count - at) * sizeof(*h));
	f->resent -= at < f->resent;
	f->resent_end -= at < f->resent_end;
}

void
finished_forget_empty(struct finished *f)
{
	for (size_t i = f->head.count; i-- > 0;) {
		struct head_field *h = &f->head.fields[i];
		auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

		head_unfold(&value, h);
		if (header_kind(h->name, h->name_len) != HEADER_TEXT &&
		    value.data[strspn(value.data, " \t")] == '\0')
			finished_remove(f, h);
	}
}

/* Names are decoded, or they would be encoded twice. */
static void
decode_names(struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		auto_free char *old = list->items[i].name;
		auto_buf struct buf name = buf_make(HEADER_MAX_BLOCK);

		if (old == NULL)
			continue;
		encword_decode(&name, old, strlen(old));
		list->items[i].name = buf_take(&name);
	}
}

int
finished_replace(struct finished *f, struct head_field *h,
    const struct address_list *list, struct error *err)
{
	auto_address_list struct address_list decoded = { .items = NULL };
	auto_buf struct buf text = buf_make(HEADER_MAX_BLOCK);
	auto_free char *name = mem_strndup(h->name, h->name_len);

	for (size_t i = 0; i < list->count; i++)
		address_list_add(&decoded, &list->items[i]);
	decode_names(&decoded);
	if (header_addresses(&text, name, &decoded, err) < 0)
		return -1;
	buf_truncate(&text, text.len - strlen("\r\n"));
	h->field_len = text.len;
	strlist_take(&f->texts, buf_take(&text));
	h->field = h->name = f->texts.items[f->texts.count - 1];
	h->value = h->field + h->name_len + 1;
	h->value += strspn(h->value, " \t\r\n");
	h->value_len = h->field_len - (size_t)(h->value - h->field);
	return 0;
}

/* --- identity ------------------------------------------------------------- */

/* A Date that no reader understands makes servers and filters suspicious. */
static int
put_date(struct finished *f, struct error *err)
{
	const struct head_field *h = finished_field(f, "Date");
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
	char date[DATETIME_SIZE];
	time_t when;

	if (h != NULL) {
		head_unfold(&value, h);
		if (datetime_parse(value.data, &when))
			return 0;
		return error_set(err, ERR_DATA, "'%s' is no Date", value.data);
	}
	if (compose_has_header(&f->request->draft, "Date"))
		return 0;
	datetime_format(clock_now(), date);
	return header_text(&f->added, "Date", date, err);
}

int
finished_identity(struct composition *c, struct finished *f, const char *domain,
    struct error *err)
{
	const struct head_field *id = finished_field(f, "Message-ID");
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
	size_t end;

	if (put_date(f, err) < 0)
		return -1;
	if (id == NULL) {
		msgid_make(&value, domain, "");
		c->message_id = buf_take(&value);
		return header_tokens(
		    &f->added, "Message-ID", c->message_id, err);
	}
	head_unfold(&value, id);
	end = value.len;
	while (end > 0 && strchr(" \t", value.data[end - 1]) != NULL)
		end--;
	buf_truncate(&value, end);
	if (!msgid_valid(value.data, value.len))
		return error_set(
		    err, ERR_DATA, "'%s' is no Message-ID", value.data);
	c->message_id = buf_take(&value);
	return 0;
}

/* --- flags ---------------------------------------------------------------- */

/* Flags win over the text's own fields. */
static int
put_flag_fields(struct composition *c, struct finished *f, const char *domain,
    struct error *err)
{
	static const char *const none[] = { NULL };
	const struct draft *d = &f->request->draft;
	const struct head_field *subject = finished_field(f, "Subject");
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

	if (d->subject != NULL) {
		strlist_add(&f->drop, "Subject");
		if (header_text(&f->added, "Subject", d->subject, err) < 0)
			return -1;
		c->subject = mem_strdup(d->subject);
	} else if (subject != NULL) {
		head_unfold(&value, subject);
		c->subject = buf_take(&value);
	}
	if (d->reply_to != NULL)
		strlist_add(&f->drop, "Reply-To");
	if (d->in_reply_to != NULL || d->thread != NULL) {
		strlist_add(&f->drop, "In-Reply-To");
		strlist_add(&f->drop, "References");
	}
	for (size_t i = 0; i < d->headers.count; i++)
		strlist_take(&f->drop,
		    mem_strndup(d->headers.items[i],
			strcspn(d->headers.items[i], ":")));
	return compose_fields(&f->added, c, d, domain, none, err);
}

/* RFC 5322 does without, but a message to nobody looks like spam.  One that is
 * sent on keeps its own. */
static void
put_destination(struct finished *f)
{
	const struct draft *d = &f->request->draft;

	if (finished_field(f, "To") == NULL &&
	    finished_field(f, "Cc") == NULL && f->resent_end == f->resent &&
	    !compose_has_header(d, "To") && !compose_has_header(d, "Cc") &&
	    !f->destination)
		buf_puts(&f->added, "To: undisclosed-recipients:;\r\n");
}

int
finished_flags(struct composition *c, struct finished *f, const char *domain,
    struct error *err)
{
	const struct draft *d = &f->request->draft;

	if (put_flag_fields(c, f, domain, err) < 0)
		return -1;
	put_destination(f);
	/* A mail program writes Date and Message-ID and says itself who made
	 * the message; cron and its like write neither. */
	if (finished_field(f, "Auto-Submitted") != NULL ||
	    (finished_field(f, "Date") != NULL &&
		finished_field(f, "Message-ID") != NULL))
		return 0;
	return compose_auto_submitted(&f->added, d, err);
}
