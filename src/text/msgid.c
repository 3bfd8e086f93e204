/* SPDX-License-Identifier: MIT */
/*
 * Identifiers are time and 124 random bits, never anything about the user or
 * the host.  When the time is fixed they are a hash, so that tests and
 * reproducible builds see the same bytes; nothing relies on its strength.
 */
#include "text/msgid.h"

#include "base/clock.h"
#include "base/io.h"

#include <stdint.h>
#include <string.h>

#define WORD_DIGITS 12 /* base 36 digits that 64 bits surely fill */
#define UNIQUE_MAX  3  /* words in a name */

/* FNV-1a, to be begun with FNV_BASIS. */
#define FNV_BASIS 0xcbf29ce484222325

static uint64_t
hash_byte(uint64_t h, unsigned char c)
{
	return (h ^ c) * 0x100000001b3;
}

static uint64_t
hash_text(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = hash_byte(h, (unsigned char)*text);
	return h;
}

static uint64_t
hash_number(uint64_t h, uint64_t number)
{
	for (int i = 0; i < 64; i += 8)
		h = hash_byte(h, (unsigned char)(number >> i));
	return h;
}

/* Append the last n digits of value, base 36. */
static void
add_digits(struct buf *out, uint64_t value, size_t n)
{
	char digits[WORD_DIGITS];

	for (size_t i = n; i-- > 0; value /= 36)
		digits[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
	buf_add(out, digits, n);
}

/* Append n digits (at most 3 words), random or made from the seed, the purpose
 * and the time. */
static void
add_unique(struct buf *out, const char *seed, const char *purpose, size_t n)
{
	uint64_t words[UNIQUE_MAX];
	uint64_t word = hash_text(hash_text(FNV_BASIS, purpose), seed);

	word = hash_number(word, (uint64_t)clock_now());
	if (!clock_is_fixed())
		io_random(words, sizeof(words));
	for (size_t i = 0; n > 0; i++) {
		size_t some = n < WORD_DIGITS ? n : WORD_DIGITS;

		if (clock_is_fixed())
			words[i] = word = hash_number(word, n);
		add_digits(out, words[i], some);
		n -= some;
	}
}

void
msgid_make(struct buf *out, const char *domain, const char *seed)
{
	buf_putc(out, '<');
	add_digits(out, (uint64_t)clock_now(), 7); /* until the year 4453 */
	buf_putc(out, '.');
	add_unique(out, seed, "message-id", 2 * WORD_DIGITS);
	buf_printf(out, "@%s>", domain);
}

void
msgid_thread(struct buf *out, const char *domain, const char *key)
{
	buf_puts(out, "<thread.");
	add_digits(out, hash_text(FNV_BASIS, key), WORD_DIGITS);
	buf_printf(out, "@%s>", domain);
}

void
msgid_boundary(struct buf *out, const char *seed)
{
	buf_puts(out, "=_");
	add_unique(out, seed, "boundary", 28);
}

bool
msgid_valid(const char *text, size_t len)
{
	size_t at = 0; /* where the last "@" stands */
	bool quoted = false;

	if (len < 5 || text[0] != '<' || text[len - 1] != '>')
		return false;
	for (size_t i = 1; i < len - 1; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 127)
			return false;
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" <>()", c) != NULL)
			return false;
		else if (!quoted && c == '@')
			at = i;
	}
	return !quoted && at > 1 && at < len - 2;
}
