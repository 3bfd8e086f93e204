/* SPDX-License-Identifier: MIT */
/*
 * Lists of strings, grown one by one; sizes here are command-line sizes.
 */
#include "base/strlist.h"

#include "base/mem.h"

#include <string.h>

void
strlist_add(struct strlist *list, const char *text)
{
	strlist_take(list, mem_strdup(text));
}

void
strlist_take(struct strlist *list, char *text)
{
	/* Capacity doubles: it is full whenever count is a power of two. */
	if ((list->count & (list->count - 1)) == 0)
		list->items = mem_resize(list->items,
		    list->count ? list->count * 2 : 1, sizeof(*list->items));
	list->items[list->count++] = text;
}

bool
strlist_has(const struct strlist *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strlist_sort(struct strlist *list)
{
	if (list->count > 0)
		qsort(list->items, list->count, sizeof(*list->items), by_bytes);
}

void
strlist_copy(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; i < from->count; i++)
		strlist_add(to, from->items[i]);
}

void
strlist_release(struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct strlist){ 0 };
}
