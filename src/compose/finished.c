/* SPDX-License-Identifier: MIT */
/*
 * A message that came with its header (-t, --raw): what must be read of it, and
 * what is put on top of it.  Nothing else is touched (message/repair.h).
 */
#include "compose/finished.h"

#include "base/io.h"
#include "base/mem.h"
#include "message/mime.h"
#include "message/repair.h"
#include "text/header.h"
#include "text/param.h"

#include <string.h>
#include <strings.h>

/* Hops after which a message goes round in a loop. */
#define MAX_RECEIVED 50

/* Addresses of flags join the envelope; they are shown only where the text has
 * no such field (-t). */
static int
add_flag_addresses(struct composition *c, struct finished *f,
    const struct input *in, struct error *err)
{
	const struct draft *d = &f->request->draft;
	auto_address_list struct address_list to = { .items = NULL };
	auto_address_list struct address_list cc = { .items = NULL };
	struct address_list *const from[] = { &to, &cc };
	struct address_list *const into[] = { &c->to, &c->cc };
	static const char *const names[] = { "To", "Cc" };

	if (compose_addresses(&to, &d->to, NULL, err) < 0)
		return -1;
	compose_parameters(&to, &in->parameters);
	if (compose_addresses(&cc, &d->cc, "--cc", err) < 0 ||
	    compose_addresses(&c->bcc, &d->bcc, "--bcc", err) < 0 ||
	    aliases_expand(f->aliases, &to, err) < 0 ||
	    aliases_expand(f->aliases, &cc, err) < 0 ||
	    compose_expand(c, f->aliases, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		for (size_t k = 0; k < from[i]->count; k++)
			address_list_add(into[i], &from[i]->items[k]);
		if (d->raw || finished_field(f, names[i]) != NULL)
			continue;
		f->destination = f->destination || from[i]->count > 0;
		if (header_addresses(&f->added, names[i], from[i], err) < 0)
			return -1;
	}
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
	const struct head_field *h = finished_field(f, "Content-Type");
	const struct head_field *e =
	    finished_field(f, "Content-Transfer-Encoding");
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
	if (repair_check(&f->head, &f->drop, err) < 0)
		return -1;
	buf_add(header, f->added.data, f->added.len);
	for (size_t i = 0; i < f->head.count; i++) {
		const struct head_field *h = &f->head.fields[i];

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
check_input(const struct draft *d, const struct input *in, struct error *err)
{
	size_t hops = 0;

	if (store_size(in->data) == 0 && !d->skip_empty) {
		(void)error_set(err, ERR_NOINPUT, "the message is empty");
		/* sendmail has no such flag. */
		return in->silent ? -1
				  : error_hint(err, "-E makes that no mistake");
	}
	if (d->read_headers && in->head.no_header) {
		(void)error_set(
		    err, ERR_DATA, "-t: the text does not begin with a header");
		return error_hint(err,
		    "-t reads recipients from it; to name a "
		    "recipient just write its address");
	}
	while (head_find(&in->head, "Received", hops) != NULL &&
	    hops <= MAX_RECEIVED)
		hops++;
	if (hops > MAX_RECEIVED)
		return error_set(err, ERR_DATA,
		    "the message goes round in a loop: it has more than %d "
		    "Received fields",
		    MAX_RECEIVED);
	return 0;
}

static int
build(struct composition *c, struct finished *f, const struct input *in,
    struct error *err)
{
	const struct draft *d = &f->request->draft;
	auto_address struct address bounces = { .name = NULL };
	auto_free char *domain = NULL;

	if (check_input(d, in, err) < 0 ||
	    sender_init(&f->sender, f->request, &c->steps, err) < 0)
		return -1;
	if (f->head.missing_blank && !f->head.no_header)
		strlist_add(&c->warnings,
		    "no empty line behind the header: the text begins at the "
		    "first line that is no header field");
	finished_forget_empty(f);
	finished_find_resent(f);
	if (d->read_headers && finished_recipients(c, f, err) < 0)
		return -1;
	if (finished_sender(c, f, &bounces, err) < 0 ||
	    add_flag_addresses(c, f, in, err) < 0 ||
	    compose_reply_to(c, d, f->aliases, err) < 0 ||
	    compose_envelope(c, f->request, &f->sender, &bounces, err) < 0)
		return -1;
	domain = compose_domain(&c->from);
	if (finished_complete(f, err) < 0 ||
	    finished_identity(c, f, domain, err) < 0 ||
	    finished_flags(c, f, domain, err) < 0)
		return -1;
	if (compose_has_parts(d))
		return build_tree(c, f, in, domain, err);
	if (finished_field(f, "MIME-Version") == NULL)
		buf_puts(&f->added, "MIME-Version: 1.0\r\n");
	return repair_wire(
	    in->data, &f->head, &f->added, &f->drop, &c->wire, err);
}

int
compose_finished(struct composition *c, const struct request *r,
    struct aliases *aliases, const struct input *in, bool replace_from,
    struct error *err)
{
	struct finished f = {
		.request = r,
		.replace_from = replace_from,
		.aliases = aliases,
		.head = in->head,
		.added = buf_make(HEADER_MAX_BLOCK),
	};
	int result;

	f.head.fields =
	    mem_resize(NULL, f.head.count + 1, sizeof(*f.head.fields));
	if (f.head.count > 0)
		memcpy(f.head.fields, in->head.fields,
		    f.head.count * sizeof(*f.head.fields));
	buf_init(&c->message.header, HEADER_MAX_BLOCK);
	result = build(c, &f, in, err);
	if (result == 0)
		compose_needs(c);
	sender_release(&f.sender);
	buf_release(&f.added);
	strlist_release(&f.drop);
	strlist_release(&f.texts);
	free(f.head.fields);
	return result;
}
