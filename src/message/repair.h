/* SPDX-License-Identifier: MIT */
/*
 * A finished message made fit to travel, and not touched otherwise.
 *
 * Repairs (SPEC 5): line ends become CRLF; a leading mbox line, Return-Path,
 * Bcc and Resent-Bcc are left out; fields the caller adds go on top; raw 8-bit
 * in fields becomes encoded words; a leaf part
 * with lines over 998 bytes, NULs, or raw 8-bit without a declared encoding is
 * re-encoded, its Content-Transfer-Encoding (and a missing Content-Type)
 * written anew.  Parts of multipart/signed or multipart/encrypted are never
 * re-encoded: ERR_DATA says which line is too long.  Limits: depth 50, 1000
 * parts.
 */
#ifndef MITTO_REPAIR_H
#define MITTO_REPAIR_H

#include "message/message.h"
#include "text/headreader.h"

/*
 * The rule about singleton fields alone: From, Sender, Date, Message-ID,
 * Subject, To, Cc, Reply-To, In-Reply-To, References, MIME-Version and
 * Content-* at most once (RFC 5322 3.6), fields named in `drop` not counted;
 * else ERR_DATA.
 */
int repair_check(const struct head *head, const struct strlist *drop,
    struct error *err) MUST_CHECK;

/* Does the field stay behind: named in `drop`, or Bcc, Resent-Bcc, Return-Path?
 */
bool repair_drops(const struct strlist *drop, const struct head_field *f);

/*
 * `head` is the header of the message in `content`; the body begins at offset
 * head->consumed.  `added` holds finished fields to put on top (may be empty);
 * `drop` names further fields to leave out, because `added` replaces them.
 * repair_check is part of it.
 */
int repair_wire(struct store *content, const struct head *head,
    const struct buf *added, const struct strlist *drop, struct wire *out,
    struct error *err) MUST_CHECK;

#endif
