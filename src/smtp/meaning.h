/* SPDX-License-Identifier: MIT */
/*
 * What codes, exit statuses and the words of libraries mean, who must act and
 * what to try; the rows are in meanings.def.
 */
#ifndef MITTO_MEANING_H
#define MITTO_MEANING_H

#include <stdbool.h>
#include <stddef.h>

enum meaning_kind {
	MEANING_ENHANCED, /* RFC 3463 */
	MEANING_SUBJECT,  /* of an enhanced code whose detail is not known */
	MEANING_CODE,     /* of a reply, or its first digit alone */
	MEANING_STATUS,   /* exit status */
	MEANING_WORDS,
};

enum meaning_who {
	WHO_YOU,
	WHO_SERVER, /* its owner */
	WHO_RECIPIENT,
	WHO_NOBODY, /* all is well, or time will do it */
};

struct meaning {
	enum meaning_kind kind;
	const char *key;
	enum meaning_who who;
	const char *text;   /* what it means: no capital, no full stop */
	const char *advice; /* what to try */
};

extern const struct meaning meanings[];
extern const size_t meaning_count;

/* The row of "5.7.8" by its subject and detail, else by its subject; of "535",
 * else of its first digit; of an exit status "76".  NULL if the text is none,
 * such as "5.9.1" or "777". */
const struct meaning *meaning_of_enhanced(const char *code);
const struct meaning *meaning_of_code(const char *code);
const struct meaning *meaning_of_status(const char *status);

/* The first row whose words are in the text, or NULL. */
const struct meaning *meaning_of_words(const char *text);

/* "enhanced", "reply", "status", "words". */
const char *meaning_kind_name(enum meaning_kind kind);

/* For programs: "you", "server", "recipient", "nobody".  For people: "you",
 * "the owner of the server". */
const char *meaning_who_name(enum meaning_who who);
const char *meaning_who_text(enum meaning_who who);

#endif
