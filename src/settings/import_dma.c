/* SPDX-License-Identifier: MIT */
/*
 * dma.conf: a word, or a word and its value, a line; and auth.conf, whose lines
 * are USER|SMARTHOST:PASSWORD.
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define PORT_SMTP "25"

static const struct import_rule rules[] = {
	{ "SMARTHOST", IMPORT_TEXT, ".host" },
	{ "PORT", IMPORT_TEXT, "port" },
	{ "ALIASES", IMPORT_TEXT, "alias-file" },
	{ "AUTHPATH", IMPORT_TEXT, ".auth" },
	{ "SECURETRANSFER", IMPORT_FLAG, ".tls" },
	{ "STARTTLS", IMPORT_FLAG, ".starttls" },
	{ "OPPORTUNISTIC_TLS", IMPORT_FLAG, ".try" },
	{ "CERTFILE", IMPORT_TEXT, "cert" },
	{ "FINGERPRINT", IMPORT_TEXT, "fingerprint" },
	{ "INSECURE", IMPORT_FLAG, "allow-plain-login" },
	{ "DEFER", IMPORT_FLAG, ".defer" },
	{ "MAILNAME", IMPORT_TEXT, ".mailname" },
	{ "MASQUERADE", IMPORT_TEXT, ".masquerade" },
	{ "NULLCLIENT", IMPORT_DONE, NULL },
	{ "SECURE", IMPORT_LOST, "a password needs TLS, always" },
	{ "SPOOLDIR", IMPORT_LOST, "the queue has a format of its own" },
	{ "FULLBOUNCE", IMPORT_LOST,
	    "who hears of failed mail is told by notice" },
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
	key = import_word(line, " \t", &value);
	(void)import_key(im, main_account(im), rules, key, value);
}

/* The login for the smarthost; the others have nowhere to go. */
static void
take_login(struct import *im, void *ctx, char *line)
{
	const char *host = ctx;
	char *rest, *password;
	const char *user, *whose;

	if (line[0] == '\0' || line[0] == '#')
		return;
	user = import_word(line, "|", &rest);
	whose = import_word(rest, ":", &password);
	if (strcasecmp(whose, host) != 0) {
		import_lose(im, whose, "this is not the smarthost");
		return;
	}
	import_set(im, main_account(im), "user", user, "user");
	import_set(im, main_account(im), "password", password, "password");
}

/* MASQUERADE: USER@HOST, USER@ or HOST. */
static void
masquerade(struct import *im, const char *text)
{
	const char *at = strchr(text, '@');
	auto_free char *from = NULL;

	if (at == NULL)
		from = mem_printf("%%u@%s", text);
	else if (at[1] == '\0')
		from = mem_printf("%s%%h", text);
	else
		from = mem_strdup(text);
	import_set(im, main_account(im), "from", from, "MASQUERADE");
	import_set(
	    im, main_account(im), "allow-from-override", "no", "MASQUERADE");
}

static void
finish(struct import *im, const char *host)
{
	struct import_place to = main_account(im);
	const char *mailname = import_kept(im, to, ".mailname");
	const char *mask = import_kept(im, to, ".masquerade");
	bool tls = import_says(im, to, ".tls");
	bool starttls = import_says(im, to, ".starttls");
	bool maybe = import_says(im, to, ".try");
	auto_free char *name = mem_strdup(mailname != NULL ? mailname : "");
	auto_free char *sender = mem_strdup(mask != NULL ? mask : "");

	import_set(im, to, "server", host, "SMARTHOST");
	if (import_kept(im, to, "port") == NULL)
		import_set(im, to, "port", PORT_SMTP, "PORT");
	import_set(im, to, "tls",
	    !tls            ? "plain"
		: !starttls ? "ssl"
		: maybe     ? "try"
			    : "starttls",
	    "SECURETRANSFER");
	if (import_says(im, to, ".defer"))
		import_set(im, to, "queue", "always", "DEFER");
	/* A path is that of a file with the name, as /etc/mailname is. */
	if (name[0] != '\0' && name[0] != '/')
		import_set(im, to, "helo", name, "MAILNAME");
	if (sender[0] != '\0')
		masquerade(im, sender);
}

int
import_dma(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "/etc/dma/dma.conf", NULL };
	struct import_place from = main_account(im);
	const char *kept;
	auto_free char *host = NULL, *auth = NULL;

	if (import_first(im, file, paths, take_line, NULL, err) < 0)
		return -1;
	kept = import_kept(im, from, ".host");
	if (kept == NULL || kept[0] == '\0') {
		error_set(err, ERR_CONFIG,
		    "'%s' names no SMARTHOST: dma delivers to each domain "
		    "by itself",
		    im->files.items[0]);
		return error_hint(err,
		    "mitto hands its mail to one server: "
		    "mitto config init YOUR@ADDRESS");
	}
	host = mem_strdup(kept);
	kept = import_kept(im, from, ".auth");
	if (kept != NULL)
		auth = mem_strdup(kept);
	finish(im, host);
	if (auth == NULL)
		return 0;
	if (import_lines(im, auth, take_login, host, err) < 0)
		return -1;
	return 0;
}
