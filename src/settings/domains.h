/* SPDX-License-Identifier: MIT */
/*
 * Which preset an address belongs to; the rows are in domains.def.
 */
#ifndef MITTO_DOMAINS_H
#define MITTO_DOMAINS_H

#include "settings/provider.h"

/* The preset of the mailboxes of a domain (case ignored), or NULL. */
const struct provider *provider_of_domain(const char *domain);

/* The preset of those whose mail comes in at `host`, a name from an MX record:
 * companies with a domain of their own at a large provider.  NULL if that says
 * nothing. */
const struct provider *provider_of_exchanger(const char *host);

#endif
