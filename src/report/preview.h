/* SPDX-License-Identifier: MIT */
/*
 * The dry run's picture: where it would go, to whom, and the tree of parts.
 */
#ifndef MITTO_PREVIEW_H
#define MITTO_PREVIEW_H

#include "message/message.h"
#include "report/terminal.h"
#include "smtp/smtp.h"
#include "text/address.h"

struct preview {
	const struct settings *settings;
	const struct endpoint *endpoint;
	const struct address *from;
	const struct address_list *to;
	const struct address_list *cc;
	const struct address_list *bcc; /* envelope only */
	const char *subject;            /* NULL if there is none */
	const struct part *root;        /* NULL for a finished message */
	const struct buf *header;       /* shown when verbose, or NULL */
	int64_t size;                   /* bytes on the wire */
	int64_t limit; /* what the provider takes, 0 = unknown */
	const struct strlist *warnings;
};

/* Append the whole picture, in the terminal's characters. */
void preview_print(
    struct buf *out, const struct preview *p, const struct terminal *t);

#endif
