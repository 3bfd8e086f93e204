/* SPDX-License-Identifier: MIT */
/*
 * The known services, by the host that takes their mail.
 *
 * Google's device flow is for a few scopes, and mail is not among them, so that
 * it has no device URL here.  Microsoft registers http://localhost for
 * programs, on any port, and takes 127.0.0.1 only from a manifest edited by
 * hand.
 */
#include "oauth/service.h"

#include "settings/server.h"

#include <string.h>
#include <strings.h>

#define MOST_HOSTS 3

#define MICROSOFT "https://login.microsoftonline.com/common/oauth2/v2.0/"

static const struct {
	const char *hosts[MOST_HOSTS];
	struct service service;
} known[] = {
	{ { "smtp.gmail.com" },
	    {
		.name = "Google",
		.auth_url = "https://accounts.google.com/o/oauth2/v2/auth",
		.token_url = "https://oauth2.googleapis.com/token",
		.scope = "https://mail.google.com/",
		/* Without the prompt a second login gives no refresh token. */
		.extra = "access_type=offline&prompt=consent",
	    } },
	{ { "smtp.office365.com", "smtp-mail.outlook.com" },
	    {
		.name = "Microsoft",
		.auth_url = MICROSOFT "authorize",
		.token_url = MICROSOFT "token",
		.device_url = MICROSOFT "devicecode",
		.scope = "https://outlook.office.com/SMTP.Send offline_access",
		.redirect_host = "localhost",
	    } },
};

/* What is known of the account's server; all zero if nothing. */
static struct service
known_service(const struct settings *s)
{
	struct error ignored = ERROR_INIT;
	struct server server;

	if (s->server == NULL || server_parse(&server, s->server, &ignored) < 0)
		return (struct service){ .name = NULL };
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		for (size_t k = 0; k < MOST_HOSTS; k++)
			if (known[i].hosts[k] != NULL &&
			    strcasecmp(known[i].hosts[k], server.host) == 0)
				return known[i].service;
	return (struct service){ .name = NULL };
}

int
service_find(struct service *out, const struct settings *s, struct error *err)
{
	struct service found = known_service(s);

	if (s->oauth_token_url != NULL) {
		/* Of another service nothing fits. */
		found = (struct service){ .token_url = s->oauth_token_url };
	}
	if (s->oauth_auth_url != NULL)
		found.auth_url = s->oauth_auth_url;
	if (s->oauth_device_url != NULL)
		found.device_url = s->oauth_device_url;
	if (s->oauth_scope != NULL)
		found.scope = s->oauth_scope;
	if (found.name == NULL)
		found.name = "the login service";
	if (found.redirect_host == NULL)
		found.redirect_host = "127.0.0.1";
	if (found.token_url == NULL) {
		(void)error_set(err, ERR_CONFIG,
		    "account '%s': it is not known where this server's users "
		    "log in",
		    s->account);
		return error_hint(err,
		    "oauth-token-url = https://...  and oauth-auth-url or "
		    "oauth-device-url     in [account %s]",
		    s->account);
	}
	*out = found;
	return 0;
}
