/* SPDX-License-Identifier: MIT */
/*
 * Two tables and their lookups.
 */
#include "settings/domains.h"

#include <string.h>
#include <strings.h>

struct row {
	const char *domain, *provider;
};

#define DOMAIN(domain_, provider_) { domain_, provider_ },
#define EXCHANGER(domain_, provider_)

static const struct row mailboxes[] = {
#include "settings/domains.def"
};

#undef DOMAIN
#undef EXCHANGER
#define DOMAIN(domain_, provider_)
#define EXCHANGER(domain_, provider_) { domain_, provider_ },

static const struct row exchangers[] = {
#include "settings/domains.def"
};

const struct provider *
provider_of_domain(const char *domain)
{
	for (size_t i = 0; i < ARRAY_SIZE(mailboxes); i++)
		if (strcasecmp(mailboxes[i].domain, domain) == 0)
			return provider_by_name(mailboxes[i].provider);
	return NULL;
}

/* Is host the domain or a name below it? */
static bool
is_within(const char *host, const char *domain)
{
	size_t len = strlen(host), end = strlen(domain);

	return len >= end && strcasecmp(host + len - end, domain) == 0 &&
	    (len == end || host[len - end - 1] == '.');
}

const struct provider *
provider_of_exchanger(const char *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(exchangers); i++)
		if (is_within(host, exchangers[i].domain))
			return provider_by_name(exchangers[i].provider);
	return NULL;
}
