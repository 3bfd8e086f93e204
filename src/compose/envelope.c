/* SPDX-License-Identifier: MIT */
/*
 * Who gets it: address lists from flags, aliases undone, each mailbox once.
 */
#include "base/mem.h"
#include "compose/compose.h"
#include "text/utf8.h"

#include <string.h>

int
compose_addresses(struct address_list *list, const struct strlist *values,
    const char *option, struct error *err)
{
	for (size_t i = 0; i < values->count; i++)
		if (address_parse(list, values->items[i],
			strlen(values->items[i]), err) < 0)
			return option == NULL ? -1
					      : error_wrap(err, "%s", option);
	return 0;
}

void
compose_parameters(struct address_list *to, const struct strlist *parameters)
{
	for (size_t i = 0; parameters->count == to->count && i < to->count; i++)
		if (*parameters->items[i] != '\0')
			to->items[i].parameters =
			    mem_strdup(parameters->items[i]);
}

/* Wire forms, each once; remembers whether SMTPUTF8 is needed.  The list holds
 * no duplicates as written, but a domain may stand there as U-label and as
 * A-label. */
static int
add_recipients(
    struct composition *c, const struct address_list *list, struct error *err)
{
	bool converted = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct address *a = &list->items[i];
		auto_buf struct buf wire = buf_make(1024);

		if (address_wire(&wire, a, err) < 0)
			return -1;
		c->smtputf8 = c->smtputf8 || address_needs_smtputf8(a);
		converted =
		    converted || !utf8_is_ascii(a->domain, strlen(a->domain));
		if (converted && strlist_has(&c->recipients, wire.data))
			continue;
		strlist_add(&c->recipients, wire.data);
		strlist_add(
		    &c->parameters, a->parameters != NULL ? a->parameters : "");
	}
	return 0;
}

int
compose_expand(
    struct composition *c, struct aliases *aliases, struct error *err)
{
	struct address_list *const lists[] = { &c->to, &c->cc, &c->bcc };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (aliases_expand(aliases, lists[i], err) < 0)
			return -1;
	return 0;
}

static bool
is_null_sender(const char *text)
{
	return text != NULL && (*text == '\0' || strcmp(text, "<>") == 0);
}

/* Say so, if another sender was wanted than the one he is bound to. */
static void
tell_bound(struct sender *sender, const char *given, const struct address *from)
{
	auto_free char *shown = NULL;

	if (given == NULL && !address_same(from, sender_own(sender)))
		shown = mem_printf("%s@%s", from->local, from->domain);
	(void)sender_is_bound(sender, given != NULL ? given : shown);
}

static int
set_sender(struct composition *c, const char *given, struct sender *sender,
    const struct address *from, struct error *err)
{
	auto_address struct address a = { .name = NULL };
	auto_buf struct buf wire = buf_make(1024);

	if (is_null_sender(given)) {
		c->sender = mem_strdup("");
		return 0;
	}
	if (sender_is_bound(sender, NULL)) {
		tell_bound(sender, given, from);
		sender_copy(&a, sender_own(sender));
	} else if (given != NULL) {
		if (address_parse_one(&a, given, err) < 0)
			return error_wrap(err, "--envelope-from");
		(void)sender_fit(sender, &a, "envelope sender");
	} else {
		sender_copy(&a, from);
	}
	if (address_wire(&wire, &a, err) < 0)
		return error_wrap(err, "sender");
	c->smtputf8 = c->smtputf8 || address_needs_smtputf8(&a);
	c->sender = buf_take(&wire);
	return 0;
}

int
compose_envelope(struct composition *c, const struct request *r,
    struct sender *sender, const struct address *from, struct error *err)
{
	auto_address_list struct address_list all = { .items = NULL };
	const struct address_list *lists[] = { &c->to, &c->cc, &c->bcc };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t k = 0; k < lists[i]->count; k++)
			address_list_add(&all, &lists[i]->items[k]);
	aliases_merge(&all);
	if (all.count == 0) {
		(void)error_set(err, ERR_USAGE, "no recipient");
		return error_hint(err,
		    "write an address: mitto -s subject bob@example.org; -t "
		    "takes them from the text's header");
	}
	if (all.count > ADDRESS_MAX_RECIPIENTS) {
		(void)error_set(err, ERR_DATA,
		    "%zu recipients: at most %d in one message", all.count,
		    ADDRESS_MAX_RECIPIENTS);
		return error_hint(err, "split the list into several calls");
	}
	if (add_recipients(c, &all, err) < 0)
		return -1;
	return set_sender(c, r->draft.envelope_from, sender, from, err);
}

void
composition_release(struct composition *c)
{
	wire_release(&c->wire);
	message_release(&c->message);
	address_release(&c->from);
	address_list_release(&c->to);
	address_list_release(&c->cc);
	address_list_release(&c->bcc);
	address_list_release(&c->reply_to);
	free(c->sender);
	strlist_release(&c->recipients);
	strlist_release(&c->parameters);
	free(c->message_id);
	free(c->subject);
	strlist_release(&c->warnings);
	strlist_release(&c->steps);
	*c = (struct composition){ .sender = NULL };
}
