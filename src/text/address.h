/* SPDX-License-Identifier: MIT */
/*
 * Mail addresses: RFC 5322 section 3.4 lists with display names, groups and
 * comments, quoted local parts, domain literals, UTF-8 (RFC 6531, 6532).
 *
 * The parser is strict and iterative: anything doubtful is an error with its
 * column, never a best effort, because a guess sends mail to the wrong person.
 * Encoded words are never decoded before or while addresses are split.
 */
#ifndef MITTO_ADDRESS_H
#define MITTO_ADDRESS_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define ADDRESS_MAX_RECIPIENTS 10000
#define ADDRESS_MAX_LOCAL      64  /* RFC 5321 4.5.3.1.1 */
#define ADDRESS_MAX_DOMAIN     255 /* RFC 5321 4.5.3.1.2 */

struct address {
	char *name;   /* display name, unquoted UTF-8, encoded words as they
		       * came; NULL when there is none */
	char *local;  /* local part as it goes on the wire: quoted only if it
		       * has to be */
	char *domain; /* as written (U-labels stay), NULL for a bare local part
		       * such as "root" */
	char *group;  /* name of the group it stands in, or NULL */
	char *parameters; /* what its RCPT asks for beside it, in the form of
			   * dsn.h, or NULL: no parser sets this */
};

struct address_list {
	struct address *items;
	size_t count;
};

/*
 * Parse a list separated by commas and append it to *list.  Groups give their
 * members.  Syntax errors: ERR_DATA "bad address 'TEXT': REASON at column N"
 * (in characters, from 1) with a hint of two lines: the text, and a caret under
 * the column; of a long text both show the surroundings only.  Refused: control
 * characters (line ends too: unfold first), bytes that are not UTF-8, text
 * after
 * '>', two '@', a missing comma, ';' outside a group, source routes, invisible
 * characters and encoded words in an addr-spec, nesting of comments beyond 50,
 * more than ADDRESS_MAX_RECIPIENTS in all, over-long parts, and what is no
 * address at all: "/path", "|command", ":include:".  An empty list or element
 * is skipped; "mailto:" in front is taken off.  The comment behind an address
 * is its name if it has no other.  On error *list is as before.
 */
int address_parse(struct address_list *list, const char *text, size_t len,
    struct error *err) MUST_CHECK;

/* Exactly one address; otherwise ERR_DATA. */
int address_parse_one(struct address *a, const char *text, struct error *err)
    MUST_CHECK;

/* Append a copy. */
void address_list_add(struct address_list *list, const struct address *a);

/*
 * Append a's addr-spec in wire form: domain as A-labels (idn.h), local part
 * UTF-8 if it is.  ERR_DATA when the domain is missing or not convertible.
 */
int address_wire(struct buf *out, const struct address *a, struct error *err)
    MUST_CHECK;

/* Does the local part need SMTPUTF8 (RFC 6531)? */
bool address_needs_smtputf8(const struct address *a);

/* Append as people read it: Name <local@domain>, no encoding. */
void address_display(struct buf *out, const struct address *a);

/* Append as a header field wants it: name as atoms, quoted-string or encoded
 * words, then the addr-spec (domain as A-labels when convertible). */
void address_header(struct buf *out, const struct address *a);

/* Append the beginning of a group, "Name:", in the same way. */
void address_header_group(struct buf *out, const char *group);

/* Append text as a quoted-string (RFC 5322 section 3.2.4). */
void address_quote(struct buf *out, const char *text, size_t len);

/* May c stand in an atom, UTF-8 included (RFC 5322 atext, RFC 6532)? */
bool address_is_atext(char c);

/* Same mailbox: local parts equal, domains equal without case. */
bool address_same(const struct address *a, const struct address *b);

void address_release(struct address *a);
void address_list_release(struct address_list *list);

#define auto_address      CLEANUP(address_release)
#define auto_address_list CLEANUP(address_list_release)

#endif
