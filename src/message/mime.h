/* SPDX-License-Identifier: MIT */
/*
 * A message as bytes: boundaries, part headers, transfer encodings (RFC 2045,
 * 2046), composed of streams without copying any content.
 */
#ifndef MITTO_MIME_H
#define MITTO_MIME_H

#include "message/message.h"

/*
 * The wire form of m; the streams hold the content they need, so m may go
 * first. No content is read: sizes come from the facts that part_leaf gathered.
 * Multiparts without a boundary get one, which stays: asked again, the bytes
 * are the same.
 *
 * Header fields of a part come in a fixed order: Content-Type,
 * Content-Transfer-Encoding, Content-Disposition, Content-ID, then its
 * `fields`. File names as RFC 2231 filename* in Content-Disposition and as RFC
 * 2047 name= in Content-Type.  MIME-Version stands before the root's.
 */
int mime_wire(const struct message *m, struct wire *out, struct error *err)
    MUST_CHECK;

/* Encode a leaf once and for all messages that it will be shared into
 * (part_share).  ERR_IO, or what store_append says. */
int mime_keep(struct part *leaf, struct error *err) MUST_CHECK;

#endif
