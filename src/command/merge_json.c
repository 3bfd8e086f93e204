/* SPDX-License-Identifier: MIT */
/*
 * By jansson; the other place that reads JSON is oauth/response, whose strings
 * are secrets.
 */
#include "command/merge_json.h"

#ifdef HAVE_JANSSON

#include "base/mem.h"

#include <jansson.h>
#include <string.h>

/* A value as text; NULL for null, and with *err for what is no value. */
static char *
text_of(const char *name, const json_t *value, struct error *err)
{
	if (json_is_string(value)) {
		const char *start = json_string_value(value);

		if (strlen(start) == json_string_length(value))
			return mem_strdup(start);
		(void)error_set(err, ERR_DATA, "'%s' holds a NUL", name);
		return NULL;
	}
	if (json_is_null(value))
		return NULL;
	if (json_is_object(value) || json_is_array(value)) {
		(void)error_set(
		    err, ERR_DATA, "'%s' is no text and no number", name);
		return NULL;
	}
	if (json_is_integer(value))
		return mem_printf(
		    "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_real(value))
		return mem_printf("%.15g", json_real_value(value));
	return mem_strdup(json_is_true(value) ? "true" : "false");
}

int
json_row(const char *text, size_t len, struct strlist *names,
    struct strlist *values, struct error *err)
{
	json_error_t why;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	const char *name;
	json_t *value;

	if (!json_is_object(object)) {
		(void)error_set(err, ERR_DATA, "this is no JSON object: %s",
		    object == NULL ? why.text : "it is something else");
		json_decref(object);
		return -1;
	}
	json_object_foreach(object, name, value)
	{
		char *copy = text_of(name, value, err);

		if (err->kind != ERR_NONE)
			break;
		if (copy == NULL)
			continue;
		strlist_add(names, name);
		strlist_take(values, copy);
	}
	json_decref(object);
	return err->kind == ERR_NONE ? 0 : -1;
}

#else

int
json_row(const char *text UNUSED, size_t len UNUSED,
    struct strlist *names UNUSED, struct strlist *values UNUSED,
    struct error *err)
{
	(void)error_set(err, ERR_CONFIG,
	    "this mitto was built without jansson, which reads JSON Lines");
	return error_hint(err, "a CSV file works");
}

#endif
