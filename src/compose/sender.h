/* SPDX-License-Identifier: MIT */
/*
 * Who sends, and whether the account lets him.
 *
 * The account's own address is its `from`; else $EMAIL; else the login if it is
 * an address; else user@default-domain, /etc/mailname or the host's name (SPEC
 * 2 "From").  Another sender, given by -f or by the text itself, is held
 * against it: servers refuse, or filters drop, what is not theirs.
 */
#ifndef MITTO_SENDER_H
#define MITTO_SENDER_H

#include "base/strlist.h"
#include "settings/settings.h"
#include "text/address.h"

struct sender {
	const struct settings *settings;
	struct address own;    /* as far as it is set: see sender_own */
	bool known;            /* own was set by somebody, it is no guess */
	bool fixed;            /* own is the account's: its `from` or login */
	struct strlist *steps; /* what was done, a line each, for -v */
};

/* What became of an address. */
enum sender_change {
	SENDER_KEPT,
	SENDER_COMPLETED, /* it had no domain */
	SENDER_LOCAL,     /* it was at this host */
	SENDER_FORCED,    /* from-header = force */
};

/* s is released by the caller also on error; `steps` is borrowed. */
int sender_init(struct sender *s, const struct request *r,
    struct strlist *steps, struct error *err) MUST_CHECK;
void sender_release(struct sender *s);

/* The account's own address, complete.  What nobody set is looked up on this
 * host the first time: it costs more than all the rest of a sender. */
const struct address *sender_own(struct sender *s);

/*
 * Hold an address against the account, in this order:
 *
 * - without a domain it becomes own if that is known, else it gets the
 *   domain of bare names (host_domain)
 * - at a name of this host (host_is_self) it becomes own, if own is fixed and
 *   at another domain that others can reach, unless from-header = keep
 * - with from-header = force it becomes own if own is fixed
 *
 * A display name stays except where it is forced.  `what` names the address in
 * the step that tells of it: "From".
 */
enum sender_change sender_fit(
    struct sender *s, struct address *a, const char *what);

/* The same without from-header: what must not be touched, but has to be legal.
 */
enum sender_change sender_complete(
    struct sender *s, struct address *a, const char *what);

/* May nobody but the account's own address send (allow-from-override = no)?
 * `flag` is what a call asked for in vain, for a step; NULL if nothing. */
bool sender_is_bound(struct sender *s, const char *flag);

/* -F and from-name go before the name an address came with. */
void sender_name(const struct sender *s, struct address *a);

/* Make *to a copy of the address of `from`, with its name. */
void sender_copy(struct address *to, const struct address *from);

#define auto_sender CLEANUP(sender_release)

#endif
