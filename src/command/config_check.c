/* SPDX-License-Identifier: MIT */
/*
 * mitto config check: every mistake of the files, then what only shows when
 * aliases are followed and accounts are put together.
 */
#include "command/conf.h"
#include "command/credential.h"

#include "base/mem.h"
#include "report/result.h"
#include "settings/alias.h"
#include "settings/check.h"
#include "smtp/smtp.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20)

#define PORT_SUBMISSION  587
#define PORT_SUBMISSIONS 465

/* An account put together, and where its words stand. */
struct account {
	const char *name; /* NULL: [defaults] alone */
	const struct config *config;
	struct request request;
	struct diagnostics *found;
	bool fetch; /* get the password */
};

/* --- aliases -------------------------------------------------------------- */

/* An alias file that somebody chose must be there and hold entries only. */
static void
check_alias_file(
    struct conf *call, const struct config *c, struct diagnostics *d)
{
	struct request r = { .settings.account = NULL };
	struct cmdline none = { .items = NULL };
	auto_aliases struct aliases aliases = aliases_make(c, &r.settings);
	struct error why = ERROR_INIT;
	int result = account_resolve(&r, c, &none, NULL, &why);

	if (result == 0 && r.settings.alias_file != NULL)
		result = aliases_load(&aliases, &why);
	if (result < 0) {
		diag_place(d, why.kind, "", why.hint, "%s", why.text);
	} else if (aliases.file.bad_line != 0) {
		auto_free char *where = mem_printf(
		    "%s:%zu", aliases.file.path, aliases.file.bad_line);

		diag_place(d, ERR_CONFIG, where,
		    "write NAME: ADDRESS, ADDRESS...", "the line is no entry");
	} else if (aliases.file.path != NULL) {
		buf_printf(&call->text, "%s: ok\n", aliases.file.path);
	}
	request_release(&r);
}

/* An error whose text begins with "FILE:LINE:COL: ". */
static void
place_finding(struct diagnostics *d, const struct error *why)
{
	const char *what = strstr(why->text, ": ");
	auto_free char *where = mem_strndup(
	    why->text, what != NULL ? (size_t)(what - why->text) : 0);

	diag_place(d, why->kind, where, why->hint, "%s",
	    what != NULL ? what + 2 : why->text);
}

/* What [alias] leads back to itself, or too deep: seen only by whoever follows
 * it. */
static void
follow_aliases(const struct config *c, struct diagnostics *d)
{
	static char domain[] = "example.invalid";
	static char no_file[] = "none";
	struct settings settings = {
		.default_domain = domain,
		.alias_file = no_file,
	};
	auto_aliases struct aliases aliases = aliases_make(c, &settings);
	auto_strlist struct strlist told = { .items = NULL };

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t k = 0; s->kind == SECTION_ALIAS && k < s->count;
		     k++) {
			auto_address_list struct address_list list = { 0 };
			const struct address alias = {
				.local = s->items[k].key,
			};
			struct error bad = ERROR_INIT;

			address_list_add(&list, &alias);
			if (aliases_expand(&aliases, &list, &bad) == 0 ||
			    strlist_has(&told, bad.text))
				continue;
			strlist_add(&told, bad.text);
			place_finding(d, &bad);
		}
	}
}

/* --- accounts ------------------------------------------------------------- */

/* Where the account gets a key from; its section if that is no file. */
static char *
place_of(const struct account *a, const char *key)
{
	const struct assignment *found = config_find(a->config, a->name, key);
	auto_buf struct buf origin = buf_make(TEXT_MAX);
	struct cmdline none = { .items = NULL };

	if (found != NULL)
		return mem_strdup(found->where);
	account_origin(
	    &origin, option_by_name(key), &a->request, a->config, &none);
	if (strchr(origin.data, ':') != NULL)
		return mem_strdup(origin.data);
	for (size_t i = 0; i < a->config->count; i++) {
		const struct section *s = &a->config->sections[i];

		if (a->name != NULL && s->kind == SECTION_ACCOUNT &&
		    strcmp(s->name, a->name) == 0)
			return mem_strdup(
			    s->count > 0 ? s->items[0].where : s->file);
	}
	return mem_strdup("");
}

static char *
label_of(const struct account *a)
{
	return a->name != NULL ? mem_printf("account '%s'", a->name)
			       : mem_strdup("[defaults]");
}

/* Port and mode that cannot go together end in a wait or a riddle. */
static void
check_mode(const struct account *a, const struct endpoint *e)
{
	auto_free char *where = place_of(
	    a, a->request.settings.tls.value != TLS_AUTO ? "tls" : "server");
	auto_free char *label = label_of(a);

	if (e->loopback)
		return;
	if (e->port == PORT_SUBMISSIONS && e->tls != TLS_SSL)
		diag_place(a->found, ERR_CONFIG, where,
		    "tls = ssl; or port = 587 with starttls",
		    "%s: port 465 speaks TLS from the first byte", label);
	else if (e->port == PORT_SUBMISSION && e->tls == TLS_SSL)
		diag_warn(a->found, where,
		    "tls = starttls; or port = 465 with ssl",
		    "%s: port 587 speaks STARTTLS nearly everywhere", label);
}

static bool
logs_in(const struct settings *s)
{
	return s->user != NULL && s->auth.value != AUTH_OFF &&
	    s->auth.value != AUTH_EXTERNAL;
}

/* A login that would travel in the clear. */
static void
check_clear(const struct account *a, const struct endpoint *e)
{
	const struct settings *s = &a->request.settings;
	auto_free char *where =
	    place_of(a, s->tls.value != TLS_AUTO ? "tls" : "server");
	auto_free char *label = label_of(a);

	if (e->loopback || e->tls != TLS_PLAIN || !logs_in(s))
		return;
	if (s->allow_plain_login)
		diag_warn(a->found, where, "tls = starttls, or ssl",
		    "%s: anybody on the way can read the password", label);
	else
		diag_place(a->found, ERR_CONFIG, where,
		    "tls = starttls, or ssl",
		    "%s: a login without TLS, which mitto refuses", label);
}

/* Without a terminal only what is stored somewhere can be found. */
static void
check_fetch(
    const struct account *a, const struct endpoint *e, const char *where)
{
	struct settings s = a->request.settings;
	struct secret password = { .text = NULL };
	struct error why = ERROR_INIT;

	s.no_input = true;
	if (credential_find(&password, &s, e->host, &why) < 0)
		diag_place(a->found, why.kind, where, why.hint, "%s", why.text);
	secret_release(&password);
}

/* The sources that the settings name: is there something at all?  Who sends may
 * be another user, for whom there is; to be sure, it has to be fetched. */
static void
check_source(const struct account *a, const struct endpoint *e)
{
	const struct settings *s = &a->request.settings;
	auto_free char *label = label_of(a);
	auto_free char *where = place_of(a,
	    s->password_command != NULL    ? "password-command"
		: s->password_file != NULL ? "password-file"
		: s->password_env != NULL  ? "password-env"
					   : "user");

	if (!logs_in(s))
		return;
	if (a->fetch) {
		check_fetch(a, e, where);
		return;
	}
	if (s->password_command != NULL || secret_is_set(&s->password) ||
	    settings_oauth(s))
		return;
	if (s->password_file != NULL && access(s->password_file, R_OK) != 0)
		diag_warn(a->found, where,
		    "the file holds the password and nothing else, mode 600",
		    "%s: cannot read '%s'", label, s->password_file);
	else if (s->password_file == NULL && s->password_env != NULL &&
	    secure_getenv(s->password_env) == NULL)
		diag_warn(a->found, where, NULL, "%s: $%s is not set here",
		    label, s->password_env);
	else if (s->password_file == NULL && s->password_env == NULL)
		diag_warn(a->found, where,
		    "password-command = CMD, or password-file = FILE",
		    "%s names no source of its password: credential, keyring, "
		    "netrc or the terminal must have it",
		    label);
}

static bool
is_found(const struct diagnostics *d, const char *what)
{
	for (size_t i = 0; i < d->found_count; i++)
		if (strcmp(d->found[i].what, what) == 0)
			return true;
	return false;
}

static void
check_account(struct account *a)
{
	struct cmdline none = { .items = NULL };
	struct error why = ERROR_INIT;
	struct endpoint e;

	a->request = (struct request){ .settings.account = NULL };
	if (account_resolve(&a->request, a->config, &none, a->name, &why) < 0 ||
	    smtp_endpoint(&e, &a->request.settings, &why) < 0) {
		/* A preset that is unknown was found at its line already. */
		if (!is_found(a->found, why.text))
			diag_place(
			    a->found, ERR_CONFIG, "", why.hint, "%s", why.text);
	} else {
		check_mode(a, &e);
		check_clear(a, &e);
		check_source(a, &e);
	}
	request_release(&a->request);
}

/* --- the choice among accounts -------------------------------------------- */

/* A pattern that stands in another account already. */
static const struct section *
same_pattern(const struct config *c, const struct section *mine,
    const struct assignment *match)
{
	for (const struct section *s = c->sections; s < mine; s++)
		for (size_t k = 0; s->kind == SECTION_ACCOUNT && k < s->count;
		     k++)
			if (strcmp(s->items[k].key, "match") == 0 &&
			    strcasecmp(s->items[k].value, match->value) == 0 &&
			    strcmp(s->name, mine->name) != 0)
				return s;
	return NULL;
}

/* Of two accounts for one address the second is never chosen by it. */
static void
check_choice(const struct config *c, const struct section *s,
    const struct assignment *a, struct diagnostics *d)
{
	static const char hint[] =
	    "the first one is always taken; -A chooses the other";
	const struct section *other = NULL;
	const char *first = NULL;

	if (strcmp(a->key, "from") == 0)
		first = account_of_sender(c, a->value);
	else if (strcmp(a->key, "match") == 0)
		other = same_pattern(c, s, a);
	if (other != NULL)
		diag_place(d, ERR_CONFIG, a->where, hint,
		    "account '%s' has the same match '%s' as account '%s'",
		    s->name, a->value, other->name);
	else if (first != NULL && strcmp(first, s->name) != 0)
		diag_place(d, ERR_CONFIG, a->where, hint,
		    "account '%s' is for the same address as account '%s'",
		    s->name, first);
}

static void
check_choices(const struct config *c, struct diagnostics *d)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t k = 0; s->kind == SECTION_ACCOUNT && k < s->count;
		     k++)
			check_choice(c, s, &s->items[k], d);
	}
}

static void
check_accounts(const struct config *c, bool fetch, struct diagnostics *d)
{
	auto_strlist struct strlist done = { .items = NULL };

	for (size_t i = 0; i < c->count; i++) {
		struct account a = {
			.name = c->sections[i].name,
			.config = c,
			.found = d,
			.fetch = fetch,
		};

		if (c->sections[i].kind != SECTION_ACCOUNT ||
		    strlist_has(&done, a.name))
			continue;
		strlist_add(&done, a.name);
		check_account(&a);
	}
	if (done.count == 0 && config_find(c, NULL, "server") != NULL) {
		struct account a = { .config = c, .found = d, .fetch = fetch };

		check_account(&a);
	}
}

/* --- the report ----------------------------------------------------------- */

static void
put_finding(struct buf *out, const struct finding *f)
{
	buf_printf(
	    out, "{\"severity\":\"%s\"", f->warning ? "warning" : "error");
	result_member(out, "where", f->where[0] != '\0' ? f->where : NULL);
	result_member(out, "text", f->what);
	result_member(out, "hint", f->guess[0] != '\0' ? f->guess : NULL);
	buf_putc(out, '}');
}

static void
put_files(struct conf *call, const struct config *c)
{
	struct strlist files = { .items = c->files, .count = c->file_count };

	conf_json_list(&call->json, "files", &files);
	if (c->file_count == 0)
		buf_puts(&call->text, "no config file\n");
	for (size_t i = 0; i < c->file_count; i++)
		buf_printf(&call->text, "%s: ok\n", c->files[i]);
}

/* What is wrong goes to stderr as it is found, or into the JSON object. */
static int
finish(struct conf *call, const struct config *c, struct diagnostics *d,
    struct error *err)
{
	int result = diag_finish(d, err);

	put_files(call, c);
	buf_puts(&call->json, ",\"findings\":[");
	for (size_t i = 0; i < d->found_count; i++) {
		buf_puts(&call->json, i > 0 ? "," : "");
		put_finding(&call->json, &d->found[i]);
	}
	buf_putc(&call->json, ']');
	call->told = d->found_count > 0;
	if (result < 0)
		buf_clear(&call->text);
	if (!call->request.settings.json)
		(void)fwrite(d->report->data, 1, d->report->len, stderr);
	return result;
}

/* The files are looked at, not what this shell happens to lay over them. */
static void
forget_environment(void)
{
	for (size_t i = 0; i < option_count; i++) {
		auto_buf struct buf name = buf_make(80);

		if ((options[i].scope & IN_ENV) == 0)
			continue;
		option_env_name(&name, &options[i]);
		(void)unsetenv(name.data);
	}
}

int
conf_check(struct conf *call, struct error *err)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	auto_diag struct diagnostics d = { .report = &report };
	struct config c = { .sections = NULL };
	const char *named = call->words.count > 0 ? call->words.items[0] : NULL;
	const char *only = conf_only(call, named);
	auto_free char *path = only != NULL ? mem_strdup(only) : NULL;
	int result;

	if (conf_words(call, 0, 1, "check [FILE]", err) < 0)
		return -1;
	forget_environment();
	result = config_inspect(&c, path, NULL, &d, err);
	if (result == 0) {
		follow_aliases(&c, &d);
		check_alias_file(call, &c, &d);
		check_choices(&c, &d);
		check_accounts(&c, call->request.manage.secrets, &d);
	}
	if (result == 0)
		result = finish(call, &c, &d, err);
	config_release(&c);
	return result;
}
