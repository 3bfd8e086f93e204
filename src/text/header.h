/* SPDX-License-Identifier: MIT */
/*
 * Header fields: the one serializer through which every header leaves.
 *
 * Every value is checked here, whatever flag, file or input it came from: CR,
 * LF, NUL, other C0 controls except TAB, DEL, and U+0085, U+2028, U+2029 are
 * ERR_DATA naming the field and the byte offset, never repaired.  Output is
 * folded at 78 columns (RFC 5322 2.1.1), never within a character or an encoded
 * word, and ends in CRLF; a line that cannot be kept within 998 is ERR_DATA.
 */
#ifndef MITTO_HEADER_H
#define MITTO_HEADER_H

#include "base/buf.h"
#include "base/error.h"
#include "base/strlist.h"
#include "text/address.h"

#include <stdbool.h>
#include <stddef.h>

#define HEADER_MAX_BLOCK (1024 * 1024) /* bytes of all header fields */

/* What the value of a field is made of. */
enum header_kind {
	HEADER_TEXT, /* unstructured, and every field not known */
	HEADER_ADDRESSES,
	HEADER_TOKENS, /* ASCII words */
	HEADER_DATE,
	HEADER_MSGID,
	HEADER_PARAMS, /* Content-Type, Content-Disposition */
};

enum header_kind header_kind(const char *name, size_t len);

/* Field name: 1 to 76 of printable ASCII without colon (RFC 5322 3.6.8). */
bool header_name_valid(const char *name, size_t len);

/* 0, or ERR_DATA: value holds a control character or is not UTF-8.  `what`
 * names the culprit, for example "--subject". */
int header_check(const char *what, const char *value, struct error *err)
    MUST_CHECK;

/* The same for len bytes, which may hold NUL. */
int header_check_bytes(const char *what, const char *value, size_t len,
    struct error *err) MUST_CHECK;

/*
 * Append "Name: text CRLF", text unstructured UTF-8.  Only the part from the
 * first to the last word that needs it becomes encoded words.  Unfolding plain
 * text gives it back byte for byte; long words stay whole, and a text whose
 * words or blanks do not fit into 998 goes out as encoded words.
 */
int header_text(struct buf *out, const char *name, const char *text,
    struct error *err) MUST_CHECK;

/* Append an address list field; groups are written as groups; nothing is
 * written for an empty list. */
int header_addresses(struct buf *out, const char *name,
    const struct address_list *list, struct error *err) MUST_CHECK;

/* Append a field of msg-ids or other ASCII tokens separated by blanks, each run
 * of which becomes one. */
int header_tokens(struct buf *out, const char *name, const char *tokens,
    struct error *err) MUST_CHECK;

/*
 * Append a field from a user's -H 'Name: value', checked by what the field is
 * (header_kind): addresses, tokens, a date and a msg-id must parse, else
 * ERR_DATA.  ERR_USAGE when there is no colon, the name is not valid or is one
 * that mitto writes itself (header_is_reserved); ERR_DATA for Bcc.
 */
int header_user(struct buf *out, const char *line, struct error *err)
    MUST_CHECK;

/* Content-Type, Content-Transfer-Encoding, MIME-Version, DKIM-Signature,
 * Return-Path, Received, Bcc, Resent-Bcc: not to be set by -H.  Compared
 * without case. */
bool header_is_reserved(const char *name, size_t len);

/*
 * Append one finished field "Name: value" that came from outside, old folds as
 * CRLF or LF followed by a blank.  ASCII lines within 998 stay byte for byte
 * (lines of blanks only are left out), longer ones are folded at blanks.  Raw
 * UTF-8 becomes encoded words in display names and unstructured text, and what
 * param.h writes in parameters of Content-Type and Content-Disposition.
 * ERR_DATA: other 8-bit, controls, UTF-8 where only ASCII can be, a word that
 * fits no line.
 */
int header_repair(struct buf *out, const char *field, size_t len,
    struct error *err) MUST_CHECK;

#endif
