/* SPDX-License-Identifier: MIT */
/*
 * Putting a wire form together: text that is made here, content that stays in
 * its store, and the counts that a transport wants.  Used by mime and repair.
 */
#ifndef MITTO_WIRE_H
#define MITTO_WIRE_H

#include "message/message.h"

struct assembly {
	struct stream *stream; /* a concatenation */
	struct buf text;       /* made already, not yet in stream; append here.
				* Lines end in CRLF and begin here. */
	int64_t dot_lines;
	bool eight_bit;
	bool utf8_header; /* headers are all the text there is */
};

struct assembly assembly_make(void);
void assembly_release(struct assembly *a);

/* Append content (taken over, also on error) behind the text. */
int assembly_add(struct assembly *a, struct stream *content, int64_t dot_lines,
    bool eight_bit, struct error *err) MUST_CHECK;

/* What was assembled; a is empty again. */
int assembly_finish(struct assembly *a, struct wire *out, struct error *err)
    MUST_CHECK;

#define auto_assembly CLEANUP(assembly_release)

/* Read s from where it stands to its end for the facts about it. */
int stream_facts(struct stream *s, struct content_facts *out, struct error *err)
    MUST_CHECK;

#endif
