/* SPDX-License-Identifier: MIT */
/*
 * Names that only a header has.
 */
#include "text/headguess.h"

#include "base/attr.h"

#include <string.h>
#include <strings.h>

/* Nobody pipes a message without one of these. */
static const char *const leading[] = { "From", "To", "Cc", "Bcc", "Subject",
	"Resent-To", "Received", "MIME-Version" };

static const char *const others[] = { "Sender", "Reply-To", "Message-ID",
	"In-Reply-To", "References", "Content-Type", "Content-Disposition",
	"Content-Transfer-Encoding", "Return-Path", "DKIM-Signature",
	"Auto-Submitted", "Precedence" };

static const char *const families[] = { "X-", "Resent-", "List-" };

static bool
is_one_of(const struct head_field *f, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) == f->name_len &&
		    strncasecmp(names[i], f->name, f->name_len) == 0)
			return true;
	return false;
}

static bool
is_of_family(const struct head_field *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (f->name_len > strlen(families[i]) &&
		    strncasecmp(families[i], f->name, strlen(families[i])) == 0)
			return true;
	return false;
}

bool
head_is_header(const struct head *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct head_field *f = &h->fields[i];

		if (is_one_of(f, leading, ARRAY_SIZE(leading)) ||
		    (!h->missing_blank &&
			(is_one_of(f, others, ARRAY_SIZE(others)) ||
			    is_of_family(f))))
			return true;
	}
	return false;
}
