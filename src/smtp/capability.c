/* SPDX-License-Identifier: MIT */
/*
 * EHLO lines to bits.
 */
#include "smtp/capability.h"

#include <string.h>
#include <strings.h>

struct word {
	const char *name;
	unsigned bit;
};

static const struct word keywords[] = {
	{ "STARTTLS", CAPABILITY_STARTTLS },
	{ "AUTH", CAPABILITY_AUTH },
	{ "SIZE", CAPABILITY_SIZE },
	{ "SMTPUTF8", CAPABILITY_SMTPUTF8 },
	{ "PIPELINING", CAPABILITY_PIPELINING },
	{ "8BITMIME", CAPABILITY_8BITMIME },
	{ "DSN", CAPABILITY_DSN },
	{ "LIMITS", CAPABILITY_LIMITS },
	{ "CHUNKING", CAPABILITY_CHUNKING },
	{ NULL, 0 },
};

static const struct word mechanisms[] = {
	{ "PLAIN", MECHANISM_PLAIN },
	{ "LOGIN", MECHANISM_LOGIN },
	{ "CRAM-MD5", MECHANISM_CRAM_MD5 },
	{ "XOAUTH2", MECHANISM_XOAUTH2 },
	{ "OAUTHBEARER", MECHANISM_OAUTHBEARER },
	{ "EXTERNAL", MECHANISM_EXTERNAL },
	{ NULL, 0 },
};

/* The bit of a word, also in *capitals when it is written in capitals. */
static unsigned
find_word(
    const struct word *words, const char *text, size_t len, unsigned *capitals)
{
	for (; words->name != NULL; words++) {
		if (strlen(words->name) != len ||
		    strncasecmp(words->name, text, len) != 0)
			continue;
		if (memcmp(words->name, text, len) == 0)
			*capitals |= words->bit;
		return words->bit;
	}
	return 0;
}

/* The next word of a line; its length, 0 at the end. */
static size_t
next_word(const char **text, const char *end)
{
	const char *start = *text;
	const char *p;

	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	for (p = start; p < end && *p != ' ' && *p != '\t';)
		p++;
	*text = start;
	return (size_t)(p - start);
}

/* Keep the list as offered, for the error that has to show it. */
static void
keep_mechanism(struct capabilities *c, const char *name, size_t len)
{
	size_t used = strlen(c->auth);

	if (used + len + 2 > sizeof(c->auth))
		return;
	if (used > 0)
		c->auth[used++] = ' ';
	for (size_t i = 0; i < len; i++)
		c->auth[used++] = name[i] == '\0' ? '?' : name[i];
	c->auth[used] = '\0';
}

static void
parse_auth(struct capabilities *c, const char *text, const char *end)
{
	size_t len;

	for (; (len = next_word(&text, end)) > 0; text += len) {
		c->mechanisms |=
		    find_word(mechanisms, text, len, &c->mechanisms_capitals);
		keep_mechanism(c, text, len);
	}
}

/* Decimal digits and nothing else; 0 for anything else. */
static int64_t
parse_number(const char *text, size_t len)
{
	int64_t number = 0;

	if (len > 18)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static void
parse_size(struct capabilities *c, const char *text, const char *end)
{
	size_t len = next_word(&text, end);

	c->size = parse_number(text, len);
}

/* "RCPTMAX=100 MAILMAX=..." */
static void
parse_limits(struct capabilities *c, const char *text, const char *end)
{
	static const char name[] = "RCPTMAX=";
	const size_t skip = sizeof(name) - 1;
	size_t len;

	for (; (len = next_word(&text, end)) > 0; text += len)
		if (len > skip && strncasecmp(text, name, skip) == 0)
			c->rcpt_max = parse_number(text + skip, len - skip);
}

void
capabilities_line(struct capabilities *c, const char *text, size_t len)
{
	const char *end = text + len;
	size_t word = next_word(&text, end);
	unsigned bit = find_word(keywords, text, word, &c->capitals);

	c->offered |= bit;
	if (bit == CAPABILITY_AUTH)
		parse_auth(c, text + word, end);
	else if (bit == CAPABILITY_SIZE)
		parse_size(c, text + word, end);
	else if (bit == CAPABILITY_LIMITS)
		parse_limits(c, text + word, end);
	else if (word >= 5 && strncasecmp(text, "AUTH=", 5) == 0)
		c->old_auth = true;
}

const char *
mechanism_name(unsigned bit)
{
	for (const struct word *m = mechanisms; m->name != NULL; m++)
		if (m->bit == bit)
			return m->name;
	return "";
}
