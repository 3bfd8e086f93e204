/* SPDX-License-Identifier: MIT */
/*
 * From what was asked to what will be sent.
 */
#ifndef MITTO_COMPOSE_H
#define MITTO_COMPOSE_H

#include "compose/input.h"
#include "compose/sender.h"
#include "message/message.h"
#include "settings/alias.h"

/* One message ready to go, with everything that is said about it. */
struct composition {
	struct message message; /* root is NULL for a finished message */
	struct wire wire;

	struct address from;
	struct address_list to, cc, bcc; /* as the header (not) shows them */
	struct address_list reply_to;    /* of --reply-to */
	char *sender;                    /* envelope, wire form, "" = null */
	struct strlist recipients;       /* envelope, wire form, each once */
	struct strlist parameters;       /* of each of them, as text/dsn.h
					  * says; "" for none */
	bool smtputf8;

	char *message_id; /* with brackets */
	char *subject;
	struct strlist warnings;
	struct strlist steps; /* what was changed and why, for -v */
};

/* The part tree of a draft: text, HTML, pictures, attachments.  Uses the data
 * of `in`.  `domain` makes Content-IDs. */
struct part *compose_body(const struct draft *d, const struct input *in,
    const char *domain, struct strlist *warnings, struct error *err) MUST_CHECK;

/* c->reply_to from the draft: complete addresses, aliases undone. */
int compose_reply_to(struct composition *c, const struct draft *d,
    struct aliases *aliases, struct error *err) MUST_CHECK;

/* Header fields that stand for flags: Reply-To, In-Reply-To, References,
 * priority, -H except those named in `skip` (ended by NULL). */
int compose_fields(struct buf *out, const struct composition *c,
    const struct draft *d, const char *domain, const char *const *skip,
    struct error *err) MUST_CHECK;

/* Everything is written: what the message asks of the server. */
void compose_needs(struct composition *c);

/* Auto-Submitted: auto-generated when there is no terminal, or the draft is
 * automatic (RFC 3834: what no person typed should not be answered by
 * machines), and -H has none. */
int compose_auto_submitted(
    struct buf *out, const struct draft *d, struct error *err) MUST_CHECK;

/* Does a user's -H already give this field? */
bool compose_has_header(const struct draft *d, const char *name);

/* Is more than the text of one part asked for: -a, -I, -m, --html? */
bool compose_has_parts(const struct draft *d);

/* A domain for Message-ID and Content-ID: that of `from`, never localhost. */
char *compose_domain(const struct address *from) MUST_CHECK;

/* Parse a list option's values into addresses; `option` names the culprit. */
int compose_addresses(struct address_list *list, const struct strlist *values,
    const char *option, struct error *err) MUST_CHECK;

/* What is asked for each address of --to, by input.h. */
void compose_parameters(
    struct address_list *to, const struct strlist *parameters);

/* Undo aliases in to, cc and bcc. */
int compose_expand(struct composition *c, struct aliases *aliases,
    struct error *err) MUST_CHECK;

/*
 * Fill recipients and parameters from to, cc and bcc, which are expanded, and
 * the sender:
 * --envelope-from if the account allows it, else `from`.  ERR_USAGE when there
 * is no recipient.
 */
int compose_envelope(struct composition *c, const struct request *r,
    struct sender *sender, const struct address *from, struct error *err)
    MUST_CHECK;

/* A new message from flags. */
int compose_new(struct composition *c, const struct request *r,
    struct aliases *aliases, const struct input *in, struct error *err)
    MUST_CHECK;

/*
 * A finished message (-t, --raw) in `in`: recipients of the header with -t,
 * repairs, and what flags add.  `replace_from`: -f replaces the text's From, if
 * both are there; else it only adds a missing one.
 */
int compose_finished(struct composition *c, const struct request *r,
    struct aliases *aliases, const struct input *in, bool replace_from,
    struct error *err) MUST_CHECK;

void composition_release(struct composition *c);

#endif
