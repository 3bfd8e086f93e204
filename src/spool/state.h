/* SPDX-License-Identifier: MIT */
/*
 * What has happened to a queued message: a small file of fixed size beside it.
 *
 * Slots of STATE_SLOT bytes, the first for the message, one for each recipient,
 * each with a checksum of its own: a mark is one pwrite in place, which needs
 * no space, and one that was torn counts as none.  Nothing here touches a file.
 *
 *   mitto-state 1 ID ATTEMPTS LAST NEXT AGE REASON, blanks, SUM LF
 *   LETTER TIME CODE ENHANCED WORDS, blanks, SUM LF
 */
#ifndef MITTO_SPOOL_STATE_H
#define MITTO_SPOOL_STATE_H

#include "spool/schedule.h"

#include "base/buf.h"

#include <stddef.h>

#define STATE_SLOT 512
#define STATE_TEXT 320

enum mark_kind {
	MARK_WAITING,
	MARK_DONE,
	MARK_REFUSED,
	MARK_DOUBT, /* sent, and the answer was lost */
};

struct mark {
	enum mark_kind kind;
	int64_t when;
	int code; /* of the reply, 0 if there was none */
	char enhanced[16];
	char text[STATE_TEXT];
};

struct state {
	struct schedule schedule;
	char reason[STATE_TEXT]; /* what was wrong the last time, or empty */
	struct mark *marks;      /* in the order of the recipients */
	size_t count;
};

/* Nothing has happened yet to `count` recipients; schedule all zero. */
void state_init(struct state *s, size_t count);
void state_release(struct state *s);

/* Set s->reason or a mark's text: cut to fit, NULs never. */
void state_text(char out[STATE_TEXT], const char *text);

size_t state_count(const struct state *s, enum mark_kind kind);

/* Is anybody left to send it to? */
bool state_open(const struct state *s);

/* The bytes of slot 0, the message, or i + 1, recipient i. */
void state_slot(
    const struct state *s, const char *id, size_t slot, char out[STATE_SLOT]);

/* Take the bytes of the file of the message `id` with s->count recipients;
 * slots that cannot be read leave s as it was.  schedule.created stays. */
void state_read(struct state *s, const char *id, const char *data, size_t len);

#endif
