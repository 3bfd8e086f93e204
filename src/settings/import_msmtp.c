/* SPDX-License-Identifier: MIT */
/*
 * msmtprc: a command and its argument a line.  `account` and `defaults` say
 * whom the lines behind them are for; the mode of TLS is in two switches, which
 * only make sense together with what was inherited.
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define PORT_SMTP "25" /* msmtp's own, also with STARTTLS */

static const struct import_rule rules[] = {
	{ "host", IMPORT_TEXT, ".host" },
	{ "port", IMPORT_TEXT, "port" },
	{ "tls", IMPORT_FLAG, ".tls" },
	{ "tls_starttls", IMPORT_FLAG, ".starttls" },
	{ "auth", IMPORT_TEXT, ".auth" },
	{ "user", IMPORT_TEXT, "user" },
	{ "password", IMPORT_TEXT, "password" },
	{ "passwordeval", IMPORT_TEXT, "password-command" },
	{ "from_full_name", IMPORT_TEXT, "from-name" },
	{ "allow_from_override", IMPORT_FLAG, "allow-from-override" },
	{ "tls_cert_file", IMPORT_TEXT, "cert" },
	{ "tls_key_file", IMPORT_TEXT, "key" },
	{ "proxy_host", IMPORT_TEXT, ".proxy_host" },
	{ "proxy_port", IMPORT_TEXT, ".proxy_port" },
	{ "source_ip", IMPORT_TEXT, "interface" },
	{ "aliases", IMPORT_TEXT, "alias-file" },
	{ "socket", IMPORT_LOST, "mitto does not speak to unix sockets" },
	{ "eval", IMPORT_LOST, "nothing in a file is run; write the line" },
	{ "ntlmdomain", IMPORT_LOST, "there is no NTLM" },
	{ "logfile_time_format", IMPORT_LOST, NULL },
	{ "tls_crl_file", IMPORT_LOST, NULL },
	{ "tls_priorities", IMPORT_LOST, "TLS 1.2 or newer, always" },
	{ "tls_min_dh_prime_bits", IMPORT_LOST, "TLS 1.2 or newer, always" },
	{ "tls_force_sslv3", IMPORT_LOST, "TLS 1.2 or newer, always" },
	{ "tls_host_override", IMPORT_LOST,
	    "fingerprint trusts one certificate by itself" },
	{ "undisclosed_recipients", IMPORT_LOST, NULL },
	{ "maildomain", IMPORT_LOST, "from = %u@DOMAIN" },
	{ NULL, IMPORT_DONE, NULL },
};

/* Values that mean one of ours, or nothing; anything else is lost. */
static const struct {
	const char *key, *value, *ours, *becomes;
} words[] = {
	{ "set_from_header", "auto", "from-header", "add" },
	{ "set_from_header", "on", "from-header", "force" },
	{ "set_from_header", "off", "from-header", "keep" },
	{ "tls_certcheck", "off", "insecure", "yes" },
	{ "tls_certcheck", "on", NULL, NULL },
	{ "tls_nocertcheck", "", "insecure", "yes" },
	{ "tls_trust_file", "system", NULL, NULL },
	{ "protocol", "smtp", NULL, NULL },
	{ "timeout", "off", NULL, NULL },
	{ "dsn_notify", "off", NULL, NULL },
	{ "dsn_return", "off", NULL, NULL },
	{ "dsn_return", "hdrs", "return", "hdrs" },
	{ "dsn_return", "headers", "return", "hdrs" },
	{ "dsn_return", "full", "return", "full" },
	{ "syslog", "off", "syslog", "no" },
	{ "syslog", "on", "syslog", "yes" },
	{ "syslog", "", "syslog", "yes" },
	{ "syslog", "LOG_MAIL", "syslog", "yes" },
	{ "set_date_header", "auto", NULL, NULL },
	{ "set_msgid_header", "auto", NULL, NULL },
	{ "remove_bcc_headers", "on", NULL, NULL },
	{ "keepbcc", "off", NULL, NULL },
	{ "auto_from", "off", NULL, NULL },
	{ "add_missing_from_header", "on", NULL, NULL },
	{ "add_missing_date_header", "on", NULL, NULL },
	{ "undisclosed_recipients", "off", NULL, NULL },
};

/* Keys whose other values are ours as they are. */
static const struct {
	const char *key, *ours;
} others[] = {
	{ "tls_trust_file", "cacert" },
	{ "tls_fingerprint", "fingerprint" },
	{ "timeout", "timeout" },
	{ "dsn_notify", "notify" },
	{ "logfile", "log" },
	{ "domain", "helo" },
};

/* --- lines ---------------------------------------------------------------- */

static struct import_place
place_of(const char *account)
{
	return (struct import_place){
		.word = account != NULL ? "account" : "defaults",
		.name = account,
	};
}

/* msmtp's %U %H %M are ours in lower case. */
static void
take_from(struct import *im, struct import_place to, char *value)
{
	if (strpbrk(value, "?*[") != NULL) {
		if (to.name != NULL)
			import_set(im, to, "match", value, "from");
		else
			import_lose(im, "from", "match stands in accounts");
		return;
	}
	for (char *p = strchr(value, '%'); p != NULL; p = strchr(p + 1, '%')) {
		if (p[1] == 'C')
			p[1] = 'h';
		else if (strchr("UHM", p[1]) != NULL && p[1] != '\0')
			p[1] = (char)(p[1] - 'A' + 'a');
	}
	import_set(im, to, "from", value, "from");
}

static bool
take_word(struct import *im, struct import_place to, const char *key,
    const char *value)
{
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].key, key) != 0)
			continue;
		known = true;
		if (strcasecmp(words[i].value, value) != 0)
			continue;
		if (words[i].ours != NULL)
			import_set(
			    im, to, words[i].ours, words[i].becomes, key);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(others[i].key, key) != 0)
			continue;
		if (strchr(value, '%') != NULL || strcmp(value, "-") == 0)
			import_lose(im, key, NULL);
		else
			import_set(im, to, others[i].ours, value, key);
		return true;
	}
	if (known)
		import_lose(im, key, NULL);
	return known;
}

/* account NAME [: OTHER[, OTHER]...] */
static void
open_account(struct import *im, char **account, char *text)
{
	char *parents, *more;
	auto_free char *name = import_name(import_word(text, ":", &parents));
	const char *parent = import_word(parents, ",", &more);
	auto_free char *from = import_name(parent);

	free(*account);
	*account = mem_strdup(name);
	if (parent[0] != '\0')
		import_set(im, place_of(name), "inherit", from, "account");
	else
		(void)sketch_section(&im->sketch, "account", name);
	if (more[0] != '\0')
		import_lose(im, "account", "inherit takes one account");
}

static void
take_line(struct import *im, void *ctx, char *line)
{
	char **account = ctx;
	char *value;
	const char *key;

	if (line[0] == '\0' || line[0] == '#')
		return;
	key = import_word(line, " \t", &value);
	if (strcmp(key, "account") == 0) {
		open_account(im, account, value);
		return;
	}
	if (strcmp(key, "defaults") == 0) {
		free(*account);
		*account = NULL;
		return;
	}
	value = import_unquote(value);
	if (strcmp(key, "from") == 0)
		take_from(im, place_of(*account), value);
	else if (!take_word(im, place_of(*account), key, value))
		(void)import_key(im, place_of(*account), rules, key, value);
}

/* --- what only the whole says --------------------------------------------- */

/* Of the account, else of those it inherits from, else of the defaults. */
static const char *
effective(const struct import *im, const char *account, const char *key)
{
	const char *value = NULL;

	for (size_t i = 0;
	     account != NULL && value == NULL && i <= im->sketch.count; i++) {
		value = import_kept(im, place_of(account), key);
		account = import_kept(im, place_of(account), "inherit");
	}
	return value != NULL ? value : import_kept(im, place_of(NULL), key);
}

static bool
says(const struct import *im, const char *account, const char *key, bool unset)
{
	const char *value = effective(im, account, key);

	return value != NULL ? strcmp(value, "yes") == 0 : unset;
}

static void
finish_server(struct import *im, const char *account)
{
	struct import_place to = place_of(account);
	const char *host = import_kept(im, to, ".host");
	const char *proxy = import_kept(im, to, ".proxy_host");
	const char *port = effective(im, account, ".proxy_port");

	if (host != NULL) {
		auto_free char *copy = mem_strdup(host);
		auto_free char *six = mem_printf("[%s]", copy);

		import_set(im, to, "server",
		    strchr(copy, ':') != NULL ? six : copy, "host");
	}
	if (proxy != NULL && proxy[0] != '\0') {
		auto_free char *url = mem_printf("socks5h://%s:%s", proxy,
		    port != NULL && port[0] != '\0' ? port : "1080");

		import_set(im, to, "proxy", url, "proxy_host");
	}
}

/* The mode is always written where the account says something of it or stands
 * alone, and so is the port, whose default is another one here. */
static void
finish_tls(struct import *im, const char *account)
{
	struct import_place to = place_of(account);
	bool tls = says(im, account, ".tls", false);
	bool starttls = says(im, account, ".starttls", true);
	bool alone = import_kept(im, to, "inherit") == NULL;

	if (alone || import_kept(im, to, ".tls") != NULL ||
	    import_kept(im, to, ".starttls") != NULL)
		import_set(im, to, "tls",
		    !tls           ? "plain"
			: starttls ? "starttls"
				   : "ssl",
		    "tls");
	if (alone && (!tls || starttls) &&
	    effective(im, account, "port") == NULL)
		import_set(im, to, "port", PORT_SMTP, "port");
}

/* Without `auth` msmtp does not log in, whatever user says. */
static void
finish_auth(struct import *im, const char *account)
{
	struct import_place to = place_of(account);
	const char *auth = effective(im, account, ".auth");
	auto_free char *copy = NULL;

	if (import_kept(im, to, ".auth") == NULL &&
	    (auth != NULL || import_kept(im, to, "user") == NULL))
		return;
	copy = mem_strdup(auth != NULL ? auth : "off");
	if (strcasecmp(copy, "on") != 0 && copy[0] != '\0')
		import_auth(im, to, copy, "auth");
}

/* The account that msmtp takes when none is named. */
static void
finish_default(struct import *im)
{
	for (size_t i = 0; i < im->sketch.count; i++) {
		struct sketch_section *s = &im->sketch.sections[i];
		const char *parent;
		auto_free char *name = NULL;

		if (s->name == NULL || strcmp(s->name, "default") != 0)
			continue;
		parent = sketch_get(s, "inherit");
		name = mem_strdup(
		    s->count == 1 && parent != NULL ? parent : "default");
		if (strcmp(name, "default") != 0)
			sketch_remove(&im->sketch, i);
		import_set(im, place_of(NULL), "account", name, "account");
		return;
	}
}

int
import_msmtp(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "~/.msmtprc",
		"~/.config/msmtp/config", "/etc/msmtprc", NULL };
	auto_free char *account = NULL;

	/* The defaults stand first, whenever they come. */
	(void)sketch_section(&im->sketch, "defaults", NULL);
	if (import_first(im, file, paths, take_line, &account, err) < 0)
		return -1;
	im->line = 0;
	finish_default(im);
	for (size_t i = 0; i < im->sketch.count; i++) {
		auto_free char *name = NULL;

		if (im->sketch.sections[i].name == NULL)
			continue;
		name = mem_strdup(im->sketch.sections[i].name);
		finish_server(im, name);
		finish_tls(im, name);
		finish_auth(im, name);
	}
	return 0;
}
