/* SPDX-License-Identifier: MIT */
/*
 * The file of a queued message: envelope and bytes, written once, never
 * changed.
 *
 *   mitto-spool VERSION LF
 *   records, each LETTER LENGTH ":" BYTES LF, in this order:
 *     C  created, decimal seconds since 1970
 *     S  sender, empty for the null sender
 *     A  account (may be missing)
 *     I  Message-ID with its brackets (may be missing)
 *     F  flags: "8" eight bit, "u" SMTPUTF8
 *     O  NAME=VALUE, a setting that came with this message (any number)
 *     R  recipient (one or more), each followed by
 *     P  what is asked for that recipient (text/dsn.h; may be missing)
 *     D  lines that begin with a dot, decimal
 *     M  the message as it goes on the wire
 *   END SP SHA-256 of everything before it LF
 *
 * VERSION is 2 if there is a P, else 1, which earlier programs read as well.
 *
 * The reader takes exactly what the writer writes: a valid file written again
 * is the same file.
 */
#ifndef MITTO_SPOOL_ENTRY_H
#define MITTO_SPOOL_ENTRY_H

#include "base/strlist.h"
#include "message/message.h"

struct entry {
	int64_t created;
	char *sender;
	char *account;    /* or NULL */
	char *message_id; /* or NULL */
	bool eight_bit;
	bool smtputf8;
	struct strlist settings;
	struct strlist recipients; /* by entry_add() */
	struct strlist parameters; /* of each of them; "" for none */
	int64_t dot_lines;
	int64_t size;  /* bytes of the message */
	int64_t start; /* where they begin; entry_read() fills it */
};

#define ENTRY_MAX_VALUE 65536     /* bytes of one record */
#define ENTRY_MAX_HEAD  (8 << 20) /* of all before the message */

/* One recipient more, and what is asked for it (text/dsn.h), "" for nothing. */
void entry_add(struct entry *e, const char *recipient, const char *parameters);

/*
 * Write e and exactly e->size bytes of `message`, from where it stands, to fd.
 * ERR_DATA when a value holds a control character or is too long, ERR_IO when
 * the message has another size, what the stream says when it fails; when
 * writing fails ERR_TEMPORARY (no space) or ERR_IO.
 */
int entry_write(int fd, const struct entry *e, struct stream *message,
    struct error *err) MUST_CHECK;

/*
 * Read the envelope and check the form of the file from its first byte to its
 * last; the bytes of the message are not looked at.  ERR_DATA for anything that
 * entry_write() does not write, ERR_CONFIG for a later version of the format,
 * ERR_IO.  On success e is released by the caller.
 */
int entry_read(struct entry *e, struct store *file, struct error *err)
    MUST_CHECK;

/* Is every byte as it was written?  ERR_DATA if not, ERR_IO. */
int entry_verify(struct store *file, struct error *err) MUST_CHECK;

/* The message of a file that was read, ready to be sent; w->stream holds the
 * file. */
void entry_wire(const struct entry *e, struct store *file, struct wire *w);

void entry_release(struct entry *e);

#endif
