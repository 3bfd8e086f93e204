/* SPDX-License-Identifier: MIT */
/*
 * Lists of keys and values, printed with the equals signs below each other.
 */
#include "settings/sketch.h"

#include "base/mem.h"
#include "base/secret.h"
#include "settings/config.h"
#include "settings/configtext.h"
#include "settings/options.h"

#include <string.h>

/* --- making --------------------------------------------------------------- */

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

struct sketch_section *
sketch_section(struct sketch *s, const char *word, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->sections[i].word, word) == 0 &&
		    is_same(s->sections[i].name, name))
			return &s->sections[i];
	s->sections =
	    mem_resize(s->sections, s->count + 1, sizeof(*s->sections));
	s->sections[s->count] = (struct sketch_section){
		.word = mem_strdup(word),
		.name = name != NULL ? mem_strdup(name) : NULL,
	};
	return &s->sections[s->count++];
}

void
sketch_add(struct sketch_section *s, const char *key, const char *value)
{
	s->items = mem_resize(s->items, s->count + 1, sizeof(*s->items));
	s->items[s->count++] = (struct sketch_item){
		.key = mem_strdup(key),
		.value = mem_strdup(value),
	};
}

static struct sketch_item *
find_item(const struct sketch_section *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].key, key) == 0)
			return &s->items[i];
	return NULL;
}

static void
forget(struct sketch_item *item)
{
	secret_wipe(item->value, strlen(item->value));
	free(item->value);
	free(item->key);
}

void
sketch_set(struct sketch_section *s, const char *key, const char *value)
{
	struct sketch_item *old = find_item(s, key);
	char *copy;

	if (old == NULL) {
		sketch_add(s, key, value);
		return;
	}
	copy = mem_strdup(value);
	secret_wipe(old->value, strlen(old->value));
	free(old->value);
	old->value = copy;
}

const char *
sketch_get(const struct sketch_section *s, const char *key)
{
	const struct sketch_item *item = find_item(s, key);

	return item != NULL ? item->value : NULL;
}

void
sketch_drop(struct sketch_section *s, const char *key)
{
	struct sketch_item *item = find_item(s, key);

	if (item == NULL)
		return;
	forget(item);
	memmove(item, item + 1,
	    (size_t)(s->items + --s->count - item) * sizeof(*item));
}

static void
release_section(struct sketch_section *s)
{
	for (size_t k = 0; k < s->count; k++)
		forget(&s->items[k]);
	free(s->items);
	free(s->word);
	free(s->name);
}

void
sketch_remove(struct sketch *s, size_t index)
{
	struct sketch_section *gone = &s->sections[index];

	release_section(gone);
	memmove(gone, gone + 1, (--s->count - index) * sizeof(*gone));
}

void
sketch_release(struct sketch *s)
{
	for (size_t i = 0; i < s->count; i++)
		release_section(&s->sections[i]);
	free(s->sections);
	*s = (struct sketch){ .sections = NULL };
}

/* --- printing ------------------------------------------------------------- */

static bool
is_secret(const struct sketch_section *s, const struct sketch_item *item)
{
	const struct option *o = option_by_name(item->key);

	return strcmp(s->word, "alias") != 0 && o != NULL &&
	    o->type == OPTION_SECRET;
}

static size_t
widest_key(const struct sketch_section *s)
{
	size_t width = 0;

	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->items[i].key) > width)
			width = strlen(s->items[i].key);
	return width;
}

static void
print_section(struct buf *out, const struct sketch_section *s, bool hide)
{
	int width = (int)widest_key(s);

	buf_printf(out, "[%s%s%s]\n", s->word, s->name != NULL ? " " : "",
	    s->name != NULL ? s->name : "");
	for (size_t i = 0; i < s->count; i++) {
		const struct sketch_item *item = &s->items[i];

		if (item->key[0] == '\0') {
			buf_printf(out, "# %s\n", item->value);
			continue;
		}
		if (hide && is_secret(s, item)) {
			buf_printf(out, "# %s is not shown here\n", item->key);
			continue;
		}
		buf_printf(out, "%-*s =%s", width, item->key,
		    item->value[0] != '\0' ? " " : "");
		configtext_value(out, item->value);
		buf_putc(out, '\n');
	}
}

void
sketch_print(struct buf *out, const struct sketch *s, bool hide)
{
	for (size_t i = 0; i < s->count; i++) {
		if (i > 0)
			buf_putc(out, '\n');
		print_section(out, &s->sections[i], hide);
	}
}

/* --- into a file ---------------------------------------------------------- */

/* The account in the place of one of its name, behind all there is. */
static int
merge_account(struct buf *out, const struct sketch_section *s,
    const struct buf *text, bool force, struct error *err)
{
	int had = configtext_drop(out, text->data, text->len, s->word, s->name);

	if (had != 0 && !force) {
		error_set(err, ERR_CONFIG, "there is an account '%s' already",
		    s->name);
		return error_hint(
		    err, "-A NAME for another one; --force to replace it");
	}
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	if (out->len > 1 && out->data[out->len - 2] != '\n')
		buf_putc(out, '\n');
	print_section(out, s, false);
	return 0;
}

/* Each key for itself. */
static void
merge_keys(struct buf *out, const struct sketch_section *s,
    const struct buf *text, bool force)
{
	auto_buf struct buf now = buf_make(CONFIG_MAX_FILE);

	buf_add(&now, text->data, text->len);
	for (size_t i = 0; i < s->count; i++) {
		const struct config_key key = {
			.word = s->word,
			.name = s->name,
			.key = s->items[i].key,
		};
		const struct strlist value = {
			.items = &s->items[i].value,
			.count = 1,
		};
		auto_buf struct buf next = buf_make(CONFIG_MAX_FILE);

		if (key.key[0] == '\0')
			continue;
		if (configtext_set(&next, now.data, now.len, &key, &value) !=
			0 &&
		    !force)
			continue;
		buf_clear(&now);
		buf_add(&now, next.data, next.len);
	}
	buf_add(out, now.data, now.len);
	secret_wipe(now.data, now.len);
}

int
sketch_merge(struct buf *out, const struct sketch *s, const char *text,
    size_t len, bool force, struct error *err)
{
	auto_buf struct buf now = buf_make(CONFIG_MAX_FILE);
	int result = 0;

	buf_add(&now, text, len);
	for (size_t i = 0; result == 0 && i < s->count; i++) {
		const struct sketch_section *section = &s->sections[i];
		auto_buf struct buf next = buf_make(CONFIG_MAX_FILE);

		if (section->name != NULL)
			result =
			    merge_account(&next, section, &now, force, err);
		else
			merge_keys(&next, section, &now, force);
		secret_wipe(now.data, now.len);
		buf_clear(&now);
		buf_add(&now, next.data, next.len);
		secret_wipe(next.data, next.len);
	}
	if (result == 0)
		buf_add(out, now.data, now.len);
	secret_wipe(now.data, now.len);
	return result;
}
