/* SPDX-License-Identifier: MIT */
/*
 * What is in a piece of content: the facts that choose its encoding.
 */
#ifndef MITTO_SCAN_H
#define MITTO_SCAN_H

#include "text/quoted.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Facts about content, gathered in one pass at memory speed; the same for any
 * split of the input.  A line ends at CRLF, LF or a lone CR; its length is
 * without the line end.
 */
struct content_facts {
	int64_t bytes;
	int64_t lines;     /* line ends, plus one for an unfinished last line */
	int64_t longest;   /* bytes in the longest line */
	int64_t high;      /* bytes >= 0x80 */
	int64_t controls;  /* C0 except TAB, CR, LF, FF, ESC; and DEL */
	int64_t nuls;      /* counted among the controls as well */
	int64_t bare_lf;   /* LF without a CR before it */
	int64_t bare_cr;   /* CR without an LF after it */
	int64_t crlf;      /* both */
	int64_t dot_lines; /* lines that begin with a dot */
	int64_t from_lines; /* lines that begin with "From " */
	int64_t crlf_size;  /* bytes after every line end became CRLF */
	int64_t qp_size;    /* bytes as quoted-printable of that; -1 when there
			     * are NULs, which are no text in any case */
	bool utf8;          /* every byte belongs to valid UTF-8 */
	bool bom;           /* begins with EF BB BF */
	bool ends_in_newline;
};

struct content_scanner {
	struct content_facts facts;
	/* Private: */
	struct qp_encoder qp;
	int64_t line;      /* bytes on the current line so far */
	char head[5];      /* the first of them */
	bool after_cr;     /* the last byte was a CR */
	char character[4]; /* an unfinished UTF-8 sequence */
	unsigned character_len;
	bool not_utf8;
};

/* Begin with a zeroed scanner; feed blocks; finish completes the facts. */
void content_scan(struct content_scanner *s, const void *in, size_t len);
void content_scan_finish(struct content_scanner *s);

#endif
