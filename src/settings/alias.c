/* SPDX-License-Identifier: MIT */
/*
 * Recipients as they were written to recipients that have a domain.
 */
#include "settings/alias.h"

#include "base/mem.h"
#include "settings/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_DEPTH 10
#define CATCH_ALL "default"

/* An entry, wherever it stands. */
struct alias {
	const char *name;
	const char *value;
	const char *where; /* FILE:LINE:COL of [alias], or NULL */
	size_t line;       /* of the alias file */
};

struct expansion {
	struct aliases *book;
	struct address_list out;
	size_t members;              /* met so far, duplicates included */
	const char *path[MAX_DEPTH]; /* the aliases being expanded */
	size_t depth;
	char *group;      /* in which the first address stands, or NULL */
	char *parameters; /* of its RCPT, or NULL */
	bool blamed;      /* the error names the entry at fault */
};

/* The file to read, `wanted` if it must be there; NULL where `none` was asked
 * for, for one file or for all. */
static const char *
file_path(const struct aliases *a, bool *wanted)
{
	const char *path = a->settings->alias_file;

	*wanted = path != NULL && *path != '\0';
	if (*wanted)
		return strcmp(path, "none") == 0 ? NULL : path;
	return a->settings->no_config ? NULL : ALIAS_FILE_DEFAULT;
}

static bool
may_have_names(const struct aliases *a)
{
	bool wanted;
	const char *path = file_path(a, &wanted);

	for (size_t i = 0; i < a->config->count; i++)
		if (a->config->sections[i].kind == SECTION_ALIAS)
			return true;
	return path != NULL &&
	    (wanted || access(path, F_OK) == 0 || errno != ENOENT);
}

struct aliases
aliases_make(const struct config *config, const struct settings *settings)
{
	struct aliases a = { .config = config, .settings = settings };

	a.empty = !may_have_names(&a);
	return a;
}

void
aliases_release(struct aliases *a)
{
	alias_file_release(&a->file);
	strlist_release(&a->here);
	a->loaded = false;
}

/* --- looking up ----------------------------------------------------------- */

/* Later sections go before earlier ones. */
static bool
find_in_config(struct alias *alias, const struct config *c, const char *name)
{
	for (size_t i = c->count; i-- > 0;) {
		const struct section *s = &c->sections[i];

		for (size_t j = 0; s->kind == SECTION_ALIAS && j < s->count;
		     j++)
			if (strcasecmp(s->items[j].key, name) == 0) {
				*alias = (struct alias){
					.name = s->items[j].key,
					.value = s->items[j].value,
					.where = s->items[j].where,
				};
				return true;
			}
	}
	return false;
}

int
aliases_load(struct aliases *a, struct error *err)
{
	bool wanted;
	const char *path = file_path(a, &wanted);

	if (a->loaded || path == NULL)
		return 0;
	if (alias_file_load(&a->file, path, !wanted, err) < 0)
		return -1;
	a->loaded = true;
	return 0;
}

/* 1 when *alias was filled, 0 when there is none. */
static int
find_name(
    struct alias *alias, struct aliases *a, const char *name, struct error *err)
{
	const struct alias_entry *entry;

	if (find_in_config(alias, a->config, name))
		return 1;
	if (aliases_load(a, err) < 0)
		return -1;
	entry = alias_file_find(&a->file, name);
	if (entry == NULL)
		return 0;
	*alias = (struct alias){
		.name = entry->name,
		.value = entry->value,
		.line = entry->line,
	};
	return 1;
}

/* A local part as alias names are written: without quotes. */
static char *
plain_name(const char *local)
{
	auto_buf struct buf name = buf_make(strlen(local) + 1);
	bool quoted = *local == '"';

	for (const char *p = local + quoted; *p != '\0'; p++) {
		if (quoted && *p == '"')
			break;
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		buf_putc(&name, *p);
	}
	return buf_take(&name);
}

static bool
is_open(const struct expansion *e, const char *name)
{
	for (size_t i = 0; i < e->depth; i++)
		if (strcasecmp(e->path[i], name) == 0)
			return true;
	return false;
}

/* At this host, or where bare names are? */
static bool
is_here(struct aliases *a, const char *domain)
{
	const char *own = a->settings->default_domain;

	if (own != NULL && strcasecmp(own, domain) == 0)
		return true;
	if (a->here.count == 0)
		host_names(&a->here);
	return host_has_name(&a->here, domain);
}

/* The alias that an address stands for: 1, or 0 if it stands for itself. */
static int
find(struct alias *alias, const struct expansion *e, const struct address *a,
    struct error *err)
{
	const char *domain = a->domain;
	auto_free char *name = NULL;
	int found;

	if (domain != NULL && (e->book->empty || !is_here(e->book, domain)))
		return 0;
	name = plain_name(a->local);
	/* With a domain it is clear who closes the circle. */
	if (domain != NULL && is_open(e, name))
		return 0;
	found = find_name(alias, e->book, name, err);
	if (found != 0 || is_open(e, CATCH_ALL) ||
	    (domain != NULL && !host_is_private(domain)))
		return found;
	return find_name(alias, e->book, CATCH_ALL, err);
}

/* --- expanding ------------------------------------------------------------ */

/* "FILE:LINE: " in front of an error that an entry is to blame for. */
static int
blame(struct expansion *e, const struct alias *alias, struct error *err)
{
	e->blamed = true;
	if (alias->where != NULL)
		return error_wrap(err, "%s", alias->where);
	return error_wrap(err, "%s:%zu", e->book->file.path, alias->line);
}

/* Where to write an alias, as people say it. */
static char *
config_to_write(void)
{
	auto_strlist struct strlist paths = { .items = NULL };

	config_paths(&paths);
	/* The first is for the host; behind those of the system stands the
	 * user's. */
	if (geteuid() == 0)
		return mem_strdup(paths.items[0]);
	for (size_t i = 0; i < paths.count; i++)
		if (strncmp(paths.items[i], SYSCONFDIR "/",
			strlen(SYSCONFDIR "/")) != 0)
			return config_shown(paths.items[i]);
	return mem_strdup(paths.items[0]);
}

static int
no_domain(const struct expansion *e, const struct address *a, struct error *err)
{
	const struct alias_file *file = &e->book->file;
	auto_free char *config = NULL;

	error_set(err, ERR_DATA, "'%s' has no domain", a->local);
	if (e->depth == 0 && access(a->local, F_OK) == 0)
		return error_hint(err, "to attach the file: -a %s", a->local);
	if (file->bad_line != 0)
		return error_hint(err,
		    "write \"%s: YOU@DOMAIN\" into %s, where line %zu is no "
		    "entry (NAME: ADDRESS)",
		    a->local, file->path, file->bad_line);
	if (file->path != NULL)
		return error_hint(err,
		    "write the line \"%s: YOU@DOMAIN\" into %s; or set "
		    "default-domain",
		    a->local, file->path);
	config = config_to_write();
	return error_hint(err,
	    "write %s@DOMAIN, or \"%s = YOU@DOMAIN\" below a line [alias] in "
	    "%s, or set default-domain there",
	    a->local, a->local, config);
}

static int
add(struct expansion *e, const struct address *a, struct error *err)
{
	struct address complete = *a;

	if (a->domain == NULL) {
		if (e->book->settings->default_domain == NULL)
			return no_domain(e, a, err);
		complete.domain = e->book->settings->default_domain;
	}
	if (e->group != NULL)
		complete.group = e->group;
	complete.parameters = e->parameters;
	address_list_add(&e->out, &complete);
	return 0;
}

/* Before duplicates go, or a small file could keep us busy for hours. */
static int
count_member(struct expansion *e, struct error *err)
{
	if (++e->members <= ADDRESS_MAX_RECIPIENTS)
		return 0;
	error_set(
	    err, ERR_DATA, "more than %d recipients", ADDRESS_MAX_RECIPIENTS);
	return error_hint(err, "send it in several messages");
}

static int expand_list(
    struct expansion *e, const struct address_list *list, struct error *err);

/* Members of the file that are no addresses are its users' business with
 * sendmail, not ours. */
static int
refuse_kind(const struct alias *alias, const char *member, enum alias_kind kind,
    struct error *err)
{
	static const char *const what[] = {
		[ALIAS_COMMAND] = "a command",
		[ALIAS_PATH] = "a file",
		[ALIAS_INCLUDE] = "a list in a file",
	};

	(void)error_set(err, ERR_CONFIG,
	    "alias '%s' stands for %s, '%s': mail goes to addresses only",
	    alias->name, what[kind], member);
	return error_hint(err,
	    "write an address in its place; or \"%s = ADDRESS\" below [alias] "
	    "in the config file, which goes first",
	    alias->name);
}

static int
expand_file_value(
    struct expansion *e, const struct alias *alias, struct error *err)
{
	auto_buf struct buf member = buf_make(strlen(alias->value) + 1);
	const char *p = alias->value;
	enum alias_kind kind;

	while (alias_next(&p, &member, &kind)) {
		auto_address_list struct address_list list = { 0 };

		if (kind != ALIAS_ADDRESS && kind != ALIAS_FINAL)
			return refuse_kind(alias, member.data, kind, err);
		if (address_parse(&list, member.data, member.len, err) < 0) {
			err->kind = ERR_CONFIG;
			return -1;
		}
		if (kind == ALIAS_ADDRESS && expand_list(e, &list, err) < 0)
			return -1;
		for (size_t i = 0; kind == ALIAS_FINAL && i < list.count; i++)
			if (count_member(e, err) < 0 ||
			    add(e, &list.items[i], err) < 0)
				return -1;
	}
	return 0;
}

static int
expand_config_value(
    struct expansion *e, const struct alias *alias, struct error *err)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, alias->value, strlen(alias->value), err) < 0) {
		err->kind = ERR_CONFIG;
		return -1;
	}
	return expand_list(e, &list, err);
}

static int
expand_alias(struct expansion *e, const struct alias *alias, struct error *err)
{
	size_t before = e->members;
	int result;

	if (is_open(e, alias->name))
		return error_set(
		    err, ERR_CONFIG, "alias '%s' contains itself", alias->name);
	if (e->depth == MAX_DEPTH)
		return error_set(err, ERR_CONFIG,
		    "aliases are nested deeper than %d", MAX_DEPTH);
	e->path[e->depth++] = alias->name;
	result = alias->where != NULL ? expand_config_value(e, alias, err)
				      : expand_file_value(e, alias, err);
	e->depth--;
	if (result == 0 && e->members == before)
		return error_set(
		    err, ERR_CONFIG, "alias '%s' has no members", alias->name);
	return result;
}

static int
expand_one(struct expansion *e, const struct address *a, struct error *err)
{
	struct alias alias;
	int found;

	if (count_member(e, err) < 0)
		return -1;
	found = find(&alias, e, a, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return add(e, a, err);
	if (expand_alias(e, &alias, err) == 0)
		return 0;
	/* The innermost entry is to blame, the others only lead there. */
	return e->blamed ? -1 : blame(e, &alias, err);
}

static int
expand_list(
    struct expansion *e, const struct address_list *list, struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (expand_one(e, &list->items[i], err) < 0)
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

/* Sorted first, since a list may hold thousands. */
void
aliases_merge(struct address_list *list)
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
aliases_expand(struct aliases *a, struct address_list *list, struct error *err)
{
	struct expansion e = { .book = a };

	for (size_t i = 0; i < list->count; i++) {
		e.group = list->items[i].group;
		e.parameters = list->items[i].parameters;
		if (expand_one(&e, &list->items[i], err) < 0) {
			address_list_release(&e.out);
			return -1;
		}
	}
	aliases_merge(&e.out);
	address_list_release(list);
	*list = e.out;
	return 0;
}

/* Does the list hold just this address? */
static bool
is_only(const struct address_list *list, const struct address *a)
{
	return list->count == 1 && a->domain != NULL &&
	    address_same(&list->items[0], a);
}

bool
aliases_complete(struct aliases *a, struct address_list *list)
{
	auto_address_list struct address_list out = { .items = NULL };
	auto_free char *domain = NULL;
	struct expansion e = { .book = a };
	bool changed = false;

	for (size_t i = 0; i < list->count; i++) {
		struct address shown = list->items[i];
		struct error ignored = ERROR_INIT;
		bool done;

		e.group = shown.group;
		done = expand_one(&e, &shown, &ignored) == 0;
		changed = changed || shown.domain == NULL ||
		    (done && !is_only(&e.out, &shown));
		if (shown.domain == NULL && domain == NULL)
			domain = host_domain(a->settings->default_domain);
		if (shown.domain == NULL)
			shown.domain = domain;
		if (!done)
			address_list_add(&out, &shown);
		for (size_t k = 0; done && k < e.out.count; k++)
			address_list_add(&out, &e.out.items[k]);
		address_list_release(&e.out);
	}
	if (!changed)
		return false;
	aliases_merge(&out);
	address_list_release(list);
	*list = out;
	out = (struct address_list){ .items = NULL };
	return true;
}
