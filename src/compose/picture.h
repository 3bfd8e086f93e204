/* SPDX-License-Identifier: MIT */
/*
 * Pictures of an HTML body: those of -I, and local files it refers to.
 */
#ifndef MITTO_PICTURE_H
#define MITTO_PICTURE_H

#include "message/message.h"
#include "settings/settings.h"

struct picture {
	struct part *part; /* owned until taken */
	char *name;        /* what the HTML calls it: "logo.png" */
};

struct picture_list {
	struct picture *items;
	size_t count;
};

/*
 * Make parts for -I files and for every local src= of the HTML, and rewrite the
 * references in `html` to "cid:ID".  Only files in the HTML file's own folder
 * or below it are taken (a page from elsewhere must not be able to mail
 * /etc/passwd); what is left alone is told in `warnings`, as are cid:
 * references to nothing.
 */
int pictures_collect(struct picture_list *list, struct buf *html,
    const struct draft *d, const char *domain, struct strlist *warnings,
    struct error *err) MUST_CHECK;

void picture_list_release(struct picture_list *list);

#define auto_picture_list CLEANUP(picture_list_release)

#endif
