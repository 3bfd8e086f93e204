/* SPDX-License-Identifier: MIT */
/*
 * What this host is called, without asking DNS: a slow resolver must not hold
 * up a mail.
 */
#ifndef MITTO_HOST_H
#define MITTO_HOST_H

#include "base/strlist.h"

#include <stdbool.h>

/* The name the system gives itself, "localhost" if it has none.  Owned. */
char *host_name(void) MUST_CHECK;

/* The first word of /etc/mailname (Debian policy 11.6), or NULL.  Owned. */
char *host_mailname(void) MUST_CHECK;

/* The domain of bare names: `given` (default-domain) if there is one, else
 * host_mailname, else host_name.  Owned. */
char *host_domain(const char *given) MUST_CHECK;

/* The login name of this user; "uid0" and the like where the user database has
 * no entry.  Owned. */
char *host_user(void) MUST_CHECK;

/* The text with %u (host_user), %h (host_name) and %m (host_domain) replaced
 * where no further letter or digit follows.  Owned. */
char *host_fill(const char *text) MUST_CHECK;

/* Is the domain one that means this host to every host: localhost, or a name of
 * this host without a dot?  No mail from outside can carry it. */
bool host_is_private(const char *domain);

/*
 * Append the names of this host: localhost, its name as it is and up to the
 * first dot, the names that stand beside it in the hosts file, and what
 * /etc/mailname says.  For those who have many domains to compare.
 */
void host_names(struct strlist *names);

/* Is the domain one of them?  Letter case is ignored. */
bool host_has_name(const struct strlist *names, const char *domain);

/* The same for a single domain. */
bool host_is_self(const char *domain);

#endif
