/* SPDX-License-Identifier: MIT */
/*
 * The structure of a finished message: where its headers, leaves and the texts
 * between parts are, and what is wrong with them.
 *
 * One pass over the body in constant memory, iterative.  Lines end at LF, CRLF
 * or a lone CR, as they will on the wire, so that the receiver finds the same
 * boundaries.  Limits: depth 50, 1000 parts.
 */
#ifndef MITTO_WALK_H
#define MITTO_WALK_H

#include "base/buf.h"
#include "stream/file.h"
#include "text/headreader.h"

#define WALK_DEPTH 50
#define WALK_PARTS 1000
#define WALK_LINE  998 /* bytes in a line that may travel */

#define HEAD_WORD_MAX 255 /* enough for any type or encoding there is */

enum zone_kind {
	ZONE_CONTAINER, /* the header of a multipart or of message/rfc822 */
	ZONE_LEAF,      /* header and content of a part */
	ZONE_BETWEEN,   /* preamble or epilogue: whole lines nobody reads */
};

/* What is wrong with some lines. */
struct flaws {
	int64_t long_line; /* number of the first one over 998, or 0 */
	int64_t nul_line;  /* number of the first one with a NUL, or 0 */
	bool high;         /* bytes >= 0x80 */
};

/* Do they keep lines from travelling, whatever encoding is declared? */
static inline bool
flaws_stop(const struct flaws *f)
{
	return f->long_line > 0 || f->nul_line > 0;
}

struct zone {
	enum zone_kind kind;
	int64_t start;           /* of the header, or of the text between */
	int64_t body;            /* behind the header */
	int64_t end;             /* without the line end before a boundary */
	const struct head *head; /* NULL between parts */
	bool root;               /* the message itself */
	bool sealed; /* inside multipart/signed or multipart/encrypted */
	struct flaws header;  /* empty for the root */
	struct flaws content; /* of a leaf, or of the text between */
};

/*
 * Give each zone of the message in st to `visit`, in order; `top` is its
 * header. A container's zone comes before those in it.  ERR_DATA when a limit
 * is passed, a part's header is no header, or a boundary line is too long;
 * errors of visit end the walk.
 */
int walk_message(struct store *st, const struct head *top,
    int (*visit)(void *ctx, const struct zone *z, struct error *err), void *ctx,
    struct error *err) MUST_CHECK;

/* Append the first word of field `name` in lower case, without parameters and
 * comments; nothing when there is no such field. */
void head_word(struct buf *out, const struct head *h, const char *name);

/*
 * Append the media type of an entity in lower case; text/plain (or
 * message/rfc822 where it is the default) when there is none or it is none.
 */
void head_type(struct buf *out, const struct head *h, bool in_digest);

#endif
