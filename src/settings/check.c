/* SPDX-License-Identifier: MIT */
/*
 * Checks of single values, so that a slip is reported where it was typed and
 * not when the message is half built.
 */
#include "settings/check.h"

#include "base/mem.h"
#include "settings/rate.h"
#include "settings/server.h"
#include "text/address.h"
#include "text/dsn.h"
#include "text/header.h"
#include "text/param.h"

#include <arpa/inet.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

int
check_account_name(const char *value, struct error *err)
{
	/* The name becomes part of a credential's file name. */
	if (value[0] != '.' && strpbrk(value, "/]") == NULL)
		return 0;
	return error_set(err, ERR_USAGE, "'%s' cannot name an account", value);
}

int
check_sender(const char *value, struct error *err)
{
	struct address a = { 0 };

	if (address_parse_one(&a, value, err) != 0)
		return -1;
	address_release(&a);
	return 0;
}

int
check_domain(const char *value, struct error *err)
{
	auto_free char *text = NULL;

	text = mem_printf("x@%s", value);
	if (strpbrk(value, "@<>, \t") == NULL && check_sender(text, err) == 0)
		return 0;
	return error_set(err, ERR_USAGE, "'%s' is no domain", value);
}

int
check_dns(const char *value, struct error *err)
{
	struct error ignored = ERROR_INIT;
	struct in_addr address;
	struct server server;

	if (strstr(value, "://") == NULL &&
	    server_parse(&server, value, &ignored) == 0 &&
	    inet_pton(AF_INET, server.host, &address) == 1)
		return 0;
	error_set(
	    err, ERR_USAGE, "'%s' is no IPv4 address of a name server", value);
	return error_hint(err, "ADDRESS or ADDRESS:PORT, such as 127.0.0.1:53");
}

int
check_env_name(const char *value, struct error *err)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz_";
	static const char digits[] = "0123456789";

	if (strspn(value, digits) == 0) {
		const char *p = value;

		while (
		    *p != '\0' && (strchr(letters, *p) || strchr(digits, *p)))
			p++;
		if (*p == '\0')
			return 0;
	}
	/* Perhaps somebody put the password here: it is not repeated. */
	error_set(err, ERR_USAGE, "not the name of a variable");
	return error_hint(err, "letters, digits and _, without $");
}

int
check_envelope_from(const char *value, struct error *err)
{
	return strcmp(value, "<>") == 0 ? 0 : check_sender(value, err);
}

int
check_fingerprint(const char *value, struct error *err)
{
	size_t digits = 0;

	for (const char *p = value; *p != '\0'; p++) {
		if (strchr("0123456789abcdefABCDEF", *p) != NULL)
			digits++;
		else if (*p != ':')
			digits = 65;
	}
	if (digits == 64)
		return 0;
	error_set(err, ERR_USAGE, "'%s' is no SHA-256 fingerprint", value);
	return error_hint(err,
	    "64 hexadecimal digits, as printed by "
	    "openssl x509 -noout -fingerprint -sha256");
}

/* What to type instead of a header that mitto writes itself. */
static int
reserved_header(const char *name, struct error *err)
{
	static const struct {
		const char *name, *hint;
	} better[] = {
		{ "Bcc", "use --bcc ADDR" },
		{ "Resent-Bcc", "use --bcc ADDR" },
		{ "Content-Type", "use --type TYPE" },
	};

	error_set(err, ERR_USAGE, "mitto writes the field %s itself", name);
	for (size_t i = 0; i < ARRAY_SIZE(better); i++)
		if (strcasecmp(name, better[i].name) == 0)
			return error_hint(err, "%s", better[i].hint);
	return -1;
}

int
check_header(const char *value, struct error *err)
{
	const char *colon = strchr(value, ':');
	char name[80];

	if (colon == NULL ||
	    !header_name_valid(value, (size_t)(colon - value))) {
		error_set(err, ERR_USAGE, "'%s' is no header field", value);
		return error_hint(err, "'Name: value'");
	}
	if (!header_is_reserved(value, (size_t)(colon - value)))
		return 0;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
	return reserved_header(name, err);
}

int
check_notify(const char *value, struct error *err)
{
	if (dsn_notify_valid(value))
		return 0;
	error_set(err, ERR_USAGE, "'%s' does not say when to notify", value);
	return error_hint(
	    err, "success,delay,failure or a part of it; or never");
}

int
check_envid(const char *value, struct error *err)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++)
		if (value[i] < ' ' || value[i] > '~')
			return error_set(err, ERR_USAGE,
			    "an envelope id is printable ASCII");
	if (len == 0 || len > 100)
		return error_set(
		    err, ERR_USAGE, "an envelope id has 1 to 100 characters");
	return 0;
}

int
check_pattern(const char *value, struct error *err)
{
	size_t len = strlen(value);
	auto_free char *text = NULL;
	char reason[120];
	regex_t regex;
	int status;

	if (len < 2 || value[0] != '/' || value[len - 1] != '/')
		return 0;
	text = mem_strndup(value + 1, len - 2);
	status = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
	if (status == 0) {
		regfree(&regex);
		return 0;
	}
	(void)regerror(status, &regex, reason, sizeof(reason));
	return error_set(
	    err, ERR_USAGE, "'%s' is no regular expression: %s", value, reason);
}

int
check_notice(const char *value, struct error *err)
{
	auto_address struct address a = { .name = NULL };

	if (strcmp(value, "sender") == 0 || strcmp(value, "none") == 0)
		return 0;
	if (address_parse_one(&a, value, err) < 0)
		return -1;
	if (a.domain != NULL)
		return 0;
	(void)error_set(err, ERR_DATA, "'%s' has no domain", value);
	return error_hint(err, "sender, none, or a full address");
}

int
check_region(const char *value, struct error *err)
{
	/* It becomes a label of a host name. */
	for (const char *p = value; *p != '\0'; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p) == NULL)
			return error_set(
			    err, ERR_USAGE, "'%s' is no region", value);
	return 0;
}

int
check_rate(const char *value, struct error *err)
{
	int64_t interval;

	return rate_parse(value, &interval, err);
}

int
check_server(const char *value, struct error *err)
{
	struct server parsed;

	return server_parse(&parsed, value, err);
}

int
check_type(const char *value, struct error *err)
{
	size_t len = strcspn(value, "; \t");
	char type[160];

	(void)snprintf(type, sizeof(type), "%.*s", (int)len, value);
	if (len < sizeof(type) && param_is_media_type(type))
		return 0;
	error_set(err, ERR_USAGE, "'%s' is no media type", value);
	return error_hint(err, "TYPE/SUBTYPE, such as text/html");
}

int
check_proxy(const char *value, struct error *err)
{
	static const char *const schemes[] = { "http://", "https://",
		"socks4://", "socks4a://", "socks5://", "socks5h://" };

	if (strstr(value, "://") == NULL)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
			return 0;
	/* Not repeated: a login may stand in it. */
	error_set(err, ERR_USAGE, "unknown kind of proxy");
	return error_hint(err,
	    "http, https, socks4, socks4a, socks5 or socks5h, as in "
	    "socks5h://HOST:PORT");
}

int
check_oauth_url(const char *value, struct error *err)
{
	static const char *const beginnings[] = { "https://", "http://127.",
		"http://localhost", "http://[::1]" };

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (strncasecmp(value, beginnings[i], strlen(beginnings[i])) ==
		    0)
			return 0;
	error_set(err, ERR_USAGE, "'%s' is no https URL", value);
	return error_hint(err, "https://HOST/PATH; http:// only to 127.0.0.1");
}

int
check_unsubscribe(const char *value, struct error *err)
{
	static const char *const schemes[] = { "https:", "http:", "mailto:" };

	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f ||
		    strchr("<>,\"", *p) != NULL)
			return error_set(err, ERR_DATA,
			    "'%s' is no URL: a blank, comma, quote or bracket "
			    "in one is percent-encoded",
			    value);
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strncasecmp(value, schemes[i], strlen(schemes[i])) == 0)
			return 0;
	(void)error_set(
	    err, ERR_USAGE, "'%s' is no address to unsubscribe at", value);
	return error_hint(err, "https://... or mailto:ADDR");
}

int
check_user(const char *value, struct error *err)
{
	if (strchr(value, ':') == NULL)
		return 0;
	/* Not repeated: what stands behind the colon is a password. */
	error_set(
	    err, ERR_USAGE, "a login name holds no colon and no password");
	return error_hint(err,
	    "--password-file FILE, --password-command CMD, or a key of the "
	    "account in the config file");
}

int
check_owner(const struct stat *st, const char *path, struct error *err)
{
	if (!S_ISREG(st->st_mode))
		return 0;
	if (st->st_uid != geteuid() && st->st_uid != 0) {
		(void)error_set(err, ERR_NOPERM,
		    "the file belongs to another user (uid %u)",
		    (unsigned)st->st_uid);
		return error_hint(
		    err, "chown %u %s", (unsigned)geteuid(), path);
	}
	if ((st->st_mode & 022) != 0) {
		(void)error_set(err, ERR_NOPERM,
		    "others can change the file (mode %04o)",
		    (unsigned)(st->st_mode & 07777));
		return error_hint(err, "chmod go-w %s", path);
	}
	return 0;
}
