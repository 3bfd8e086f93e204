/* SPDX-License-Identifier: MIT */
/*
 * The table, and how rows are found.
 */
#include "smtp/meaning.h"

#include "base/attr.h"

#include <string.h>

#define ROW(kind, key, who, text, advice) \
	{ MEANING_##kind, key, WHO_##who, text, advice },
#define ENHANCED(...) ROW(ENHANCED, __VA_ARGS__)
#define SUBJECT(...)  ROW(SUBJECT, __VA_ARGS__)
#define CODE(...)     ROW(CODE, __VA_ARGS__)
#define STATUS(...)   ROW(STATUS, __VA_ARGS__)
#define WORDS(...)    ROW(WORDS, __VA_ARGS__)

const struct meaning meanings[] = {
#include "smtp/meanings.def"
};

const size_t meaning_count = ARRAY_SIZE(meanings);

static const struct meaning *
find(enum meaning_kind kind, const char *key, size_t len)
{
	for (size_t i = 0; i < meaning_count; i++)
		if (meanings[i].kind == kind &&
		    strlen(meanings[i].key) == len &&
		    memcmp(meanings[i].key, key, len) == 0)
			return &meanings[i];
	return NULL;
}

const struct meaning *
meaning_of_enhanced(const char *code)
{
	const struct meaning *m;

	if (strchr("245", code[0]) == NULL || code[0] == '\0' || code[1] != '.')
		return NULL;
	code += 2;
	m = find(MEANING_ENHANCED, code, strlen(code));
	return m != NULL ? m : find(MEANING_SUBJECT, code, strcspn(code, "."));
}

const struct meaning *
meaning_of_code(const char *code)
{
	const struct meaning *m = NULL;

	if (strlen(code) == 3) {
		m = find(MEANING_CODE, code, 3);
		/* The second digit of RFC 5321 ends at 5. */
		if (m == NULL && strspn(code + 1, "0123456789") == 2 &&
		    code[1] < '6')
			m = find(MEANING_CODE, code, 1);
	}
	return m;
}

const struct meaning *
meaning_of_status(const char *status)
{
	return find(MEANING_STATUS, status, strlen(status));
}

const struct meaning *
meaning_of_words(const char *text)
{
	for (size_t i = 0; i < meaning_count; i++)
		if (meanings[i].kind == MEANING_WORDS &&
		    strcasestr(text, meanings[i].key) != NULL)
			return &meanings[i];
	return NULL;
}

const char *
meaning_kind_name(enum meaning_kind kind)
{
	static const char *const names[] = {
		[MEANING_ENHANCED] = "enhanced",
		[MEANING_SUBJECT] = "enhanced",
		[MEANING_CODE] = "reply",
		[MEANING_STATUS] = "status",
		[MEANING_WORDS] = "words",
	};

	return names[kind];
}

const char *
meaning_who_name(enum meaning_who who)
{
	static const char *const names[] = {
		[WHO_YOU] = "you",
		[WHO_SERVER] = "server",
		[WHO_RECIPIENT] = "recipient",
		[WHO_NOBODY] = "nobody",
	};

	return names[who];
}

const char *
meaning_who_text(enum meaning_who who)
{
	static const char *const texts[] = {
		[WHO_YOU] = "you",
		[WHO_SERVER] = "the owner of the server",
		[WHO_RECIPIENT] = "the recipient, or the owner of that mailbox",
		[WHO_NOBODY] = "nobody; time does it, or all is well",
	};

	return texts[who];
}
