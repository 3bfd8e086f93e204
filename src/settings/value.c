/* SPDX-License-Identifier: MIT */
/*
 * Texts into fields and back: the one setter behind flags, environment and
 * config lines.
 */
#include "settings/options.h"

#include "base/mem.h"
#include "text/address.h"
#include "text/header.h"
#include "text/suggest.h"

#include <errno.h>
#include <string.h>

/* A unit behind a number and what it multiplies by. */
struct unit {
	const char *name;
	int64_t factor;
};

static void *
field_of(struct request *r, const struct option *o)
{
	return (char *)r + o->offset;
}

/* Digits and one of the units, all of the text; false if it is anything else
 * or does not fit. */
static bool
parse_quantity(const char *text, const struct unit *units, int64_t *out)
{
	long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0)
		return false;
	for (const struct unit *u = units; u->name != NULL; u++)
		if (strcasecmp(end, u->name) == 0)
			return !__builtin_mul_overflow(number, u->factor, out);
	return false;
}

static bool
parse_number(const char *text, int64_t *out)
{
	static const struct unit none[] = { { "", 1 }, { 0 } };

	return parse_quantity(text, none, out);
}

static bool
parse_duration(const char *text, int64_t *out)
{
	static const struct unit units[] = {
		{ "", 1000 },
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "min", 60 * 1000 },
		{ "h", 3600 * 1000 },
		{ 0 },
	};

	return parse_quantity(text, units, out);
}

static bool
parse_size(const char *text, int64_t *out)
{
	static const int64_t k = 1024;
	static const struct unit units[] = {
		{ "", 1 },
		{ "b", 1 },
		{ "k", k },
		{ "kb", k },
		{ "kib", k },
		{ "m", k * k },
		{ "mb", k * k },
		{ "mib", k * k },
		{ "g", k * k * k },
		{ "gb", k * k * k },
		{ "gib", k * k * k },
		{ 0 },
	};

	return parse_quantity(text, units, out);
}

static bool
parse_flag(const char *text, bool *out)
{
	static const char *const words[][2] = {
		{ "no", "yes" },
		{ "off", "on" },
		{ "false", "true" },
		{ "0", "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < 2; j++) {
			if (strcasecmp(text, words[i][j]) == 0) {
				*out = j != 0;
				return true;
			}
		}
	}
	return false;
}

static int
store_flag(bool *field, const char *value, struct error *err)
{
	if (parse_flag(value != NULL ? value : "yes", field))
		return 0;
	error_set(err, ERR_USAGE, "'%s' is neither yes nor no", value);
	return error_hint(err, "yes or no");
}

/* NULL is one more use; a text is the count, "no" is none. */
static int
store_count(
    int *field, const struct option *o, const char *value, struct error *err)
{
	bool yes;
	int64_t number;

	if (value == NULL) {
		if (*field < o->max)
			++*field;
		return 0;
	}
	if (parse_number(value, &number) && number <= o->max) {
		*field = (int)number;
		return 0;
	}
	if (parse_flag(value, &yes)) {
		*field = yes ? 1 : 0;
		return 0;
	}
	error_set(err, ERR_USAGE, "'%s' is no number", value);
	return error_hint(err, "a number from 0 to %ld", o->max);
}

static int
store_number(
    int *field, const struct option *o, const char *value, struct error *err)
{
	int64_t number;

	if (!parse_number(value, &number) || number < o->min ||
	    number > o->max) {
		error_set(err, ERR_USAGE, "'%s' is no number from %ld to %ld",
		    value, o->min, o->max);
		return error_hint(
		    err, "a number from %ld to %ld", o->min, o->max);
	}
	*field = (int)number;
	return 0;
}

static int
store_duration(struct duration *field, const struct option *o,
    const char *value, struct error *err)
{
	int64_t ms;

	if (!parse_duration(value, &ms) || ms < o->min || ms > o->max) {
		error_set(err, ERR_USAGE, "'%s' is no time we can wait", value);
		return error_hint(
		    err, "a time such as 90s, 5m or 500ms, at most 24h");
	}
	field->ms = ms;
	return 0;
}

static int
store_size(struct size *field, const struct option *o, const char *value,
    struct error *err)
{
	int64_t bytes;

	if (!parse_size(value, &bytes) || bytes < o->min || bytes > o->max) {
		error_set(err, ERR_USAGE, "'%s' is no size", value);
		return error_hint(
		    err, "a size such as 25M, 512k or 1G, not zero");
	}
	field->bytes = bytes;
	return 0;
}

static const char *
next_choice(void *ctx, size_t i)
{
	const struct option *const *o = ctx;

	return (*o)->choices[i].name;
}

static int
store_choice(struct choice *field, const struct option *o, const char *value,
    struct error *err)
{
	auto_buf struct buf words = buf_make(200);
	const char *near;

	for (const struct choice_name *c = o->choices; c->name != NULL; c++) {
		if (strcasecmp(c->name, value) == 0) {
			field->value = c->value;
			return 0;
		}
	}
	near = suggest_nearest(value, next_choice, &o);
	option_choices(&words, o);
	error_set(err, ERR_USAGE, "no such choice '%s'", value);
	if (near != NULL && *value != '\0')
		return error_hint(
		    err, "did you mean %s? (one of: %s)", near, words.data);
	return error_hint(err, "one of: %s", words.data);
}

static int
check_addresses(const char *value, struct error *err)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, value, strlen(value), err) != 0)
		return -1;
	if (list.count == 0)
		return error_set(err, ERR_DATA, "'%s' holds no address", value);
	return 0;
}

/* What any text must pass before it is stored. */
static int
check_text(const struct option *o, const char *value, struct error *err)
{
	if (*value == '\0')
		return 0;
	if (o->check != NULL && o->check(value, err) != 0)
		return -1;
	if ((o->scope & IS_ADDRESS) != 0)
		return check_addresses(value, err);
	return 0;
}

static int
store_string(
    char **field, const struct option *o, const char *value, struct error *err)
{
	bool empty = *value == '\0' && (o->scope & MAY_BE_EMPTY) == 0;

	if (empty && (o->scope & (IS_PATH | IS_ADDRESS)) != 0)
		return error_set(err, ERR_USAGE, "%s is empty",
		    (o->scope & IS_PATH) != 0 ? "the file name"
					      : "the address");
	if (check_text(o, value, err) != 0)
		return -1;
	free(*field);
	*field = empty ? NULL : mem_strdup(value);
	return 0;
}

static int
store_list(struct strlist *field, const struct option *o, const char *value,
    struct error *err)
{
	if (*value == '\0' && (o->scope & IS_PATH) != 0)
		return error_set(err, ERR_USAGE, "the file name is empty");
	if (check_text(o, value, err) != 0)
		return -1;
	if (*value == '\0' && (o->scope & IS_TEXT) == 0)
		strlist_release(field);
	else
		strlist_add(field, value);
	return 0;
}

/* Control characters and bytes that are not UTF-8 end here, except in texts of
 * several lines, file names and secrets; addresses have a stricter parser. */
static int
check_bytes(const struct option *o, const char *value, struct error *err)
{
	if (value == NULL || o->type == OPTION_SECRET ||
	    (o->scope & (IS_TEXT | IS_PATH | IS_ADDRESS)) != 0)
		return 0;
	return header_check("the value", value, err);
}

static int
store_secret(struct secret *field, const char *value, struct error *err)
{
	if (*value == '\0')
		return error_set(err, ERR_USAGE, "the value is empty");
	secret_set(field, value, strlen(value));
	return 0;
}

int
option_store(struct request *r, const struct option *o, const char *value,
    struct error *err)
{
	void *field = field_of(r, o);

	if (value == NULL && o->type != OPTION_FLAG && o->type != OPTION_COUNT)
		return error_set(err, ERR_USAGE, "a value is missing");
	if (check_bytes(o, value, err) != 0)
		return -1;
	switch (o->type) {
	case OPTION_FLAG:
		return store_flag(field, value, err);
	case OPTION_COUNT:
		return store_count(field, o, value, err);
	case OPTION_NUMBER:
		return store_number(field, o, value, err);
	case OPTION_STRING:
		return store_string(field, o, value, err);
	case OPTION_LIST:
		return store_list(field, o, value, err);
	case OPTION_CHOICE:
		if (o->check != NULL && o->check(value, err) != 0)
			return -1;
		return store_choice(field, o, value, err);
	case OPTION_DURATION:
		return store_duration(field, o, value, err);
	case OPTION_SIZE:
		return store_size(field, o, value, err);
	case OPTION_SECRET:
		return store_secret(field, value, err);
	case OPTION_ACTION:
		break;
	}
	return error_set(err, ERR_SOFTWARE, "'%s' has no value", o->name);
}

int
option_set(struct request *r, const struct option *o, const char *value,
    struct error *err)
{
	if (option_store(r, o, value, err) == 0)
		return 0;
	return error_wrap(err, "--%s", o->name);
}

/* The largest unit that divides the value. */
static void
print_quantity(struct buf *out, int64_t value, const struct unit *units)
{
	if (value == 0)
		return;
	while (value % units->factor != 0)
		units++;
	buf_printf(
	    out, "%lld%s", (long long)(value / units->factor), units->name);
}

static void
print_duration(struct buf *out, int64_t ms)
{
	static const struct unit units[] = {
		{ "h", 3600 * 1000 },
		{ "m", 60 * 1000 },
		{ "s", 1000 },
		{ "ms", 1 },
	};

	print_quantity(out, ms, units);
}

static void
print_size(struct buf *out, int64_t bytes)
{
	static const struct unit units[] = {
		{ "G", 1024 * 1024 * 1024 },
		{ "M", 1024 * 1024 },
		{ "k", 1024 },
		{ "", 1 },
	};

	print_quantity(out, bytes, units);
}

static void
print_choice(struct buf *out, const struct option *o, int value)
{
	for (const struct choice_name *c = o->choices; c->name != NULL; c++) {
		if (c->value == value) {
			buf_puts(out, c->name);
			return;
		}
	}
}

static void
print_list(struct buf *out, const struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", list->items[i]);
}

/* A proxy's URL may hold a login: what stands before the @ is not shown. */
static void
print_string(struct buf *out, const struct option *o, const char *text)
{
	const char *at, *start;

	if (text == NULL)
		return;
	at = strrchr(text, '@');
	if (o->offset != offsetof(struct request, settings.proxy) ||
	    at == NULL) {
		buf_puts(out, text);
		return;
	}
	start = strstr(text, "://");
	if (start != NULL)
		buf_add(out, text, (size_t)(start + 3 - text));
	buf_printf(out, "****%s", at);
}

void
option_print(struct buf *out, const struct option *o, const struct request *r)
{
	const void *field = (const char *)r + o->offset;

	switch (o->type) {
	case OPTION_FLAG:
		buf_puts(out, *(const bool *)field ? "yes" : "no");
		return;
	case OPTION_COUNT:
	case OPTION_NUMBER:
		if (*(const int *)field != 0)
			buf_printf(out, "%d", *(const int *)field);
		return;
	case OPTION_STRING:
		print_string(out, o, *(char *const *)field);
		return;
	case OPTION_LIST:
		print_list(out, field);
		return;
	case OPTION_CHOICE:
		print_choice(out, o, ((const struct choice *)field)->value);
		return;
	case OPTION_DURATION:
		print_duration(out, ((const struct duration *)field)->ms);
		return;
	case OPTION_SIZE:
		print_size(out, ((const struct size *)field)->bytes);
		return;
	case OPTION_SECRET:
		if (secret_is_set(field))
			buf_puts(out, "****");
		return;
	case OPTION_ACTION:
		return;
	}
}

void
option_copy(
    struct request *to, const struct option *o, const struct request *from)
{
	void *copy = field_of(to, o);
	const void *field = (const char *)from + o->offset;

	option_clear(to, o);
	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)copy = *(const bool *)field;
		return;
	case OPTION_COUNT:
	case OPTION_NUMBER:
		*(int *)copy = *(const int *)field;
		return;
	case OPTION_STRING:
		if (*(char *const *)field != NULL)
			*(char **)copy = mem_strdup(*(char *const *)field);
		return;
	case OPTION_LIST:
		strlist_copy(copy, field);
		return;
	case OPTION_CHOICE:
		*(struct choice *)copy = *(const struct choice *)field;
		return;
	case OPTION_DURATION:
		*(struct duration *)copy = *(const struct duration *)field;
		return;
	case OPTION_SIZE:
		*(struct size *)copy = *(const struct size *)field;
		return;
	case OPTION_SECRET:
		if (secret_is_set(field))
			secret_set(copy, ((const struct secret *)field)->text,
			    strlen(((const struct secret *)field)->text));
		return;
	case OPTION_ACTION:
		return;
	}
}

void
option_clear(struct request *r, const struct option *o)
{
	void *field = field_of(r, o);

	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)field = false;
		return;
	case OPTION_COUNT:
	case OPTION_NUMBER:
		*(int *)field = 0;
		return;
	case OPTION_STRING:
		free(*(char **)field);
		*(char **)field = NULL;
		return;
	case OPTION_LIST:
		strlist_release(field);
		return;
	case OPTION_CHOICE:
		((struct choice *)field)->value = 0;
		return;
	case OPTION_DURATION:
		((struct duration *)field)->ms = 0;
		return;
	case OPTION_SIZE:
		((struct size *)field)->bytes = 0;
		return;
	case OPTION_SECRET:
		secret_release(field);
		return;
	case OPTION_ACTION:
		return;
	}
}
