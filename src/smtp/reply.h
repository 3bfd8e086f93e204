/* SPDX-License-Identifier: MIT */
/*
 * SMTP replies (RFC 5321 4.2): lines in, replies out.
 *
 * Bounded: a text longer than REPLY_TEXT is cut, a reply of more than
 * REPLY_LINES lines or a line that is no reply is an error.
 */
#ifndef MITTO_REPLY_H
#define MITTO_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define REPLY_TEXT  1024
#define REPLY_LINES 500

struct reply {
	int code;              /* 0 = no reply, else 200..599 */
	char enhanced[16];     /* RFC 3463 "x.y.z", or empty */
	char text[REPLY_TEXT]; /* texts of all lines joined by LF, without code
				  and enhanced code; raw bytes of the server */
};

enum reply_status {
	REPLY_MORE, /* a continuation line: the reply goes on */
	REPLY_DONE,
	REPLY_BAD, /* not a reply line, or another code than the line before */
};

struct reply_parser {
	struct reply reply;
	size_t lines;
	size_t used;
};

/* Take one line without its line end.  After REPLY_DONE the reply is in
 * p->reply and the next line begins a new one.  A zeroed parser is ready. */
enum reply_status reply_line(
    struct reply_parser *p, const char *line, size_t len);

/* 2, 3, 4, 5, or 0 when there is none. */
int reply_class(const struct reply *r);

/* Has the enhanced code this subject and detail, "5.3", in any class? */
bool reply_is(const struct reply *r, const char *rest);

#endif
