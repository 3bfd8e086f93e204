/* SPDX-License-Identifier: MIT */
/*
 * What stands around a column decides before any value is known: the brackets
 * of an address, the folder of a file.
 */
#include "command/merge_fill.h"

#include "base/mem.h"
#include "command/run.h"
#include "message/mime.h"
#include "text/address.h"
#include "text/header.h"

#include <string.h>

#define VALUE_MAX (1L << 20) /* bytes */

/* --- values of options ---------------------------------------------------- */

/* "Name" without the blanks and quotes around it. */
static int
parse_name(struct slot *s, const char *text, size_t len, struct error *err)
{
	while (len > 0 && (text[0] == ' ' || text[0] == '\t')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len > 1 && text[0] == '"' && text[len - 1] == '"') {
		text++;
		len -= 2;
	}
	s->named = len > 0;
	return template_parse(&s->name, text, len, err);
}

int
slot_parse(struct slot *s, const char *text, bool address, struct error *err)
{
	const char *open = address ? strrchr(text, '<') : NULL;
	size_t len = strlen(text);

	*s = (struct slot){ .address = address };
	if (open == NULL || text[len - 1] != '>' || strstr(text, "{{") == NULL)
		return template_parse(&s->value, text, len, err);
	if (parse_name(s, text, (size_t)(open - text), err) < 0)
		return -1;
	return template_parse(
	    &s->value, open + 1, len - (size_t)(open + 2 - text), err);
}

void
slot_release(struct slot *s)
{
	template_release(&s->name);
	template_release(&s->value);
}

bool
slot_is_fixed(const struct slot *s)
{
	return template_is_fixed(&s->name) && template_is_fixed(&s->value);
}

static int
fill_address(struct buf *out, const struct slot *s,
    const struct template_values *values, struct error *err)
{
	auto_address struct address a = { .name = NULL };
	auto_buf struct buf spec = buf_make(VALUE_MAX);
	auto_buf struct buf name = buf_make(VALUE_MAX);

	if (template_expand(&spec, &s->value, false, values, err) < 0 ||
	    template_expand(&name, &s->name, false, values, err) < 0 ||
	    buf_check(&spec, "the address", err) < 0 ||
	    buf_check(&name, "the name", err) < 0)
		return -1;
	if (spec.data[strspn(spec.data, " \t")] == '\0')
		return 0;
	if (address_parse_one(&a, spec.data, err) < 0)
		return -1;
	if (a.domain == NULL)
		return error_set(
		    err, ERR_DATA, "'%s' has no domain", spec.data);
	if (s->named) {
		if (a.name != NULL)
			return error_set(err, ERR_DATA,
			    "'%s' is more than an address", spec.data);
		if (header_check("the name", name.data, err) < 0)
			return -1;
		a.name = name.len > 0 ? buf_take(&name) : NULL;
	}
	address_display(out, &a);
	return 0;
}

int
slot_fill(struct buf *out, const struct slot *s,
    const struct template_values *values, struct error *err)
{
	if (s->address && !slot_is_fixed(s))
		return fill_address(out, s, values, err);
	return template_expand(out, &s->value, false, values, err);
}

/* --- files ---------------------------------------------------------------- */

int
file_slot_parse(struct file_slot *f, const char *text, bool is_inline,
    struct store *input, struct error *err)
{
	struct attach_spec *spec = &f->spec;

	*f = (struct file_slot){ .part = NULL };
	if (attach_parse(spec, text, err) < 0 ||
	    template_parse(&f->path, spec->path, strlen(spec->path), err) < 0)
		return -1;
	if (spec->name != NULL &&
	    template_parse(&f->name, spec->name, strlen(spec->name), err) < 0)
		return -1;
	spec->is_inline = spec->is_inline || is_inline;
	if (!template_is_fixed(&f->path) || !template_is_fixed(&f->name))
		return 0;
	f->part = attach_part(spec, input, &run_interrupted, err);
	return f->part != NULL ? mime_keep(f->part, err) : -1;
}

void
file_slot_release(struct file_slot *f)
{
	attach_release(&f->spec);
	template_release(&f->path);
	template_release(&f->name);
	part_free(f->part);
}

/* Values that name a file in a folder; whether one of them named another. */
struct inside {
	const struct template_values *values;
	bool leaves;
};

static const char *
find_inside(void *ctx, const char *name)
{
	struct inside *in = ctx;
	const char *value = in->values->find(in->values->ctx, name);

	if (value != NULL && strchr(value, '/') != NULL)
		in->leaves = true;
	return value;
}

/* A path that is a column and nothing else may lead anywhere. */
static int
fill_path(struct buf *out, const struct template *path,
    const struct template_values *values, struct error *err)
{
	struct inside in = { .values = values };
	const struct template_values piece = { .find = find_inside,
		.ctx = &in };

	if (path->count == 1)
		return template_expand(out, path, false, values, err);
	if (template_expand(out, path, false, &piece, err) < 0)
		return -1;
	return in.leaves ? error_set(err, ERR_DATA,
			       "'%s': a value that is a part of a file's name "
			       "cannot hold a slash",
			       out->data)
			 : 0;
}

struct part *
file_slot_fill(const struct file_slot *f, const struct template_values *values,
    struct error *err)
{
	struct attach_spec spec = f->spec;
	auto_buf struct buf path = buf_make(VALUE_MAX);
	auto_buf struct buf name = buf_make(VALUE_MAX);

	if (f->part != NULL)
		return part_share(f->part);
	if (fill_path(&path, &f->path, values, err) < 0 ||
	    template_expand(&name, &f->name, false, values, err) < 0 ||
	    buf_check(&path, "the file's name", err) < 0 ||
	    buf_check(&name, "the name", err) < 0)
		return NULL;
	if (path.len == 0 || strcmp(path.data, "-") == 0) {
		(void)error_set(
		    err, ERR_DATA, "'%s' is no file's name", path.data);
		return NULL;
	}
	spec.path = path.data;
	spec.name = name.len > 0 ? name.data : NULL;
	return attach_part(&spec, NULL, &run_interrupted, err);
}
