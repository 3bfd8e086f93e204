/* SPDX-License-Identifier: MIT */
/*
 * Attachments as the user names them.
 */
#include "compose/attach.h"

#include "base/mem.h"
#include "settings/cmdline.h"
#include "text/charset.h"
#include "text/header.h"
#include "text/param.h"

#include <errno.h>
#include <string.h>

/* Where the value of a known ";key=" belongs, or NULL; *flag for ";inline". */
static char **
key_field(struct attach_spec *spec, const char *key, size_t len, bool *flag)
{
	static const char *const names[] = { "name", "type", "charset", "cid" };
	char **const fields[] = { &spec->name, &spec->type, &spec->charset,
		&spec->cid };

	*flag = len == 6 && strncmp(key, "inline", 6) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && strncmp(names[i], key, len) == 0)
			return fields[i];
	return NULL;
}

/* Take ";key=value..." from rest; false when it is not that. */
static bool
parse_keys(struct attach_spec *spec, const char *rest)
{
	while (*rest == ';') {
		const char *key = rest + 1;
		size_t len = strcspn(key, "=;");
		bool flag;
		char **field = key_field(spec, key, len, &flag);

		if (key[len] == '=' && field != NULL) {
			const char *value = key + len + 1;
			size_t value_len = strcspn(value, ";");

			free(*field);
			*field = mem_strndup(value, value_len);
			rest = value + value_len;
		} else if (key[len] != '=' && flag) {
			spec->is_inline = true;
			rest = key + len;
		} else {
			return false;
		}
	}
	return true;
}

static int
check(const struct attach_spec *spec, const char *text, struct error *err)
{
	if (spec->type != NULL && !param_is_media_type(spec->type)) {
		(void)error_set(err, ERR_USAGE,
		    "'%s' is no media type in '-a %s'", spec->type, text);
		return error_hint(err,
		    "it has the form type/subtype: "
		    "application/pdf, text/csv");
	}
	if (spec->type != NULL && strncmp(spec->type, "multipart/", 10) == 0)
		return error_set(err, ERR_USAGE,
		    "a file cannot be attached as '%s'", spec->type);
	if (spec->charset != NULL && !charset_known(spec->charset))
		return error_set(
		    err, ERR_DATA, "unknown charset '%s'", spec->charset);
	if (spec->cid != NULL &&
	    (spec->cid[0] == '\0' ||
		strpbrk(spec->cid, " \t<>\"\\()[],;:") != NULL))
		return error_set(err, ERR_DATA,
		    "'%s' cannot be a Content-ID: no blanks, brackets or quotes",
		    spec->cid);
	if (spec->cid != NULL)
		return header_check("the Content-ID", spec->cid, err);
	return 0;
}

int
attach_parse(struct attach_spec *spec, const char *text, struct error *err)
{
	const char *rest = strchr(text, ';');

	*spec = (struct attach_spec){ .path = NULL };
	if (rest == NULL || rest == text || access(text, F_OK) == 0 ||
	    !parse_keys(spec, rest)) {
		attach_release(spec);
		spec->path = mem_strdup(text);
		return 0;
	}
	spec->path = mem_strndup(text, (size_t)(rest - text));
	return check(spec, text, err);
}

static char *
choose_name(const struct attach_spec *spec, struct error *err)
{
	if (spec->name != NULL && spec->name[0] != '\0')
		return part_name(spec->name, err);
	if (strcmp(spec->path, "-") == 0 || store_shell_pipe(spec->path) >= 0)
		return mem_strdup("attachment");
	return part_name(spec->path, err);
}

struct part *
attach_part(const struct attach_spec *spec, struct store *input,
    const volatile int *interrupted, struct error *err)
{
	auto_store struct store *content = NULL;
	auto_free char *name = NULL;
	struct part *part;

	if (strcmp(spec->path, "-") == 0)
		content = input != NULL ? store_ref(input) : NULL;
	else
		content =
		    store_open(spec->path, "attachment", interrupted, err);
	if (content == NULL) {
		cmdline_attach_hint(spec->path, err);
		return NULL;
	}
	name = choose_name(spec, err);
	if (name == NULL)
		return NULL;
	part = part_leaf(steal(content), spec->type,
	    charset_name(spec->charset), name,
	    spec->is_inline ? DISPOSITION_INLINE : DISPOSITION_ATTACHMENT, err);
	if (part == NULL)
		return NULL;
	part->source = mem_strdup(spec->path);
	if (spec->cid != NULL)
		part->cid = mem_strdup(spec->cid);
	return part;
}

void
attach_release(struct attach_spec *spec)
{
	free(spec->path);
	free(spec->name);
	free(spec->type);
	free(spec->charset);
	free(spec->cid);
	*spec = (struct attach_spec){ .path = NULL };
}
