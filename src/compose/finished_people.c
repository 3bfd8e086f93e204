/* SPDX-License-Identifier: MIT */
/*
 * The people in the header of a finished message: who gets it, who sent it, and
 * addresses that only this host understands.
 */
#include "base/mem.h"
#include "compose/finished.h"
#include "settings/host.h"
#include "text/header.h"

#include <string.h>
#include <strings.h>

static bool
is_named(const struct head_field *h, const char *name)
{
	return h->name_len == strlen(name) &&
	    strncasecmp(h->name, name, h->name_len) == 0;
}

static int
parse_field(
    struct address_list *list, const struct head_field *h, struct error *err)
{
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

	head_unfold(&value, h);
	if (address_parse(list, value.data, value.len, err) < 0)
		return error_wrap(err, "%.*s", (int)h->name_len, h->name);
	return 0;
}

/* --- the Resent block ----------------------------------------------------- */

static bool
is_resent(const struct head_field *h)
{
	return h->name_len > 7 && strncasecmp(h->name, "Resent-", 7) == 0;
}

/* Does a field of fields [from, to) have the name of h? */
static bool
repeats(const struct finished *f, size_t from, size_t to,
    const struct head_field *h)
{
	for (size_t i = from; i < to; i++) {
		const struct head_field *other = &f->head.fields[i];

		if (other->name_len == h->name_len &&
		    strncasecmp(other->name, h->name, h->name_len) == 0)
			return true;
	}
	return false;
}

/* Each resending puts its block on top, so the first is the last.  It ends at a
 * trace field, or where one of its fields comes again. */
static void
find_block(struct finished *f)
{
	size_t i = 0;

	while (i < f->head.count && !is_resent(&f->head.fields[i]))
		i++;
	f->resent = i;
	for (; i < f->head.count; i++) {
		const struct head_field *h = &f->head.fields[i];

		if (is_named(h, "Received") || is_named(h, "Return-Path") ||
		    (is_resent(h) && repeats(f, f->resent, i, h)))
			break;
	}
	f->resent_end = i;
}

static struct head_field *
resent_field(const struct finished *f, const char *name)
{
	for (size_t i = f->resent; i < f->resent_end; i++)
		if (is_named(&f->head.fields[i], name))
			return &f->head.fields[i];
	return NULL;
}

static const char *const resent[] = { "Resent-To", "Resent-Cc", "Resent-Bcc" };

void
finished_find_resent(struct finished *f)
{
	bool again = false;

	find_block(f);
	for (size_t i = 0; i < ARRAY_SIZE(resent); i++)
		again = again || resent_field(f, resent[i]) != NULL;
	if (!again)
		f->resent_end = f->resent;
}

static bool
is_sent_again(const struct finished *f)
{
	return f->resent_end > f->resent;
}

/* --- recipients ----------------------------------------------------------- */

int
finished_recipients(
    struct composition *c, struct finished *f, struct error *err)
{
	static const char *const plain[] = { "To", "Cc", "Bcc" };
	struct address_list *const lists[] = { &c->to, &c->cc, &c->bcc };
	const struct head_field *h;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		size_t n = 0;

		if (is_sent_again(f)) {
			h = resent_field(f, resent[i]);
			if (h != NULL && parse_field(lists[i], h, err) < 0)
				return -1;
			continue;
		}
		while ((h = head_find(&f->head, plain[i], n++)) != NULL)
			if (parse_field(lists[i], h, err) < 0)
				return -1;
	}
	return 0;
}

/* --- the sender ----------------------------------------------------------- */

static int
replace_one(struct finished *f, struct head_field *h, const struct address *a,
    struct error *err)
{
	auto_address_list struct address_list list = { .items = NULL };

	address_list_add(&list, a);
	return finished_replace(f, h, &list, err);
}

/* RFC 5322 3.6.2: several authors need a Sender. */
static int
check_authors(const struct finished *f, const struct address_list *from,
    struct error *err)
{
	if (from->count == 0)
		return error_set(err, ERR_DATA, "From has no address");
	if (from->count > 1 && finished_field(f, "Sender") == NULL)
		return error_set(err, ERR_DATA,
		    "From has %zu addresses and there is no Sender",
		    from->count);
	return 0;
}

/* The author who was pushed aside gets the answers. */
static int
answer_to(struct finished *f, const struct address_list *old, struct error *err)
{
	if (finished_field(f, "Reply-To") != NULL ||
	    compose_has_header(&f->request->draft, "Reply-To") ||
	    (f->request->draft.reply_to != NULL &&
		f->request->draft.reply_to[0] != '\0'))
		return 0;
	return header_addresses(&f->added, "Reply-To", old, err);
}

/* From and Sender agree with each other or with nobody: a Sender beside a From
 * that became the account's own, and one that only this host knows, go. */
static int
fit_sender_field(
    struct finished *f, bool forced, size_t authors, struct error *err)
{
	struct head_field *h = finished_field(f, "Sender");
	auto_address_list struct address_list list = { .items = NULL };
	struct error ignored = ERROR_INIT;
	bool kept;

	/* What cannot be read is passed on as it is. */
	if (h == NULL || parse_field(&list, h, &ignored) < 0 || list.count != 1)
		return 0;
	kept = sender_fit(&f->sender, &list.items[0], "Sender") == SENDER_KEPT;
	if (forced || (!kept && authors == 1)) {
		finished_remove(f, h);
		return 0;
	}
	return kept ? 0 : replace_one(f, h, &list.items[0], err);
}

/* The text's own From, held against the account.  A message that is sent on
 * keeps its authors (RFC 5322 3.6.6). */
static int
fit_from(struct composition *c, struct finished *f, struct head_field *h,
    struct error *err)
{
	auto_address_list struct address_list list = { .items = NULL };
	auto_address_list struct address_list old = { .items = NULL };
	enum sender_change change = SENDER_KEPT;
	bool changed = false;

	if (parse_field(&list, h, err) < 0 || check_authors(f, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		address_list_add(&old, &list.items[i]);
		change = is_sent_again(f)
		    ? sender_complete(&f->sender, &list.items[i], "From")
		    : sender_fit(&f->sender, &list.items[i], "From");
		changed = changed || change != SENDER_KEPT;
	}
	sender_copy(&c->from, &list.items[0]);
	if (change == SENDER_FORCED && answer_to(f, &old, err) < 0)
		return -1;
	if (!is_sent_again(f) &&
	    fit_sender_field(f, change == SENDER_FORCED, list.count, err) < 0)
		return -1;
	if (!changed)
		return 0;
	aliases_merge(&list);
	return finished_replace(f, finished_field(f, "From"), &list, err);
}

/* -f, else the account's own, where the text has no From or -f replaces it. */
static int
put_from(struct composition *c, struct finished *f, const char *flag,
    struct error *err)
{
	const struct head_field *h = finished_field(f, "From");
	auto_address_list struct address_list shown = { .items = NULL };
	auto_address_list struct address_list old = { .items = NULL };

	/* What cannot be read is a mistake, also where it is replaced. */
	if (h != NULL && parse_field(&old, h, err) < 0)
		return -1;
	if (!is_sent_again(f) && fit_sender_field(f, false, 1, err) < 0)
		return -1;
	if (flag != NULL) {
		auto_address_list struct address_list asked = { .items = NULL };

		if (address_parse_one(&c->from, flag, err) < 0)
			return error_wrap(err, "From");
		sender_name(&f->sender, &c->from);
		address_list_add(&asked, &c->from);
		if (sender_fit(&f->sender, &c->from, "From") == SENDER_FORCED &&
		    answer_to(f, &asked, err) < 0)
			return -1;
	} else {
		sender_copy(&c->from, sender_own(&f->sender));
	}
	strlist_add(&f->drop, "From");
	address_list_add(&shown, &c->from);
	return header_addresses(&f->added, "From", &shown, err);
}

/* Who sends it on is legal at least, and gets the bounces. */
static int
fit_resender(struct finished *f, struct address *bounces, struct error *err)
{
	static const char *const names[] = { "Resent-From", "Resent-Sender" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct head_field *h = resent_field(f, names[i]);
		auto_address_list struct address_list list = { .items = NULL };
		struct error ignored = ERROR_INIT;

		if (h == NULL || parse_field(&list, h, &ignored) < 0 ||
		    list.count == 0)
			continue;
		if (sender_fit(&f->sender, &list.items[0], names[i]) !=
			SENDER_KEPT &&
		    replace_one(f, h, &list.items[0], err) < 0)
			return -1;
		sender_copy(bounces, &list.items[0]);
	}
	return 0;
}

/* Who sends it on by -f gets the bounces, and From is none of his business. */
static int
bounce_to(struct finished *f, const char *flag, struct address *bounces,
    struct error *err)
{
	address_release(bounces);
	*bounces = (struct address){ .name = NULL };
	if (address_parse_one(bounces, flag, err) < 0)
		return error_wrap(err, "From");
	(void)sender_fit(&f->sender, bounces, "envelope sender");
	return 0;
}

int
finished_sender(struct composition *c, struct finished *f,
    struct address *bounces, struct error *err)
{
	const struct request *r = f->request;
	const char *flag = r->from_given ? r->settings.from : NULL;
	struct head_field *h = finished_field(f, "From");
	int result;

	if (flag != NULL &&
	    (*flag == '\0' || sender_is_bound(&f->sender, flag)))
		flag = NULL;
	result =
	    h != NULL && (flag == NULL || !f->replace_from || is_sent_again(f))
	    ? fit_from(c, f, h, err)
	    : put_from(c, f, flag, err);
	if (result < 0)
		return -1;
	sender_copy(bounces, &c->from);
	if (fit_resender(f, bounces, err) < 0)
		return -1;
	return flag != NULL && is_sent_again(f)
	    ? bounce_to(f, flag, bounces, err)
	    : 0;
}

/* --- what only this host understands -------------------------------------- */

int
finished_complete(struct finished *f, struct error *err)
{
	static const char *const names[] = { "To", "Cc", "Reply-To",
		"Resent-To", "Resent-Cc", "Resent-From", "Resent-Sender" };

	for (size_t i = 0; i < f->head.count; i++) {
		struct head_field *h = &f->head.fields[i];
		auto_address_list struct address_list list = { .items = NULL };
		struct error ignored = ERROR_INIT;
		bool known = false;

		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			known = known || is_named(h, names[k]);
		/* What cannot be read is passed on as it is. */
		if (known && parse_field(&list, h, &ignored) == 0 &&
		    aliases_complete(f->aliases, &list) &&
		    finished_replace(f, h, &list, err) < 0)
			return -1;
	}
	return 0;
}
