/* SPDX-License-Identifier: MIT */
/*
 * Every field of settings and draft that owns memory has a row in the option
 * table, so the table knows how to release them.
 */
#include "settings/settings.h"

#include "settings/options.h"

void
request_release(struct request *r)
{
	for (size_t i = 0; i < option_count; i++)
		option_clear(r, &options[i]);
	free(r->own_from);
	free(r->settings.own);
	r->own_from = NULL;
	r->settings.own = NULL;
}
