/* SPDX-License-Identifier: MIT */
/*
 * mitto config get, set and unset: single values.
 */
#include "command/conf.h"

#include "base/mem.h"
#include "report/result.h"
#include "text/escape.h"

#include <string.h>
#include <strings.h>

#define VALUE_MAX (64L << 10)

/* --- get ------------------------------------------------------------------ */

static bool
is_section(const struct section *s, const struct config_key *key)
{
	static const char *const words[] = {
		[SECTION_DEFAULTS] = "defaults",
		[SECTION_ACCOUNT] = "account",
		[SECTION_ALIAS] = "alias",
		[SECTION_PROVIDER] = "provider",
	};

	return strcmp(words[s->kind], key->word) == 0 &&
	    (key->name == NULL || strcmp(s->name, key->name) == 0);
}

/* What the sections of the key say; of a scalar the last one. */
static void
find_values(const struct config *c, const struct config_key *key,
    struct strlist *values, struct buf *origin)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t k = 0; is_section(s, key) && k < s->count; k++) {
			const struct assignment *a = &s->items[k];
			const struct option *o = a->option;

			if (strcasecmp(a->key, key->key) != 0)
				continue;
			if (o == NULL || o->type != OPTION_LIST ||
			    a->value[0] == '\0')
				strlist_release(values);
			strlist_add(values,
			    o != NULL && o->type == OPTION_SECRET ? "****"
								  : a->value);
			buf_clear(origin);
			buf_puts(origin, a->where);
		}
	}
}

/* What would be used, with the account that would be. */
static int
resolve_value(const struct conf *call, const struct config *c,
    const struct option *o, struct strlist *values, struct buf *origin,
    struct error *err)
{
	struct cmdline account = { .items = NULL };
	struct request r = { .settings.account = NULL };
	auto_buf struct buf value = buf_make(VALUE_MAX);
	const char *name = NULL;
	int result = account_choose(c, &call->cmdline, NULL, &name, err);

	if (result == 0)
		result = account_resolve(&r, c, &account, name, err);
	if (result == 0) {
		account_origin(origin, o, &r, c, &account);
		option_print(&value, o, &r);
		if (origin->len > 0)
			strlist_add(values, value.data);
	}
	request_release(&r);
	return result;
}

int
conf_get(struct conf *call, struct error *err)
{
	auto_config_key struct config_key key = { .key = NULL };
	auto_strlist struct strlist values = { .items = NULL };
	auto_buf struct buf origin = buf_make(VALUE_MAX);
	struct config c = { .sections = NULL };
	const char *text;
	int result;

	if (conf_words(call, 1, 1, "get KEY", err) < 0 ||
	    config_key_parse(&key, call->words.items[0], NULL, err) < 0)
		return -1;
	text = call->words.items[0];
	result = conf_load(call, NULL, &c, err);
	if (result == 0 && strchr(text, '.') != NULL)
		find_values(&c, &key, &values, &origin);
	else if (result == 0)
		result = resolve_value(
		    call, &c, option_by_name(text), &values, &origin, err);
	config_release(&c);
	if (result < 0)
		return -1;
	result_member(&call->json, "key", text);
	conf_json_list(&call->json, "values", &values);
	result_member(
	    &call->json, "origin", origin.len > 0 ? origin.data : NULL);
	if (values.count == 0)
		return error_set(err, ERR_CONFIG, "'%s' is not set", text);
	for (size_t i = 0; i < values.count; i++) {
		escape_print(
		    &call->text, values.items[i], strlen(values.items[i]), 0);
		buf_putc(&call->text, '\n');
	}
	return 0;
}

/* --- set, unset ----------------------------------------------------------- */

/* Secrets never stand on a command line, where others can read them. */
static int
check_secret(const struct config_key *key, struct error *err)
{
	const struct option *o = option_by_name(key->key);

	if (o == NULL || o->type != OPTION_SECRET ||
	    strcmp(key->word, "alias") == 0)
		return 0;
	error_set(err, ERR_USAGE, "a password on the command line shows in ps");
	return error_hint(
	    err, "mitto config edit; or set password-command or password-file");
}

static int
check_count(const struct config_key *key, size_t count, struct error *err)
{
	const struct option *o = option_by_name(key->key);
	bool list = strcmp(key->word, "alias") != 0 && o != NULL &&
	    o->type == OPTION_LIST;

	if (count <= 1 || list)
		return 0;
	error_set(err, ERR_USAGE, "'%s' takes one value", key->key);
	return error_hint(err, "put quotes around a value with blanks");
}

static void
report(struct conf *call, const struct configfile *f)
{
	result_member(&call->json, "key", call->words.items[0]);
	result_member(&call->json, "file", f->path);
}

/* The values behind the key take the place of those in the file. */
static int
change(struct conf *call, bool unset, struct error *err)
{
	auto_config_key struct config_key key = { .key = NULL };
	auto_configfile struct configfile f = { .path = NULL };
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	const char *account = call->cmdline.count > 0
	    ? cmdline_last(&call->cmdline, "account")
	    : NULL;
	struct strlist values = {
		.items = call->words.items + 1,
		.count = call->words.count - 1,
	};
	int had, result;

	if (config_key_parse(&key, call->words.items[0], account, err) < 0 ||
	    (!unset && check_secret(&key, err) < 0) ||
	    check_count(&key, values.count, err) < 0 ||
	    conf_open(call, &f, err) < 0)
		return -1;
	had = configtext_set(&text, f.text.data, f.text.len, &key, &values);
	if (unset && had == 0) {
		error_set(err, ERR_CONFIG, "'%s' is not set in '%s'",
		    call->words.items[0], f.path);
		return error_hint(err, "mitto config show --origin");
	}
	result = conf_store(call, &f, &text, err);
	secret_wipe(text.data, text.len);
	if (result == 0)
		report(call, &f);
	return result;
}

int
conf_set(struct conf *call, struct error *err)
{
	if (conf_words(call, 2, SIZE_MAX, "set KEY VALUE", err) < 0)
		return -1;
	return change(call, false, err);
}

int
conf_unset(struct conf *call, struct error *err)
{
	if (conf_words(call, 1, 1, "unset KEY", err) < 0)
		return -1;
	return change(call, true, err);
}
