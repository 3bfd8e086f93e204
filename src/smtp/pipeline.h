/* SPDX-License-Identifier: MIT */
/*
 * The rooms of our own lane: what is said and heard (flight.c), the commands
 * of a transaction in groups (group.c), the message (upload.c), and the lane
 * itself (pipeline.c).  Nobody else includes this.
 */
#ifndef MITTO_PIPELINE_H
#define MITTO_PIPELINE_H

#include "smtp/channel.h"
#include "smtp/dots.h"

#define GROUP_BYTES 32768 /* of commands in one write */
#define COMMAND_MAX 4096
#define BLOCK       CHANNEL_WRITE /* of the message, stuffed dots aside */
#define CHUNK_MAX   32768 /* of a message that travels with its envelope */

struct pipeline {
	struct channel channel;
	struct dots dots;
	bool open;   /* a transaction has begun that nothing has ended */
	bool parted; /* QUIT is said */
	/* Commands of the next transaction are out already: its first
	 * recipient and how many. */
	const struct recipient *ahead;
	size_t ahead_count;
	/* Room for a dot in each third byte, and for what rides behind; or for
	 * a group of commands, a small message and what rides behind. */
	char block[BLOCK + BLOCK / 3 + 1 + GROUP_BYTES + COMMAND_MAX];
};

/* --- flight.c ----------------------------------------------------------- */

/* Wait for so many replies. */
enum channel_result flight_hear(struct pipeline *p, size_t replies) MUST_CHECK;

/* Send commands, which the recorder knows, taking in the replies that come
 * meanwhile; *sent counts on. */
enum channel_result flight_say(
    struct pipeline *p, const char *data, size_t len, size_t *sent) MUST_CHECK;

/* Send `len` bytes of p->block, of the message, until the server answers before
 * its time: CHANNEL_HEARD. */
enum channel_result flight_part(struct pipeline *p, size_t len, size_t *sent)
    MUST_CHECK;

/* The last reply was neither a yes nor a no at its place: CHANNEL_STOPPED. */
enum channel_result flight_out_of_place(const struct pipeline *p) MUST_CHECK;

/* --- group.c ------------------------------------------------------------ */

/* May several commands be under way (RFC 2920)? */
bool group_may_pipeline(const struct smtp_session *s);

/* Does the message travel in one chunk, together with its envelope (RFC 3030)?
 */
bool group_is_chunked(
    const struct smtp_session *s, const struct transaction *t);

/* Commands of a transaction: MAIL, each RCPT, and DATA or BDAT. */
size_t group_count(const struct transaction *t);

/*
 * MAIL, RCPT and what brings the message, as many at a time as the server
 * takes, and all replies to them.  A message that travels in one chunk is
 * through then, its own reply included.
 */
enum channel_result group_ask(struct pipeline *p, const struct transaction *t)
    MUST_CHECK;

/* Append what may ride behind the end of the message: the commands of the next
 * transaction, or QUIT. */
void group_riders(
    struct pipeline *p, const struct transaction *t, struct buf *out);

/* --- upload.c ----------------------------------------------------------- */

/* 354 was said: the message, its final dot, what rides behind, and the reply
 * to the message. */
enum channel_result upload_message(
    struct pipeline *p, const struct transaction *t) MUST_CHECK;

/* A message of at most CHUNK_MAX bytes in one write behind `group`, which the
 * recorder knows and which ends with its BDAT; then all replies to them. */
enum channel_result upload_chunk(struct pipeline *p,
    const struct transaction *t, const struct buf *group) MUST_CHECK;

/* 354 without anybody to send to: an empty message, which goes nowhere. */
enum channel_result upload_nothing(struct pipeline *p) MUST_CHECK;

#endif
