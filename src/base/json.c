/* SPDX-License-Identifier: MIT */
/*
 * What jansson holds may be tokens: its memory is wiped when it is freed.
 */
#include "base/json.h"

#include "base/library.h"
#include "base/mem.h"
#include "base/secret.h"

#include <stddef.h>
#include <string.h>

#ifdef HAVE_JANSSON
#include <jansson.h>

/* --- jansson -------------------------------------------------------------- */

struct library {
	__typeof__(json_set_alloc_funcs) *set_alloc_funcs;
	__typeof__(json_loadb) *loadb;
	__typeof__(json_delete) *delete;
	__typeof__(json_object_iter) *iter;
	__typeof__(json_object_iter_next) *next;
	__typeof__(json_object_iter_key) *key;
	__typeof__(json_object_iter_value) *value;
	__typeof__(json_string_value) *string;
	__typeof__(json_string_length) *length;
	__typeof__(json_integer_value) *integer;
	__typeof__(json_real_value) *real;
};

#ifdef LIBJANSSON

/* NULL, with *why, if it is not to be had. */
static const struct library *
load_library(const char **why)
{
	static struct library lib;
	const struct library_function wanted[] = {
		{ "json_set_alloc_funcs", &lib.set_alloc_funcs },
		{ "json_loadb", &lib.loadb },
		{ "json_delete", &lib.delete },
		{ "json_object_iter", &lib.iter },
		{ "json_object_iter_next", &lib.next },
		{ "json_object_iter_key", &lib.key },
		{ "json_object_iter_value", &lib.value },
		{ "json_string_value", &lib.string },
		{ "json_string_length", &lib.length },
		{ "json_integer_value", &lib.integer },
		{ "json_real_value", &lib.real },
	};

	return library_load(LIBJANSSON, wanted, ARRAY_SIZE(wanted), why) ? &lib
									 : NULL;
}

#else

static const struct library *
load_library(const char **why)
{
	static const struct library lib = {
		.set_alloc_funcs = json_set_alloc_funcs,
		.loadb = json_loadb,
		.delete = json_delete,
		.iter = json_object_iter,
		.next = json_object_iter_next,
		.key = json_object_iter_key,
		.value = json_object_iter_value,
		.string = json_string_value,
		.length = json_string_length,
		.integer = json_integer_value,
		.real = json_real_value,
	};

	*why = NULL;
	return &lib;
}

#endif

union block {
	size_t size;
	max_align_t align;
};

static void *
wiping_alloc(size_t size)
{
	union block *b = mem_alloc(sizeof(*b) + size);

	b->size = size;
	return b + 1;
}

static void
wiping_free(void *memory)
{
	union block *b = memory;

	if (b == NULL)
		return;
	b--;
	secret_wipe(b, sizeof(*b) + b->size);
	free(b);
}

static const struct library *
get_library(struct error *err)
{
	static const struct library *lib;
	const char *why = NULL;

	if (lib != NULL)
		return lib;
	lib = load_library(&why);
	if (lib != NULL)
		lib->set_alloc_funcs(wiping_alloc, wiping_free);
	else
		(void)error_set(err, ERR_OSFILE, "jansson cannot be loaded: %s",
		    why != NULL ? why : "no reason given");
	return lib;
}

bool
json_can_read(struct error *err)
{
	return get_library(err) != NULL;
}

/* --- members -------------------------------------------------------------- */

static void
take_value(const struct library *lib, struct json_member *m, const json_t *v)
{
	m->kind = JSON_MEMBER_OTHER;
	if (json_is_null(v)) {
		m->kind = JSON_MEMBER_NULL;
	} else if (json_is_boolean(v)) {
		m->kind = JSON_MEMBER_BOOL;
		m->text = mem_strdup(json_is_true(v) ? "true" : "false");
	} else if (json_is_integer(v)) {
		m->kind = JSON_MEMBER_NUMBER;
		m->number = (double)lib->integer(v);
		m->text = mem_printf("%" JSON_INTEGER_FORMAT, lib->integer(v));
	} else if (json_is_real(v)) {
		m->kind = JSON_MEMBER_NUMBER;
		m->number = lib->real(v);
		m->text = mem_printf("%.15g", lib->real(v));
	} else if (json_is_string(v) &&
	    strlen(lib->string(v)) == lib->length(v)) {
		m->kind = JSON_MEMBER_TEXT;
		m->text = mem_strdup(lib->string(v));
	}
}

static void
take_members(const struct library *lib, struct json_members *m, json_t *object)
{
	void *at = lib->iter(object);

	for (; at != NULL; at = lib->next(object, at)) {
		struct json_member *member;

		m->items =
		    mem_resize(m->items, m->count + 1, sizeof(*m->items));
		member = &m->items[m->count++];
		*member = (struct json_member){
			.name = mem_strdup(lib->key(at)),
		};
		take_value(lib, member, lib->value(at));
	}
}

int
json_members_read(
    struct json_members *m, const char *text, size_t len, struct error *err)
{
	const struct library *lib = get_library(err);
	json_error_t why;
	json_t *object;
	int result = 0;

	if (lib == NULL)
		return -1;
	object = lib->loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(object))
		take_members(lib, m, object);
	else
		result = error_set(err, ERR_DATA, "this is no JSON object: %s",
		    object == NULL ? why.text : "it is something else");
	/* Nobody else holds it. */
	if (object != NULL && object->refcount == 1)
		lib->delete (object);
	return result;
}

#else

bool
json_can_read(struct error *err)
{
	(void)error_set(
	    err, ERR_CONFIG, "this mitto was built without jansson");
	return false;
}

int
json_members_read(struct json_members *m UNUSED, const char *text UNUSED,
    size_t len UNUSED, struct error *err)
{
	(void)json_can_read(err);
	return -1;
}

#endif

const struct json_member *
json_members_find(const struct json_members *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->items[i].name, name) == 0)
			return &m->items[i];
	return NULL;
}

void
json_members_release(struct json_members *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct json_member *member = &m->items[i];

		if (member->text != NULL)
			secret_wipe(member->text, strlen(member->text));
		free(member->text);
		free(member->name);
	}
	free(m->items);
	*m = (struct json_members){ .items = NULL };
}
