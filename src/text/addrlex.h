/* SPDX-License-Identifier: MIT */
/*
 * The lexical part of addrparse.c: blanks, comments, quoted strings, literals.
 *
 * A skip function stands at the first character of its thing and moves *pos
 * behind it.  All errors are ERR_DATA with the column.
 */
#ifndef MITTO_ADDRLEX_H
#define MITTO_ADDRLEX_H

#include "text/address.h"

#include <stdint.h>

struct addr_parser {
	const char *text;
	size_t len;
	size_t pos; /* everything before it is parsed */
	struct address_list *list;
	char *group; /* name of the open group, or NULL */
	struct error *err;
};

/* Fail for the character at offset `at`; fmt is the reason. */
int addr_fail(const struct addr_parser *p, size_t at, const char *fmt, ...)
    PRINTF(3, 4) MUST_CHECK;
int addr_unexpected(const struct addr_parser *p, size_t at) MUST_CHECK;

/* The first pass: after it all text is UTF-8 without control characters. */
int addr_check_characters(const struct addr_parser *p) MUST_CHECK;

/* Characters that nobody sees and that make two addresses look the same. */
bool addr_is_invisible(uint32_t codepoint);

int addr_skip_quoted(const struct addr_parser *p, size_t *pos) MUST_CHECK;
int addr_skip_literal(const struct addr_parser *p, size_t *pos) MUST_CHECK;

/* Blanks and comments before `to`; the first comment is stored if `comment` is
 * an empty buffer. */
int addr_skip_cfws(const struct addr_parser *p, size_t *pos, size_t to,
    struct buf *comment) MUST_CHECK;

/* The next of `stops` from p->pos on that is not inside something; *at is the
 * end of the text if there is none. */
int addr_find_stop(const struct addr_parser *p, const char *stops, size_t *at)
    MUST_CHECK;

/* Append text[from..to) with its backslashes undone. */
void addr_unescape(
    struct buf *out, const struct addr_parser *p, size_t from, size_t to);

#endif
