/* SPDX-License-Identifier: MIT */
/*
 * From what was asked to what will be sent.
 */
#ifndef MITTO_COMPOSE_H
#define MITTO_COMPOSE_H

#include "command/input.h"
#include "message/message.h"
#include "settings/account.h"
#include "smtp/outcome.h"

/* One message ready to go, with everything that is said about it. */
struct composition {
	struct message message; /* root is NULL for a finished message */
	struct wire wire;

	struct address from;
	struct address_list to, cc, bcc; /* as the header (not) shows them */
	char *sender;                    /* envelope, wire form, "" = null */
	struct strlist recipients;       /* envelope, wire form, each once */
	bool smtputf8;

	char *message_id; /* with brackets */
	char *subject;
	struct strlist warnings;
};

/*
 * The sender by the rules of SPEC 2 "From": -f or the account's; $EMAIL; the
 * login if it is an address; else user@default-domain, /etc/mailname or the
 * host's full name.  from_name replaces the display name.
 */
int compose_sender(struct address *from, const struct settings *s,
    struct error *err) MUST_CHECK;

/* A sender without a domain, such as cron's "root", becomes that of the
 * settings if they have one, else one at this host. */
int compose_complete(
    struct address *a, const struct settings *s, struct error *err) MUST_CHECK;

/* The part tree of a draft: text, HTML, pictures, attachments.  Uses the data
 * of `in`.  `domain` makes Content-IDs. */
struct part *compose_body(const struct draft *d, const struct input *in,
    const char *domain, struct strlist *warnings, struct error *err) MUST_CHECK;

/* Header fields that stand for flags: Reply-To, In-Reply-To, References,
 * priority, -H except those named in `skip` (ended by NULL). */
int compose_fields(struct buf *out, const struct draft *d, const char *domain,
    const char *const *skip, struct error *err) MUST_CHECK;

/* Auto-Submitted: auto-generated when there is no terminal (RFC 3834: what no
 * person typed should not be answered by machines) and -H has none. */
int compose_auto_submitted(
    struct buf *out, const struct draft *d, struct error *err) MUST_CHECK;

/* Does a user's -H already give this field? */
bool compose_has_header(const struct draft *d, const char *name);

/* A domain for Message-ID and Content-ID: that of `from`, never localhost. */
char *compose_domain(const struct address *from) MUST_CHECK;

/* Parse a list option's values into addresses; `option` names the culprit. */
int compose_addresses(struct address_list *list, const struct strlist *values,
    const char *option, struct error *err) MUST_CHECK;

/* Fill sender and recipients from to, cc, bcc and the settings.  ERR_USAGE when
 * there is no recipient. */
int compose_envelope(struct composition *c, const struct request *r,
    const struct config *config, struct error *err) MUST_CHECK;

/* A new message from flags. */
int compose_new(struct composition *c, const struct request *r,
    const struct config *config, const struct input *in, struct error *err)
    MUST_CHECK;

/*
 * A finished message (-t, --raw) in `in`: recipients of the header with -t,
 * repairs, and what flags add.  `from_flag`: -f was given on the command line.
 */
int compose_finished(struct composition *c, const struct request *r,
    const struct config *config, const struct input *in, bool from_flag,
    struct error *err) MUST_CHECK;

void composition_release(struct composition *c);

#endif
