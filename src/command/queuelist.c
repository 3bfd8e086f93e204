/* SPDX-License-Identifier: MIT */
/*
 * Items in words.  Whatever came from outside is escaped.
 */
#include "command/queuelist.h"

#include "base/clock.h"
#include "command/route.h"
#include "report/result.h"
#include "spool/hold.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>

#define NAMES_MAX  3
#define WORDS_MAX  400
#define HEADER_MAX 32768

const char *
queuelist_state(const struct item *it)
{
	if (it->box != BOX_QUEUE)
		return spool_box_name(it->box);
	return state_count(&it->state, MARK_DOUBT) > 0 ? "in-doubt" : "queued";
}

/* When it is tried: its own time, or that of its account, whichever is later.
 */
static int64_t
next_try(const struct item *it, struct state *hold)
{
	auto_free char *key = route_key(&it->entry);

	hold_read(it->spool, key, hold);
	return hold->schedule.next > it->state.schedule.next
	    ? hold->schedule.next
	    : it->state.schedule.next;
}

static const char *
mark_name(enum mark_kind kind)
{
	static const char *const names[] = {
		[MARK_WAITING] = "deferred",
		[MARK_DONE] = "accepted",
		[MARK_REFUSED] = "refused",
		[MARK_DOUBT] = "unknown",
	};

	return names[kind];
}

static void
put_text(struct buf *out, const char *text)
{
	escape_print(out, text, strlen(text), WORDS_MAX);
}

static void
put_time(struct buf *out, int64_t seconds)
{
	char text[TERMINAL_SIZE];

	terminal_time(text, seconds);
	buf_puts(out, text);
}

static void
put_people(struct buf *out, const struct item *it)
{
	const struct strlist *to = &it->entry.recipients;

	put_text(out, it->entry.sender[0] != '\0' ? it->entry.sender : "<>");
	buf_puts(out, " to ");
	for (size_t i = 0; i < to->count && i < NAMES_MAX; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		put_text(out, to->items[i]);
	}
	if (to->count > NAMES_MAX)
		buf_printf(out, " and %zu more", to->count - NAMES_MAX);
}

static void
put_recipients(struct buf *out, const struct item *it)
{
	for (size_t i = 0; i < it->state.count; i++) {
		const struct mark *m = &it->state.marks[i];

		buf_puts(out, "    ");
		put_text(out, it->entry.recipients.items[i]);
		buf_printf(out, ": %s",
		    m->kind == MARK_WAITING && m->code == 0
			? "waiting"
			: mark_name(m->kind));
		if (m->code != 0)
			buf_printf(out, ", %d %s%s", m->code, m->enhanced,
			    m->enhanced[0] != '\0' ? " " : "");
		put_text(out, m->text);
		if (*it->entry.parameters.items[i] != '\0')
			buf_printf(
			    out, ", asked %s", it->entry.parameters.items[i]);
		buf_putc(out, '\n');
	}
}

/* The header of the message, line by line. */
static void
put_header(struct buf *out, const struct item *it)
{
	auto_buf struct buf head = buf_make(HEADER_MAX);
	char block[4096];
	struct error ignored = ERROR_INIT;
	struct wire wire;
	char *end = NULL;
	ssize_t n;

	entry_wire(&it->entry, it->file, &wire);
	while (end == NULL && !head.full &&
	    (n = stream_read(wire.stream, block, sizeof(block), &ignored)) >
		0) {
		buf_add(&head, block, (size_t)n);
		end = strstr(head.data, "\r\n\r\n");
	}
	wire_release(&wire);
	if (end != NULL)
		buf_truncate(&head, (size_t)(end - head.data));
	buf_putc(out, '\n');
	for (char *p = head.data; *p != '\0';) {
		size_t len = strcspn(p, "\r");

		escape_print(out, p, len, 0);
		buf_putc(out, '\n');
		p += len;
		p += strspn(p, "\r\n");
	}
}

void
queuelist_item(struct buf *out, const struct item *it, bool full)
{
	int64_t now = clock_now();
	struct state hold;
	int64_t next = next_try(it, &hold);
	const char *reason =
	    it->state.reason[0] != '\0' ? it->state.reason : hold.reason;
	char size[TERMINAL_SIZE];

	terminal_bytes(size, it->entry.size);
	buf_printf(out, "%s  %s  %s  ", it->id, size, queuelist_state(it));
	put_time(out, now > it->entry.created ? now - it->entry.created : 0);
	buf_puts(out, " old");
	if (it->box == BOX_QUEUE) {
		buf_puts(out, next > now ? ", next try in " : ", due");
		if (next > now)
			put_time(out, next - now);
	}
	buf_puts(out, "\n    ");
	put_people(out, it);
	buf_putc(out, '\n');
	if (reason[0] != '\0') {
		buf_puts(out, "    ");
		put_text(out, reason);
		buf_putc(out, '\n');
	}
	if (full) {
		buf_printf(out, "    %lld attempts, account %s\n",
		    (long long)it->state.schedule.attempts,
		    it->entry.account != NULL ? it->entry.account : "none");
		put_recipients(out, it);
		put_header(out, it);
	}
}

/* --- JSON ----------------------------------------------------------------- */

static void
put_json_recipient(struct buf *out, const char *address, const struct mark *m)
{
	buf_puts(out, "{\"address\":");
	escape_json(out, address, strlen(address));
	buf_printf(out, ",\"state\":\"%s\"", mark_name(m->kind));
	if (m->code != 0)
		buf_printf(out, ",\"code\":%d", m->code);
	else
		buf_puts(out, ",\"code\":null");
	result_member(out, "enhanced", m->enhanced);
	result_member(out, "reply", m->text);
	buf_putc(out, '}');
}

void
queuelist_json(struct buf *out, const struct item *it)
{
	struct state hold;
	int64_t next = next_try(it, &hold);

	buf_printf(out, "{\"queue_id\":\"%s\",\"state\":\"%s\"", it->id,
	    queuelist_state(it));
	result_member(out, "message_id", it->entry.message_id);
	result_member(out, "account", it->entry.account);
	result_member(out, "sender", it->entry.sender);
	buf_printf(out,
	    ",\"size\":%lld,\"created\":%lld,\"attempts\":%lld,\"next\":%lld",
	    (long long)it->entry.size, (long long)it->entry.created,
	    (long long)it->state.schedule.attempts, (long long)next);
	result_member(out, "reason",
	    it->state.reason[0] != '\0' ? it->state.reason : hold.reason);
	buf_puts(out, ",\"recipients\":[");
	for (size_t i = 0; i < it->state.count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_json_recipient(
		    out, it->entry.recipients.items[i], &it->state.marks[i]);
	}
	buf_puts(out, "]}");
}
