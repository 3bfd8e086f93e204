/* SPDX-License-Identifier: MIT */
/*
 * Server, port and TLS mode by the rules of SPEC 2, TLS.
 */
#include "settings/server.h"
#include "smtp/smtp.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PORT_SMTP        25
#define PORT_SUBMISSION  587
#define PORT_SUBMISSIONS 465
#define PORT_ALTERNATIVE 2465

bool
smtp_is_loopback(const char *host)
{
	size_t len = strlen(host);
	unsigned a, b, c, d;
	char more;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
		return true;
	if (len > 10 && strcasecmp(host + len - 10, ".localhost") == 0)
		return true;
	return sscanf(host, "%3u.%3u.%3u.%3u%c", &a, &b, &c, &d, &more) == 4 &&
	    a == 127 && b < 256 && c < 256 && d < 256;
}

static enum tls_mode
default_mode(const struct endpoint *e)
{
	if (e->port == PORT_SUBMISSIONS || e->port == PORT_ALTERNATIVE)
		return TLS_SSL;
	return e->loopback ? TLS_PLAIN : TLS_STARTTLS;
}

static int
default_port(const struct endpoint *e)
{
	if (e->tls == TLS_SSL)
		return PORT_SUBMISSIONS;
	return e->loopback ? PORT_SMTP : PORT_SUBMISSION;
}

int
smtp_endpoint(struct endpoint *e, const struct settings *s, struct error *err)
{
	struct endpoint made = { .guessed = s->server == NULL };
	enum tls_mode asked = (enum tls_mode)s->tls.value;
	struct server server;

	if (server_parse(
		&server, made.guessed ? "localhost" : s->server, err) != 0)
		return -1;
	(void)snprintf(made.host, sizeof(made.host), "%s", server.host);
	made.loopback = smtp_is_loopback(made.host);
	made.port = s->port != 0 ? s->port : server.port;
	/* What a hint says to type must win over the server's scheme. */
	made.tls = asked != TLS_AUTO ? asked : server.tls;
	if (made.tls == TLS_AUTO)
		made.tls = default_mode(&made);
	if (made.port == 0)
		made.port = default_port(&made);
	*e = made;
	return 0;
}

void
smtp_endpoint_name(const struct endpoint *e, char *out, size_t size)
{
	bool six = strchr(e->host, ':') != NULL;

	(void)snprintf(out, size, "%s%s%s:%d", six ? "[" : "", e->host,
	    six ? "]" : "", e->port);
}
