/* SPDX-License-Identifier: MIT */
/*
 * RFC 2047 encoded words.
 */
#ifndef MITTO_ENCWORD_H
#define MITTO_ENCWORD_H

#include "base/buf.h"

/* Where an encoded word may stand decides which characters it may hold. */
enum encword_place {
	ENCWORD_TEXT,   /* unstructured field: RFC 2047 section 5 (1) */
	ENCWORD_PHRASE, /* display name: section 5 (3) */
	ENCWORD_QUOTED, /* quoted-string of a parameter, which the RFC forbids
			 * and Outlook needs: characters of a phrase, and words
			 * short enough for the quoting around them */
};

/* Does text need encoding (not ASCII, or looks like an encoded word)? */
bool encword_needed(const char *text, size_t len);

/*
 * Append valid UTF-8 text as encoded words separated by single blanks, each at
 * most 75 characters and never split within a character; Q or B, whichever is
 * shorter.  `first` is the room in characters for the first word (the rest of
 * the current line); when it is too small the word begins with 75 all the same.
 * Folding is the caller's: a blank may become CRLF + blank.
 */
void encword_encode(struct buf *out, const char *text, size_t len,
    enum encword_place place, size_t first);

/* Append text with its encoded words decoded to UTF-8 where their charset is
 * UTF-8, US-ASCII or ISO-8859-1; others stay.  For display only. */
void encword_decode(struct buf *out, const char *text, size_t len);

#endif
