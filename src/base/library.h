/* SPDX-License-Identifier: MIT */
/*
 * Shared libraries that most mails do not need: loaded when they are asked.
 */
#ifndef MITTO_LIBRARY_H
#define MITTO_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_function {
	const char *name;
	void *pointer; /* to the pointer to it that is to be set */
};

/* Load the library `name` and find all these functions in it; it stays.  False,
 * with *why (a static text), if that cannot be. */
bool library_load(const char *name, const struct library_function *wanted,
    size_t count, const char **why);

#endif
