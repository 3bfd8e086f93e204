/* SPDX-License-Identifier: MIT */
/*
 * Every field of settings and draft that owns memory has a row in the option
 * table, so the table knows how to release them; and what follows from several
 * fields together.
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

bool
settings_name_password(const struct settings *s)
{
	return s->password_command != NULL || s->password_file != NULL ||
	    s->password_env != NULL || secret_is_set(&s->password);
}

bool
settings_oauth(const struct settings *s)
{
	return s->account != NULL && s->oauth_client_id != NULL &&
	    !settings_name_password(s) &&
	    (s->auth.value == AUTH_AUTO || s->auth.value == AUTH_XOAUTH2 ||
		s->auth.value == AUTH_OAUTHBEARER);
}
