/* SPDX-License-Identifier: MIT */
/*
 * The message: by blocks with its dots doubled up to the final dot (RFC 5321
 * 4.5.2), or, if it is small and the server offers CHUNKING, as it is behind
 * its envelope (RFC 3030).
 */
#include "smtp/pipeline.h"

#include <string.h>

static const char final_dot[] = ".\r\n";

_Static_assert(GROUP_BYTES + COMMAND_MAX + CHUNK_MAX + 1 + GROUP_BYTES <=
	sizeof(((struct pipeline *)NULL)->block),
    "a block has room for a group, a small message and what rides behind");

/* --- reading ------------------------------------------------------------ */

/* The next bytes of the message, at most `most`; how many, or -1. */
static ssize_t
read_part(const struct wire *wire, char *data, size_t most, struct error *err)
{
	size_t filled = 0;

	while (filled < most) {
		ssize_t got = stream_read(
		    wire->stream, data + filled, most - filled, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		filled += (size_t)got;
	}
	return (ssize_t)filled;
}

/* The next block as it goes on the wire; its length, or -1. */
static ssize_t
fill_block(struct pipeline *p, const struct wire *wire, struct error *err)
{
	bool begins = dots_line_begins(&p->dots);
	ssize_t filled = read_part(wire, p->block, BLOCK, err);
	size_t dots;

	if (filled <= 0)
		return filled;
	dots = dots_scan(&p->dots, p->block, (size_t)filled);
	return dots == 0
	    ? filled
	    : (ssize_t)dots_stuff(p->block, (size_t)filled, dots, begins);
}

/* It cannot be read, or is not what was promised: the connection is of no more
 * use. */
static enum channel_result
give_up(const struct pipeline *p, const struct error *err)
{
	(void)session_end(p->channel.session, err);
	return CHANNEL_STOPPED;
}

static void
show_progress(const struct pipeline *p, const struct wire *wire)
{
	const struct smtp_observer *o = &p->channel.session->observer;

	if (o->progress != NULL)
		o->progress(o->ctx, p->dots.read, wire->size);
}

/* --- sending ------------------------------------------------------------ */

/*
 * The last of the message, which ends at block[end], and what rides behind it,
 * together; in TLS only if all fits into one record.  If not, the end of the
 * message ends its write: until that is through, some of the last record is
 * still here, and nothing in doubt.
 */
static enum channel_result
send_end(struct pipeline *p, const struct transaction *t, size_t end,
    enum channel_result (*send)(struct pipeline *, size_t, size_t *))
{
	struct smtp_session *s = p->channel.session;
	auto_buf struct buf riders = buf_make(GROUP_BYTES);
	bool together;
	size_t sent = 0;
	size_t alone = 0;
	enum channel_result r;

	group_riders(p, t, &riders);
	together = s->tls[0] == '\0' || end + riders.len <= TLS_RECORD;
	if (together)
		memcpy(p->block + end, riders.data, riders.len);
	r = send(p, end + (together ? riders.len : 0), &sent);
	if (sent >= end)
		session_dot(s, t->wire->size);
	if (r != CHANNEL_OK || riders.len == 0)
		return r;
	recorder_client(&s->recorder, riders.data, riders.len);
	if (!together &&
	    channel_send(&p->channel, riders.data, riders.len, false, &alone) ==
		CHANNEL_STOPPED)
		return CHANNEL_STOPPED;
	return CHANNEL_OK;
}

/* A yes to what it has not seen is none. */
static enum channel_result
check_final(struct pipeline *p)
{
	struct recorder *rec = &p->channel.session->recorder;

	p->open = p->open && rec->final.code == 0;
	if (rec->final.code == 0 || reply_class(&rec->final) >= 4 ||
	    (reply_class(&rec->final) == 2 && rec->dot))
		return CHANNEL_OK;
	rec->final = (struct reply){ .code = 0 };
	return flight_out_of_place(p);
}

/* --- DATA --------------------------------------------------------------- */

static enum channel_result
send_blocks(struct pipeline *p, const struct transaction *t)
{
	const struct wire *wire = t->wire;
	struct error err = ERROR_INIT;
	enum channel_result r = CHANNEL_OK;
	bool last = false;

	p->dots = (struct dots){ .read = 0 };
	while (r == CHANNEL_OK && !last) {
		ssize_t len = fill_block(p, wire, &err);
		size_t sent = 0;

		last = len == 0 || p->dots.read >= wire->size;
		if (len < 0 || (last && dots_check(&p->dots, wire, &err) != 0))
			return give_up(p, &err);
		/* A server that is always faster than we read makes nobody
		 * wait. */
		if (session_check_signals(p->channel.session) != 0)
			return CHANNEL_STOPPED;
		if (last) {
			memcpy(p->block + len, final_dot, strlen(final_dot));
			r = send_end(
			    p, t, (size_t)len + strlen(final_dot), flight_part);
		} else {
			r = flight_part(p, (size_t)len, &sent);
		}
		show_progress(p, wire);
	}
	return r;
}

enum channel_result
upload_message(struct pipeline *p, const struct transaction *t)
{
	struct smtp_session *s = p->channel.session;
	enum channel_result r = send_blocks(p, t);

	if (r == CHANNEL_OK)
		r = flight_hear(p, 1);
	else if (r == CHANNEL_HEARD)
		s->ready =
		    false; /* something that it waits for is still here */
	if (r != CHANNEL_OK && r != CHANNEL_HEARD)
		return r;
	r = check_final(p);
	if (r == CHANNEL_OK && s->recorder.final.code == 0)
		return flight_out_of_place(p);
	return r;
}

enum channel_result
upload_nothing(struct pipeline *p)
{
	size_t sent = 0;
	enum channel_result r = channel_send(
	    &p->channel, final_dot, strlen(final_dot), false, &sent);

	return r == CHANNEL_STOPPED ? r : flight_hear(p, 1);
}

/* --- BDAT --------------------------------------------------------------- */

/* The commands before are heard while this is under way. */
static enum channel_result
send_together(struct pipeline *p, size_t len, size_t *sent)
{
	return flight_say(p, p->block, len, sent);
}

enum channel_result
upload_chunk(
    struct pipeline *p, const struct transaction *t, const struct buf *group)
{
	struct smtp_session *s = p->channel.session;
	char *message = p->block + group->len;
	struct error err = ERROR_INIT;
	enum channel_result r;
	ssize_t len;
	bool quit; /* its reply is nobody's business here */

	memcpy(p->block, group->data, group->len);
	p->dots = (struct dots){ .read = 0 };
	len = read_part(t->wire, message, CHUNK_MAX + 1, &err);
	if (len > 0)
		(void)dots_scan(&p->dots, message, (size_t)len);
	if (len < 0 || dots_check(&p->dots, t->wire, &err) != 0)
		return give_up(p, &err);
	r = send_end(p, t, group->len + (size_t)len, send_together);
	show_progress(p, t->wire);
	if (r == CHANNEL_STOPPED)
		return r;
	quit = r == CHANNEL_OK && p->parted;
	r = flight_hear(p, s->recorder.count - (quit ? 1 : 0));
	return r == CHANNEL_OK ? check_final(p) : r;
}
