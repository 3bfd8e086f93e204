/* SPDX-License-Identifier: MIT */
/*
 * A new message: header fields in the order people read them, then the tree.
 */
#include "compose/compose.h"

#include "base/clock.h"
#include "base/mem.h"
#include "message/mime.h"
#include "text/datetime.h"
#include "text/header.h"
#include "text/msgid.h"

#include <string.h>
#include <strings.h>

/* "Name: value": the name's length, 0 if there is no colon. */
static size_t
name_length(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon == NULL ? 0 : (size_t)(colon - line);
}

bool
compose_has_header(const struct draft *d, const char *name)
{
	for (size_t i = 0; i < d->headers.count; i++) {
		const char *line = d->headers.items[i];
		size_t len = name_length(line);

		if (len == strlen(name) && strncasecmp(line, name, len) == 0)
			return true;
	}
	return false;
}

bool
compose_has_parts(const struct draft *d)
{
	return d->attach.count + d->inlines.count + d->text.count > 0 ||
	    d->html != NULL;
}

/* The value of a -H field without leading blanks, or NULL. */
static const char *
header_value(const struct draft *d, const char *name)
{
	for (size_t i = d->headers.count; i > 0; i--) {
		const char *line = d->headers.items[i - 1];
		size_t len = name_length(line);

		if (len == strlen(name) && strncasecmp(line, name, len) == 0)
			return line + len + 1 + strspn(line + len + 1, " \t");
	}
	return NULL;
}

/* An id with its angle brackets. */
static char *
bracketed(const char *id)
{
	return id[0] == '<' ? mem_strdup(id) : mem_printf("<%s>", id);
}

static int
put_thread(struct buf *out, const struct draft *d, const char *domain,
    struct error *err)
{
	auto_buf struct buf id = buf_make(1024);
	auto_free char *parent = NULL;

	if (d->in_reply_to != NULL) {
		parent = bracketed(d->in_reply_to);
		if (!msgid_valid(parent, strlen(parent)))
			return error_set(err, ERR_DATA,
			    "'%s' is no Message-ID (--in-reply-to)",
			    d->in_reply_to);
	} else if (d->thread != NULL) {
		msgid_thread(&id, domain, d->thread);
		parent = buf_take(&id);
	} else {
		return 0;
	}
	if (!compose_has_header(d, "In-Reply-To") &&
	    header_tokens(out, "In-Reply-To", parent, err) < 0)
		return -1;
	if (compose_has_header(d, "References"))
		return 0;
	return header_tokens(out, "References", parent, err);
}

static int
put_priority(struct buf *out, const struct draft *d, struct error *err)
{
	bool high = d->priority.value == PRIORITY_HIGH;

	if (d->priority.value == PRIORITY_NORMAL)
		return 0;
	if (header_text(out, "Importance", high ? "high" : "low", err) < 0)
		return -1;
	return header_text(out, "X-Priority", high ? "1" : "5", err);
}

/* One click is for https alone (RFC 8058 section 3.1). */
static int
put_unsubscribe(struct buf *out, const struct draft *d, struct error *err)
{
	auto_free char *list = NULL;

	if (d->unsubscribe == NULL)
		return 0;
	list = mem_printf("<%s>", d->unsubscribe);
	if (header_tokens(out, "List-Unsubscribe", list, err) < 0)
		return -1;
	if (strncasecmp(d->unsubscribe, "https:", 6) != 0)
		return 0;
	return header_text(
	    out, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click", err);
}

/* Asked once: a mailing composes thousands of messages. */
static bool
has_terminal(void)
{
	static enum {
		UNKNOWN,
		NONE,
		SOME
	} terminal;

	if (terminal == UNKNOWN)
		terminal = isatty(STDIN_FILENO) == 1 ||
			isatty(STDOUT_FILENO) == 1 || isatty(STDERR_FILENO) == 1
		    ? SOME
		    : NONE;
	return terminal == SOME;
}

int
compose_reply_to(struct composition *c, const struct draft *d,
    struct aliases *aliases, struct error *err)
{
	const char *text = d->reply_to;

	if (text == NULL || text[0] == '\0')
		return 0;
	if (address_parse(&c->reply_to, text, strlen(text), err) < 0 ||
	    aliases_expand(aliases, &c->reply_to, err) < 0)
		return error_wrap(err, "--reply-to");
	for (size_t i = 0; i < c->reply_to.count; i++) {
		auto_buf struct buf wire = buf_make(1024);

		if (address_wire(&wire, &c->reply_to.items[i], err) < 0)
			return error_wrap(err, "--reply-to");
	}
	return 0;
}

void
compose_needs(struct composition *c)
{
	c->smtputf8 = c->smtputf8 || c->wire.utf8_header;
}

static bool
is_skipped(const char *line, const char *const *skip)
{
	size_t len = name_length(line);

	for (; *skip != NULL; skip++)
		if (len == strlen(*skip) && strncasecmp(line, *skip, len) == 0)
			return true;
	return false;
}

int
compose_fields(struct buf *out, const struct composition *c,
    const struct draft *d, const char *domain, const char *const *skip,
    struct error *err)
{
	if (header_addresses(out, "Reply-To", &c->reply_to, err) < 0 ||
	    put_thread(out, d, domain, err) < 0 ||
	    put_priority(out, d, err) < 0 || put_unsubscribe(out, d, err) < 0)
		return -1;
	for (size_t i = 0; i < d->headers.count; i++)
		if (!is_skipped(d->headers.items[i], skip) &&
		    header_user(out, d->headers.items[i], err) < 0)
			return error_wrap(err, "-H");
	return 0;
}

int
compose_auto_submitted(
    struct buf *out, const struct draft *d, struct error *err)
{
	if ((has_terminal() && !d->automatic) ||
	    compose_has_header(d, "Auto-Submitted"))
		return 0;
	return header_text(out, "Auto-Submitted", "auto-generated", err);
}

/* From, To and Cc given by -H are addresses like any other. */
static int
merge_header(struct address_list *list, const struct draft *d, const char *name,
    struct error *err)
{
	const char *value = header_value(d, name);

	if (value == NULL)
		return 0;
	return address_parse(list, value, strlen(value), err);
}

/* Aliases are undone before anything is shown: "To: root" would reach nobody
 * who answers it. */
static int
read_recipients(struct composition *c, const struct draft *d,
    const struct input *in, struct aliases *aliases, struct error *err)
{
	if (compose_addresses(&c->to, &d->to, NULL, err) < 0)
		return -1;
	compose_parameters(&c->to, &in->parameters);
	if (compose_addresses(&c->cc, &d->cc, "--cc", err) < 0 ||
	    compose_addresses(&c->bcc, &d->bcc, "--bcc", err) < 0 ||
	    merge_header(&c->to, d, "To", err) < 0 ||
	    merge_header(&c->cc, d, "Cc", err) < 0)
		return -1;
	return compose_expand(c, aliases, err);
}

/* -f, else From of -H, else the account's own; and where answers shall go if
 * that is taken away. */
static int
read_sender(struct composition *c, const struct request *r, struct sender *s,
    struct address_list *answers, struct error *err)
{
	const char *header = header_value(&r->draft, "From");
	const char *flag = r->from_given ? r->settings.from : NULL;
	auto_address struct address wanted = { .name = NULL };

	if (flag != NULL && *flag != '\0' && !sender_is_bound(s, flag)) {
		if (address_parse_one(&c->from, flag, err) < 0)
			return error_wrap(err, "From");
		sender_name(s, &c->from);
	} else if (header != NULL) {
		if (address_parse_one(&c->from, header, err) < 0)
			return error_wrap(err, "-H");
	} else {
		sender_copy(&c->from, sender_own(s));
		return 0;
	}
	sender_copy(&wanted, &c->from);
	if (sender_fit(s, &c->from, "From") == SENDER_FORCED)
		address_list_add(answers, &wanted);
	return 0;
}

/* Fields that have a flag of their own; a -H of the same name stands back. */
static int
put_addresses(struct buf *out, const struct composition *c,
    const struct draft *d, struct error *err)
{
	auto_address_list struct address_list from = { .items = NULL };

	address_list_add(&from, &c->from);
	if (header_addresses(out, "From", &from, err) < 0)
		return -1;
	if (c->to.count + c->cc.count == 0 && !compose_has_header(d, "To"))
		buf_puts(out, "To: undisclosed-recipients:;\r\n");
	if (header_addresses(out, "To", &c->to, err) < 0)
		return -1;
	return header_addresses(out, "Cc", &c->cc, err);
}

static int
put_identity(struct composition *c, const struct draft *d, const char *domain,
    struct error *err)
{
	struct buf *out = &c->message.header;
	auto_buf struct buf id = buf_make(1024);
	const char *given = header_value(d, "Message-ID");
	char date[DATETIME_SIZE];

	if (!compose_has_header(d, "Date")) {
		datetime_format(clock_now(), date);
		if (header_text(out, "Date", date, err) < 0)
			return -1;
	}
	if (given != NULL) {
		c->message_id = mem_strdup(given);
		return 0;
	}
	msgid_make(&id, domain, d->subject != NULL ? d->subject : "");
	c->message_id = buf_take(&id);
	return header_tokens(out, "Message-ID", c->message_id, err);
}

static int
put_header(struct composition *c, const struct draft *d, const char *domain,
    const struct address_list *answers, struct error *err)
{
	static const char *const written[] = { "From", "To", "Cc", NULL };
	struct buf *out = &c->message.header;

	if (put_identity(c, d, domain, err) < 0 ||
	    put_addresses(out, c, d, err) < 0)
		return -1;
	if (d->subject != NULL) {
		if (header_check("--subject", d->subject, err) < 0 ||
		    header_text(out, "Subject", d->subject, err) < 0)
			return -1;
		c->subject = mem_strdup(d->subject);
	} else if (header_value(d, "Subject") != NULL) {
		c->subject = mem_strdup(header_value(d, "Subject"));
	}
	if (d->reply_to == NULL && !compose_has_header(d, "Reply-To") &&
	    header_addresses(out, "Reply-To", answers, err) < 0)
		return -1;
	if (compose_fields(out, c, d, domain, written, err) < 0)
		return -1;
	return compose_auto_submitted(out, d, err);
}

/* -H fields that a flag or this program writes must not come twice. */
static int
check_headers(const struct draft *d, struct error *err)
{
	if (d->subject != NULL && compose_has_header(d, "Subject"))
		return error_set(
		    err, ERR_USAGE, "the subject is given by -s and by -H");
	if (d->reply_to != NULL && compose_has_header(d, "Reply-To"))
		return error_set(err, ERR_USAGE,
		    "Reply-To is given by --reply-to and by -H");
	if (d->unsubscribe != NULL &&
	    (compose_has_header(d, "List-Unsubscribe") ||
		compose_has_header(d, "List-Unsubscribe-Post")))
		return error_set(err, ERR_USAGE,
		    "List-Unsubscribe is given by --unsubscribe and by -H");
	if (d->priority.value != PRIORITY_NORMAL &&
	    (compose_has_header(d, "Importance") ||
		compose_has_header(d, "X-Priority")))
		return error_set(err, ERR_USAGE,
		    "the priority is given by --priority and by -H");
	return 0;
}

int
compose_new(struct composition *c, const struct request *r,
    struct aliases *aliases, const struct input *in, struct error *err)
{
	auto_sender struct sender sender = { .steps = NULL };
	auto_address_list struct address_list answers = { .items = NULL };
	auto_free char *domain = NULL;

	buf_init(&c->message.header, HEADER_MAX_BLOCK);
	if (check_headers(&r->draft, err) < 0 ||
	    sender_init(&sender, r, &c->steps, err) < 0 ||
	    read_recipients(c, &r->draft, in, aliases, err) < 0 ||
	    read_sender(c, r, &sender, &answers, err) < 0 ||
	    compose_reply_to(c, &r->draft, aliases, err) < 0 ||
	    compose_envelope(c, r, &sender, &c->from, err) < 0)
		return -1;
	domain = compose_domain(&c->from);
	if (put_header(c, &r->draft, domain, &answers, err) < 0)
		return -1;
	c->message.root =
	    compose_body(&r->draft, in, domain, &c->warnings, err);
	if (c->message.root == NULL)
		return -1;
	if (c->subject == NULL || c->subject[0] == '\0')
		strlist_add(&c->warnings, "the subject is empty");
	if (mime_wire(&c->message, &c->wire, err) < 0)
		return -1;
	compose_needs(c);
	return 0;
}
