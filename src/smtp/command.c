/* SPDX-License-Identifier: MIT */
/*
 * Addresses have passed the gate of envelope.h; nothing here can end a line.
 */
#include "smtp/command.h"

#include "text/dsn.h"
#include "text/utf8.h"

#include <string.h>

static bool
has_parameters(const struct recipient *r)
{
	return r->parameters != NULL && *r->parameters != '\0';
}

static bool
offered(const struct capabilities *offers, unsigned bit)
{
	return (offers->offered & bit) != 0;
}

static bool
is_asking(const struct dsn *dsn)
{
	return dsn->notify != NULL || dsn->parts != NULL || dsn->envid != NULL;
}

bool
command_wants_dsn(const struct transaction *t)
{
	bool wanted = is_asking(&t->dsn);

	for (size_t i = 0; i < t->count && !wanted; i++)
		wanted = has_parameters(t->recipients[i]);
	return wanted;
}

void
command_mail(struct buf *out, const struct transaction *t,
    const struct capabilities *offers)
{
	buf_printf(out, "MAIL FROM:<%s>", t->sender);
	if (offered(offers, CAPABILITY_SIZE))
		buf_printf(out, " SIZE=%lld", (long long)t->wire->size);
	if (t->wire->eight_bit && offered(offers, CAPABILITY_8BITMIME))
		buf_puts(out, " BODY=8BITMIME");
	if (t->utf8 != NULL && offered(offers, CAPABILITY_SMTPUTF8))
		buf_puts(out, " SMTPUTF8");
	if (offered(offers, CAPABILITY_DSN)) {
		if (t->dsn.parts != NULL)
			buf_printf(out, " RET=%s", t->dsn.parts);
		if (t->dsn.envid != NULL) {
			buf_puts(out, " ENVID=");
			dsn_add_xtext(out, t->dsn.envid);
		}
	}
	buf_puts(out, "\r\n");
}

/* What nobody said is said for the recipient as mitto knows it. */
static void
add_orcpt(struct buf *out, const char *address)
{
	/* The type "rfc822" is for ASCII (RFC 6533 3). */
	if (!utf8_is_ascii(address, strlen(address)))
		return;
	buf_puts(out, " ORCPT=rfc822;");
	dsn_add_xtext(out, address);
}

void
command_rcpt(struct buf *out, const struct transaction *t, size_t i,
    const struct capabilities *offers)
{
	const struct recipient *r = t->recipients[i];

	buf_printf(out, "RCPT TO:<%s>", r->address);
	if (offered(offers, CAPABILITY_DSN) &&
	    (is_asking(&t->dsn) || has_parameters(r))) {
		if (has_parameters(r))
			buf_printf(out, " %s", r->parameters);
		if (dsn_notify_of(r->parameters) == NULL &&
		    t->dsn.notify != NULL) {
			buf_putc(out, ' ');
			dsn_add_notify(out, t->dsn.notify);
		}
		if (dsn_orcpt_of(r->parameters) == NULL)
			add_orcpt(out, r->address);
	}
	buf_puts(out, "\r\n");
}
