/* SPDX-License-Identifier: MIT */
/*
 * Hints as data: one row per situation, one row per known kind of reply.
 */
#include "smtp/hint.h"

#include "base/buf.h"
#include "settings/provider.h"
#include "text/suggest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const situations[] = {
	[HINT_NO_SERVER] =
	    "name the server with --server=HOST and --user=NAME, or write it "
	    "into the config file, see mitto.conf(5)",
	[HINT_REFUSED] = "check --server and --port; mail providers take mail "
			 "on 465 (--tls=ssl) or 587 (--tls=starttls)",
	[HINT_REFUSED_25] = "many networks block port 25; use --port=465 or "
			    "--port=587",
	[HINT_UNKNOWN_HOST] = "check the spelling of --server={host}",
	[HINT_DID_YOU_MEAN] = "did you mean --server={name}?",
	[HINT_USE_SSL] = "port {port} speaks TLS at once: --tls=ssl",
	[HINT_USE_STARTTLS] = "port {port} does not start with TLS: "
			      "--tls=starttls",
	[HINT_NO_STARTTLS] = "try --port=465 --tls=ssl; --tls=plain only on "
			     "networks you trust",
	[HINT_NOT_SMTP] = "check --server={host} and --port={port}; mail is "
			  "taken on 465 (--tls=ssl) or 587 (--tls=starttls)",
	[HINT_UNTRUSTED] = "to trust exactly this certificate: "
			   "--fingerprint={name}; to trust its authority: "
			   "--cacert=FILE",
	[HINT_WRONG_NAME] = "use one of these names as --server, or trust "
			    "exactly this certificate: --fingerprint={name}",
	[HINT_EXPIRED] = "its owner has to renew it (or this machine's clock "
			 "is wrong); to trust it all the same: "
			 "--fingerprint={name}",
	[HINT_FAMILY] = "without -4 and -6 any kind of address will do",
	[HINT_PINNED] = "if the server has renewed it: --fingerprint={name}",
	[HINT_NO_LOGIN_OFFERED] = "try --port=587 or --port=465, or send "
				  "without a login: --auth=off",
	[HINT_NO_LOGIN_25] = "port 25 is for servers; try --port=587 or "
			     "--port=465, or send without a login: --auth=off",
	[HINT_MECHANISM] = "choose one that it offers: --auth=auto tries "
			   "plain, login and cram-md5",
	[HINT_TOKEN_ONLY] = "it takes no passwords: --auth=xoauth2 with a "
			    "--password-command that prints a token",
	[HINT_BEARER_ONLY] = "it takes no passwords: --auth=oauthbearer with a "
			     "--password-command that prints a token",
	[HINT_EXTERNAL_ONLY] = "it takes no passwords: --auth=external with "
			       "--cert=FILE and --key=FILE",
	[HINT_CLEAR_PASSWORD] =
	    "--tls=starttls or --tls=ssl; --allow-plain-login only on "
	    "networks you trust",
	[HINT_LOWER_CASE] = "update libcurl to 8.18 or later",
	[HINT_TOKEN_REFUSED] = "get a fresh token from --password-command, "
			       "with the scope for SMTP",
	[HINT_LOG_IN_AGAIN] = "mitto login {name}",
	[HINT_TOO_BIG] = "send less at once, or put the file where it can be "
			 "downloaded",
	[HINT_SMTPUTF8] = "use an ASCII address for '{name}', or a server that "
			  "takes internationalised addresses",
	[HINT_CACERT] = "install the package ca-certificates, or name the "
			"file: --cacert=FILE",
	[HINT_IN_DOUBT] = "it may have been delivered; sent again it keeps its "
			  "Message-ID, and may arrive twice",
};

static void
put_fact(
    struct buf *out, const char *name, size_t len, const struct hint_facts *f)
{
	const struct {
		const char *name;
		const char *value;
	} texts[] = {
		{ "host", f->host },
		{ "user", f->user },
		{ "sender", f->sender },
		{ "name", f->name },
	};

	if (len == 4 && memcmp(name, "port", 4) == 0) {
		buf_printf(out, "%d", f->port);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strlen(texts[i].name) == len &&
		    memcmp(texts[i].name, name, len) == 0 &&
		    texts[i].value != NULL)
			buf_puts(out, texts[i].value);
}

/* Fill the {facts} into a text and make it the hint. */
static void
expand(struct error *err, const char *text, const struct hint_facts *f)
{
	auto_buf struct buf out = buf_make(2048);
	const char *open, *close;

	while ((open = strchr(text, '{')) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		buf_add(&out, text, (size_t)(open - text));
		put_fact(&out, open + 1, (size_t)(close - open) - 1, f);
		text = close + 1;
	}
	buf_puts(&out, text);
	(void)error_hint(err, "%s", out.data);
}

void
hint_set(struct error *err, enum hint hint, const struct hint_facts *f)
{
	expand(err, situations[hint], f);
}

/* Stages as a set. */
#define AT(stage)  (1U << (stage))
#define ENVELOPE   (AT(STAGE_MAIL) | AT(STAGE_RCPT))
#define CONTENT    (AT(STAGE_DATA) | AT(STAGE_BODY))
#define AT_MESSAGE (ENVELOPE | CONTENT)

/*
 * What replies mean.  The first row that fits wins: stage, code (0 = any),
 * beginning of the enhanced code, and a piece of the text, case ignored.
 */
static const struct meaning {
	unsigned stages;
	int code;
	const char *enhanced;
	const char *words;
	const char *hint;
} meanings[] = {
	{ AT(STAGE_AUTH) | ENVELOPE, 0, "5.7.30", NULL,
	    "Microsoft has switched password logins off: --auth=xoauth2 with "
	    "a --password-command that prints a token" },
	{ AT(STAGE_AUTH), 0, NULL, "basic auth",
	    "password logins are switched off there: --auth=xoauth2 with a "
	    "--password-command that prints a token" },
	{ AT(STAGE_AUTH), 0, "5.7.139", NULL,
	    "the administrator has to allow SMTP AUTH for this mailbox, or: "
	    "--auth=xoauth2" },
	{ AT(STAGE_AUTH), 534, NULL, "application-specific",
	    "it takes an app password, not the account's password" },
	{ AT(STAGE_AUTH), 538, NULL, NULL, "--tls=starttls or --tls=ssl" },
	{ AT(STAGE_AUTH), 535, NULL, NULL,
	    "check --user and the password; many providers want an app "
	    "password here" },
	{ AT(STAGE_GREETING), 0, NULL, "helo",
	    "give this machine's full name: --helo=NAME" },
	{ AT(STAGE_GREETING), 554, NULL, NULL,
	    "it refuses this network; use your provider's server with a "
	    "login: --port=587 --user=NAME" },
	{ ENVELOPE, 0, "5.7.60", NULL,
	    "the login '{user}' may not send as <{sender}>: use its own "
	    "address with --from, or set from-header = force" },
	{ ENVELOPE, 0, NULL, "not owned",
	    "the login '{user}' may not send as <{sender}>: use its own "
	    "address with --from, or set from-header = force" },
	{ AT_MESSAGE, 0, NULL, "send as",
	    "the login '{user}' may not send as <{sender}>: use its own "
	    "address with --from, or set from-header = force" },
	{ AT_MESSAGE, 0, NULL, "sendas",
	    "the login '{user}' may not send as <{sender}>: use its own "
	    "address with --from, or set from-header = force" },
	{ AT_MESSAGE, 530, NULL, "starttls", "--tls=starttls" },
	{ AT_MESSAGE, 530, NULL, NULL,
	    "it wants a login: --user=NAME --password-command=CMD" },
	{ ENVELOPE, 0, NULL, "relay",
	    "it takes mail for other domains only with a login: --user=NAME, "
	    "usually on port 587 or 465" },
	{ ENVELOPE, 504, NULL, NULL,
	    "it wants full names: --from=USER@DOMAIN, --helo=NAME.DOMAIN" },
	{ ENVELOPE, 0, NULL, "fully-qualified",
	    "it wants full names: --from=USER@DOMAIN, --helo=NAME.DOMAIN" },
	{ ENVELOPE, 0, NULL, "helo",
	    "give this machine's full name: --helo=NAME" },
	{ AT(STAGE_RCPT), 0, NULL, "must contain a domain",
	    "give the local name an alias or a default-domain" },
	{ AT_MESSAGE, 0, "5.7.25", NULL,
	    "this machine's address has no name in DNS: use -4, or a relay "
	    "with a login" },
	{ AT_MESSAGE, 0, NULL, "ipv6 sending guidelines",
	    "this machine's IPv6 address is not good enough: use -4, or a "
	    "relay with a login" },
	{ AT_MESSAGE, 552, "5.2.2", NULL,
	    "the recipient's mailbox is full: tell them in another way" },
	{ AT_MESSAGE, 0, "5.3.4", NULL,
	    "send less at once, or put the file where it can be downloaded" },
	{ AT_MESSAGE, 0, "5.2.3", NULL,
	    "send less at once, or put the file where it can be downloaded" },
	{ AT(STAGE_MAIL) | CONTENT, 552, NULL, NULL,
	    "send less at once, or put the file where it can be downloaded" },
	{ AT_MESSAGE, 0, "4.2.0", NULL,
	    "greylisted: the same message is taken some minutes later" },
	{ AT_MESSAGE, 0, "4.7.1", NULL,
	    "greylisted: the same message is taken some minutes later" },
	{ AT_MESSAGE, 0, NULL, "greylist",
	    "greylisted: the same message is taken some minutes later" },
	{ AT_MESSAGE, 0, NULL, "graylist",
	    "greylisted: the same message is taken some minutes later" },
	{ AT(STAGE_RCPT), 0, "5.1.", NULL,
	    "check the spelling of the address" },
	{ AT(STAGE_MAIL), 553, NULL, NULL,
	    "it does not take <{sender}> as a sender: use the account's own "
	    "address with --from, or set from-header = force" },
	{ AT(STAGE_MAIL), 0, "5.7.1", NULL,
	    "it does not take <{sender}> as a sender: use the account's own "
	    "address with --from, or set from-header = force" },
	{ AT(STAGE_MAIL), 0, "5.1.", NULL,
	    "it does not take <{sender}> as a sender: use an existing address "
	    "with --from" },
	{ AT(STAGE_MAIL), 550, NULL, NULL,
	    "it does not take <{sender}> as a sender: use the account's own "
	    "address with --from, or set from-header = force" },
};

/* Is `words` somewhere in `text`, case ignored? */
static bool
mentions(const char *text, const char *words)
{
	return words == NULL || strcasestr(text, words) != NULL;
}

static bool
fits(const struct meaning *m, enum stage stage, const struct reply *reply)
{
	if ((m->stages & AT(stage)) == 0)
		return false;
	if (m->code != 0 && m->code != reply->code)
		return false;
	/* "5.7.1" must not fit 5.7.139; "5.1." is a whole subject. */
	if (m->enhanced != NULL) {
		size_t len = strlen(m->enhanced);

		if (strncmp(reply->enhanced, m->enhanced, len) != 0)
			return false;
		if (m->enhanced[len - 1] != '.' && reply->enhanced[len] != '\0')
			return false;
	}
	return mentions(reply->text, m->words);
}

/* A refused login at a provider we know: what it takes, and where to get it. */
static bool
provider_login(
    struct error *err, const struct reply *reply, const struct hint_facts *f)
{
	const struct provider *p = provider_by_host(f->host);

	if (p == NULL || p->login == NULL || reply_class(reply) != 5)
		return false;
	if (p->url != NULL)
		(void)error_hint(err, "%s: %s; %s", p->name, p->login, p->url);
	else
		(void)error_hint(err, "%s: %s", p->name, p->login);
	return true;
}

void
hint_for_reply(struct error *err, enum stage stage, const struct reply *reply,
    const struct hint_facts *f)
{
	if (stage == STAGE_AUTH && provider_login(err, reply, f))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (!fits(m, stage, reply))
			continue;
		/* A row about the login fits nobody who has none. */
		if (f->user == NULL && strstr(m->hint, "{user}") != NULL)
			continue;
		expand(err, m->hint, f);
		return;
	}
}

static const char *
next_host(void *ctx, size_t i)
{
	(void)ctx;
	return i < provider_count ? providers[i].host : NULL;
}

const char *
hint_nearest_host(const char *host)
{
	const char *known = suggest_nearest(host, next_host, NULL);

	return known != NULL && strcasecmp(known, host) != 0 ? known : NULL;
}
