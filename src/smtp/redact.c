/* SPDX-License-Identifier: MIT */
/*
 * A handful of needles, searched one after the other: replies are short.
 */
#include "smtp/redact.h"

#include "base/attr.h"

#include <string.h>

#define SHORTEST 4

static bool
is_known(const struct redactor *r, const char *text, size_t len)
{
	for (size_t i = 0; i < r->count; i++)
		if (strlen(r->needles[i].text) == len &&
		    memcmp(r->needles[i].text, text, len) == 0)
			return true;
	return false;
}

void
redact_add(struct redactor *r, const char *text, size_t len)
{
	if (len < SHORTEST || is_known(r, text, len))
		return;
	if (r->count < ARRAY_SIZE(r->needles)) {
		secret_set(&r->needles[r->count++], text, len);
		return;
	}
	r->next = r->next % (ARRAY_SIZE(r->needles) - 1) + 1;
	secret_set(&r->needles[r->next], text, len);
}

/* The first place where a needle stands; *found is its length. */
static const char *
find_secret(
    const struct redactor *r, const char *text, size_t len, size_t *found)
{
	const char *first = NULL;

	for (size_t i = 0; i < r->count; i++) {
		const char *needle = r->needles[i].text;
		const char *at = memmem(text, len, needle, strlen(needle));

		if (at == NULL || (first != NULL && at > first))
			continue;
		first = at;
		*found = strlen(needle);
	}
	return first;
}

bool
redact_text(
    const struct redactor *r, const char *text, size_t len, struct buf *out)
{
	const char *end = text + len;
	bool any = false;
	const char *at;
	size_t found;

	while ((at = find_secret(r, text, (size_t)(end - text), &found))) {
		buf_add(out, text, (size_t)(at - text));
		buf_puts(out, REDACT_MARK);
		text = at + found;
		any = true;
	}
	if (any)
		buf_add(out, text, (size_t)(end - text));
	return any;
}

void
redact_release(struct redactor *r)
{
	for (size_t i = 0; i < r->count; i++)
		secret_release(&r->needles[i]);
	r->count = 0;
}
