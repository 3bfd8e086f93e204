/* SPDX-License-Identifier: MIT */
/*
 * ssmtp.conf: key=value; and revaliases beside it: LOCAL:SENDER[:MAILHUB].
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define PORT_SMTP 25

static const struct import_rule rules[] = {
	{ "mailhub", IMPORT_TEXT, ".mailhub" },
	{ "root", IMPORT_TEXT, ".root" },
	{ "rewriteDomain", IMPORT_TEXT, "default-domain" },
	{ "hostname", IMPORT_TEXT, "helo" },
	{ "UseTLS", IMPORT_FLAG, ".tls" },
	{ "UseSTARTTLS", IMPORT_FLAG, ".starttls" },
	{ "FromLineOverride", IMPORT_FLAG, ".override" },
	{ "AuthUser", IMPORT_TEXT, "user" },
	{ "AuthPass", IMPORT_TEXT, "password" },
	{ "TLSCert", IMPORT_TEXT, "cert" },
	{ "TLSKey", IMPORT_TEXT, "key" },
	{ "TLS_CA_File", IMPORT_TEXT, "cacert" },
	{ "TLS_CA_Dir", IMPORT_TEXT, "cacert" },
	{ "UseTLSCert", IMPORT_DONE, NULL },
	{ "UseOldAUTH", IMPORT_DONE, NULL },
	{ "Debug", IMPORT_LOST, "-v shows the steps" },
	{ "MinUserId", IMPORT_LOST, "[alias] has a line for each name" },
	{ NULL, IMPORT_DONE, NULL },
};

static struct import_place
main_account(const struct import *im)
{
	return (struct import_place){ "account", im->account };
}

static void
take_line(struct import *im, void *ctx, char *line)
{
	char *value;
	const char *key;

	(void)ctx;
	if (line[0] == '\0' || line[0] == '#')
		return;
	key = import_word(line, "=", &value);
	value = import_unquote(value);
	if (strcasecmp(key, "AuthMethod") == 0)
		import_auth(im, main_account(im), value, key);
	else
		(void)import_key(im, main_account(im), rules, key, value);
}

/* An account for the mail of one user of this host. */
static void
put_sender(
    struct import *im, const char *local, const char *sender, const char *hub)
{
	auto_free char *name = import_name(local);
	auto_free char *pattern = mem_printf("%s@*", local);
	struct import_place to = { "account", name };

	import_set(im, to, "inherit", im->account, local);
	import_set(im, to, "from", sender, local);
	import_set(im, to, "match", pattern, local);
	if (hub[0] != '\0')
		import_server(im, to, hub, PORT_SMTP, local);
}

/* LOCAL:SENDER[:MAILHUB] */
static void
take_revalias(struct import *im, void *ctx, char *line)
{
	char *rest, *hub;
	const char *local, *sender;

	(void)ctx;
	if (line[0] == '\0' || line[0] == '#')
		return;
	local = import_word(line, ":", &rest);
	sender = import_word(rest, ":", &hub);
	if (sender[0] == '\0') {
		import_lose(im, local, "there is no address");
		return;
	}
	put_sender(im, local, sender, hub);
}

static void
finish(struct import *im)
{
	struct import_place to = main_account(im);
	bool starttls = import_says(im, to, ".starttls");
	bool tls = import_says(im, to, ".tls") || starttls;
	const char *hub = import_kept(im, to, ".mailhub");
	const char *root = import_kept(im, to, ".root");
	auto_free char *hub_copy = mem_strdup(hub != NULL ? hub : "");
	auto_free char *root_copy = mem_strdup(root != NULL ? root : "");

	if (hub_copy[0] != '\0')
		import_server(im, to, hub_copy,
		    tls && !starttls ? 0 : PORT_SMTP, "mailhub");
	import_set(im, to, "tls",
	    starttls  ? "starttls"
		: tls ? "ssl"
		      : "plain",
	    "UseTLS");
	if (import_says(im, to, ".override"))
		import_set(im, to, "from-header", "keep", "FromLineOverride");
	if (root_copy[0] != '\0')
		import_set(im, (struct import_place){ "alias", NULL }, "root",
		    root_copy, "root");
}

int
import_ssmtp(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "/etc/ssmtp/ssmtp.conf", NULL };
	auto_free char *beside = NULL;

	if (import_first(im, file, paths, take_line, NULL, err) < 0)
		return -1;
	finish(im);
	beside = import_beside(im->files.items[0], "revaliases");
	return import_lines(im, beside, take_revalias, NULL, err) < 0 ? -1 : 0;
}
