/* SPDX-License-Identifier: MIT */
/*
 * The layers of the configuration, laid over each other by one walk that
 * account_resolve() and account_origin() share, so that the two agree.
 */
#include "settings/account.h"

#include "base/mem.h"
#include "settings/provider.h"
#include "settings/server.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

/* --- which account ------------------------------------------------------ */

/* The sender as patterns see it: without display name, domain in lower case,
 * with and without "+detail". */
struct sender {
	char *full;
	char *plain;
};

static void
sender_release(struct sender *s)
{
	free(s->full);
	free(s->plain);
}

static char *
lower(const char *text)
{
	char *copy = mem_strdup(text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

/* False when the text is no single address. */
static bool
sender_init(struct sender *s, const char *text)
{
	auto_address struct address a = { 0 };
	auto_free char *domain = NULL;
	struct error ignored = ERROR_INIT;
	size_t plain;

	if (address_parse_one(&a, text, &ignored) != 0)
		return false;
	domain = lower(a.domain != NULL ? a.domain : "");
	plain = strcspn(a.local, "+");
	s->full = mem_printf("%s@%s", a.local, domain);
	s->plain = mem_printf("%.*s@%s", (int)plain, a.local, domain);
	return true;
}

static bool
regex_fits(const char *pattern, const struct sender *s)
{
	auto_free char *text = mem_strndup(pattern + 1, strlen(pattern) - 2);
	regex_t regex;
	bool fits;

	if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	fits = regexec(&regex, s->full, 0, NULL, 0) == 0 ||
	    regexec(&regex, s->plain, 0, NULL, 0) == 0;
	regfree(&regex);
	return fits;
}

/* A shell pattern, its domain brought to lower case, or /regex/. */
static bool
pattern_fits(const char *pattern, const struct sender *s)
{
	size_t len = strlen(pattern);
	const char *at = strrchr(pattern, '@');
	auto_free char *domain = NULL, *text = NULL;

	if (len >= 2 && pattern[0] == '/' && pattern[len - 1] == '/')
		return regex_fits(pattern, s);
	if (at == NULL)
		at = pattern + len;
	domain = lower(at);
	text = mem_printf("%.*s%s", (int)(at - pattern), pattern, domain);
	return fnmatch(text, s->full, 0) == 0 ||
	    fnmatch(text, s->plain, 0) == 0;
}

static bool
address_fits(const char *from, const struct sender *s)
{
	struct sender own = { 0 };
	bool fits = sender_init(&own, from) &&
	    (strcmp(own.full, s->full) == 0 || strcmp(own.full, s->plain) == 0);

	sender_release(&own);
	return fits;
}

static bool
account_fits(
    const struct config *c, const char *account, const struct sender *s)
{
	const struct assignment *from = config_find(c, account, "from");

	if (from != NULL && address_fits(from->value, s))
		return true;
	for (size_t i = 0; i < c->count; i++) {
		const struct section *section = &c->sections[i];

		if (section->kind != SECTION_ACCOUNT ||
		    strcmp(section->name, account) != 0)
			continue;
		for (size_t j = 0; j < section->count; j++)
			if (strcmp(section->items[j].key, "match") == 0 &&
			    pattern_fits(section->items[j].value, s))
				return true;
	}
	return false;
}

/* The first account that fits the sender, or NULL. */
static const char *
account_of_sender(const struct config *c, const char *sender)
{
	struct sender s = { 0 };
	const char *found = NULL;

	if (sender == NULL || !sender_init(&s, sender))
		return NULL;
	for (size_t i = 0; i < c->count && found == NULL; i++)
		if (c->sections[i].kind == SECTION_ACCOUNT &&
		    account_fits(c, c->sections[i].name, &s))
			found = c->sections[i].name;
	sender_release(&s);
	return found;
}

/* The account's name if there is exactly one. */
static const char *
only_account(const struct config *c)
{
	const char *name = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		if (s->kind != SECTION_ACCOUNT)
			continue;
		if (name != NULL && strcmp(name, s->name) != 0)
			return NULL;
		name = s->name;
	}
	return name;
}

static int
unknown_account(const struct config *c, const char *name, struct error *err)
{
	auto_buf struct buf names = buf_make(300);

	error_set(err, ERR_CONFIG, "there is no account '%s'", name);
	config_account_names(c, &names);
	if (access(name, R_OK) == 0)
		return error_hint(
		    err, "-A names an account; to attach a file: -a %s", name);
	if (names.len == 0)
		return error_hint(err,
		    "no account is configured, see "
		    "mitto config path");
	return error_hint(err, "one of: %s", names.data);
}

int
account_choose(const struct config *c, const struct cmdline *cl,
    const char *sender, const char **account, struct error *err)
{
	const char *name = cmdline_last(cl, "account");
	const struct assignment *preferred;

	if (name == NULL || *name == '\0')
		name = secure_getenv("MITTO_ACCOUNT");
	if (name != NULL && *name != '\0') {
		if (!config_has_account(c, name))
			return unknown_account(c, name, err);
		*account = name;
		return 0;
	}
	*account = account_of_sender(c, sender);
	if (*account != NULL)
		return 0;
	preferred = config_find(c, NULL, "account");
	*account = preferred != NULL ? preferred->value : only_account(c);
	return 0;
}

const char *
account_config_file(const struct cmdline *cl)
{
	const char *name = cmdline_last(cl, "config");

	if (name == NULL)
		name = secure_getenv("MITTO_CONFIG");
	return name != NULL && *name != '\0' ? name : NULL;
}

/* --- the layers --------------------------------------------------------- */

/* What a layer names makes values of the layers below void: another source of
 * the password; with another server what belongs to its address, and with
 * another host also the login, which must not be shown to it. */
enum {
	NAMES_PASSWORD = 1,
	NAMES_SERVER = 2,
	NAMES_HOST = 4,
};

/* What a walk does with each value; -1 ends the walk. */
struct visitor {
	int (*set)(struct visitor *v, const struct option *o, const char *value,
	    const char *where, struct error *err);
	void (*layer)(struct visitor *v, unsigned names);
	struct request *request;    /* account_resolve: where values go */
	const struct option *asked; /* account_origin: whose origin */
	struct buf *origin;         /* account_origin: the last one seen */
};

static bool
is_password_source(const struct option *o)
{
	static const char *const names[] = { "password-command",
		"password-file", "password-env", "password" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (o != NULL && strcmp(o->name, names[i]) == 0)
			return true;
	return false;
}

static unsigned
names_of(const struct option *o)
{
	if (is_password_source(o))
		return NAMES_PASSWORD;
	return o != NULL && strcmp(o->name, "server") == 0 ? NAMES_SERVER : 0;
}

static bool
is_one_of(const struct option *o, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(o->name, *names) == 0)
			return true;
	return false;
}

/* Is the option's value void once a layer above names these? */
static bool
is_void(const struct option *o, unsigned names)
{
	static const char *const address[] = { "port", "tls", "insecure",
		"fingerprint", "allow-plain-login", NULL };
	static const char *const login[] = { "user", "auth", NULL };

	if ((names & (NAMES_PASSWORD | NAMES_HOST)) != 0 &&
	    is_password_source(o))
		return true;
	if ((names & NAMES_SERVER) != 0 && is_one_of(o, address))
		return true;
	return (names & NAMES_HOST) != 0 && is_one_of(o, login);
}

/* Is `server` on another host than the layers so far say?  Where they say none,
 * their login is meant for it. */
static bool
is_other_host(const struct settings *s, const char *server)
{
	const struct provider *p =
	    s->provider != NULL ? provider_by_name(s->provider) : NULL;
	const char *before = s->server != NULL ? s->server
	    : p != NULL                        ? p->host
					       : NULL;
	struct error ignored = ERROR_INIT;
	struct server old, now;

	return before != NULL && server_parse(&old, before, &ignored) == 0 &&
	    server_parse(&now, server, &ignored) == 0 &&
	    strcasecmp(old.host, now.host) != 0;
}

/* The server that the environment or, above it, the flags name; NULL if they
 * name none. */
static const char *
server_above_files(const struct cmdline *cl)
{
	const char *flag = cmdline_last(cl, "server");

	return flag != NULL ? flag : secure_getenv("MITTO_SERVER");
}

/* Does the user want this very account's login, whatever the server? */
static bool
asks_for_account(const struct cmdline *cl)
{
	return cmdline_last(cl, "account") != NULL ||
	    secure_getenv("MITTO_ACCOUNT") != NULL;
}

static int
walk_section(struct visitor *v, const struct section *s, struct error *err)
{
	unsigned names = 0;

	/* A section may give a server to a port of [defaults]. */
	for (size_t i = 0; i < s->count; i++)
		names |= names_of(s->items[i].option) & NAMES_PASSWORD;
	v->layer(v, names);
	for (size_t i = 0; i < s->count; i++)
		if (v->set(v, s->items[i].option, s->items[i].value,
			s->items[i].where, err) != 0)
			return -1;
	return 0;
}

/* The sections of an account, or [defaults]; first the account it inherits
 * from.  Cycles were refused when the files were read; depth ends them all the
 * same. */
static int
walk_account(struct visitor *v, const struct config *c, const char *account,
    size_t depth, struct error *err)
{
	const struct assignment *parent =
	    account != NULL ? config_find(c, account, "inherit") : NULL;

	if (parent != NULL && depth < c->count &&
	    walk_account(v, c, parent->value, depth + 1, err) != 0)
		return -1;
	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];
		bool mine = account == NULL ? s->kind == SECTION_DEFAULTS
					    : s->kind == SECTION_ACCOUNT &&
			strcmp(s->name, account) == 0;

		if (mine && walk_section(v, s, err) != 0)
			return -1;
	}
	return 0;
}

/* The names that container images use.  They describe one server and belong
 * together: where another is named above them, only the sender counts. */
static int
walk_foreign_env(struct visitor *v, bool only_from, struct error *err)
{
	static const struct {
		const char *variable, *option;
	} names[] = {
		{ "SMTP_HOST", "server" },
		{ "SMTP_PORT", "port" },
		{ "SMTP_USERNAME", "user" },
		{ "SMTP_FROM", "from" },
		{ "SMTP_PASSWORD", "password" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = secure_getenv(names[i].variable);
		const struct option *o = option_by_name(names[i].option);

		if (value == NULL || *value == '\0' ||
		    (only_from && strcmp(names[i].option, "from") != 0))
			continue;
		/* MITTO_PASSWORD goes before it, and is read later. */
		if (o->type == OPTION_SECRET &&
		    secure_getenv("MITTO_PASSWORD") != NULL)
			continue;
		v->layer(v, names_of(o));
		if (v->set(v, o, value, names[i].variable, err) != 0)
			return -1;
	}
	return 0;
}

/* The value of MITTO_NAME, or NULL; its name is left in `name`. */
static const char *
env_value(const struct option *o, struct buf *name)
{
	const char *value;

	if ((o->scope & IN_ENV) == 0)
		return NULL;
	option_env_name(name, o);
	value = secure_getenv(name->data);
	return value != NULL && *value != '\0' ? value : NULL;
}

static int
walk_env(struct visitor *v, struct error *err)
{
	unsigned names = 0;

	for (size_t i = 0; i < option_count; i++) {
		auto_buf struct buf name = buf_make(80);

		if (env_value(&options[i], &name) != NULL)
			names |= names_of(&options[i]);
	}
	v->layer(v, names);
	for (size_t i = 0; i < option_count; i++) {
		auto_buf struct buf name = buf_make(80);
		const char *value = env_value(&options[i], &name);

		if (value != NULL &&
		    v->set(v, &options[i], value, name.data, err) != 0)
			return -1;
	}
	return 0;
}

/* --- values ------------------------------------------------------------- */

static int
resolve_set(struct visitor *v, const struct option *o, const char *value,
    const char *where, struct error *err)
{
	if (option_store(v->request, o, value, err) == 0)
		return 0;
	if (err->kind == ERR_USAGE || err->kind == ERR_DATA)
		err->kind = ERR_CONFIG;
	return error_wrap(err, "%s", where);
}

static void
resolve_layer(struct visitor *v, unsigned names)
{
	for (size_t i = 0; names != 0 && i < option_count; i++)
		if (is_void(&options[i], names))
			option_clear(v->request, &options[i]);
}

/* The bare address of a sender, or NULL. */
static char *
bare_address(const char *from)
{
	auto_address struct address a = { 0 };
	struct error ignored = ERROR_INIT;

	if (from == NULL || address_parse_one(&a, from, &ignored) != 0 ||
	    a.domain == NULL)
		return NULL;
	return mem_printf("%s@%s", a.local, a.domain);
}

/* What the preset knows and nobody has set.  Port and mode belong to the
 * server, so they come with it or not at all. */
static int
apply_preset(struct settings *s, const char *account_from, struct error *err)
{
	const struct provider *p;

	if (s->provider == NULL)
		return 0;
	p = provider_by_name(s->provider);
	if (p == NULL)
		return error_set(
		    err, ERR_CONFIG, "unknown provider '%s'", s->provider);
	if (s->server == NULL) {
		s->server = mem_strdup(p->host);
		if (s->port == 0) {
			s->port = p->port;
			if (s->tls.value == TLS_AUTO)
				s->tls.value = (int)p->tls;
		}
	}
	if (s->user == NULL && p->user == NULL)
		s->user =
		    bare_address(account_from != NULL ? account_from : s->from);
	else if (s->user == NULL && p->user[0] != '\0')
		s->user = mem_strdup(p->user);
	return 0;
}

static unsigned
names_of_flags(const struct cmdline *cl)
{
	unsigned names = 0;

	for (size_t i = 0; i < cl->count; i++)
		names |= names_of(cl->items[i].option);
	return names;
}

static int
walk_files(struct visitor *v, const struct config *c, const char *account,
    struct error *err)
{
	if (walk_account(v, c, NULL, 0, err) != 0)
		return -1;
	return account != NULL ? walk_account(v, c, account, 0, err) : 0;
}

int
account_resolve(struct request *r, const struct config *c,
    const struct cmdline *cl, const char *account, struct error *err)
{
	struct visitor v = {
		.set = resolve_set,
		.layer = resolve_layer,
		.request = r,
	};
	struct settings *s = &r->settings;
	const char *above = server_above_files(cl);
	auto_free char *account_from = NULL;

	if (walk_files(&v, c, account, err) != 0)
		return -1;
	if (s->from != NULL)
		account_from = mem_strdup(s->from);
	if (above != NULL && *above != '\0' && !asks_for_account(cl) &&
	    is_other_host(s, above))
		resolve_layer(&v, NAMES_HOST);
	if ((account == NULL &&
		walk_foreign_env(&v, above != NULL, err) != 0) ||
	    walk_env(&v, err) != 0)
		return -1;
	if (s->from != NULL)
		r->own_from = mem_strdup(s->from);
	r->from_given = cmdline_last(cl, "from") != NULL;
	resolve_layer(&v, names_of_flags(cl));
	if (cmdline_apply(cl, r, err) != 0 ||
	    apply_preset(s, account_from, err) != 0)
		return -1;
	if (s->user != NULL && s->user[0] == '\0') {
		free(s->user);
		s->user = NULL;
	}
	free(s->account);
	s->account = account != NULL ? mem_strdup(account) : NULL;
	s->no_config = s->config != NULL && strcmp(s->config, "none") == 0;
	return 0;
}

/* --- origins ------------------------------------------------------------ */

static int
origin_set(struct visitor *v, const struct option *o, const char *value UNUSED,
    const char *where, struct error *err UNUSED)
{
	if (o == v->asked) {
		buf_clear(v->origin);
		buf_puts(v->origin, where);
	}
	return 0;
}

static void
origin_layer(struct visitor *v, unsigned names)
{
	if (is_void(v->asked, names))
		buf_clear(v->origin);
}

void
account_origin(struct buf *out, const struct option *o, const struct request *r,
    const struct config *c, const struct cmdline *cl)
{
	auto_buf struct buf origin = buf_make(4200), value = buf_make(4200);
	struct visitor v = {
		.set = origin_set,
		.layer = origin_layer,
		.asked = o,
		.origin = &origin,
	};
	const char *account = r->settings.account;
	struct error ignored = ERROR_INIT;

	/* origin_set() always succeeds. */
	(void)walk_files(&v, c, account, &ignored);
	if (account == NULL)
		(void)walk_foreign_env(
		    &v, server_above_files(cl) != NULL, &ignored);
	(void)walk_env(&v, &ignored);
	origin_layer(&v, names_of_flags(cl));
	for (size_t i = 0; i < cl->count; i++)
		(void)origin_set(&v, cl->items[i].option, NULL,
		    cl->items[i].shown, &ignored);
	option_print(&value, o, r);
	if (origin.len == 0 && value.len > 0 && r->settings.provider != NULL &&
	    (strcmp(o->name, "server") == 0 || strcmp(o->name, "port") == 0 ||
		strcmp(o->name, "tls") == 0 || strcmp(o->name, "user") == 0))
		buf_printf(&origin, "provider %s", r->settings.provider);
	buf_add(out, origin.data, origin.len);
}
