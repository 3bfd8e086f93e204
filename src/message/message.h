/* SPDX-License-Identifier: MIT */
/*
 * What will be sent: header fields and a tree of parts, read-only once built.
 */
#ifndef MITTO_MESSAGE_H
#define MITTO_MESSAGE_H

#include "base/buf.h"
#include "base/strlist.h"
#include "stream/file.h"
#include "stream/stream.h"
#include "text/address.h"
#include "text/codec.h"

enum encoding {
	ENCODING_7BIT,
	ENCODING_QP,
	ENCODING_BASE64,
};

enum disposition {
	DISPOSITION_NONE, /* the text itself */
	DISPOSITION_INLINE,
	DISPOSITION_ATTACHMENT,
};

/*
 * A part is a leaf with content, or a multipart with children.
 */
struct part {
	char *type;    /* "text/plain", "multipart/mixed", ... */
	char *charset; /* NULL if none is to be declared */
	char *name;    /* file name for the receiver: base name only, or NULL */
	char *cid;     /* Content-ID without brackets, or NULL */
	enum disposition disposition;

	/* leaf */
	struct store *content;      /* raw bytes, before any encoding */
	struct store *encoded;      /* the same as it travels, if it was kept
				     * for many messages (mime_keep), or NULL */
	int64_t skip;               /* bytes at the start left out (a BOM) */
	struct content_facts facts; /* up to the first block with a NUL */
	enum encoding encoding;
	bool canonical; /* line ends become CRLF before encoding */
	char *source;   /* where it came from, for people: "report.pdf", "-m" */
	char *note;     /* what the sniffing had to say, or NULL */
	struct buf fields; /* header fields taken over as they are, or empty */

	/* multipart */
	struct part **children;
	size_t count;
	char *boundary; /* made by mime_wire when NULL */
};

struct part *part_new(const char *type);
void part_free(struct part *p);
void part_add(struct part *parent, struct part *child);

/* A leaf with the same content, which is not read again. */
struct part *part_share(const struct part *leaf) MUST_CHECK;

static inline void
part_free_ptr(struct part **p)
{
	part_free(*p);
}
#define auto_part CLEANUP(part_free_ptr)

/*
 * A leaf over `content` (taken over, also on error).  Scans it once and decides
 * the encoding.  Text is 7bit if every line is ASCII, at most 998 bytes long
 * and free of controls; else quoted-printable or base64, whichever is shorter.
 * Everything else is base64; only messages (message/...) must be 7bit (RFC 2046
 * 5.2.1) and travel as application/octet-stream when they are not.
 *
 * Body text (not an attachment) is canonical: its line ends become CRLF, a
 * UTF-8 BOM is skipped.  Attachments keep every byte: a text whose line ends
 * are not all CRLF goes as base64.
 *
 * `type` NULL: sniffed with `name`.  `charset` NULL: for text, us-ascii or
 * utf-8 by its bytes; a text that is neither, or holds NULs, goes as base64
 * without a charset, and so does one that is said to be UTF-8 and is not.  Any
 * other charset is declared as given, the bytes unchanged.  ERR_DATA when type
 * or charset is no token, ERR_IO when the content cannot be read.
 */
struct part *part_leaf(struct store *content, const char *type,
    const char *charset, const char *name, enum disposition disposition,
    struct error *err) MUST_CHECK;

/*
 * A file's base name fit to go out: directories cut off, control characters and
 * invalid UTF-8 refused (ERR_DATA), bidi controls refused (ERR_DATA).  Owned by
 * the caller.
 */
char *part_name(const char *path, struct error *err) MUST_CHECK;

/* Everything of one message. */
struct message {
	struct buf header; /* finished fields, each ending in CRLF, without
			      the Content-* ones of the root part */
	struct part *root;
};

/* Bytes ready for the wire, and what a transport must know about them. */
struct wire {
	struct stream *stream; /* CRLF only, ends in CRLF */
	int64_t size;          /* exact */
	int64_t content;       /* bytes of its parts before they were encoded,
				* 0 = not known */
	int64_t dot_lines;     /* lines that begin with a dot */
	bool eight_bit;        /* holds bytes >= 0x80 */
	bool utf8_header;      /* some of them in a header (RFC 6532) */
};

void wire_release(struct wire *w);
void message_release(struct message *m);

#endif
