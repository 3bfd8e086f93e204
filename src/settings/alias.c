/* SPDX-License-Identifier: MIT */
/*
 * Recipients as they were written to recipients that have a domain: aliases,
 * the default domain, duplicates.
 */
#include "settings/account.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DEPTH 10

struct expansion {
	const struct config *config;
	const struct settings *settings;
	struct address_list out;
	size_t members;              /* met so far, duplicates included */
	const char *path[MAX_DEPTH]; /* the aliases being expanded */
};

/* What an alias stands for; later sections go before earlier ones. */
static const struct assignment *
find_alias(const struct config *c, const char *name)
{
	for (size_t i = c->count; i-- > 0;) {
		const struct section *s = &c->sections[i];

		for (size_t j = 0; s->kind == SECTION_ALIAS && j < s->count;
		     j++)
			if (strcasecmp(s->items[j].key, name) == 0)
				return &s->items[j];
	}
	return NULL;
}

static int
no_domain(const struct address *a, struct error *err)
{
	error_set(err, ERR_DATA, "'%s' has no domain", a->local);
	if (access(a->local, F_OK) == 0)
		return error_hint(err, "to attach the file: -a %s", a->local);
	return error_hint(err,
	    "write %s@DOMAIN, or set default-domain, or add %s to [alias]",
	    a->local, a->local);
}

static int expand_all(struct expansion *e, const struct address_list *list,
    size_t depth, struct error *err);

static int
expand_alias(struct expansion *e, const struct assignment *alias, size_t depth,
    struct error *err)
{
	auto_address_list struct address_list members = { 0 };

	for (size_t i = 0; i < depth; i++)
		if (strcasecmp(e->path[i], alias->key) == 0)
			return error_set(err, ERR_CONFIG,
			    "%s: alias '%s' contains itself", alias->where,
			    alias->key);
	if (depth == MAX_DEPTH)
		return error_set(err, ERR_CONFIG,
		    "%s: aliases are nested deeper than %d", alias->where,
		    MAX_DEPTH);
	e->path[depth] = alias->key;
	if (address_parse(&members, alias->value, strlen(alias->value), err) !=
	    0) {
		err->kind = ERR_CONFIG;
		return error_wrap(err, "%s", alias->where);
	}
	return expand_all(e, &members, depth + 1, err);
}

static int
expand_one(struct expansion *e, const struct address *a, size_t depth,
    struct error *err)
{
	const struct assignment *alias = NULL;
	struct address complete = *a;

	/* Counted before duplicates go, or a small file could keep us busy for
	 * hours. */
	if (++e->members > ADDRESS_MAX_RECIPIENTS) {
		error_set(err, ERR_DATA, "more than %d recipients",
		    ADDRESS_MAX_RECIPIENTS);
		return error_hint(err, "send it in several messages");
	}
	if (a->domain == NULL)
		alias = find_alias(e->config, a->local);
	if (alias != NULL)
		return expand_alias(e, alias, depth, err);
	if (a->domain == NULL) {
		if (e->settings->default_domain == NULL)
			return no_domain(a, err);
		complete.domain = e->settings->default_domain;
	}
	address_list_add(&e->out, &complete);
	return 0;
}

static int
expand_all(struct expansion *e, const struct address_list *list, size_t depth,
    struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (expand_one(e, &list->items[i], depth, err) != 0)
			return -1;
	return 0;
}

/* Order by mailbox, the same mailbox by place. */
static int
compare(const void *left, const void *right)
{
	const struct address *a = *(const struct address *const *)left;
	const struct address *b = *(const struct address *const *)right;
	int order = strcmp(a->local, b->local);

	if (order == 0)
		order = strcasecmp(a->domain, b->domain);
	if (order == 0)
		order = a < b ? -1 : 1;
	return order;
}

/* Drop all but the first of each mailbox; sorted first, since a list may hold
 * thousands. */
static void
drop_doubles(struct address_list *list)
{
	size_t count = list->count, kept = 0;
	auto_free struct address **order =
	    mem_resize(NULL, count, sizeof(struct address *));
	auto_free bool *drop = mem_zero(count);

	for (size_t i = 0; i < count; i++)
		order[i] = &list->items[i];
	qsort(order, count, sizeof(struct address *), compare);
	for (size_t i = 1; i < count; i++)
		if (address_same(order[i - 1], order[i]))
			drop[order[i] - list->items] = true;
	for (size_t i = 0; i < count; i++) {
		if (drop[i])
			address_release(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

int
account_expand(struct address_list *list, const struct config *c,
    const struct settings *s, struct error *err)
{
	struct expansion e = { .config = c, .settings = s };

	if (expand_all(&e, list, 0, err) != 0) {
		address_list_release(&e.out);
		return -1;
	}
	drop_doubles(&e.out);
	address_list_release(list);
	*list = e.out;
	return 0;
}
