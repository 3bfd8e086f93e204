/* SPDX-License-Identifier: MIT */
/*
 * The preset table and its lookups.
 */
#include "settings/provider.h"

#include <string.h>
#include <strings.h>

#define MB            INT64_C(1000000)
#define PROVIDER(...) { __VA_ARGS__ },

const struct provider providers[] = {
#include "settings/providers.def"
};

const size_t provider_count = ARRAY_SIZE(providers);

const struct provider *
provider_named(const struct provider *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

/* Is `host` one of the names that `pattern`, which may hold PROVIDER_REGION,
 * stands for? */
static bool
is_host(const char *pattern, const char *host)
{
	const char *gap = strstr(pattern, PROVIDER_REGION);
	const char *rest;
	size_t before, len = strlen(host);

	if (gap == NULL)
		return strcasecmp(pattern, host) == 0;
	before = (size_t)(gap - pattern);
	rest = gap + strlen(PROVIDER_REGION);
	return len > before + strlen(rest) &&
	    strncasecmp(pattern, host, before) == 0 &&
	    strcasecmp(rest, host + len - strlen(rest)) == 0;
}

const struct provider *
provider_at(const struct provider *list, size_t count, const char *host)
{
	if (strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (list[i].host != NULL && is_host(list[i].host, host))
			return &list[i];
	return NULL;
}

const struct provider *
provider_by_name(const char *name)
{
	return provider_named(providers, provider_count, name);
}

const struct provider *
provider_by_host(const char *host)
{
	return provider_at(providers, provider_count, host);
}
