/* SPDX-License-Identifier: MIT */
/*
 * A multipart/report of three parts: words for people, fields for programs,
 * the header of the message.  All of it is ASCII.
 */
#include "command/notice.h"

#include "base/clock.h"
#include "base/mem.h"
#include "text/datetime.h"
#include "text/dsn.h"
#include "text/header.h"
#include "text/hex.h"
#include "text/msgid.h"

#include <stdio.h>
#include <string.h>

#define NOTICE_MAX (4L << 20)
#define HEADER_CUT 32768 /* bytes of the message's header */
#define HOST_LEN   256

/* What differs. */
static const struct {
	const char *notify; /* the word of RFC 3461 */
	const char *action; /* RFC 3464 2.3.3 */
	const char *status; /* where no server said any */
	const char *subject;
	const char *opening;
	const char *closing; /* what becomes of it */
} kinds[] = {
	[NOTICE_FAILED] = {
		"failure", "failed",
		"4.4.7", /* delivery time expired, RFC 3463 */
		"Message not delivered",
		"Your message could not be delivered to:",
		"The message is kept. To send it again, or to drop it:",
	},
	[NOTICE_DELAYED] = {
		"delay", "delayed",
		"4.0.0",
		"Message delayed",
		"Your message has not yet been delivered to:",
		"It will be tried again; you need not do anything.\r\n"
		"To try it at once, or to drop it:",
	},
};

/* The value of a setting that came with the message, or NULL. */
static const char *
setting(const struct entry *e, const char *name)
{
	size_t len = strlen(name);
	const char *value = NULL;

	for (size_t i = 0; i < e->settings.count; i++)
		if (strncmp(e->settings.items[i], name, len) == 0 &&
		    e->settings.items[i][len] == '=')
			value = e->settings.items[i] + len + 1;
	return value;
}

/* Does the notice speak of recipient i: has he not got it, and does the sender
 * want to know?  Who was refused before a message is late hears of it when it
 * is given up. */
static bool
concerns(enum notice_kind kind, const struct item *it, size_t i)
{
	const char *notify = dsn_notify_of(it->entry.parameters.items[i]);
	enum mark_kind mark = it->state.marks[i].kind;

	if (notify == NULL)
		notify = setting(&it->entry, "notify");
	return mark != MARK_DONE &&
	    (kind == NOTICE_FAILED || mark != MARK_REFUSED) &&
	    (notify == NULL || dsn_wants(notify, kinds[kind].notify));
}

/* Who is to hear of it; NULL if nobody. */
static const char *
receiver(const struct item *it, enum notice_kind kind, const struct settings *s)
{
	const struct entry *e = &it->entry;
	bool wanted = false;

	for (size_t i = 0; i < it->state.count; i++)
		wanted = wanted || concerns(kind, it, i);
	if (e->sender[0] == '\0' || !wanted)
		return NULL;
	if (kind == NOTICE_DELAYED && s->delay_notice.value == CONSENT_NO)
		return NULL;
	if (s->notice == NULL || strcmp(s->notice, "sender") == 0)
		return e->sender;
	return strcmp(s->notice, "none") == 0 ? NULL : s->notice;
}

/* One line of ASCII; what is none becomes a question mark. */
static void
put_ascii(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_putc(out,
		    *text == '\n' || *text == '\t'     ? ' '
			: *text < 0x20 || *text > 0x7e ? '?'
						       : *text);
}

/* --- the parts ------------------------------------------------------------ */

static void
put_words(struct buf *out, const struct item *it, enum notice_kind kind)
{
	buf_printf(out,
	    "Content-Type: text/plain; charset=us-ascii\r\n\r\n%s\r\n\r\n",
	    kinds[kind].opening);
	for (size_t i = 0; i < it->state.count; i++) {
		const struct mark *m = &it->state.marks[i];

		if (!concerns(kind, it, i))
			continue;
		buf_puts(out, "    ");
		put_ascii(out, it->entry.recipients.items[i]);
		if (m->code != 0 || m->text[0] != '\0') {
			buf_puts(out, "\r\n        ");
			if (m->code != 0)
				buf_printf(out, "%d %s ", m->code, m->enhanced);
			put_ascii(out, m->text);
		}
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\nReason: ");
	put_ascii(out, it->state.reason);
	buf_printf(out,
	    "\r\n\r\n%s\r\n\r\n"
	    "    mitto queue retry %s\r\n    mitto queue drop %s\r\n",
	    kinds[kind].closing, it->id, it->id);
}

/* The code of RFC 3463 in the class that goes with the kind. */
static const char *
status_of(const struct mark *m, enum notice_kind kind)
{
	bool refused = m->kind == MARK_REFUSED;

	if (kind == NOTICE_FAILED && !refused)
		return kinds[kind].status;
	if (m->enhanced[0] == (refused ? '5' : '4'))
		return m->enhanced;
	return refused ? "5.0.0" : kinds[kind].status;
}

/* TYPE ";" xtext as a field says it (RFC 3464 2.3.1). */
static void
put_date(struct buf *out, const char *name, int64_t when)
{
	char date[DATETIME_SIZE];

	datetime_format((time_t)when, date);
	buf_printf(out, "\r\n%s: %s", name, date);
}

/* TYPE ";" xtext as a field says it (RFC 3464 2.3.1). */
static void
put_original(struct buf *out, const char *orcpt)
{
	auto_buf struct buf plain = buf_make(DSN_ORCPT_MAX + 1);

	for (const char *p = orcpt; *p != '\0'; p++) {
		int byte = *p == '+' ? hex_byte(p + 1, strlen(p + 1)) : (int)*p;

		buf_putc(&plain, byte > 0 ? (char)byte : '?');
		p += *p == '+' ? 2 : 0;
	}
	buf_puts(out, "\r\nOriginal-Recipient: ");
	put_ascii(out, plain.data);
}

/* Of recipient i. */
static void
put_recipient(
    struct buf *out, const struct item *it, size_t i, enum notice_kind kind)
{
	const char *orcpt = dsn_orcpt_of(it->entry.parameters.items[i]);
	const struct mark *m = &it->state.marks[i];
	const struct schedule *s = &it->state.schedule;

	if (orcpt != NULL)
		put_original(out, orcpt);
	buf_puts(out, "\r\nFinal-Recipient: rfc822; ");
	put_ascii(out, it->entry.recipients.items[i]);
	buf_printf(out, "\r\nAction: %s\r\nStatus: %s", kinds[kind].action,
	    status_of(m, kind));
	if (m->code != 0) {
		buf_printf(out, "\r\nDiagnostic-Code: smtp; %d %s ", m->code,
		    m->enhanced);
		put_ascii(out, m->text);
	}
	if (m->when > 0)
		put_date(out, "Last-Attempt-Date", m->when);
	if (kind == NOTICE_DELAYED)
		put_date(
		    out, "Will-Retry-Until", s->last + SCHEDULE_LIFE - s->age);
	buf_puts(out, "\r\n");
}

static void
put_fields(struct buf *out, const struct item *it, enum notice_kind kind)
{
	const char *envid = setting(&it->entry, "envid");
	char host[HOST_LEN] = "localhost";

	(void)gethostname(host, sizeof(host) - 1);
	buf_puts(out, "Content-Type: message/delivery-status\r\n\r\n");
	if (envid != NULL) {
		buf_puts(out, "Original-Envelope-Id: ");
		put_ascii(out, envid);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "Reporting-MTA: dns; ");
	put_ascii(out, host);
	put_date(out, "Arrival-Date", it->entry.created);
	buf_puts(out, "\r\n");
	for (size_t i = 0; i < it->state.count; i++)
		if (concerns(kind, it, i))
			put_recipient(out, it, i, kind);
}

/* The header of the message as it was sent, without its 8-bit characters. */
static int
put_header(struct buf *out, const struct item *it, struct error *err)
{
	auto_free char *block = mem_zero(HEADER_CUT + 1);
	struct wire wire;
	const char *end;
	ssize_t n;

	entry_wire(&it->entry, it->file, &wire);
	n = stream_read(wire.stream, block, HEADER_CUT, err);
	wire_release(&wire);
	if (n < 0)
		return -1;
	buf_puts(out, "Content-Type: text/rfc822-headers\r\n\r\n");
	end = strstr(block, "\r\n\r\n");
	for (const char *p = block; *p != '\0' && (end == NULL || p < end + 2);
	     p++)
		buf_putc(out, (unsigned char)*p > 0x7e ? '?' : *p);
	return 0;
}

/* --- the whole ------------------------------------------------------------ */

/* Append an address field with one address. */
static int
put_address(struct buf *out, const char *name, const struct address *a,
    struct error *err)
{
	auto_address_list struct address_list list = { .items = NULL };

	address_list_add(&list, a);
	return header_addresses(out, name, &list, err);
}

static int
put_own_header(struct buf *out, const struct item *it, enum notice_kind kind,
    const struct address *from, const struct address *to, const char *boundary,
    struct error *err)
{
	auto_buf struct buf id = buf_make(1024);
	char date[DATETIME_SIZE];

	datetime_format(clock_now(), date);
	msgid_make(&id,
	    from->domain != NULL ? from->domain : "localhost.invalid", it->id);
	if (put_address(out, "From", from, err) < 0 ||
	    put_address(out, "To", to, err) < 0 ||
	    header_text(out, "Date", date, err) < 0 ||
	    header_tokens(out, "Message-ID", id.data, err) < 0 ||
	    header_text(out, "Subject", kinds[kind].subject, err) < 0)
		return -1;
	if (it->entry.message_id != NULL &&
	    header_tokens(out, "References", it->entry.message_id, err) < 0)
		return -1;
	buf_printf(out,
	    "Auto-Submitted: auto-replied\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\r\n"
	    " boundary=\"%s\"\r\n",
	    boundary);
	return 0;
}

static int
write_notice(struct buf *out, const struct item *it, enum notice_kind kind,
    const struct address *from, const struct address *to, struct error *err)
{
	auto_buf struct buf boundary = buf_make(80);

	msgid_boundary(&boundary, it->id);
	if (put_own_header(out, it, kind, from, to, boundary.data, err) < 0)
		return -1;
	buf_printf(out, "\r\n--%s\r\n", boundary.data);
	put_words(out, it, kind);
	buf_printf(out, "\r\n--%s\r\n", boundary.data);
	put_fields(out, it, kind);
	buf_printf(out, "\r\n--%s\r\n", boundary.data);
	if (put_header(out, it, err) < 0)
		return -1;
	buf_printf(out, "\r\n--%s--\r\n", boundary.data);
	return buf_check(out, "the notice", err);
}

/* Lines of a notice that begin with a dot: none of ours do, but one of a header
 * might. */
static int64_t
count_dots(const struct buf *text)
{
	int64_t n = 0;

	for (const char *p = text->data; (p = strstr(p, "\n.")) != NULL; p++)
		n++;
	return n;
}

/* Envelope and settings of the notice; it goes the way of the message. */
static int
fill_entry(struct entry *e, const struct item *it, const struct address *from,
    const struct address *to, struct error *err)
{
	auto_buf struct buf wire = buf_make(1024);

	if (address_wire(&wire, to, err) < 0)
		return -1;
	e->created = clock_now();
	e->sender = mem_strdup("");
	if (it->entry.account != NULL)
		e->account = mem_strdup(it->entry.account);
	e->smtputf8 =
	    address_needs_smtputf8(from) || address_needs_smtputf8(to);
	e->eight_bit = e->smtputf8;
	entry_add(e, wire.data, "");
	for (size_t i = 0; i < it->entry.settings.count; i++) {
		const char *kept = it->entry.settings.items[i];

		if (strncmp(kept, "notify=", 7) != 0 &&
		    strncmp(kept, "return=", 7) != 0 &&
		    strncmp(kept, "envid=", 6) != 0)
			strlist_add(&e->settings, kept);
	}
	return 0;
}

static int
enter(
    struct spool *s, struct entry *e, const struct buf *text, struct error *err)
{
	auto_stream struct stream *message =
	    stream_memory(text->data, text->len);
	struct state state;
	char id[SPOOL_ID];
	int result;

	e->size = (int64_t)text->len;
	e->dot_lines = count_dots(text);
	state_init(&state, e->recipients.count);
	state.schedule = schedule_new(e->created);
	result = spool_enter(s, BOX_QUEUE, e, message, &state, id, err);
	if (result == 0)
		spool_trigger(s);
	state_release(&state);
	return result;
}

int
notice_send(struct spool *s, const struct item *it, enum notice_kind kind,
    const struct settings *settings, struct error *err)
{
	const char *whom = receiver(it, kind, settings);
	auto_address struct address from = { .name = NULL };
	auto_address struct address to = { .name = NULL };
	auto_buf struct buf text = buf_make(NOTICE_MAX);
	struct entry e = { .sender = NULL };
	int result = -1;

	if (whom == NULL)
		return 0;
	if (address_parse_one(&from, it->entry.sender, err) == 0 &&
	    address_parse_one(&to, whom, err) == 0) {
		free(from.name);
		from.name = mem_strdup("mitto");
		if (write_notice(&text, it, kind, &from, &to, err) == 0 &&
		    fill_entry(&e, it, &from, &to, err) == 0)
			result = enter(s, &e, &text, err);
	}
	entry_release(&e);
	return result == 0 ? 0 : error_wrap(err, "no notice");
}
