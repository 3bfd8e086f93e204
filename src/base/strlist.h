/* SPDX-License-Identifier: MIT */
/*
 * An owned list of strings.  All zero is the empty list.
 */
#ifndef MITTO_STRLIST_H
#define MITTO_STRLIST_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

struct strlist {
	char **items; /* items[0..count-1], each owned by the list */
	size_t count;
};

void strlist_add(struct strlist *list, const char *text);

/* The list takes over text, which came from the allocator. */
void strlist_take(struct strlist *list, char *text);

bool strlist_has(const struct strlist *list, const char *text);

/* By the values of their bytes. */
void strlist_sort(struct strlist *list);

void strlist_copy(struct strlist *to, const struct strlist *from);

/* Release and make empty; safe on a zeroed list. */
void strlist_release(struct strlist *list);

#define auto_strlist CLEANUP(strlist_release)

#endif
