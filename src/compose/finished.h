/* SPDX-License-Identifier: MIT */
/*
 * A message that came with its header, while it is made ready: fields are
 * edited where they stand, what is missing is put on top.
 */
#ifndef MITTO_FINISHED_H
#define MITTO_FINISHED_H

#include "compose/compose.h"

struct finished {
	const struct request *request;
	struct aliases *aliases;
	struct sender sender;
	bool replace_from;    /* -f goes before a From of the text */
	struct head head;     /* the input's, with fields of its own */
	struct strlist texts; /* fields that were written anew */
	struct buf added;     /* fields to put on top */
	struct strlist drop;  /* names of fields that they replace */
	bool destination;     /* To or Cc is among those added */
	size_t resent;        /* fields [resent, resent_end) are the last */
	size_t resent_end;    /* Resent block; equal when there is none */
};

/* --- people (finished_people.c) ------------------------------------------- */

/* Set f->resent; a block without recipients does not count. */
void finished_find_resent(struct finished *f);

/*
 * With -t, append the recipients of the header: those of the last Resent block
 * if it has any (RFC 5322 3.6.6: the original ones have had the message), else
 * To, Cc and Bcc.
 */
int finished_recipients(
    struct composition *c, struct finished *f, struct error *err) MUST_CHECK;

/* From and what goes with it: c->from, fields made to fit the account, and
 * *bounces, the sender in the envelope unless a flag names one. */
int finished_sender(struct composition *c, struct finished *f,
    struct address *bounces, struct error *err) MUST_CHECK;

/* An address without a domain is of no use to the receiver: To, Cc, Reply-To
 * and the like get what the envelope has, or this host's domain. */
int finished_complete(struct finished *f, struct error *err) MUST_CHECK;

/* --- fields (finished_fields.c) ------------------------------------------- */

/* The first field of that name, or NULL. */
struct head_field *finished_field(const struct finished *f, const char *name);

/* Forget structured fields that are empty: they are as good as missing. */
void finished_forget_empty(struct finished *f);

/* Take a field out of the header. */
void finished_remove(struct finished *f, struct head_field *h);

/* Write a field of addresses anew where it stands. */
int finished_replace(struct finished *f, struct head_field *h,
    const struct address_list *list, struct error *err) MUST_CHECK;

/* Date and Message-ID, which are checked if they are there; `domain` is for a
 * new one. */
int finished_identity(struct composition *c, struct finished *f,
    const char *domain, struct error *err) MUST_CHECK;

/* What flags put on top or in the place of fields, and last what no header may
 * lack. */
int finished_flags(struct composition *c, struct finished *f,
    const char *domain, struct error *err) MUST_CHECK;

#endif
