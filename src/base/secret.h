/* SPDX-License-Identifier: MIT */
/*
 * A password or token: wiped when released, never printed, never in an error.
 */
#ifndef MITTO_SECRET_H
#define MITTO_SECRET_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

struct secret {
	char *text; /* NUL-terminated, NULL when there is none */
};

/* Take a copy of the first len bytes of text, replacing what is there. */
void secret_set(struct secret *s, const char *text, size_t len);

bool secret_is_set(const struct secret *s);

/* Overwrite and free; safe on a zeroed value. */
void secret_release(struct secret *s);

/* Overwrite a plain buffer that held one. */
void secret_wipe(void *data, size_t len);

#define auto_secret CLEANUP(secret_release)

#endif
