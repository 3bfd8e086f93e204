/* SPDX-License-Identifier: MIT */
/*
 * What a leaf of a finished message needs so that it can travel.
 */
#ifndef MITTO_CURE_H
#define MITTO_CURE_H

#include "message/walk.h"
#include "text/codec.h"

/* How the content of a leaf will travel. */
enum remedy {
	REMEDY_NONE,
	REMEDY_QP,
	REMEDY_BASE64,      /* of the bytes as they are */
	REMEDY_BASE64_CRLF, /* of text */
	REMEDY_REWRAP_BASE64,
	REMEDY_REWRAP_QP,
};

struct cure {
	enum remedy remedy;
	bool new_encoding; /* the header gets a Content-Transfer-Encoding */
	struct buf type;   /* value of a new Content-Type, or empty */
	struct content_facts facts; /* of the content, if it is encoded */
};

/* One that changes nothing. */
struct cure cure_make(void);
void cure_release(struct cure *cure);

#define auto_cure CLEANUP(cure_release)

/*
 * What the leaf z of `content` needs.  Raw 8-bit text without a charset, or
 * with us-ascii, is declared utf-8 if it is that, else unknown-8bit.  Content
 * that is encoded already keeps its encoding and only gets new lines.
 */
int cure_choose(struct cure *cure, struct store *content, const struct zone *z,
    struct error *err) MUST_CHECK;

#endif
