/* SPDX-License-Identifier: MIT */
/*
 * The preset table and its two lookups.
 */
#include "settings/provider.h"

#include <string.h>
#include <strings.h>

#define PROVIDER(...) { __VA_ARGS__ },

const struct provider providers[] = {
#include "settings/providers.def"
};

const size_t provider_count = ARRAY_SIZE(providers);

const struct provider *
provider_by_name(const char *name)
{
	for (size_t i = 0; i < provider_count; i++)
		if (strcasecmp(providers[i].name, name) == 0)
			return &providers[i];
	return NULL;
}

const struct provider *
provider_by_host(const char *host)
{
	if (strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0)
		return NULL;
	for (size_t i = 0; i < provider_count; i++)
		if (strcasecmp(providers[i].host, host) == 0)
			return &providers[i];
	return NULL;
}
