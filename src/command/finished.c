/* SPDX-License-Identifier: MIT */
/*
 * A message that came with its header (-t, --raw): what must be read of it, and
 * what is put on top of it.  Nothing else is touched (message/repair.h).
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "command/compose.h"
#include "message/mime.h"
#include "message/repair.h"
#include "text/datetime.h"
#include "text/header.h"
#include "text/msgid.h"
#include "text/param.h"

#include <string.h>
#include <strings.h>

#define HOPS_MAX 50 /* servers a message has come through */

/* Working state of one finished message. */
struct finished {
	const struct request *request;
	const struct head *head;
	struct buf added;    /* fields to put on top */
	struct strlist drop; /* names of fields they replace */
	bool from_flag;
};

static const struct head_field *
field(const struct finished *f, const char *name)
{
	return head_find(f->head, name, 0);
}

/* Parse every field of that name into list. */
static int
read_field(struct address_list *list, const struct finished *f,
    const char *name, struct error *err)
{
	const struct head_field *h;

	for (size_t n = 0; (h = head_find(f->head, name, n)) != NULL; n++) {
		auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

		head_unfold(&value, h);
		if (address_parse(list, value.data, value.len, err) < 0)
			return error_wrap(err, "%s", name);
	}
	return 0;
}

/* RFC 5322 3.6.6: a resent message goes to the first block's recipients, the
 * original ones have had it. */
static int
read_recipients(
    struct composition *c, const struct finished *f, struct error *err)
{
	static const char *const plain[] = { "To", "Cc", "Bcc" };
	static const char *const resent[] = { "Resent-To", "Resent-Cc",
		"Resent-Bcc" };
	struct address_list *const lists[] = { &c->to, &c->cc, &c->bcc };
	const char *const *names = plain;

	for (size_t i = 0; i < ARRAY_SIZE(resent); i++)
		if (field(f, resent[i]) != NULL)
			names = resent;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (names == plain) {
			if (read_field(lists[i], f, names[i], err) < 0)
				return -1;
		} else if (field(f, names[i]) != NULL) {
			auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

			head_unfold(&value, field(f, names[i]));
			if (address_parse(
				lists[i], value.data, value.len, err) < 0)
				return error_wrap(err, "%s", names[i]);
		}
	}
	return 0;
}

static int
check_from(const struct address_list *from, const struct finished *f,
    struct error *err)
{
	if (from->count > 1 && field(f, "Sender") == NULL)
		return error_set(err, ERR_DATA,
		    "From has %zu addresses and there is no Sender",
		    from->count);
	if (from->count == 0)
		return error_set(err, ERR_DATA, "From has no address");
	return 0;
}

/* A From without a domain, as cron writes it ("root (Cron Daemon)"): the
 * account's address if it has one, else the local part at this host; the name
 * stays. */
static int
complete_from(struct composition *c, const struct finished *f,
    const struct address *given, struct error *err)
{
	const struct settings *s = &f->request->settings;

	if (compose_sender(&c->from, s, err) < 0)
		return -1;
	if (s->from == NULL) {
		free(c->from.local);
		c->from.local = mem_strdup(given->local);
	}
	if (c->from.name == NULL && given->name != NULL)
		c->from.name = mem_strdup(given->name);
	return 0;
}

/* The text's own From, completed when it has no domain; -f on the command line
 * replaces it. */
static int
read_from(struct composition *c, struct finished *f, struct error *err)
{
	auto_address_list struct address_list given = { .items = NULL };
	auto_address_list struct address_list shown = { .items = NULL };

	if (read_field(&given, f, "From", err) < 0)
		return -1;
	if (field(f, "From") != NULL && !f->from_flag) {
		if (check_from(&given, f, err) < 0)
			return -1;
		if (given.items[0].domain != NULL) {
			c->from = given.items[0];
			given.items[0] = (struct address){ .name = NULL };
			return 0;
		}
		if (complete_from(c, f, &given.items[0], err) < 0)
			return -1;
	} else if (compose_sender(&c->from, &f->request->settings, err) < 0) {
		return -1;
	}
	strlist_add(&f->drop, "From");
	address_list_add(&shown, &c->from);
	return header_addresses(&f->added, "From", &shown, err);
}

static int
add_identity(struct composition *c, struct finished *f, const char *domain,
    struct error *err)
{
	const struct head_field *id = field(f, "Message-ID");
	auto_buf struct buf made = buf_make(1024);
	char date[DATETIME_SIZE];

	if (field(f, "Date") == NULL &&
	    !compose_has_header(&f->request->draft, "Date")) {
		datetime_format(clock_now(), date);
		if (header_text(&f->added, "Date", date, err) < 0)
			return -1;
	}
	if (id != NULL) {
		auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
		size_t end;

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
	msgid_make(&made, domain, "");
	c->message_id = buf_take(&made);
	return header_tokens(&f->added, "Message-ID", c->message_id, err);
}

/* Only a loop leads through so many servers (RFC 5321 6.3). */
static int
check_hops(const struct finished *f, struct error *err)
{
	size_t hops = 0;

	while (head_find(f->head, "Received", hops) != NULL)
		if (++hops > HOPS_MAX)
			return error_set(err, ERR_DATA,
			    "more than %d Received fields: the message goes "
			    "round in a loop",
			    HOPS_MAX);
	return 0;
}

/* A Date that no reader understands makes servers and filters suspicious. */
static int
check_date(const struct finished *f, struct error *err)
{
	const struct head_field *h = field(f, "Date");
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
	time_t when;

	if (h == NULL)
		return 0;
	head_unfold(&value, h);
	if (datetime_parse(value.data, &when))
		return 0;
	return error_set(err, ERR_DATA, "'%s' is no Date", value.data);
}

/* Addresses of flags join the envelope; they are shown only where the text has
 * no such field (-t). */
static int
add_flag_addresses(struct composition *c, struct finished *f, struct error *err)
{
	const struct draft *d = &f->request->draft;
	auto_address_list struct address_list to = { .items = NULL };
	auto_address_list struct address_list cc = { .items = NULL };
	struct address_list *const from[] = { &to, &cc };
	struct address_list *const into[] = { &c->to, &c->cc };
	static const char *const names[] = { "To", "Cc" };

	if (compose_addresses(&to, &d->to, NULL, err) < 0 ||
	    compose_addresses(&cc, &d->cc, "--cc", err) < 0 ||
	    compose_addresses(&c->bcc, &d->bcc, "--bcc", err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		for (size_t k = 0; k < from[i]->count; k++)
			address_list_add(into[i], &from[i]->items[k]);
		if (!d->raw && field(f, names[i]) == NULL &&
		    header_addresses(&f->added, names[i], from[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Flags win over the text's own fields. */
static int
add_flag_fields(struct composition *c, struct finished *f, const char *domain,
    struct error *err)
{
	static const char *const none[] = { NULL };
	const struct draft *d = &f->request->draft;
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);

	if (d->subject != NULL) {
		strlist_add(&f->drop, "Subject");
		if (header_text(&f->added, "Subject", d->subject, err) < 0)
			return -1;
		c->subject = mem_strdup(d->subject);
	} else if (field(f, "Subject") != NULL) {
		head_unfold(&value, field(f, "Subject"));
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
	if (compose_fields(&f->added, c, d, domain, none, err) < 0)
		return -1;
	/* A mail program writes Date and Message-ID and says itself who made
	 * the message; cron and its like write neither. */
	if (d->raw || field(f, "Auto-Submitted") != NULL ||
	    (field(f, "Date") != NULL && field(f, "Message-ID") != NULL))
		return 0;
	return compose_auto_submitted(&f->added, d, err);
}

static bool
wants_parts(const struct draft *d)
{
	return d->attach.count + d->inlines.count + d->text.count > 0 ||
	    d->html != NULL;
}

static int
check_raw(const struct draft *d, struct error *err)
{
	if (d->raw &&
	    (wants_parts(d) || d->subject != NULL || d->headers.count > 0 ||
		d->edit)) {
		(void)error_set(err, ERR_USAGE,
		    "--raw sends a finished message as it is: nothing can be "
		    "added to it");
		return error_hint(err,
		    "-t takes header and text from the input "
		    "and lets flags add to them");
	}
	if (d->edit)
		return error_set(err, ERR_USAGE, "-e does not go with -t");
	return 0;
}

/* The text of a message as a store of its own. */
static struct store *
text_of(const struct input *in, struct error *err)
{
	int64_t start = (int64_t)in->head.consumed;
	auto_stream struct stream *rest =
	    stream_store(in->data, start, store_size(in->data));
	auto_fd int fd = io_temp_file(err);

	if (fd < 0 || stream_copy_fd(rest, fd, err) < 0)
		return NULL;
	if (lseek(fd, 0, SEEK_SET) < 0) {
		(void)error_set(err, ERR_IO, "cannot rewind a temporary file");
		return NULL;
	}
	return store_spill(fd, "the text", 0, NULL, err);
}

static bool
is_content_field(const struct head_field *h)
{
	return (h->name_len > 8 && strncasecmp(h->name, "Content-", 8) == 0) ||
	    (h->name_len == 12 &&
		strncasecmp(h->name, "MIME-Version", 12) == 0);
}

/* What the header says of the text below it; parts can be put beside it only
 * while it is plain enough to be one of them. */
static int
text_type(
    const struct finished *f, char **type, char **charset, struct error *err)
{
	const struct head_field *h = field(f, "Content-Type");
	const struct head_field *e = field(f, "Content-Transfer-Encoding");
	auto_buf struct buf value = buf_make(HEADER_MAX_BLOCK);
	auto_buf struct buf param = buf_make(200);
	auto_buf struct buf encoding = buf_make(HEADER_MAX_BLOCK);

	if (e != NULL)
		head_unfold(&encoding, e);
	if (h != NULL)
		head_unfold(&value, h);
	if (strncasecmp(value.data, "multipart/", 10) == 0 ||
	    strncasecmp(encoding.data, "base64", 6) == 0 ||
	    strncasecmp(encoding.data, "quoted-printable", 16) == 0) {
		(void)error_set(err, ERR_USAGE,
		    "the text is a MIME message already: no parts can be added "
		    "to it");
		return error_hint(err, "send it without -a, -I, -m and --html");
	}
	if (h == NULL)
		return 0;
	*type = mem_strndup(value.data, strcspn(value.data, "; \t"));
	if (param_find(value.data, "charset", &param) &&
	    strcasecmp(param.data, "us-ascii") != 0)
		*charset = buf_take(&param);
	return 0;
}

/* The header as it is, the text as first part of a new tree. */
static int
build_tree(struct composition *c, struct finished *f, const struct input *in,
    const char *domain, struct error *err)
{
	struct draft draft = f->request->draft;
	struct input text = { .use = INPUT_BODY };
	auto_free char *type = NULL;
	auto_free char *charset = NULL;
	struct buf *header = &c->message.header;

	if (text_type(f, &type, &charset, err) < 0)
		return -1;
	if (repair_check(f->head, &f->drop, err) < 0)
		return -1;
	buf_add(header, f->added.data, f->added.len);
	for (size_t i = 0; i < f->head->count; i++) {
		const struct head_field *h = &f->head->fields[i];

		if (!is_content_field(h) && !repair_drops(&f->drop, h) &&
		    header_repair(header, h->field, h->field_len, err) < 0)
			return -1;
	}
	text.data = text_of(in, err);
	if (text.data == NULL)
		return -1;
	draft.body = NULL;
	draft.type = draft.type != NULL ? draft.type : type;
	draft.charset = draft.charset != NULL ? draft.charset : charset;
	c->message.root =
	    compose_body(&draft, &text, domain, &c->warnings, err);
	store_free(text.data);
	if (c->message.root == NULL)
		return -1;
	return mime_wire(&c->message, &c->wire, err);
}

static int
build(struct composition *c, struct finished *f, const struct config *config,
    const struct input *in, struct error *err)
{
	const struct draft *d = &f->request->draft;
	auto_free char *domain = NULL;

	if (check_raw(d, err) < 0)
		return -1;
	if (store_size(in->data) == 0 && !d->skip_empty) {
		(void)error_set(err, ERR_NOINPUT, "the message is empty");
		return error_hint(err, "-E makes that no mistake");
	}
	if (d->read_headers && f->head->no_header) {
		(void)error_set(
		    err, ERR_DATA, "-t: the text does not begin with a header");
		return error_hint(err,
		    "-t reads recipients from it; to name a "
		    "recipient just write its address");
	}
	if (d->read_headers && read_recipients(c, f, err) < 0)
		return -1;
	if (f->head->missing_blank && !f->head->no_header)
		strlist_add(&c->warnings,
		    "no empty line behind the header: the text begins at the "
		    "first line that is no header field");
	if (check_hops(f, err) < 0 || check_date(f, err) < 0 ||
	    read_from(c, f, err) < 0 || add_flag_addresses(c, f, err) < 0 ||
	    compose_reply_to(c, f->request, config, err) < 0 ||
	    compose_envelope(c, f->request, config, err) < 0)
		return -1;
	domain = compose_domain(&c->from);
	if (add_identity(c, f, domain, err) < 0 ||
	    add_flag_fields(c, f, domain, err) < 0)
		return -1;
	if (wants_parts(d))
		return build_tree(c, f, in, domain, err);
	if (field(f, "MIME-Version") == NULL)
		buf_puts(&f->added, "MIME-Version: 1.0\r\n");
	return repair_wire(
	    in->data, f->head, &f->added, &f->drop, &c->wire, err);
}

int
compose_finished(struct composition *c, const struct request *r,
    const struct config *config, const struct input *in, bool from_flag,
    struct error *err)
{
	struct finished f = {
		.request = r,
		.head = &in->head,
		.added = buf_make(HEADER_MAX_BLOCK),
		.from_flag = from_flag,
	};
	int result;

	buf_init(&c->message.header, HEADER_MAX_BLOCK);
	result = build(c, &f, config, in, err);
	if (result == 0)
		compose_needs(c);
	buf_release(&f.added);
	strlist_release(&f.drop);
	return result;
}
