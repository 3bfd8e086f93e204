/* SPDX-License-Identifier: MIT */
/*
 * From what was found to what can be pasted into the config file.
 */
#include "report/survey.h"

#include "settings/provider.h"
#include "smtp/auth.h"

#include <stdio.h>
#include <string.h>

/* The port the section is for: the best one, or the first with a certificate
 * that its owner alone can vouch for. */
static const struct visit *
find_visit(const struct survey *s)
{
	if (s->best != NULL)
		return &s->best->visit;
	for (size_t i = 0; i < s->count; i++)
		if (s->ports[i].visit.bad_certificate)
			return &s->ports[i].visit;
	return NULL;
}

/* The preset that says the same. */
static const struct provider *
find_preset(const struct visit *v)
{
	const struct provider *p = provider_by_host(v->endpoint.host);

	return p != NULL && p->port == v->endpoint.port &&
		p->tls == v->endpoint.tls
	    ? p
	    : NULL;
}

static void
put_name(struct buf *out, const struct survey_report *r,
    const struct provider *preset)
{
	const char *host = r->survey->host;
	const char *dot = strchr(host, '.');
	bool has_name = strspn(host, "0123456789.") != strlen(host) &&
	    strchr(host, ':') == NULL;

	buf_puts(out, "[account ");
	if (r->account != NULL)
		buf_puts(out, r->account);
	else if (preset != NULL)
		buf_puts(out, preset->name);
	else if (has_name && dot != NULL && strchr(dot + 1, '.') != NULL)
		buf_puts(out, dot + 1);
	else
		buf_puts(out, has_name ? host : "mail");
	buf_puts(out, "]\n");
}

static void
put_server(struct buf *out, const struct visit *v)
{
	const char *scheme = v->endpoint.tls == TLS_SSL ? "smtps"
	    : v->endpoint.tls == TLS_STARTTLS           ? "smtp+starttls"
							: "smtp+plain";
	char server[280];

	smtp_endpoint_name(&v->endpoint, server, sizeof(server));
	buf_printf(out, "server = %s://%s\n", scheme, server);
}

/* What --auth=auto would not find among the offers. */
static const char *
special_auth(const struct visit *v)
{
	unsigned offered = v->offers.mechanisms;

	if (auth_choose(AUTH_AUTO, v->tls[0] != '\0', offered) != 0)
		return NULL;
	if ((offered & MECHANISM_XOAUTH2) != 0)
		return "xoauth2";
	if ((offered & MECHANISM_OAUTHBEARER) != 0)
		return "oauthbearer";
	return (offered & MECHANISM_EXTERNAL) != 0 ? "external" : NULL;
}

static void
put_login(struct buf *out, const struct survey_report *r, const struct visit *v,
    const struct provider *preset)
{
	const char *user = r->settings->user;
	const char *auth = special_auth(v);

	if ((v->offers.offered & CAPABILITY_AUTH) == 0)
		return;
	if (user == NULL && (preset == NULL || preset->user == NULL))
		user = r->address;
	if (auth != NULL)
		buf_printf(out, "auth = %s\n", auth);
	if (user != NULL)
		buf_printf(out, "user = %s\n", user);
	else if (preset == NULL || preset->user == NULL)
		buf_puts(out, "# user = the name of your login\n");
	if (r->account == NULL)
		buf_printf(out,
		    "# password-command = a command that prints the %s\n",
		    auth != NULL ? "token" : "password");
}

void
survey_section(struct buf *out, const struct survey_report *r)
{
	const struct visit *v = find_visit(r->survey);
	const struct provider *preset;

	if (v == NULL)
		return;
	preset = find_preset(v);
	put_name(out, r, preset);
	if (preset != NULL)
		buf_printf(out, "provider = %s\n", preset->name);
	else
		put_server(out, v);
	if (v->bad_certificate && v->chain_count > 0)
		buf_printf(out, "fingerprint = %s\n", v->chain[0].sha256);
	if (r->address != NULL)
		buf_printf(out, "from = %s\n", r->address);
	put_login(out, r, v, preset);
}
