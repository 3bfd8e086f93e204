/* SPDX-License-Identifier: MIT */
/*
 * Addresses have passed the gate of envelope.h; nothing here can end a line.
 */
#include "smtp/command.h"

#include "text/utf8.h"

#include <string.h>

static bool
offered(const struct capabilities *offers, unsigned bit)
{
	return (offers->offered & bit) != 0;
}

struct dsn
command_dsn(const struct settings *set)
{
	static const char *const parts[] = {
		[RETURN_UNSET] = NULL,
		[RETURN_HDRS] = "HDRS",
		[RETURN_FULL] = "FULL",
	};

	return (struct dsn){
		.notify = set->notify,
		.parts = parts[set->return_parts.value],
		.envid = set->envid,
	};
}

bool
command_wants_dsn(const struct dsn *dsn)
{
	return dsn->notify != NULL || dsn->parts != NULL || dsn->envid != NULL;
}

/* RFC 3461 4: what is not printable ASCII, "+" and "=" become "+XX". */
static void
add_xtext(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c > '~' || c == '+' || c == '=')
			buf_printf(out, "+%02X", c);
		else
			buf_putc(out, (char)c);
	}
}

static void
add_upper(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_putc(out,
		    *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A')
						 : *text);
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
			add_xtext(out, t->dsn.envid);
		}
	}
	buf_puts(out, "\r\n");
}

void
command_rcpt(struct buf *out, const struct transaction *t, size_t i,
    const struct capabilities *offers)
{
	const char *address = t->recipients[i]->address;

	buf_printf(out, "RCPT TO:<%s>", address);
	if (offered(offers, CAPABILITY_DSN) && command_wants_dsn(&t->dsn)) {
		if (t->dsn.notify != NULL) {
			buf_puts(out, " NOTIFY=");
			add_upper(out, t->dsn.notify);
		}
		/* The type "rfc822" is for ASCII (RFC 6533 3). */
		if (utf8_is_ascii(address, strlen(address))) {
			buf_puts(out, " ORCPT=rfc822;");
			add_xtext(out, address);
		}
	}
	buf_puts(out, "\r\n");
}
