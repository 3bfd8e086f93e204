/* SPDX-License-Identifier: MIT */
/*
 * Links of an HTML text as numbered notes.
 */
#ifndef MITTO_HTMLLINK_H
#define MITTO_HTMLLINK_H

#include "base/buf.h"
#include "base/strlist.h"
#include "text/htmllayout.h"
#include "text/htmltoken.h"

struct html_links {
	struct layout *layout; /* its copy is our text while a link is open */
	struct buf url;        /* of the link that is open */
	struct buf text;       /* what stands for it */
	struct strlist list;
};

void html_links_init(struct html_links *k, struct layout *layout);
void html_links_release(struct html_links *k);

/* A start tag <a>; a link still open ends.  Targets that mean nothing on paper
 * (javascript:, data:, tel:, "#...") are no links. */
void html_link_open(struct html_links *k, const struct html_token *t);

/* The end of the link that is open, if any: its note is put into the text. */
void html_link_close(struct html_links *k);

/* Append an empty line and the list, or nothing. */
void html_links_print(const struct html_links *k, struct buf *out);

#endif
