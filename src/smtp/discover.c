/* SPDX-License-Identifier: MIT */
/*
 * The sources one after the other, the least talkative first.
 */
#include "smtp/discover.h"

#include "base/buf.h"
#include "base/mem.h"
#include "settings/domains.h"
#include "settings/server.h"
#include "smtp/fetch.h"
#include "text/autoconfig.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HTTP_OK 200

/* Whose mail it is, and how to ask. */
struct question {
	const char *local, *domain;
	const char *dns;
	const struct settings *settings;
	const volatile int *interrupted;
};

static bool
is_outside(const char *host, const char *domain)
{
	size_t len = strlen(host), end = strlen(domain);

	return len < end || strcasecmp(host + len - end, domain) != 0 ||
	    (len > end && host[len - end - 1] != '.');
}

static int
ask_services(struct discovery *out, const struct question *q, struct error *err)
{
	static const struct {
		const char *service;
		enum tls_mode tls;
	} services[] = {
		{ "_submissions._tcp", TLS_SSL },
		{ "_submission._tcp", TLS_STARTTLS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		auto_free char *name =
		    mem_printf("%s.%s", services[i].service, q->domain);
		struct dns_service found[DNS_RECORDS];
		int count = dns_services(found, name, q->dns, err);

		if (count < 0)
			return -1;
		if (count == 0)
			continue;
		(void)snprintf(
		    out->host, sizeof(out->host), "%s", found[0].host);
		out->port = found[0].port;
		out->tls = services[i].tls;
		out->elsewhere = is_outside(out->host, q->domain);
		out->how = "DNS (SRV)";
		/* RFC 6186 4: the whole address is tried first. */
		(void)snprintf(
		    out->user, sizeof(out->user), "%s@%s", q->local, q->domain);
		return 1;
	}
	return 0;
}

static int
ask_exchangers(
    struct discovery *out, const struct question *q, struct error *err)
{
	struct dns_service found[DNS_RECORDS];
	int count = dns_exchangers(found, q->domain, q->dns, err);

	if (count <= 0)
		return count;
	out->provider = provider_of_exchanger(found[0].host);
	out->how = "DNS (MX)";
	return out->provider != NULL ? 1 : 0;
}

/* --- autoconfig ----------------------------------------------------------- */

/* The user name with its places filled in; false when it does not fit. */
static bool
fill_user(struct discovery *out, const struct question *q, const char *pattern)
{
	auto_buf struct buf user = buf_make(sizeof(out->user) - 1);

	if (pattern[0] == '\0')
		pattern = "%EMAILADDRESS%";
	while (*pattern != '\0') {
		if (strncmp(pattern, "%EMAILADDRESS%", 14) == 0) {
			buf_printf(&user, "%s@%s", q->local, q->domain);
			pattern += 14;
		} else if (strncmp(pattern, "%EMAILLOCALPART%", 16) == 0) {
			buf_puts(&user, q->local);
			pattern += 16;
		} else if (strncmp(pattern, "%EMAILDOMAIN%", 13) == 0) {
			buf_puts(&user, q->domain);
			pattern += 13;
		} else {
			buf_putc(&user, *pattern++);
		}
	}
	(void)snprintf(out->user, sizeof(out->user), "%s", user.data);
	return !user.full;
}

static bool
take_document(struct discovery *out, const struct question *q,
    const struct fetched *document)
{
	struct error ignored = ERROR_INIT;
	struct autoconfig found;
	struct server server;

	if (!autoconfig_outgoing(&found, document->body, document->length) ||
	    strchr(found.host, ':') != NULL ||
	    server_parse(&server, found.host, &ignored) < 0 ||
	    !fill_user(out, q, found.user))
		return false;
	(void)snprintf(out->host, sizeof(out->host), "%s", server.host);
	out->port = found.port;
	out->tls = found.ssl ? TLS_SSL : TLS_STARTTLS;
	out->oauth = found.oauth;
	out->elsewhere = is_outside(out->host, q->domain);
	return true;
}

/* A place without an answer is as good as one without a document. */
static int
ask_web(struct discovery *out, const struct question *q, struct error *err)
{
	static const struct {
		const char *before, *behind, *how;
	} places[] = {
		{ "https://autoconfig.", "/mail/config-v1.1.xml",
		    "the domain's autoconfig" },
		{ "https://", "/.well-known/autoconfig/mail/config-v1.1.xml",
		    "the domain's autoconfig" },
		{ "https://autoconfig.thunderbird.net/v1.1/", "",
		    "autoconfig.thunderbird.net" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		auto_free char *url = mem_printf(
		    "%s%s%s", places[i].before, q->domain, places[i].behind);
		auto_fetched struct fetched document = { .body = NULL };
		struct error why = ERROR_INIT;

		if (fetch(&document, url, NULL, q->settings, q->interrupted,
			&why) == 0 &&
		    document.status == HTTP_OK &&
		    take_document(out, q, &document)) {
			out->how = places[i].how;
			return 1;
		}
		if (why.kind == ERR_INTERRUPTED) {
			*err = why;
			return -1;
		}
	}
	return 0;
}

int
discover(struct discovery *out, const char *local, const char *domain,
    const char *dns, bool web, const struct settings *s,
    const volatile int *interrupted, struct error *err)
{
	struct question q = {
		.local = local,
		.domain = domain,
		.dns = dns,
		.settings = s,
		.interrupted = interrupted,
	};
	int found;

	*out = (struct discovery){
		.provider = provider_of_domain(domain),
		.how = "the presets",
	};
	if (out->provider != NULL)
		return 1;
	found = ask_services(out, &q, err);
	if (found == 0)
		found = ask_exchangers(out, &q, err);
	if (found == 0 && web)
		found = ask_web(out, &q, err);
	return found;
}
