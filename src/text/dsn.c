/* SPDX-License-Identifier: MIT */
/*
 * Small grammars; '=' stands in none of their values, so that a name with its
 * '=' is found where it stands and nowhere else.
 */
#include "text/dsn.h"

#include "base/attr.h"
#include "base/mem.h"
#include "text/utf8.h"

#include <string.h>
#include <strings.h>

#define NOTIFY "NOTIFY="
#define ORCPT  "ORCPT="

/* --- NOTIFY --------------------------------------------------------------- */

#define NEVER 1U /* of notify_bit */

/* The bit of a word, 0 if it is none. */
static unsigned
notify_bit(const char *word, size_t len)
{
	static const char *const words[] = { "never", "failure", "success",
		"delay" };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len &&
		    strncasecmp(words[i], word, len) == 0)
			return 1U << i;
	return 0;
}

bool
dsn_notify_valid(const char *words)
{
	unsigned seen = 0;

	for (;;) {
		size_t len = strcspn(words, ",");
		unsigned bit = notify_bit(words, len);

		if (bit == 0 || (seen & bit) != 0)
			return false;
		seen |= bit;
		if (words[len] == '\0')
			return (seen & NEVER) == 0 || seen == NEVER;
		words += len + 1;
	}
}

void
dsn_add_notify(struct buf *out, const char *words)
{
	buf_puts(out, NOTIFY);
	for (const char *p = words; *p != '\0'; p++)
		buf_putc(
		    out, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
}

bool
dsn_wants(const char *words, const char *word)
{
	unsigned seen = 0;

	for (;;) {
		size_t len = strcspn(words, ", ");

		seen |= notify_bit(words, len);
		if (words[len] != ',')
			return (seen & notify_bit(word, strlen(word))) != 0;
		words += len + 1;
	}
}

/* --- ORCPT ---------------------------------------------------------------- */

void
dsn_add_xtext(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c > '~' || c == '+' || c == '=')
			buf_printf(out, "+%02X", c);
		else
			buf_putc(out, (char)c);
	}
}

/* Bytes of a type of addresses: less than RFC 5322's atom, and all there are.
 */
static size_t
type_length(const char *value)
{
	return strspn(value,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-");
}

static bool
add_address(struct buf *out, const char *p)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *end = p + strlen(p);

	while (p < end) {
		uint32_t character;
		size_t len = utf8_decode(p, (size_t)(end - p), &character);

		if (len == 0 || character <= ' ' || character == 0x7f ||
		    character == '=' || utf8_is_control(character))
			return false;
		/* strspn would count the string's end as a digit. */
		if (character == '+' &&
		    (p[1] == '\0' || strchr(digits, p[1]) == NULL ||
			p[2] == '\0' || strchr(digits, p[2]) == NULL))
			return false;
		if (len == 1)
			buf_putc(out, *p);
		else
			buf_printf(out, "\\x{%X}", (unsigned)character);
		p += len;
	}
	return true;
}

bool
dsn_add_orcpt(struct buf *out, const char *value)
{
	size_t before = out->len;
	size_t type = type_length(value);

	if (type == 0 || value[type] != ';' || value[type + 1] == '\0')
		return false;
	buf_puts(out, ORCPT);
	buf_add(out, value, type + 1);
	if (add_address(out, value + type + 1) &&
	    out->len - before <= strlen(ORCPT) + DSN_ORCPT_MAX)
		return true;
	buf_truncate(out, before);
	return false;
}

/* --- both ----------------------------------------------------------------- */

const char *
dsn_notify_of(const char *parameters)
{
	return parameters != NULL &&
		strncmp(parameters, NOTIFY, strlen(NOTIFY)) == 0
	    ? parameters + strlen(NOTIFY)
	    : NULL;
}

const char *
dsn_orcpt_of(const char *parameters)
{
	const char *found =
	    parameters != NULL ? strstr(parameters, ORCPT) : NULL;

	return found != NULL ? found + strlen(ORCPT) : NULL;
}

bool
dsn_parameters_valid(const char *parameters)
{
	auto_buf struct buf again = buf_make(strlen(parameters) + 1);
	const char *notify = dsn_notify_of(parameters);
	const char *orcpt = dsn_orcpt_of(parameters);
	auto_free char *words = mem_strndup(notify != NULL ? notify : "",
	    strcspn(notify != NULL ? notify : "", " "));

	if (notify != NULL) {
		if (!dsn_notify_valid(words))
			return false;
		dsn_add_notify(&again, words);
	}
	if (orcpt != NULL) {
		if (notify != NULL)
			buf_putc(&again, ' ');
		if (!dsn_add_orcpt(&again, orcpt))
			return false;
	}
	return again.len > 0 && strcmp(again.data, parameters) == 0;
}
