/* SPDX-License-Identifier: MIT */
/*
 * An account that logs in by OAuth has a token, all others have a password.
 */
#include "command/credential.h"

#include "base/mem.h"
#include "command/run.h"
#include "oauth/access.h"
#include "settings/password.h"

#include <sys/resource.h>

int
credential_find(struct secret *out, const struct settings *s, const char *host,
    struct error *err)
{
	const struct rlimit none = { 0, 0 };

	if (s->user == NULL || s->auth.value == AUTH_OFF ||
	    s->auth.value == AUTH_EXTERNAL)
		return 0;
	/* What is in memory from here on must not end in a core file. */
	(void)setrlimit(RLIMIT_CORE, &none);
	if (settings_oauth(s))
		return access_token(out, s, NULL, &run_interrupted, err);
	return password_find(out, s, host, err);
}

bool
credential_renew(struct secret *out, const struct settings *s)
{
	auto_secret struct secret refused = { .text = steal(out->text) };
	struct error ignored = ERROR_INIT;

	return settings_oauth(s) && secret_is_set(&refused) &&
	    access_token(out, s, &refused, &run_interrupted, &ignored) == 0;
}

void
credential_refused(const struct settings *s, const struct secret *credential)
{
	if (settings_oauth(s) && secret_is_set(credential))
		access_drop(s, credential);
}
