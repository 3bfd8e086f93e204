/* SPDX-License-Identifier: MIT */
/*
 * Addresses have passed the gate of envelope.h; nothing here can end a line.
 */
#include "smtp/command.h"

static bool
offered(const struct capabilities *offers, unsigned bit)
{
	return (offers->offered & bit) != 0;
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
	buf_puts(out, "\r\n");
}

void
command_rcpt(struct buf *out, const struct transaction *t, size_t i,
    const struct capabilities *offers UNUSED)
{
	buf_printf(out, "RCPT TO:<%s>\r\n", t->recipients[i]->address);
}
