/* SPDX-License-Identifier: MIT */
/*
 * Flags to stored settings and back to a session's settings.
 */
#include "command/route.h"

#include "base/mem.h"
#include "command/credential.h"

#include <stdio.h>
#include <string.h>

#define KEY_MAX (16L << 20)

/* --- storing -------------------------------------------------------------- */

/* Does the option say how to send, rather than what, or how to talk of it? */
static bool
travels(const struct option *o)
{
	static const char *const others[] = { "notify", "return", "envid" };

	if ((o->scope & IN_ARGV) == 0 && strcmp(o->name, "password-env") != 0)
		return false;
	if (o->type == OPTION_ACTION || o->type == OPTION_SECRET)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(o->name, others[i]) == 0)
			return true;
	return strcmp(o->group, "Server") == 0;
}

/* A relative path means nothing to a later run in another directory. */
static char *
absolute(const struct option *o, const char *value, struct error *err)
{
	auto_free char *here = NULL;

	if ((o->scope & IS_PATH) == 0 || *value == '/' || *value == '\0' ||
	    (strcmp(o->name, "config") == 0 && strcmp(value, "none") == 0))
		return mem_strdup(value);
	here = getcwd(NULL, 0);
	if (here == NULL) {
		(void)error_set(err, ERR_OS, "the working directory is gone");
		return NULL;
	}
	return mem_printf("%s/%s", here, value);
}

static int
record(struct strlist *out, const struct option *o, const char *value,
    struct error *err)
{
	auto_free char *kept = absolute(o, value, err);

	if (kept == NULL)
		return -1;
	strlist_take(out, mem_printf("%s=%s", o->name, kept));
	return 0;
}

/* A proxy's password may stand in the environment; it is not written down. */
static bool
holds_secret(const struct option *o, const char *value)
{
	return strcmp(o->name, "proxy") == 0 && strchr(value, '@') != NULL;
}

int
route_record(struct strlist *out, const struct cmdline *cl, struct error *err)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		auto_buf struct buf name = buf_make(80);
		const char *value;

		if (!travels(o) || (o->scope & IN_ENV) == 0)
			continue;
		option_env_name(&name, o);
		value = secure_getenv(name.data);
		if (value != NULL && *value != '\0' &&
		    strcmp(o->name, "account") != 0 &&
		    !holds_secret(o, value) && record(out, o, value, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];
		const char *value = item->negated ? "no"
		    : item->value == NULL         ? "yes"
						  : item->value;

		if (item->option != NULL && travels(item->option) &&
		    record(out, item->option, value, err) < 0)
			return -1;
	}
	return 0;
}

char *
route_key(const struct entry *e)
{
	auto_buf struct buf key = buf_make(KEY_MAX);

	buf_printf(&key, "%s\n%s\n", e->account != NULL ? e->account : "",
	    e->account != NULL ? "" : e->sender);
	for (size_t i = 0; i < e->settings.count; i++)
		buf_printf(&key, "%s\n", e->settings.items[i]);
	return buf_take(&key);
}

void
route_copy(struct entry *to, const struct entry *from)
{
	*to = (struct entry){ .sender = mem_strdup(from->sender) };
	if (from->account != NULL)
		to->account = mem_strdup(from->account);
	strlist_copy(&to->settings, &from->settings);
}

/* --- taking up again ------------------------------------------------------ */

static int
read_settings(
    struct cmdline *cl, const struct strlist *settings, struct error *err)
{
	for (size_t i = 0; i < settings->count; i++) {
		const char *text = settings->items[i];
		size_t len = strcspn(text, "=");
		auto_free char *name = mem_strndup(text, len);
		const struct option *o = option_by_name(name);

		if (text[len] == '\0' || o == NULL || !travels(o))
			return error_set(err, ERR_CONFIG,
			    "the setting '%s' is not known", name);
		if (cmdline_add(cl, name, text + len + 1, name, err) < 0)
			return -1;
	}
	return 0;
}

static int
load_config(struct route *r, struct error *err)
{
	auto_buf struct buf report = buf_make(KEY_MAX);

	return config_load(
	    &r->config, account_config_file(&r->cmdline), &report, err);
}

/* The account that was used, if it is still there; else that of the sender. */
static int
find_account(const struct route *r, const struct entry *e, const char **account,
    struct error *err)
{
	*account = e->account;
	if (e->account == NULL)
		return account_choose(&r->config, &r->cmdline,
		    e->sender[0] != '\0' ? e->sender : NULL, account, err);
	if (config_has_account(&r->config, e->account))
		return 0;
	(void)error_set(
	    err, ERR_CONFIG, "there is no account '%s' any more", e->account);
	return error_hint(err, "mitto config show");
}

/* No server, but accounts that have one: none is for this sender. */
static int
check_guess(const struct route *r, const struct entry *e, struct error *err)
{
	auto_buf struct buf names = buf_make(300);

	config_account_names(&r->config, &names);
	if (!r->endpoint.guessed || names.len == 0 ||
	    r->request.settings.account != NULL)
		return 0;
	(void)error_set(
	    err, ERR_CONFIG, "no account is for the sender <%s>", e->sender);
	return error_hint(err, "add a `match` to one of: %s", names.data);
}

int
route_open(struct route *r, const struct entry *e, struct error *err)
{
	const char *account;

	*r = (struct route){ .password = { .text = NULL } };
	if (read_settings(&r->cmdline, &e->settings, err) < 0 ||
	    load_config(r, err) < 0 || find_account(r, e, &account, err) < 0 ||
	    account_resolve(
		&r->request, &r->config, &r->cmdline, account, err) < 0 ||
	    smtp_endpoint(&r->endpoint, &r->request.settings, err) < 0 ||
	    check_guess(r, e, err) < 0)
		return -1;
	/* Nobody sits there to be asked. */
	r->request.settings.no_input = true;
	return credential_find(
	    &r->password, &r->request.settings, r->endpoint.host, err);
}

void
route_release(struct route *r)
{
	secret_release(&r->password);
	request_release(&r->request);
	config_release(&r->config);
	cmdline_release(&r->cmdline);
}

/* --- where the queue is --------------------------------------------------- */

/* Its path, owned by the caller. */
static char *
spool_path(const struct settings *s, struct error *err)
{
	const char *state = secure_getenv("XDG_STATE_HOME");
	auto_free char *home = NULL;

	if (s->spool != NULL)
		return mem_strdup(s->spool);
	if (geteuid() == 0)
		return mem_strdup(LOCALSTATEDIR "/spool/mitto");
	if (state != NULL && *state == '/')
		return mem_printf("%s/mitto/spool", state);
	home = config_home();
	if (home != NULL && *home == '/')
		return mem_printf("%s/.local/state/mitto/spool", home);
	(void)error_set(err, ERR_CANTCREATE,
	    "there is no place for the queue: this user has no home");
	(void)error_hint(err, "spool = DIR, or MITTO_SPOOL");
	return NULL;
}

int
route_spool(const struct settings *s, struct spool *spool, bool create,
    struct error *err)
{
	auto_free char *path = spool_path(s, err);

	spool->on_network = s->spool_on_network_fs;
	return path == NULL ? -1 : spool_open(spool, path, create, err);
}
