/* SPDX-License-Identifier: MIT */
/*
 * git's config: the section sendemail, of which each [sendemail "IDENTITY"] is
 * an account, and the address of the section user.  How patches are chosen and
 * worded is git's business.
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <string.h>
#include <strings.h>

#define PORT_SMTP "25"

static const struct import_rule rules[] = {
	{ "smtpServer", IMPORT_TEXT, ".host" },
	{ "smtpServerPort", IMPORT_TEXT, "port" },
	{ "smtpEncryption", IMPORT_TEXT, ".encryption" },
	{ "smtpUser", IMPORT_TEXT, "user" },
	{ "smtpPass", IMPORT_TEXT, "password" },
	{ "smtpDomain", IMPORT_TEXT, "helo" },
	{ "smtpSSLCertPath", IMPORT_TEXT, "cacert" },
	{ "from", IMPORT_TEXT, "from" },
	{ "cc", IMPORT_LIST, "cc" },
	{ "bcc", IMPORT_LIST, "bcc" },
	{ "aliasesFile", IMPORT_TEXT, ".aliases" },
	{ "aliasFileType", IMPORT_TEXT, ".type" },
	{ "identity", IMPORT_TEXT, ".identity" },
	{ "to", IMPORT_LOST, "recipients stand on the command line" },
	{ "envelopeSender", IMPORT_LOST, "from is for both" },
	{ "smtpServerOption", IMPORT_LOST, NULL },
	{ "smtpBatchSize", IMPORT_LOST, NULL },
	{ "smtpReloginDelay", IMPORT_LOST, NULL },
	{ "sendmailCmd", IMPORT_LOST, "another program" },
	{ NULL, IMPORT_DONE, NULL },
};

/* Where the reader is. */
struct reader {
	struct buf line; /* one that goes on in the next */
	enum {
		OTHER,
		SENDEMAIL,
		USER,
		INCLUDE,
	} section;
	char *identity; /* NULL in [sendemail] itself */
	char *name;     /* user.name, user.email */
	char *email;
	struct error error; /* of a file that is included */
};

static struct import_place
place_of(const struct import *im, const char *identity)
{
	return (struct import_place){ "account",
		identity != NULL ? identity : im->account };
}

/* --- lines ---------------------------------------------------------------- */

/* [section], [section "name"], and the old [section.name]. */
static void
open_section(struct reader *r, char *line)
{
	char *close = strrchr(line, ']');
	char *name;
	const char *word;

	if (close != NULL)
		*close = '\0';
	word = import_word(line + 1, " \t.", &name);
	name = import_unquote(name);
	free(r->identity);
	r->identity = name[0] != '\0' ? import_name(name) : NULL;
	r->section = strcasecmp(word, "sendemail") == 0           ? SENDEMAIL
	    : strcasecmp(word, "user") == 0 && name[0] == '\0'    ? USER
	    : strcasecmp(word, "include") == 0 && name[0] == '\0' ? INCLUDE
								  : OTHER;
}

/* A value: quotes and escapes undone, comments and blanks behind it cut; in
 * place. */
static char *
read_value(char *text)
{
	char *to = text, *kept = text; /* the end without trailing blanks */
	bool quoted = false;

	for (const char *p = text; *p != '\0'; p++) {
		if (!quoted && (*p == '#' || *p == ';'))
			break;
		if (*p == '"') {
			quoted = !quoted;
			kept = to;
			continue;
		}
		if (*p == '\\' && p[1] != '\0') {
			p++;
			*to++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
			kept = to;
			continue;
		}
		*to++ = *p;
		if (quoted || (*p != ' ' && *p != '\t'))
			kept = to;
	}
	*kept = '\0';
	return text;
}

static void take_line(struct import *im, void *ctx, char *line);

static void
include(struct import *im, struct reader *r, const char *path)
{
	auto_free char *home = config_home();
	auto_free char *full = NULL;

	if (strncmp(path, "~/", 2) == 0)
		full = mem_printf("%s%s", home != NULL ? home : "", path + 1);
	else if (path[0] == '/')
		full = mem_strdup(path);
	else
		full =
		    import_beside(im->files.items[im->files.count - 1], path);
	if (import_lines(im, full, take_line, r, &r->error) < 0)
		import_lose(im, "include", r->error.text);
}

static bool
is_program(const char *server)
{
	return server[0] == '/' || server[0] == '~';
}

static bool
is_about_sending(const char *key)
{
	for (const struct import_rule *r = rules; r->name != NULL; r++)
		if (strcasecmp(r->name, key) == 0)
			return true;
	return false;
}

static void
take_sendemail(struct import *im, const struct reader *r, const char *key,
    const char *value)
{
	struct import_place to = place_of(im, r->identity);

	if (strcasecmp(key, "smtpAuth") == 0) {
		/* Of several mitto chooses by itself. */
		if (strchr(value, ' ') == NULL)
			import_auth(im, to, value, key);
	} else if (strcasecmp(key, "smtpServer") == 0 && is_program(value)) {
		import_lose(im, key, "another program; mitto needs a server");
	} else if (strcasecmp(key, "envelopeSender") != 0 ||
	    strcasecmp(value, "auto") != 0) {
		if (is_about_sending(key))
			(void)import_key(im, to, rules, key, value);
	}
}

static void
take_assignment(struct import *im, struct reader *r, char *line)
{
	char *rest;
	const char *key = import_word(line, "=", &rest);
	const char *value = read_value(rest);

	if (r->section == SENDEMAIL) {
		take_sendemail(im, r, key, value);
	} else if (r->section == USER && strcasecmp(key, "name") == 0) {
		free(r->name);
		r->name = mem_strdup(value);
	} else if (r->section == USER && strcasecmp(key, "email") == 0) {
		free(r->email);
		r->email = mem_strdup(value);
	} else if (r->section == INCLUDE && strcasecmp(key, "path") == 0) {
		include(im, r, value);
	}
}

static void
take_line(struct import *im, void *ctx, char *line)
{
	struct reader *r = ctx;
	size_t len = strlen(line);
	auto_buf struct buf whole = buf_make(0);

	if (r->line.len == 0 && (len == 0 || line[0] == '#' || line[0] == ';'))
		return;
	buf_add(&r->line, line, len);
	if (len > 0 && line[len - 1] == '\\') {
		buf_truncate(&r->line, r->line.len - 1);
		return;
	}
	whole = r->line;
	buf_init(&r->line, whole.max);
	if (whole.data[0] == '[')
		open_section(r, whole.data);
	else
		take_assignment(im, r, whole.data);
	secret_wipe(whole.data, whole.len);
}

/* --- what only the whole says --------------------------------------------- */

/* Of the identity, else of [sendemail]. */
static const char *
effective(const struct import *im, const char *identity, const char *key)
{
	const char *value = import_kept(im, place_of(im, identity), key);

	return value != NULL ? value : import_kept(im, place_of(im, NULL), key);
}

static const char *
tls_of(const char *encryption)
{
	if (encryption == NULL)
		return "plain";
	if (strcasecmp(encryption, "ssl") == 0)
		return "ssl";
	return strcasecmp(encryption, "tls") == 0 ? "starttls" : "plain";
}

/* git keeps passwords with `git credential`; mitto can ask there. */
static void
hint_password(struct import *im, const char *identity)
{
	struct import_place to = place_of(im, identity);
	const char *user = import_kept(im, to, "user");
	auto_free char *hint = NULL;

	if (user == NULL || effective(im, identity, "password") != NULL ||
	    strchr(user, '\'') != NULL)
		return;
	hint = mem_printf("password-command = printf "
			  "'protocol=smtp\\nhost=%%s:%%s\\nusername=%%s\\n\\n' "
			  "'%s' '%s' '%s' | git credential fill | "
			  "sed -n 's/^password=//p'",
	    effective(im, identity, "server"),
	    effective(im, identity, "port") != NULL
		? effective(im, identity, "port")
		: "465",
	    user);
	sketch_add(sketch_section(&im->sketch, to.word, to.name), "", hint);
}

static void
finish_account(struct import *im, const char *identity)
{
	struct import_place to = place_of(im, identity);
	const char *kept = import_kept(im, to, ".host");
	auto_free char *host = kept != NULL ? mem_strdup(kept) : NULL;
	const char *tls = tls_of(effective(im, identity, ".encryption"));
	const char *type = effective(im, identity, ".type");

	if (identity != NULL)
		import_set(im, to, "inherit", im->account, "identity");
	if (host != NULL) {
		import_server(im, to, host, 0, "smtpServer");
		import_set(im, to, "tls", tls, "smtpEncryption");
		if (strcmp(tls, "ssl") != 0 &&
		    import_kept(im, to, "port") == NULL)
			import_set(im, to, "port", PORT_SMTP, "smtpServerPort");
	} else if (import_kept(im, to, ".encryption") != NULL) {
		import_set(im, to, "tls", tls, "smtpEncryption");
	}
	kept = import_kept(im, to, ".aliases");
	if (kept != NULL && type != NULL && strcmp(type, "sendmail") == 0) {
		auto_free char *path = mem_strdup(kept);

		import_set(im, to, "alias-file", path, "aliasesFile");
	} else if (kept != NULL) {
		import_lose(im, "aliasesFile", "not in the form of sendmail");
	}
	hint_password(im, identity);
}

static void
finish_sender(struct import *im, const struct reader *r)
{
	struct import_place to = place_of(im, NULL);
	auto_free char *from = NULL;

	if (r->email == NULL || import_kept(im, to, "from") != NULL)
		return;
	from = r->name != NULL ? mem_printf("%s <%s>", r->name, r->email)
			       : mem_strdup(r->email);
	import_set(im, to, "from", from, "user");
}

static bool
has_server(const struct import *im)
{
	for (size_t i = 0; i < im->sketch.count; i++)
		if (sketch_get(&im->sketch.sections[i], ".host") != NULL)
			return true;
	return false;
}

static int
finish(struct import *im, const struct reader *r, struct error *err)
{
	const char *identity = import_kept(im, place_of(im, NULL), ".identity");
	auto_free char *chosen =
	    identity != NULL ? import_name(identity) : NULL;
	size_t count;

	if (!has_server(im)) {
		error_set(err, ERR_CONFIG,
		    "'%s' has no sendemail.smtpServer: git sends by another "
		    "program",
		    im->files.items[0]);
		return error_hint(err,
		    "git config --global sendemail.sendmailCmd "
		    "'mitto sendmail'");
	}
	/* The account that the identities inherit from stands before them. */
	finish_account(im, NULL);
	finish_sender(im, r);
	count = im->sketch.count;
	for (size_t i = 0; i < count; i++) {
		auto_free char *name =
		    mem_strdup(im->sketch.sections[i].name != NULL
			    ? im->sketch.sections[i].name
			    : im->account);

		if (strcmp(name, im->account) != 0)
			finish_account(im, name);
	}
	if (count > 1)
		import_set(im, (struct import_place){ "defaults", NULL },
		    "account", chosen != NULL ? chosen : im->account,
		    "identity");
	return 0;
}

int
import_git(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "~/.gitconfig",
		"~/.config/git/config", "/etc/gitconfig", NULL };
	struct reader r = { .line = buf_make(CONFIG_MAX_FILE) };
	int result;

	(void)sketch_section(&im->sketch, "account", im->account);
	result = import_first(im, file, paths, take_line, &r, err);
	if (result == 0)
		result = finish(im, &r, err);
	free(r.identity);
	free(r.name);
	free(r.email);
	buf_release(&r.line);
	return result;
}
