/* SPDX-License-Identifier: MIT */
/*
 * Server, port and TLS mode, from what was written down (SPEC 2, TLS).
 */
#include "smtp/smtp.h"

#include "base/mem.h"
#include "text/idn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PORT_SMTP        25
#define PORT_SUBMISSION  587
#define PORT_SUBMISSIONS 465
#define PORT_ALTERNATIVE 2465

static const struct {
	const char *start;
	enum tls_mode tls;
} schemes[] = {
	{ "smtp://", TLS_AUTO },
	{ "smtps://", TLS_SSL },
	{ "smtp+starttls://", TLS_STARTTLS },
	{ "smtp+plain://", TLS_PLAIN },
};

static const char host_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
static const char ipv6_chars[] = "0123456789abcdefABCDEF:.";

static int
bad_server(struct error *err, const char *server, const char *why)
{
	(void)error_set(err, ERR_CONFIG, "bad server '%s': %s", server, why);
	return error_hint(err,
	    "--server=HOST, HOST:PORT, smtp://HOST, smtps://HOST, "
	    "smtp+starttls://HOST or smtp+plain://HOST");
}

/* Take the scheme off. */
static int
parse_scheme(const char **rest, enum tls_mode *tls, const char *server,
    struct error *err)
{
	*rest = server;
	if (strstr(server, "://") == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		size_t len = strlen(schemes[i].start);

		if (strncasecmp(server, schemes[i].start, len) != 0)
			continue;
		*rest = server + len;
		*tls = schemes[i].tls;
		return 0;
	}
	return bad_server(err, server, "unknown scheme");
}

static int
parse_port(int *port, const char *text, const char *server, struct error *err)
{
	char *end;
	long value;

	if (text[0] < '0' || text[0] > '9')
		return bad_server(err, server, "the port is no number");
	value = strtol(text, &end, 10);
	if (*end == '/' && end[1] == '\0')
		end++;
	if (*end != '\0' || value < 1 || value > 65535)
		return bad_server(
		    err, server, "the port is no number from 1 to 65535");
	*port = (int)value;
	return 0;
}

/* "HOST", "HOST:PORT", "[V6]:PORT", "V6"; *host is the caller's. */
static int
split_host(const char *rest, char **host, int *port, const char *server,
    struct error *err)
{
	const char *colon = strchr(rest, ':');
	size_t len = strcspn(rest, ":/");
	const char *behind = rest + len;

	if (strchr(rest, '@') != NULL)
		return bad_server(
		    err, server, "the login is not part of it, use --user");
	if (rest[0] == '[') {
		const char *close = strchr(rest, ']');

		if (close == NULL)
			return bad_server(err, server, "']' is missing");
		rest++;
		len = (size_t)(close - rest);
		behind = close + 1;
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		len = strcspn(rest, "/");
		behind = rest + len;
	}
	*host = mem_strndup(rest, len);
	if (len == 0)
		return bad_server(err, server, "the host is missing");
	if (*behind == ':')
		return parse_port(port, behind + 1, server, err);
	if (*behind != '\0' && strcmp(behind, "/") != 0)
		return bad_server(err, server, "something stands behind it");
	return 0;
}

static bool
is_ipv6(const char *host)
{
	size_t len = strspn(host, ipv6_chars);

	if (strchr(host, ':') == NULL || len < 2)
		return false;
	/* A zone, fe80::1%eth0, is a name of this machine. */
	return host[len] == '\0' ||
	    (host[len] == '%' && host[len + 1] != '\0' &&
		host[len + 1 + strspn(host + len + 1, host_chars)] == '\0');
}

static int
set_host(
    struct endpoint *e, const char *host, const char *server, struct error *err)
{
	auto_free char *ascii = NULL;
	const char *name = host;

	if (!is_ipv6(host)) {
		ascii = idn_to_ascii(host, err);
		if (ascii == NULL)
			return error_wrap(err, "bad server '%s'", server);
		if (ascii[strspn(ascii, host_chars)] != '\0')
			return bad_server(
			    err, server, "no host name looks like that");
		name = ascii;
	}
	if (strlen(name) >= sizeof(e->host))
		return bad_server(err, server, "the name is too long");
	(void)snprintf(e->host, sizeof(e->host), "%s", name);
	return 0;
}

static bool
is_loopback(const char *host)
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
	const char *server = s->server != NULL ? s->server : "localhost";
	struct endpoint made = { .guessed = s->server == NULL };
	enum tls_mode asked = (enum tls_mode)s->tls.value;
	enum tls_mode scheme = TLS_AUTO;
	auto_free char *host = NULL;
	const char *rest;
	int port = 0;

	if (parse_scheme(&rest, &scheme, server, err) != 0 ||
	    split_host(rest, &host, &port, server, err) != 0 ||
	    set_host(&made, host, server, err) != 0)
		return -1;
	made.loopback = is_loopback(made.host);
	made.port = s->port != 0 ? s->port : port;
	/* What a hint says to type must win over the server's scheme. */
	made.tls = asked != TLS_AUTO ? asked : scheme;
	if (made.tls == TLS_AUTO)
		made.tls = default_mode(&made);
	if (made.port == 0)
		made.port = default_port(&made);
	*e = made;
	return 0;
}
