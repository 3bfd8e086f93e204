/* SPDX-License-Identifier: MIT */
/*
 * A section is read as options are, into a request of its own, and then laid
 * over the row of that name.
 */
#include "settings/preset.h"

#include "base/mem.h"
#include "settings/server.h"
#include "text/suggest.h"

#include <errno.h>
#include <string.h>

const char *const preset_keys[] = { "server", "port", "tls", "user", "auth",
	"max-size", "url", "note", "daily", "recipients", NULL };

bool
preset_has_key(const char *key)
{
	for (size_t i = 0; preset_keys[i] != NULL; i++)
		if (strcmp(preset_keys[i], key) == 0)
			return true;
	return false;
}

const struct provider *
preset_named(const struct config *c, const char *name)
{
	const struct provider *own =
	    provider_named(c->presets, c->preset_count, name);

	return own != NULL ? own : provider_by_name(name);
}

const struct provider *
preset_at(const struct config *c, const char *host)
{
	const struct provider *own =
	    provider_at(c->presets, c->preset_count, host);

	return own != NULL ? own : provider_by_host(host);
}

static const char *
next_name(void *ctx, size_t i)
{
	const struct config *c = ctx;

	if (i < c->preset_count)
		return c->presets[i].name;
	i -= c->preset_count;
	return i < provider_count ? providers[i].name : NULL;
}

int
preset_unknown(const struct config *c, const char *name, struct error *err)
{
	struct config known = *c;
	const char *near = suggest_nearest(name, next_name, &known);

	(void)error_set(err, ERR_CONFIG, "unknown provider '%s'", name);
	if (near != NULL)
		return error_hint(err, "did you mean %s?", near);
	return error_hint(err,
	    "mitto help providers lists them; for any other service set "
	    "server");
}

/* --- sections ------------------------------------------------------------ */

/* The preset that a section is about: a new one begins as the table's row. */
static struct provider *
open_preset(struct config *c, const char *name)
{
	const struct provider *row = provider_by_name(name);

	for (size_t i = 0; i < c->preset_count; i++)
		if (strcasecmp(c->presets[i].name, name) == 0)
			return &c->presets[i];
	c->presets =
	    mem_resize(c->presets, c->preset_count + 1, sizeof(*c->presets));
	c->presets[c->preset_count] =
	    row != NULL ? *row : (struct provider){ .name = name };
	return &c->presets[c->preset_count++];
}

/* Another server: what the row said of the old one's ports is void. */
static void
set_server(struct config *c, struct provider *p, const char *text)
{
	struct error ignored = ERROR_INIT;
	struct server server;

	/* It was looked at when it was read. */
	if (server_parse(&server, text, &ignored) != 0)
		return;
	strlist_add(&c->preset_texts, server.host);
	p->host = c->preset_texts.items[c->preset_texts.count - 1];
	p->port = server.port;
	p->tls = server.tls;
	p->others[0].port = 0;
}

static void
set_number(struct diagnostics *d, const struct assignment *a, long *out)
{
	char *end = NULL;
	long value;

	errno = 0;
	value = strtol(a->value, &end, 10);
	if (errno == 0 && end != a->value && *end == '\0' && value > 0)
		*out = value;
	else
		diag_value(d, a->where, a->key, a->value, "1 or more",
		    "%s: '%s' is no number of recipients", a->key, a->value);
}

static void
set_own(struct diagnostics *d, struct provider *p, const struct assignment *a)
{
	if (strcmp(a->key, "url") == 0)
		p->url = a->value;
	else if (strcmp(a->key, "note") == 0)
		p->login = a->value;
	else if (strcmp(a->key, "daily") == 0)
		set_number(d, a, &p->daily);
	else
		set_number(d, a, &p->crowd);
}

static void
set_option(struct config *c, struct provider *p, const struct assignment *a)
{
	struct request r = { .settings.port = 0 };
	const struct settings *s = &r.settings;
	struct error ignored = ERROR_INIT;

	if (option_store(&r, a->option, a->value, &ignored) == 0) {
		if (strcmp(a->key, "server") == 0)
			set_server(c, p, a->value);
		else if (strcmp(a->key, "port") == 0)
			p->port = s->port;
		else if (strcmp(a->key, "tls") == 0)
			p->tls = (enum tls_mode)s->tls.value;
		else if (strcmp(a->key, "user") == 0)
			p->user = a->value;
		else if (strcmp(a->key, "auth") == 0)
			p->auth = (enum auth_mode)s->auth.value;
		else
			p->limit = s->max_size.bytes;
	}
	request_release(&r);
}

static void
add_section(struct config *c, struct diagnostics *d, const struct section *s)
{
	struct provider *p = open_preset(c, s->name);

	/* The server first: it resets the port. */
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].key, "server") == 0)
			set_option(c, p, &s->items[i]);
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].option == NULL)
			set_own(d, p, &s->items[i]);
		else if (strcmp(s->items[i].key, "server") != 0)
			set_option(c, p, &s->items[i]);
	if (p->host == NULL)
		diag_place(d, ERR_CONFIG,
		    s->count > 0 ? s->items[0].where : s->file, "server = HOST",
		    "provider '%s' is none of those that mitto knows, and has "
		    "no server",
		    s->name);
}

void
preset_collect(struct config *c, struct diagnostics *d)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->sections[i].kind == SECTION_PROVIDER)
			add_section(c, d, &c->sections[i]);
}
