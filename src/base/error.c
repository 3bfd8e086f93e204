/* SPDX-License-Identifier: MIT */
/*
 * Errors as values: one table maps a kind to its exit status and its phrase.
 */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int status;
	const char *phrase;
} kinds[] = {
	[ERR_NONE] = { 0, "no error" },
	[ERR_USAGE] = { 64, "wrong usage" },
	[ERR_DATA] = { 65, "bad data" },
	[ERR_NOINPUT] = { 66, "no input" },
	[ERR_NOUSER] = { 67, "unknown recipient" },
	[ERR_NOHOST] = { 68, "unknown host" },
	[ERR_UNAVAILABLE] = { 69, "refused" },
	[ERR_SOFTWARE] = { 70, "internal error" },
	[ERR_OS] = { 71, "system error" },
	[ERR_OSFILE] = { 72, "missing system file" },
	[ERR_CANTCREATE] = { 73, "cannot create output" },
	[ERR_IO] = { 74, "input/output error" },
	[ERR_TEMPORARY] = { 75, "temporary failure" },
	[ERR_PROTOCOL] = { 76, "protocol error" },
	[ERR_NOPERM] = { 77, "permission denied" },
	[ERR_CONFIG] = { 78, "configuration error" },
	[ERR_INTERRUPTED] = { 130, "interrupted" },
};

/* A text that was cut must not end within a UTF-8 character. */
static void
trim_partial(char *text, size_t size)
{
	size_t len = strlen(text);
	size_t start = len;

	if (len + 1 < size)
		return;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
		text[start - 1] = '\0';
}

int
error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list ap;

	err->kind = kind;
	err->hint[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	trim_partial(err->text, sizeof(err->text));
	return -1;
}

int
error_errno(
    struct error *err, enum error_kind kind, int errnum, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	err->kind = kind;
	err->hint[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s",
	    strerror(errnum));
	trim_partial(err->text, sizeof(err->text));
	return -1;
}

int
error_wrap(struct error *err, const char *fmt, ...)
{
	struct error outer = *err;
	size_t used;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(outer.text, sizeof(outer.text), fmt, ap);
	va_end(ap);
	used = strlen(outer.text);
	(void)snprintf(
	    outer.text + used, sizeof(outer.text) - used, ": %s", err->text);
	*err = outer;
	trim_partial(err->text, sizeof(err->text));
	return -1;
}

int
error_hint(struct error *err, const char *fmt, ...)
{
	va_list ap;

	if (err->hint[0] != '\0')
		return -1;
	va_start(ap, fmt);
	(void)vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	trim_partial(err->hint, sizeof(err->hint));
	return -1;
}

int
error_status(enum error_kind kind)
{
	return kinds[kind].status;
}

const char *
error_phrase(enum error_kind kind)
{
	return kinds[kind].phrase;
}
