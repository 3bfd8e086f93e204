/* SPDX-License-Identifier: MIT */
/*
 * Secrets live in one allocation of exact size, so that wiping it is enough.
 */
#include "base/secret.h"

#include "base/mem.h"

#include <string.h>

void
secret_set(struct secret *s, const char *text, size_t len)
{
	secret_release(s);
	s->text = mem_strndup(text, len);
}

bool
secret_is_set(const struct secret *s)
{
	return s->text != NULL;
}

void
secret_release(struct secret *s)
{
	if (s->text != NULL)
		explicit_bzero(s->text, strlen(s->text));
	free(s->text);
	s->text = NULL;
}

void
secret_wipe(void *data, size_t len)
{
	explicit_bzero(data, len);
}
