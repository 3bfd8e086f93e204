/* SPDX-License-Identifier: MIT */
/*
 * mitto config show: what counts for each account after all files, the
 * environment and the presets, as a config file would say it; with --origin
 * also whence it comes.
 */
#include "command/conf.h"

#include "base/mem.h"
#include "report/result.h"
#include "text/escape.h"

#include <string.h>

#define VALUE_MAX (64L << 10)

static void
put_json_setting(struct buf *out, const char *name, const char *value,
    const char *origin, bool first)
{
	buf_printf(out, "%s\"%s\":{\"value\":", first ? "" : ",", name);
	escape_json(out, value, strlen(value));
	result_member(out, "origin", origin);
	buf_putc(out, '}');
}

static void
put_text_setting(struct buf *out, const char *name, const char *value,
    const char *origin, bool with_origin)
{
	auto_buf struct buf spelt = buf_make(VALUE_MAX);

	configtext_value(&spelt, value);
	buf_printf(out, "%s = ", name);
	escape_print(out, spelt.data, spelt.len, 0);
	if (with_origin)
		buf_printf(out, "  (%s)", origin);
	buf_putc(out, '\n');
}

/* A setting as its values, one but for lists. */
static void
put_option(struct conf *call, const struct option *o, const struct request *r,
    const char *value, const char *origin)
{
	const struct strlist *list =
	    (const void *)((const char *)r + o->offset);
	bool with_origin = call->request.manage.origin;

	if (o->type != OPTION_LIST)
		put_text_setting(
		    &call->text, o->name, value, origin, with_origin);
	else
		for (size_t i = 0; i < list->count; i++)
			put_text_setting(&call->text, o->name, list->items[i],
			    origin, with_origin);
}

/* The name of an account stands in its header already. */
static bool
is_shown(const struct option *o, const char *account, const struct buf *origin)
{
	return origin->len > 0 && (o->scope & IN_CONFIG) != 0 &&
	    (account == NULL || strcmp(o->name, "account") != 0);
}

/* What would be used with an account (NULL: with none). */
static int
show_account(struct conf *call, const struct config *c, const char *account,
    bool first, struct error *err)
{
	struct request r = { .settings.account = NULL };
	struct cmdline none = { .items = NULL };
	int result = account_resolve(&r, c, &none, account, err);
	bool empty = true;

	buf_printf(&call->text, "%s[%s%s]\n", first ? "" : "\n",
	    account != NULL ? "account " : "defaults",
	    account != NULL ? account : "");
	buf_puts(&call->json, first ? "{\"name\":" : ",{\"name\":");
	if (account != NULL)
		escape_json(&call->json, account, strlen(account));
	else
		buf_puts(&call->json, "null");
	buf_puts(&call->json, ",\"settings\":{");
	for (size_t i = 0; result == 0 && i < option_count; i++) {
		auto_buf struct buf value = buf_make(VALUE_MAX);
		auto_buf struct buf origin = buf_make(VALUE_MAX);

		account_origin(&origin, &options[i], &r, c, &none);
		option_print(&value, &options[i], &r);
		if (!is_shown(&options[i], account, &origin))
			continue;
		put_option(call, &options[i], &r, value.data, origin.data);
		put_json_setting(&call->json, options[i].name, value.data,
		    origin.data, empty);
		empty = false;
	}
	buf_puts(&call->json, "}}");
	request_release(&r);
	return result;
}

/* One alias; a later file's stands for an earlier one's. */
static void
show_alias(struct conf *call, const struct assignment *a, bool *empty)
{
	if (*empty)
		buf_puts(&call->text, "\n[alias]\n");
	put_text_setting(&call->text, a->key, a->value, a->where,
	    call->request.manage.origin);
	buf_puts(&call->json, *empty ? "{\"name\":" : ",{\"name\":");
	escape_json(&call->json, a->key, strlen(a->key));
	result_member(&call->json, "value", a->value);
	result_member(&call->json, "origin", a->where);
	buf_putc(&call->json, '}');
	*empty = false;
}

static void
show_aliases(struct conf *call, const struct config *c)
{
	bool empty = true;

	buf_puts(&call->json, ",\"aliases\":[");
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; c->sections[i].kind == SECTION_ALIAS &&
		     k < c->sections[i].count;
		     k++)
			show_alias(call, &c->sections[i].items[k], &empty);
	buf_putc(&call->json, ']');
}

int
conf_show(struct conf *call, struct error *err)
{
	struct config c = { .sections = NULL };
	auto_strlist struct strlist done = { .items = NULL };
	int result = conf_words(call, 0, 1, "show [FILE]", err);

	if (result == 0)
		result = conf_load(call,
		    call->words.count > 0 ? call->words.items[0] : NULL, &c,
		    err);
	if (result == 0)
		buf_puts(&call->json, ",\"accounts\":[");
	for (size_t i = 0; result == 0 && i < c.count; i++) {
		const char *name = c.sections[i].name;

		if (c.sections[i].kind != SECTION_ACCOUNT ||
		    strlist_has(&done, name))
			continue;
		result = show_account(call, &c, name, done.count == 0, err);
		strlist_add(&done, name);
	}
	if (result == 0 && done.count == 0)
		result = show_account(call, &c, NULL, true, err);
	if (result == 0) {
		buf_putc(&call->json, ']');
		show_aliases(call, &c);
	} else {
		buf_clear(&call->json);
		buf_clear(&call->text);
	}
	config_release(&c);
	return result;
}
