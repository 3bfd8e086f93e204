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

#define MICROSOFT_URL "https://login.microsoftonline.com/common/oauth2/v2.0/"

static const struct service google = {
	.name = "Google",
	.auth_url = "https://accounts.google.com/o/oauth2/v2/auth",
	.token_url = "https://oauth2.googleapis.com/token",
	.scope = "https://mail.google.com/",
	/* Without the prompt a second login gives no refresh token. */
	.extra = "access_type=offline&prompt=consent",
};

static const struct service microsoft = {
	.name = "Microsoft",
	.auth_url = MICROSOFT_URL "authorize",
	.token_url = MICROSOFT_URL "token",
	.device_url = MICROSOFT_URL "devicecode",
	.scope = "https://outlook.office.com/SMTP.Send offline_access",
	.redirect_host = "localhost",
};

static const struct {
	const char *host;
	const struct service *service;
	bool only; /* it takes no passwords */
} known[] = {
	{ "smtp.gmail.com", &google, false },
	{ "smtp.office365.com", &microsoft, false },
	{ "smtp-mail.outlook.com", &microsoft, true },
};

/* The account's server in the table, or -1. */
static int
find_known(const struct settings *s)
{
	struct error ignored = ERROR_INIT;
	struct server server;

	if (s->server == NULL || server_parse(&server, s->server, &ignored) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcasecmp(known[i].host, server.host) == 0)
			return (int)i;
	return -1;
}

bool
service_only(const struct settings *s)
{
	int i = find_known(s);

	return i >= 0 && known[i].only;
}

int
service_find(struct service *out, const struct settings *s, struct error *err)
{
	struct service found = { .name = NULL };
	int i = find_known(s);

	/* Of another service nothing fits. */
	if (s->oauth_token_url != NULL)
		found.token_url = s->oauth_token_url;
	else if (i >= 0)
		found = *known[i].service;
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
