/* SPDX-License-Identifier: MIT */
/*
 * A number is a code by what stands around it.
 */
#include "text/codescan.h"

#include "base/attr.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct scan {
	const char *line;
	size_t len;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The byte at `at`, NUL beyond the end. */
static char
byte_at(const struct scan *s, size_t at)
{
	return at < s->len ? s->line[at] : '\0';
}

static size_t
digits_at(const struct scan *s, size_t at)
{
	size_t n = 0;

	while (is_digit(byte_at(s, at + n)))
		n++;
	return n;
}

static bool
begins_word(const struct scan *s, size_t at)
{
	char before = at > 0 ? s->line[at - 1] : ' ';

	return !is_word(before) && before != '.' && before != ':';
}

/* Does what ends before `at` go on as a version or an address would? */
static bool
ends_word(const struct scan *s, size_t at)
{
	char here = byte_at(s, at), next = byte_at(s, at + 1);

	return !is_word(here) &&
	    !((here == '.' || here == '-' || here == ':' || here == '+') &&
		is_digit(next));
}

/* Bytes of an enhanced code at `at`, 0 if there is none. */
static size_t
enhanced_at(const struct scan *s, size_t at)
{
	char class = byte_at(s, at);
	size_t subject, detail;

	if ((class != '2' && class != '4' && class != '5') ||
	    byte_at(s, at + 1) != '.')
		return 0;
	subject = digits_at(s, at + 2);
	if (subject == 0 || subject > 3 || byte_at(s, at + 2 + subject) != '.')
		return 0;
	detail = digits_at(s, at + 3 + subject);
	if (detail == 0 || detail > 3 ||
	    !ends_word(s, at + 3 + subject + detail))
		return 0;
	return 3 + subject + detail;
}

/* Does one of these words stand before `at`, with nothing but blanks and
 * punctuation between? */
static bool
follows(const struct scan *s, size_t at, const char *const *words)
{
	while (at > 0 && strchr(" :;=,(", s->line[at - 1]) != NULL)
		at--;
	for (; *words != NULL; words++) {
		size_t len = strlen(*words);

		if (at >= len &&
		    strncasecmp(s->line + at - len, *words, len) == 0 &&
		    begins_word(s, at - len))
			return true;
	}
	return false;
}

/* Is there nothing but the marks of quotes and transcripts before? */
static bool
begins_line(const struct scan *s, size_t at)
{
	return strspn(s->line, " \t<>|") >= at;
}

/* "535 text" at the beginning of a line, "550 5.1.1" and "error 550"
 * anywhere. */
static bool
is_reply(const struct scan *s, size_t at)
{
	static const char *const words[] = { "code", "error", "reply",
		"response", "said", "smtp", "status", "failed", "returned",
		"with", NULL };
	char first = byte_at(s, at), next = byte_at(s, at + 3);

	if (first < '2' || first > '5' || byte_at(s, at + 1) > '5' ||
	    digits_at(s, at) != 3)
		return false;
	if ((next == ' ' || next == '-' || next == '#') &&
	    enhanced_at(s, at + 4) > 0 && byte_at(s, at + 4) == first)
		return true;
	if (!ends_word(s, at + 3))
		return false;
	return (begins_line(s, at) &&
		   (next == ' ' || next == '-' || next == '\0')) ||
	    follows(s, at, words);
}

/* The number behind "exit" or "status", also as "0x004e", -1 if there is
 * none; *len is what it takes. */
static long
status_at(const struct scan *s, size_t at, size_t *len)
{
	static const char *const words[] = { "exit", "status", "exited",
		"exit code", NULL };
	bool hex = byte_at(s, at) == '0' && byte_at(s, at + 1) == 'x';
	size_t n = hex ? 2 : 0;
	char number[12];

	while (n < sizeof(number) - 1 &&
	    (is_digit(byte_at(s, at + n)) ||
		(hex && byte_at(s, at + n) != '\0' &&
		    strchr("abcdefABCDEF", byte_at(s, at + n)) != NULL)))
		n++;
	*len = n;
	if (n == 0 || !ends_word(s, at + n) || !follows(s, at, words))
		return -1;
	(void)snprintf(number, sizeof(number), "%.*s", (int)n, s->line + at);
	return strtol(number, NULL, hex ? 16 : 10);
}

static void
keep(struct code *code, enum code_kind kind, const char *text, size_t len)
{
	code->kind = kind;
	(void)snprintf(code->text, sizeof(code->text), "%.*s", (int)len, text);
}

/* The code at `at`; the bytes it takes, 0 if there is none. */
static size_t
code_at(const struct scan *s, size_t at, struct code *code)
{
	size_t len = enhanced_at(s, at);
	long status;

	if (len > 0) {
		keep(code, CODE_ENHANCED, s->line + at, len);
		return len;
	}
	if (is_reply(s, at)) {
		keep(code, CODE_REPLY, s->line + at, 3);
		return 3;
	}
	status = status_at(s, at, &len);
	if (status < 0 || status > 255)
		return 0;
	code->kind = CODE_STATUS;
	(void)snprintf(code->text, sizeof(code->text), "%ld", status);
	return len;
}

size_t
codescan_line(const char *line, size_t len, struct code *codes, size_t max)
{
	const struct scan s = { .line = line, .len = len };
	size_t count = 0;
	size_t at = 0;

	while (at < len && count < max) {
		size_t taken = 0;

		if (is_digit(line[at]) && begins_word(&s, at))
			taken = code_at(&s, at, &codes[count]);
		count += taken > 0;
		at += taken > 0 ? taken : 1;
	}
	return count;
}
