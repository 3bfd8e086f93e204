/* SPDX-License-Identifier: MIT */
/*
 * What may stand behind --server: HOST, HOST:PORT, or a URL.
 */
#include "settings/server.h"

#include "base/mem.h"
#include "text/idn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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
	(void)error_set(err, ERR_USAGE, "bad server '%s': %s", server, why);
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
    struct server *out, const char *host, const char *server, struct error *err)
{
	auto_free char *ascii = NULL;
	const char *name = host;

	if (!is_ipv6(host)) {
		ascii = idn_to_ascii(host, err);
		if (ascii == NULL) {
			err->kind = ERR_USAGE;
			return error_wrap(err, "bad server '%s'", server);
		}
		if (ascii[strspn(ascii, host_chars)] != '\0')
			return bad_server(
			    err, server, "no host name looks like that");
		name = ascii;
	}
	if (strlen(name) >= sizeof(out->host))
		return bad_server(err, server, "the name is too long");
	(void)snprintf(out->host, sizeof(out->host), "%s", name);
	return 0;
}

int
server_parse(struct server *out, const char *text, struct error *err)
{
	struct server made = { .tls = TLS_AUTO };
	auto_free char *host = NULL;
	const char *rest;

	/* Not repeated: a password may stand before the @. */
	if (strchr(text, '@') != NULL) {
		(void)error_set(
		    err, ERR_USAGE, "a server's address holds no login");
		return error_hint(err, "give the login name with --user");
	}
	if (parse_scheme(&rest, &made.tls, text, err) != 0 ||
	    split_host(rest, &host, &made.port, text, err) != 0 ||
	    set_host(&made, host, text, err) != 0)
		return -1;
	*out = made;
	return 0;
}
