/* SPDX-License-Identifier: MIT */
/*
 * No repairs: a value that does not fit is refused.
 */
#include "smtp/envelope.h"

#include "text/dsn.h"
#include "text/utf8.h"

#include <string.h>

/* May this address stand between angle brackets? */
static bool
is_safe(const char *address)
{
	bool quoted = false;

	for (const char *p = address; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < ' ' || c == 0x7f)
			return false;
		if (quoted && c == '\\') {
			p++;
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				return false;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (c == ' ' || c == '<' || c == '>')) {
			return false;
		}
	}
	return !quoted;
}

int
envelope_check(const struct envelope *e, struct error *err)
{
	if (e->count == 0)
		return error_set(err, ERR_USAGE, "no recipient");
	if (!is_safe(e->sender))
		return error_set(err, ERR_DATA,
		    "the sender '%s' cannot stand in an envelope", e->sender);
	for (size_t i = 0; i < e->count; i++)
		if (e->recipients[i][0] == '\0' || !is_safe(e->recipients[i]))
			return error_set(err, ERR_DATA,
			    "the recipient '%s' cannot stand in an envelope",
			    e->recipients[i]);
	for (size_t i = 0; e->parameters != NULL && i < e->count; i++)
		if (e->parameters[i][0] != '\0' &&
		    !dsn_parameters_valid(e->parameters[i]))
			return error_set(err, ERR_DATA,
			    "'%s' cannot be asked for the recipient '%s'",
			    e->parameters[i], e->recipients[i]);
	return 0;
}

const char *
envelope_utf8(const struct envelope *e)
{
	if (!utf8_is_ascii(e->sender, strlen(e->sender)))
		return e->sender;
	for (size_t i = 0; i < e->count; i++)
		if (!utf8_is_ascii(e->recipients[i], strlen(e->recipients[i])))
			return e->recipients[i];
	return e->smtputf8 ? "" : NULL;
}
