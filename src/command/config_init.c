/* SPDX-License-Identifier: MIT */
/*
 * mitto config init ADDRESS: an account for the address, made from what is
 * known of its domain, and what to type next.  No password passes through here.
 */
#include "command/conf.h"

#include "base/mem.h"
#include "command/run.h"
#include "report/result.h"
#include "settings/server.h"
#include "settings/sketch.h"
#include "smtp/discover.h"
#include "text/escape.h"
#include "text/idn.h"

#include <stdio.h>
#include <string.h>

#define PORT_SUBMISSION  587
#define PORT_SUBMISSIONS 465

/* One account that is being set up. */
struct setup {
	const char *given; /* the address as it was typed */
	struct address address;
	char *domain; /* A-labels */
	char *account;
	struct discovery found;
	struct sketch sketch;
};

static void
setup_release(struct setup *s)
{
	address_release(&s->address);
	free(s->domain);
	free(s->account);
	sketch_release(&s->sketch);
}

static const char *
flag(const struct conf *call, const char *name)
{
	return cmdline_last(&call->cmdline, name);
}

/* --- what is known -------------------------------------------------------- */

static int
read_address(struct setup *s, const char *text, struct error *err)
{
	s->given = text;
	if (address_parse_one(&s->address, text, err) < 0)
		return -1;
	if (s->address.domain == NULL || s->address.domain[0] == '[') {
		error_set(err, ERR_DATA, "'%s' has no domain", text);
		return error_hint(err, "mitto config init YOU@YOUR.DOMAIN");
	}
	s->domain = idn_to_ascii(s->address.domain, err);
	return s->domain != NULL ? 0 : -1;
}

static int
nothing_known(const struct setup *s, bool web, struct error *err)
{
	error_set(err, ERR_CONFIG,
	    "neither the presets nor DNS%s know a server for '%s'",
	    web ? " nor the web" : "", s->address.domain);
	if (!web)
		return error_hint(err,
		    "mitto config init --autoconfig %s   asks the web; "
		    "-S SERVER names one",
		    s->given);
	return error_hint(err,
	    "ask your provider for the SMTP server, then: "
	    "mitto config init -S SERVER %s",
	    s->given);
}

static int
find_server(const struct conf *call, struct setup *s, struct error *err)
{
	bool web = call->request.manage.autoconfig;
	int found = discover(&s->found, s->address.local, s->domain,
	    call->request.manage.dns, web, &call->request.settings,
	    &run_interrupted, err);

	return found == 0 ? nothing_known(s, web, err) : found < 0 ? -1 : 0;
}

/* --- the section ---------------------------------------------------------- */

static char *
server_url(const struct discovery *d)
{
	bool ssl = d->tls == TLS_SSL;
	int usual = ssl ? PORT_SUBMISSIONS : PORT_SUBMISSION;
	const char *scheme = ssl ? "smtps" : "smtp+starttls";

	if (d->port == usual)
		return mem_printf("%s://%s", scheme, d->host);
	return mem_printf("%s://%s:%d", scheme, d->host, d->port);
}

/* The flags say the server: they go into the file as they are. */
static bool
put_flags(const struct conf *call, struct sketch_section *section)
{
	static const char *const names[] = { "provider", "server", "port",
		"tls", "user", "auth" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (flag(call, names[i]) != NULL)
			sketch_set(section, names[i], flag(call, names[i]));
	return sketch_get(section, "server") != NULL ||
	    sketch_get(section, "provider") != NULL;
}

static void
put_found(struct sketch_section *section, const struct discovery *d)
{
	auto_free char *url = NULL;

	if (d->provider != NULL) {
		sketch_set(section, "provider", d->provider->name);
		return;
	}
	url = server_url(d);
	sketch_set(section, "server", url);
	if (sketch_get(section, "user") == NULL)
		sketch_set(section, "user", d->user);
	if (d->oauth)
		sketch_set(section, "auth", "xoauth2");
}

/* -A; else the preset, else the first label of the domain. */
static void
name_account(const struct conf *call, struct setup *s)
{
	const char *provider = flag(call, "provider");

	if (flag(call, "account") != NULL)
		s->account = mem_strdup(flag(call, "account"));
	else if (provider != NULL || s->found.provider != NULL)
		s->account = mem_strdup(
		    provider != NULL ? provider : s->found.provider->name);
	else
		s->account = mem_strndup(
		    s->address.domain, strcspn(s->address.domain, "."));
}

static int
make_section(const struct conf *call, struct setup *s, struct error *err)
{
	bool given =
	    flag(call, "server") != NULL || flag(call, "provider") != NULL;
	struct sketch_section *section;

	if (!given && find_server(call, s, err) < 0)
		return -1;
	name_account(call, s);
	section = sketch_section(&s->sketch, "account", s->account);
	if (!put_flags(call, section))
		put_found(section, &s->found);
	sketch_set(section, "from", s->given);
	if (sketch_get(section, "provider") == NULL &&
	    sketch_get(section, "user") == NULL) {
		auto_free char *user =
		    mem_printf("%s@%s", s->address.local, s->domain);

		sketch_set(section, "user", user);
	}
	return 0;
}

/* --- what to say ---------------------------------------------------------- */

/* The preset that counts in the end, or NULL. */
static const struct provider *
preset_of(const struct setup *s)
{
	const char *name = sketch_get(&s->sketch.sections[0], "provider");

	return name != NULL ? provider_by_name(name) : NULL;
}

/* A name as the shell takes it. */
static void
put_word(struct buf *out, const char *text)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_.@+";

	if (text[strspn(text, plain)] == '\0') {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}

static void
put_step(struct buf *out, const char *before, const struct setup *s,
    const char *behind)
{
	auto_free char *key = mem_printf("%s", s->account);

	buf_puts(out, before);
	put_word(out, key);
	buf_puts(out, behind);
}

static void
put_next(struct buf *out, const struct setup *s)
{
	const struct provider *p = preset_of(s);
	bool login = p == NULL || strcmp(p->login, "no login") != 0;
	auto_buf struct buf bare = buf_make(400);

	buf_printf(&bare, "%s@%s", s->address.local, s->domain);
	if (p != NULL && login)
		buf_printf(out, "%s takes %s%s%s\n", p->name, p->login,
		    p->url != NULL ? ": " : "", p->url != NULL ? p->url : "");
	buf_puts(out, "next:\n");
	if (s->found.oauth || (p != NULL && strstr(p->login, "OAuth") != NULL))
		put_step(out, "  mitto login ", s, "\n");
	if (login && !s->found.oauth) {
		auto_free char *key =
		    mem_printf("account.%s.password-command", s->account);

		buf_puts(out, "  mitto config set ");
		put_word(out, key);
		buf_puts(out, " 'pass show mail/");
		buf_puts(out, strchr(s->account, '\'') ? "NAME" : s->account);
		buf_puts(out, "'\n");
	}
	put_step(out, "  mitto probe ", s, "\n");
	put_step(out, "  mitto --check -A ", s, " ");
	put_word(out, bare.data);
	buf_putc(out, '\n');
}

/* The name of the server came from where anybody might have put it. */
static void
warn_elsewhere(const struct setup *s)
{
	auto_buf struct buf host = buf_make(2000);

	if (!s->found.elsewhere)
		return;
	escape_print(&host, s->found.host, strlen(s->found.host), 0);
	(void)fprintf(stderr,
	    "the server %s is not within %s: make sure that it is the right "
	    "one before it gets a password\n",
	    host.data, s->domain);
}

static void
put_json(struct buf *out, const struct setup *s, const char *file,
    const struct buf *section)
{
	const struct sketch_section *made = &s->sketch.sections[0];

	result_member(out, "account", s->account);
	result_member(out, "source",
	    s->found.how != NULL ? s->found.how : "the command line");
	result_member(out, "provider", sketch_get(made, "provider"));
	result_member(out, "server", sketch_get(made, "server"));
	result_member(out, "file", file);
	result_member(out, "text", section->data);
}

/* Print the section, or put it into the file. */
static int
finish(struct conf *call, const struct setup *s, struct error *err)
{
	auto_buf struct buf section = buf_make(CONFIG_MAX_FILE);
	auto_buf struct buf next = buf_make(CONFIG_MAX_FILE);
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	auto_configfile struct configfile f = { .path = NULL };
	bool write = !call->request.settings.dry_run;

	sketch_print(&section, &s->sketch, true);
	put_next(&next, s);
	if (write) {
		if (conf_open(call, &f, err) < 0 ||
		    sketch_merge(&text, &s->sketch, f.text.data, f.text.len,
			call->request.manage.force, err) < 0 ||
		    conf_store(call, &f, &text, err) < 0)
			return -1;
		secret_wipe(text.data, text.len);
		buf_printf(&call->text, "%s: added\n\n", f.path);
	}
	warn_elsewhere(s);
	buf_add(&call->text, section.data, section.len);
	put_json(&call->json, s, f.path, &section);
	/* What -n prints can go into a file. */
	if (write)
		buf_printf(&call->text, "\n%s", next.data);
	else if (!call->request.settings.json)
		(void)fputs(next.data, stderr);
	return 0;
}

int
conf_init(struct conf *call, struct error *err)
{
	struct setup s = { .given = NULL };
	int result = conf_words(call, 1, 1, "init ADDRESS", err);

	if (result == 0)
		result = read_address(&s, call->words.items[0], err);
	if (result == 0)
		result = make_section(call, &s, err);
	if (result == 0)
		result = finish(call, &s, err);
	setup_release(&s);
	return result;
}
