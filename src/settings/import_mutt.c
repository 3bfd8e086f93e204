/* SPDX-License-Identifier: MIT */
/*
 * muttrc: what it says about sending.  The many lines about reading mail are
 * passed over without a word.
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define PORT_SMTP 25
#define WORD_MAX  4096
#define WORD_ENDS " \t;#"
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static const struct import_rule rules[] = {
	{ "from", IMPORT_TEXT, "from" },
	{ "realname", IMPORT_TEXT, "from-name" },
	{ "smtp_url", IMPORT_TEXT, ".url" },
	{ "smtp_pass", IMPORT_TEXT, "password" },
	{ "smtp_authenticators", IMPORT_TEXT, ".auth" },
	{ "smtp_oauth_refresh_command", IMPORT_TEXT, "password-command" },
	{ "ssl_starttls", IMPORT_TEXT, ".starttls" },
	{ "ssl_force_tls", IMPORT_TEXT, ".force" },
	{ "ssl_client_cert", IMPORT_TEXT, "cert" },
	{ "ssl_ca_certificates_file", IMPORT_TEXT, "cacert" },
	{ "hostname", IMPORT_TEXT, "default-domain" },
	{ "dsn_notify", IMPORT_TEXT, "notify" },
	{ "dsn_return", IMPORT_TEXT, "return" },
	{ "connect_timeout", IMPORT_TEXT, "timeout" },
	{ "certificate_file", IMPORT_LOST,
	    "fingerprint trusts one certificate" },
	{ "ssl_verify_host", IMPORT_LOST,
	    "fingerprint trusts one certificate" },
	{ "ssl_verify_dates", IMPORT_LOST,
	    "fingerprint trusts one certificate" },
	{ "ssl_verify_host_override", IMPORT_LOST,
	    "fingerprint trusts one certificate" },
	{ "envelope_from_address", IMPORT_LOST, "from is for both" },
	{ "tunnel", IMPORT_LOST, NULL },
	{ "sendmail", IMPORT_LOST, "another program; mitto needs a server" },
	{ "use_ipv6", IMPORT_LOST, "ipv4 = yes" },
	{ NULL, IMPORT_DONE, NULL },
};

struct reader {
	struct buf line;            /* one that goes on in the next */
	struct sketch_section mine; /* the my_ variables */
	struct error error;         /* of a file that is sourced */
};

static struct import_place
main_account(const struct import *im)
{
	return (struct import_place){ "account", im->account };
}

/* --- words ---------------------------------------------------------------- */

/* What $NAME stands for, if it is a my_ variable. */
static void
put_variable(const struct reader *r, const char **at, struct buf *out)
{
	const char *p = *at + 1;
	bool braces = *p == '{';
	size_t len = strspn(p + (braces ? 1 : 0), NAME_CHARS);
	auto_free char *name = mem_strndup(p + (braces ? 1 : 0), len);
	const char *value = sketch_get(&r->mine, name);

	p += len + (braces ? 1 : 0);
	if (braces && *p == '}')
		p++;
	buf_puts(out, value != NULL ? value : "");
	*at = p;
}

/* The commands that a value consists of, and whether of nothing else. */
struct word {
	struct buf text;
	bool command; /* all of it was one `command` */
	bool mixed;   /* a command and something else */
};

static void
put_command(const char **at, struct word *w)
{
	const char *end = strchr(*at + 1, '`');
	size_t len = end != NULL ? (size_t)(end - *at) - 1 : strlen(*at + 1);

	w->mixed = w->text.len > 0 || w->command;
	w->command = true;
	buf_add(&w->text, *at + 1, len);
	*at += 1 + len + (end != NULL ? 1 : 0);
}

/* One word of a line; *at goes behind it. */
static void
read_word(const struct reader *r, const char **at, struct word *w)
{
	const char *p = *at + strspn(*at, " \t");
	char quote = '\0';

	*w = (struct word){ .text = buf_make(WORD_MAX) };
	while (*p != '\0' && (quote != '\0' || !strchr(WORD_ENDS, *p))) {
		size_t before = w->text.len;
		bool had = w->command;

		if (*p == quote) {
			quote = '\0';
			p++;
		} else if (quote == '\0' && (*p == '"' || *p == '\'')) {
			quote = *p++;
		} else if (*p == '`' && quote != '\'') {
			put_command(&p, w);
			continue;
		} else if (*p == '$' && quote != '\'') {
			put_variable(r, &p, &w->text);
		} else {
			if (*p == '\\' && quote != '\'' && p[1] != '\0')
				p++;
			buf_putc(&w->text, *p++);
		}
		if (had && w->text.len > before)
			w->mixed = true;
	}
	*at = p;
}

static void
word_release(struct word *w)
{
	secret_wipe(w->text.data, w->text.len);
	buf_release(&w->text);
}

/* --- settings ------------------------------------------------------------- */

static bool
is_about_sending(const char *name)
{
	for (const struct import_rule *r = rules; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return true;
	return false;
}

/* Some values are harmless, or say nothing at all. */
static bool
is_default(const char *name, const char *value)
{
	return value[0] == '\0' ||
	    (strncmp(name, "ssl_verify_", 11) == 0 &&
		strcmp(value, "yes") == 0) ||
	    (strcmp(name, "use_ipv6") == 0 && strcmp(value, "yes") == 0) ||
	    (strcmp(name, "connect_timeout") == 0 && value[0] == '-');
}

static void
take_setting(struct import *im, struct reader *r, const char *name,
    const struct word *value)
{
	struct import_place to = main_account(im);
	const char *text = value->text.data;

	if (strncmp(name, "my_", 3) == 0)
		sketch_set(&r->mine, name, text);
	else if (!is_about_sending(name) || is_default(name, text))
		return;
	else if (value->command && !value->mixed &&
	    strcmp(name, "smtp_pass") == 0)
		import_set(im, to, "password-command", text, name);
	else if (value->command)
		import_lose(im, name, "nothing in a file is run");
	else
		(void)import_key(im, to, rules, name, text);
}

/* set NAME[=VALUE]..., with no- in front of flags that are off. */
static void
take_set(struct import *im, struct reader *r, const char *at, const char *unset)
{
	for (;;) {
		struct word value = { .text = buf_make(WORD_MAX) };
		auto_free char *name = NULL;
		size_t len;

		at += strspn(at, " \t");
		len = strspn(at, NAME_CHARS);
		if (len == 0)
			break;
		name = mem_strndup(at, len);
		at += len;
		at += strspn(at, " \t");
		if (*at == '=') {
			at++;
			read_word(r, &at, &value);
			take_setting(im, r, name, &value);
		} else {
			bool off = strncmp(name, "no", 2) == 0 &&
			    is_about_sending(name + 2);

			buf_puts(&value.text,
			    off                 ? "no"
				: unset != NULL ? unset
						: "yes");
			take_setting(im, r, off ? name + 2 : name, &value);
		}
		word_release(&value);
	}
}

/* alias [-group NAME]... KEY ADDRESS[, ADDRESS]... */
static void
take_alias(struct import *im, char *at)
{
	char *rest;
	char *key = import_word(at, " \t", &rest);

	while (strcmp(key, "-group") == 0) {
		(void)import_word(rest, " \t", &rest);
		key = import_word(rest, " \t", &rest);
	}
	if (key[0] == '\0' || strpbrk(key, "=@[]\"#;") != NULL)
		import_lose(im, "alias", "not a name that an alias can have");
	else
		import_set(im, (struct import_place){ "alias", NULL }, key,
		    rest, "alias");
}

/* my_hdr NAME: VALUE */
static void
take_header(struct import *im, char *at)
{
	struct import_place to = main_account(im);
	char *line = import_unquote(at);
	auto_free char *whole = mem_strdup(line);
	char *value;
	const char *name = import_word(line, ":", &value);

	if (strcasecmp(name, "From") == 0)
		import_set(im, to, "from", value, "my_hdr");
	else if (strcasecmp(name, "Bcc") == 0)
		import_set(im, to, "bcc", value, "my_hdr");
	else
		import_set(im, to, "header", whole, "my_hdr");
}

static void take_line(struct import *im, void *ctx, char *line);

static void
take_source(struct import *im, struct reader *r, const char *at)
{
	struct word path;

	read_word(r, &at, &path);
	if (path.command || strchr(path.text.data, '|') != NULL) {
		import_lose(im, "source", "nothing in a file is run");
	} else {
		auto_free char *home = config_home();
		bool tilde = strncmp(path.text.data, "~/", 2) == 0;
		auto_free char *full =
		    mem_printf("%s%s", tilde && home != NULL ? home : "",
			path.text.data + (tilde ? 1 : 0));

		if (import_lines(im, full, take_line, r, &r->error) == 0)
			import_lose(im, "source", "there is no such file");
	}
	word_release(&path);
}

/* A hook that changes how mail is sent is one more account. */
static void
take_hook(struct import *im, const char *word, const char *rest)
{
	static const char *const about[] = { "smtp_", "set from", "sendmail",
		"realname" };

	for (size_t i = 0; i < ARRAY_SIZE(about); i++) {
		if (strstr(rest, about[i]) == NULL)
			continue;
		import_lose(im, word,
		    "make it an account of its own, with match = its senders");
		return;
	}
}

static void
take_command(struct import *im, struct reader *r, char *line)
{
	char *rest;
	const char *word = import_word(line, " \t", &rest);
	size_t len = strlen(word);

	if (strcmp(word, "set") == 0)
		take_set(im, r, rest, NULL);
	else if (strcmp(word, "unset") == 0)
		take_set(im, r, rest, "no");
	else if (strcmp(word, "alias") == 0)
		take_alias(im, rest);
	else if (strcmp(word, "my_hdr") == 0)
		take_header(im, rest);
	else if (strcmp(word, "source") == 0)
		take_source(im, r, rest);
	else if (len > 5 && strcmp(word + len - 5, "-hook") == 0)
		take_hook(im, word, rest);
}

static void
take_line(struct import *im, void *ctx, char *line)
{
	struct reader *r = ctx;
	size_t len = strlen(line);
	auto_buf struct buf whole = buf_make(0);

	if (r->line.len == 0 && (len == 0 || line[0] == '#'))
		return;
	buf_add(&r->line, line, len);
	if (len > 0 && line[len - 1] == '\\') {
		buf_truncate(&r->line, r->line.len - 1);
		return;
	}
	/* A file that is sourced has lines of its own. */
	whole = r->line;
	buf_init(&r->line, WORD_MAX);
	take_command(im, r, whole.data);
	secret_wipe(whole.data, whole.len);
}

/* --- what only the whole says --------------------------------------------- */

/* %40 and the like; what is no such escape stays. */
static char *
unescape(const char *text, size_t len)
{
	auto_buf struct buf out = buf_make(WORD_MAX);

	for (size_t i = 0; i < len; i++) {
		char digits[3] = { 0 };

		if (text[i] == '%' && i + 2 < len)
			memcpy(digits, text + i + 1, 2);
		if (strspn(digits, "0123456789abcdefABCDEF") == 2) {
			buf_putc(&out, (char)strtol(digits, NULL, 16));
			i += 2;
		} else {
			buf_putc(&out, text[i]);
		}
	}
	return buf_take(&out);
}

/* USER[:PASSWORD] of a URL. */
static void
take_login(struct import *im, const char *login, size_t len)
{
	struct import_place to = main_account(im);
	const char *colon = memchr(login, ':', len);
	size_t end = colon != NULL ? (size_t)(colon - login) : len;
	auto_free char *user = unescape(login, end);

	import_set(im, to, "user", user, "smtp_url");
	if (colon != NULL && import_kept(im, to, "password") == NULL) {
		char *password = unescape(colon + 1, len - end - 1);

		import_set(im, to, "password", password, "smtp_url");
		secret_wipe(password, strlen(password));
		free(password);
	}
}

/* smtp[s]://[USER[:PASSWORD]@]HOST[:PORT][/] */
static int
finish_server(struct import *im, struct error *err)
{
	struct import_place to = main_account(im);
	const char *kept = import_kept(im, to, ".url");
	auto_free char *url = NULL;
	auto_free char *server = NULL;
	bool ssl, force, starttls;
	char *host, *at;

	if (kept == NULL) {
		error_set(err, ERR_CONFIG,
		    "'%s' has no smtp_url: mutt sends by another program",
		    im->files.items[0]);
		return error_hint(
		    err, "set sendmail=\"mitto sendmail\"   in muttrc");
	}
	url = mem_strdup(kept);
	ssl = strncasecmp(url, "smtps://", 8) == 0;
	host = strstr(url, "://");
	host = host != NULL ? host + 3 : url;
	at = strrchr(host, '@');
	if (at != NULL)
		take_login(im, host, (size_t)(at - host));
	host = at != NULL ? at + 1 : host;
	server = mem_strndup(host, strcspn(host, "/"));
	import_server(im, to, server, ssl ? 0 : PORT_SMTP, "smtp_url");
	kept = import_kept(im, to, ".force");
	force = kept == NULL || strcmp(kept, "no") != 0;
	kept = import_kept(im, to, ".starttls");
	starttls = kept == NULL || strcmp(kept, "no") != 0;
	import_set(im, to, "tls",
	    ssl                     ? "ssl"
		: force || starttls ? "starttls"
				    : "plain",
	    "smtp_url");
	secret_wipe(url, strlen(url));
	return 0;
}

/* One login method is that one; of several mitto chooses by itself. */
static void
finish_auth(struct import *im)
{
	struct import_place to = main_account(im);
	const char *kept = import_kept(im, to, ".auth");
	auto_free char *copy = NULL;

	if (kept == NULL || strpbrk(kept, ": ") != NULL)
		return;
	copy = mem_strdup(kept);
	import_auth(im, to, copy, "smtp_authenticators");
}

int
import_mutt(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "~/.muttrc", "~/.mutt/muttrc",
		"~/.config/mutt/muttrc", "~/.neomuttrc",
		"~/.config/neomutt/neomuttrc", NULL };
	struct reader r = { .line = buf_make(WORD_MAX) };
	int result = import_first(im, file, paths, take_line, &r, err);

	if (result == 0 && r.error.kind != ERR_NONE) {
		*err = r.error;
		result = -1;
	}
	if (result == 0)
		result = finish_server(im, err);
	if (result == 0)
		finish_auth(im);
	for (size_t i = r.mine.count; i-- > 0;)
		sketch_drop(&r.mine, r.mine.items[i].key);
	free(r.mine.items);
	buf_release(&r.line);
	return result;
}
