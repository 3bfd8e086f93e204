/* SPDX-License-Identifier: MIT */
/*
 * One pass over argv.  Each option is stored into a scratch request at once, so
 * that a mistake is reported with the spelling that was typed.
 */
#include "settings/cmdline.h"

#include "base/mem.h"
#include "settings/habits.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct parser {
	struct cmdline *cl;
	int argc;
	char *const *argv;
	int next;              /* the first word not looked at */
	int dashes;            /* where "--" stands, argc if nowhere */
	int scope;             /* a flag has one of these bits */
	struct strlist *words; /* where operands go that are no addresses */
	bool rows;             /* values may name columns */
	struct request scratch;
};

static int parse_item(struct parser *p, const struct option *o,
    const char *shown, const char *value, bool negated, struct error *err);

static void
add_item(struct cmdline *cl, const struct cmdline_item *item)
{
	/* Capacity doubles: it is full whenever count is a power of two. */
	if ((cl->count & (cl->count - 1)) == 0)
		cl->items = mem_resize(cl->items,
		    cl->count > 0 ? cl->count * 2 : 1, sizeof(*cl->items));
	cl->items[cl->count++] = *item;
}

static const char *
item_value(const struct cmdline_item *item)
{
	return item->negated ? "no" : item->value;
}

/* -O KEY=VALUE. */
static int
parse_set(struct parser *p, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	auto_free char *key = NULL;
	const struct option *o;
	const char *near;
	char shown[48];

	if (equals == NULL || equals == text) {
		/* Not repeated: it may be half of a secret. */
		error_set(err, ERR_USAGE, "-O takes KEY=VALUE");
		return error_hint(err, "such as -O timeout=90s");
	}
	key = mem_strndup(text, (size_t)(equals - text));
	o = option_by_name(key);
	if (o != NULL && o->type == OPTION_SECRET)
		return habit_no_password(err);
	if (o == NULL || (o->scope & IN_CONFIG) == 0) {
		near = option_suggest(key, IN_CONFIG);
		error_set(err, ERR_USAGE, "-O: unknown key '%s'", key);
		return near != NULL
		    ? error_hint(err, "did you mean %s?", near)
		    : error_hint(err, "the keys are in mitto.conf(5)");
	}
	if ((o->scope & FILE_ONLY) != 0)
		return error_set(
		    err, ERR_USAGE, "-O: '%s' stands in files only", key);
	(void)snprintf(shown, sizeof(shown), "-O %s", key);
	if (habit_check(o, shown, equals + 1, false, &p->cl->notes, err) != 0)
		return -1;
	return parse_item(p, o, shown, equals + 1, false, err);
}

static int
parse_action(struct parser *p, const struct option *o, const char *value,
    struct error *err)
{
	switch (o->letter) {
	case 'h':
		p->cl->help = true;
		p->cl->help_topic = value;
		return 0;
	case 'V':
		p->cl->version = true;
		return 0;
	case 'O':
		return parse_set(p, value, err);
	default: /* -i */
		return 0;
	}
}

/* Check one option with its value and add it. */
static int
parse_item(struct parser *p, const struct option *o, const char *shown,
    const char *value, bool negated, struct error *err)
{
	struct cmdline_item item = {
		.option = o,
		.value = value,
		.negated = negated,
		.row = p->rows && (o->scope & IS_ROW) != 0,
	};

	(void)snprintf(item.shown, sizeof(item.shown), "%s", shown);
	if (!item.row &&
	    option_store(&p->scratch, o, item_value(&item), err) != 0)
		return error_wrap(err, "%s", shown);
	add_item(p->cl, &item);
	return 0;
}

static int
parse_option(struct parser *p, const struct option *o, const char *shown,
    const char *value, bool attached, struct error *err)
{
	if (value != NULL &&
	    habit_check(o, shown, value, attached, &p->cl->notes, err) != 0)
		return -1;
	if (o->type == OPTION_ACTION)
		return parse_action(p, o, value, err);
	return parse_item(p, o, shown, value, false, err);
}

/* The next word as a value; "--" is none. */
static int
take_value(struct parser *p, const struct option *o, const char *shown,
    const char **value, struct error *err)
{
	if (p->next >= p->argc || p->next == p->dashes) {
		error_set(err, ERR_USAGE, "%s needs a value", shown);
		return error_hint(err, "%s %s", shown, o->arg);
	}
	*value = p->argv[p->next++];
	return 0;
}

static bool
takes_value(const struct option *o)
{
	return o->arg != NULL && o->arg[0] != '[';
}

static int
parse_operand(struct parser *p, const char *word, struct error *err)
{
	struct cmdline_item item = { .value = word, .row = p->rows };

	if (p->words != NULL) {
		strlist_add(p->words, word);
		return 0;
	}
	if (*word == '\0')
		return error_set(err, ERR_USAGE, "an address is empty");
	if (!item.row && (p->scope & IN_LOGIN) == 0 &&
	    option_store(&p->scratch, option_by_name("to"), word, err) != 0)
		return -1;
	add_item(p->cl, &item);
	return 0;
}

/* mutt's form: the words from an -a to the "--" are files, as far as they are
 * no addresses. */
static int
parse_more_files(struct parser *p, const struct option *o, struct error *err)
{
	while (p->dashes < p->argc && p->next < p->dashes) {
		const char *word = p->argv[p->next];

		if (word[0] == '-' && word[1] != '\0')
			return 0;
		if (strchr(word, '@') != NULL && access(word, F_OK) != 0)
			return 0;
		p->next++;
		if (parse_item(p, o, "-a", word, false, err) != 0)
			return -1;
	}
	return 0;
}

/* --no-NAME of a flag. */
static const struct option *
negated_option(const struct parser *p, const char *name)
{
	const struct option *o = NULL;

	if (strncmp(name, "no-", 3) == 0)
		o = option_by_name(name + 3);
	if (o == NULL || (o->scope & p->scope) == 0 ||
	    (o->type != OPTION_FLAG && o->type != OPTION_COUNT))
		return NULL;
	return o;
}

static int
parse_long(struct parser *p, const char *word, struct error *err)
{
	size_t len = strcspn(word, "=");
	const char *value = word[len] == '=' ? word + len + 1 : NULL;
	auto_free char *name = mem_strndup(word, len);
	const struct option *o = option_by_name(name);
	bool attached = value != NULL;
	char shown[48];

	(void)snprintf(shown, sizeof(shown), "--%s", name);
	if (o == NULL || (o->scope & p->scope) == 0) {
		o = negated_option(p, name);
		if (o == NULL)
			return habit_unknown_name(word, len, p->scope, err);
		if (attached)
			return error_set(
			    err, ERR_USAGE, "%s takes no value", shown);
		return parse_item(p, o, shown, NULL, true, err);
	}
	if (attached && o->type == OPTION_ACTION && o->arg == NULL)
		return error_set(err, ERR_USAGE, "%s takes no value", shown);
	if (!attached && takes_value(o) &&
	    take_value(p, o, shown, &value, err) != 0)
		return -1;
	return parse_option(p, o, shown, value, attached, err);
}

/* A word of letters; the first that takes a value ends it. */
static int
parse_letters(struct parser *p, const char *word, struct error *err)
{
	while (*word != '\0') {
		const struct option *o = option_by_letter(*word);
		char shown[] = { '-', *word++, '\0' };
		const char *value = NULL;
		bool attached = *word != '\0';

		if (o == NULL)
			return habit_unknown_letter(shown[1], err);
		if (!takes_value(o) || o->letter_value != NULL) {
			if (parse_option(
				p, o, shown, o->letter_value, false, err) != 0)
				return -1;
			continue;
		}
		if (attached)
			value = word;
		else if (take_value(p, o, shown, &value, err) != 0)
			return -1;
		if (parse_option(p, o, shown, value, attached, err) != 0)
			return -1;
		return o->letter == 'a' ? parse_more_files(p, o, err) : 0;
	}
	return 0;
}

static int
parse_word(struct parser *p, const char *word, struct error *err)
{
	if (word[0] != '-')
		return parse_operand(p, word, err);
	if (word[1] == '-')
		return parse_long(p, word + 2, err);
	if (word[1] != '\0')
		return parse_letters(p, word + 1, err);
	if (p->words != NULL || p->rows)
		return parse_operand(p, word, err);
	error_set(err, ERR_USAGE, "'-' is no address");
	return error_hint(err,
	    "standard input is the text without being "
	    "named; to attach it: -a -");
}

/* The words before "--", then those behind it.  The first bad value is told,
 * and what else was said is taken all the same. */
static int
parse_words(struct parser *p, struct error *err)
{
	struct error ignored = ERROR_INIT;
	int result = 0;

	while (p->next < p->argc && !p->cl->help && !p->cl->version) {
		const char *word = p->argv[p->next++];
		struct error *to = result == 0 ? err : &ignored;

		if (p->next - 1 == p->dashes)
			continue;
		if (p->next > p->dashes ? parse_operand(p, word, to)
					: parse_word(p, word, to))
			result = -1;
		if (result != 0 && err->kind != ERR_DATA)
			break;
	}
	return result;
}

static int
parse(struct parser *p, struct error *err)
{
	int result;

	*p->cl = (struct cmdline){ 0 };
	while (p->dashes < p->argc && strcmp(p->argv[p->dashes], "--") != 0)
		p->dashes++;
	result = parse_words(p, err);
	request_release(&p->scratch);
	if (result != 0 && err->kind != ERR_DATA)
		cmdline_release(p->cl);
	return result;
}

int
cmdline_parse(
    struct cmdline *cl, int argc, char *const *argv, struct error *err)
{
	struct parser p = { cl, argc, argv, .scope = IN_ARGV };

	return parse(&p, err);
}

int
cmdline_parse_for(struct cmdline *cl, int scope, int argc, char *const *argv,
    struct error *err)
{
	struct parser p = { cl, argc, argv, .scope = IN_ARGV | scope };

	return parse(&p, err);
}

int
cmdline_parse_words(struct cmdline *cl, struct strlist *words, int scope,
    int argc, char *const *argv, struct error *err)
{
	struct parser p = { cl, argc, argv, .scope = scope, .words = words };

	return parse(&p, err);
}

int
cmdline_parse_merge(
    struct cmdline *cl, int argc, char *const *argv, struct error *err)
{
	struct parser p = { cl, argc, argv, .scope = IN_ARGV | IN_MERGE,
		.rows = true };

	return parse(&p, err);
}

int
cmdline_add(struct cmdline *cl, const char *name, const char *value,
    const char *shown, struct error *err)
{
	struct parser p = { .cl = cl };
	const struct option *o = option_by_name(name != NULL ? name : "to");
	int result;

	/* An item of the list stays where it is when the list grows. */
	if (value != NULL) {
		strlist_add(&cl->kept, value);
		value = cl->kept.items[cl->kept.count - 1];
	}
	result = name != NULL ? parse_item(&p, o, shown, value, false, err)
			      : parse_operand(&p, value, err);
	request_release(&p.scratch);
	return result;
}

const char *
cmdline_last(const struct cmdline *cl, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < cl->count; i++)
		if (cl->items[i].option != NULL &&
		    strcmp(cl->items[i].option->name, name) == 0)
			value = cl->items[i].value;
	return value;
}

int
cmdline_apply(const struct cmdline *cl, struct request *r, struct error *err)
{
	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];
		const struct option *o = item->option;

		if (o == NULL)
			o = option_by_name("to");
		if (!item->row &&
		    option_store(r, o, item_value(item), err) != 0)
			return error_wrap(err, "%s",
			    item->option != NULL ? item->shown : item->value);
	}
	return 0;
}

void
cmdline_release(struct cmdline *cl)
{
	free(cl->items);
	strlist_release(&cl->notes);
	strlist_release(&cl->kept);
	*cl = (struct cmdline){ 0 };
}
