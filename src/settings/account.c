/* SPDX-License-Identifier: MIT */
/*
 * The layers of the configuration, laid over each other by one walk that
 * account_resolve() and account_origin() share, so that the two agree.
 */
#include "settings/account.h"

#include "base/mem.h"
#include "settings/host.h"
#include "settings/preset.h"
#include "settings/server.h"

#include <string.h>

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
		"password-file", "password-env", "password",
		"oauth-client-id" };

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
	static const char *const login[] = { "user", "auth", "provider", NULL };

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
is_other_host(
    const struct settings *s, const struct config *c, const char *server)
{
	const struct provider *p =
	    s->provider != NULL ? preset_named(c, s->provider) : NULL;
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

/* The preset's server, the region filled in; owned by the caller. */
static char *
preset_host(
    const struct provider *p, const struct settings *s, struct error *err)
{
	const char *gap = strstr(p->host, PROVIDER_REGION);

	if (gap == NULL)
		return mem_strdup(p->host);
	if (s->region == NULL) {
		(void)error_set(err, ERR_CONFIG,
		    "provider '%s' has a server for each region", p->name);
		(void)error_hint(err, "--region=NAME, such as eu-central-1");
		return NULL;
	}
	return mem_printf("%.*s%s%s", (int)(gap - p->host), p->host, s->region,
	    gap + strlen(PROVIDER_REGION));
}

/* What the preset knows and nobody has set.  Port and mode belong to the
 * server, so they come with it or not at all. */
static int
apply_preset(struct settings *s, const struct provider *p,
    const char *account_from, struct error *err)
{
	if (s->server == NULL) {
		s->server = preset_host(p, s, err);
		if (s->server == NULL)
			return -1;
		if (s->port == 0) {
			s->port = p->port;
			if (s->tls.value == TLS_AUTO)
				s->tls.value = (int)p->tls;
		}
	}
	if (s->auth.value == AUTH_AUTO)
		s->auth.value = (int)p->auth;
	if (s->user == NULL && p->user == NULL)
		s->user =
		    bare_address(account_from != NULL ? account_from : s->from);
	else if (s->user == NULL && p->user[0] != '\0')
		s->user = mem_strdup(p->user);
	return 0;
}

/* Whose server it is, where nobody says. */
static const struct provider *
guess_preset(const struct config *c, const struct settings *s)
{
	struct error ignored = ERROR_INIT;
	struct server server;

	if (s->server == NULL ||
	    server_parse(&server, s->server, &ignored) != 0)
		return NULL;
	return preset_at(c, server.host);
}

static int
find_preset(struct settings *s, const struct config *c,
    const struct cmdline *cl, const char *account_from, struct error *err)
{
	if (s->provider == NULL) {
		s->preset = guess_preset(c, s);
		return 0;
	}
	s->preset = preset_named(c, s->provider);
	if (s->preset != NULL)
		return apply_preset(s, s->preset, account_from, err);
	(void)preset_unknown(c, s->provider, err);
	if (cmdline_last(cl, "provider") != NULL)
		err->kind = ERR_USAGE;
	return -1;
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
		account_from = host_fill(s->from);
	if (above != NULL && *above != '\0' && !asks_for_account(cl) &&
	    is_other_host(s, c, above))
		resolve_layer(&v, NAMES_HOST);
	if ((account == NULL &&
		walk_foreign_env(&v, above != NULL, err) != 0) ||
	    walk_env(&v, err) != 0)
		return -1;
	if (s->from != NULL)
		r->own_from = host_fill(s->from);
	r->from_given = cmdline_last(cl, "from") != NULL;
	resolve_layer(&v, names_of_flags(cl));
	if (cmdline_apply(cl, r, err) != 0 ||
	    find_preset(s, c, cl, account_from, err) != 0)
		return -1;
	if (s->user != NULL && s->user[0] == '\0') {
		free(s->user);
		s->user = NULL;
	}
	if (s->user != NULL && strchr(s->user, '@') != NULL)
		s->own = mem_strdup(s->user);
	else
		s->own = bare_address(r->own_from);
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
		strcmp(o->name, "tls") == 0 || strcmp(o->name, "user") == 0 ||
		(strcmp(o->name, "auth") == 0 && r->settings.preset != NULL &&
		    r->settings.preset->auth != AUTH_AUTO)))
		buf_printf(&origin, "provider %s", r->settings.provider);
	buf_add(out, origin.data, origin.len);
}
