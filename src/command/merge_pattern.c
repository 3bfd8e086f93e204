/* SPDX-License-Identifier: MIT */
/*
 * A row is a command line: what its templates give is stored by the setters of
 * the options, with their checks, into a copy of the common draft; then it is
 * composed as any message is.
 *
 * Texts and files that come from elsewhere are read here, once.
 */
#include "command/merge_pattern.h"

#include "base/mem.h"
#include "command/merge_fill.h"
#include "command/run.h"
#include "compose/picture.h"
#include "message/mime.h"
#include "settings/options.h"
#include "text/suggest.h"
#include "text/utf8.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX (32L << 20) /* bytes of a text, or of an HTML body */

/* An option with its value. */
struct place {
	const struct option *option;
	const char *shown;
	struct slot slot;
};

struct pattern {
	const struct cmdline *cmdline;
	const struct request *request;

	struct place *places;
	size_t place_count;
	struct file_slot *files;
	size_t file_count;

	bool has_text, has_html;
	struct template text, html;
	struct part *pictures; /* of the HTML: its children */
};

/* --- flags ---------------------------------------------------------------- */

static bool
is_option(const struct option *o, const char *name)
{
	return strcmp(o->name, name) == 0;
}

/* Header fields of addresses have flags that keep a value in its place. */
static int
check_header_place(const char *text, struct error *err)
{
	static const char *const fields[] = { "From", "To", "Cc", "Reply-To",
		"Sender" };
	const char *colon = strchr(text, ':');
	const char *braces = strstr(text, "{{");

	if (braces == NULL)
		return 0;
	if (colon == NULL || braces < colon)
		return error_set(
		    err, ERR_USAGE, "a column cannot name a header field");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strlen(fields[i]) == (size_t)(colon - text) &&
		    strncasecmp(fields[i], text, strlen(fields[i])) == 0) {
			(void)error_set(err, ERR_USAGE,
			    "no columns in -H '%s:'", fields[i]);
			return error_hint(
			    err, "--to, --cc and --reply-to take them");
		}
	return 0;
}

static int
add_place(struct pattern *p, const struct option *o, const char *shown,
    const char *value, struct error *err)
{
	struct place *place;

	if (is_option(o, "header") && check_header_place(value, err) < 0)
		return -1;
	p->places =
	    mem_resize(p->places, p->place_count + 1, sizeof(*p->places));
	place = &p->places[p->place_count++];
	*place = (struct place){ .option = o, .shown = shown };
	return slot_parse(
	    &place->slot, value, (o->scope & IS_ADDRESS) != 0, err);
}

static int
add_file(struct pattern *p, const char *value, bool is_inline,
    struct store *input, struct error *err)
{
	struct file_slot *file;

	p->files = mem_resize(p->files, p->file_count + 1, sizeof(*p->files));
	file = &p->files[p->file_count++];
	return file_slot_parse(file, value, is_inline, input, err);
}

static int
add_item(struct pattern *p, const struct cmdline_item *item,
    const struct input *in, struct error *err)
{
	const struct option *o =
	    item->option != NULL ? item->option : option_by_name("to");
	const char *shown = item->option != NULL ? item->shown : item->value;
	int result = is_option(o, "attach")
	    ? add_file(p, item->value, false,
		  in->use == INPUT_ATTACHMENT ? in->data : NULL, err)
	    : add_place(p, o, shown, item->value, err);

	return result < 0 ? error_wrap(err, "%s", shown) : 0;
}

/* Nobody is named: the column that can only be meant. */
static int
add_receiver(
    struct pattern *p, const struct strlist *columns, struct error *err)
{
	static const char *const names[] = { "email", "e-mail", "mail",
		"address", "to" };

	for (size_t i = 0; i < p->place_count; i++)
		if (is_option(p->places[i].option, "to"))
			return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (size_t k = 0; k < columns->count; k++) {
			auto_free char *text = NULL;

			if (strcasecmp(columns->items[k], names[i]) != 0)
				continue;
			text = mem_printf("{{%s}}", columns->items[k]);
			return add_place(
			    p, option_by_name("to"), "--to", text, err);
		}
	(void)error_set(
	    err, ERR_USAGE, "no recipient, and no column named email");
	return error_hint(err, "mitto merge DATA ... '{{COLUMN}}'");
}

static int
add_items(struct pattern *p, const struct input *in, struct error *err)
{
	bool data = false;

	for (size_t i = 0; i < p->cmdline->count; i++) {
		const struct cmdline_item *item = &p->cmdline->items[i];

		if (!item->row)
			continue;
		if (item->option == NULL && !data)
			data = true;
		else if (add_item(p, item, in, err) < 0)
			return -1;
	}
	return 0;
}

/* --- texts ---------------------------------------------------------------- */

static int
slurp(struct store *st, const char *what, struct buf *out, struct error *err)
{
	auto_stream struct stream *s = stream_store(st, 0, store_size(st));

	if (stream_slurp(s, out, err) < 0)
		return error_wrap(err, "%s", what);
	if (utf8_valid(out->data, out->len))
		return 0;
	(void)error_set(err, ERR_DATA, "%s is not UTF-8", what);
	return error_hint(err, "iconv -t utf-8 FILE");
}

/* The text on standard input or in the file of --body. */
static int
read_text(struct pattern *p, const struct input *in, struct error *err)
{
	const char *path = p->request->draft.body;
	auto_store struct store *st = NULL;
	auto_buf struct buf text = buf_make(TEXT_MAX);

	if (in->use == INPUT_BODY && in->data != NULL)
		st = store_ref(in->data);
	else if (path == NULL || in->use == INPUT_BODY)
		return 0;
	else if ((st = store_open(path, "body", &run_interrupted, err)) == NULL)
		return -1;
	p->has_text = true;
	if (slurp(st, "the text", &text, err) < 0)
		return -1;
	if (template_parse(&p->text, text.data, text.len, err) < 0)
		return error_wrap(err, "the text");
	return 0;
}

/* Where Content-IDs are made. */
static char *
own_domain(const struct request *r, struct error *err)
{
	auto_strlist struct strlist steps = { .items = NULL };
	auto_sender struct sender sender = { .steps = NULL };

	if (sender_init(&sender, r, &steps, err) < 0)
		return NULL;
	return compose_domain(sender_own(&sender));
}

/* The pictures of the HTML go into every message. */
static int
read_pictures(struct pattern *p, struct buf *html, struct strlist *warnings,
    struct error *err)
{
	auto_picture_list struct picture_list list = { .items = NULL };
	auto_free char *domain = own_domain(p->request, err);

	if (domain == NULL ||
	    pictures_collect(
		&list, html, &p->request->draft, domain, warnings, err) < 0)
		return -1;
	p->pictures = part_new("multipart/related");
	for (size_t i = 0; i < list.count; i++) {
		if (mime_keep(list.items[i].part, err) < 0)
			return -1;
		part_add(p->pictures, steal(list.items[i].part));
	}
	return 0;
}

static int
read_html(struct pattern *p, const struct input *in, struct error *err)
{
	const struct draft *d = &p->request->draft;
	auto_strlist struct strlist ignored = { .items = NULL };
	auto_store struct store *st = NULL;
	auto_buf struct buf html = buf_make(TEXT_MAX);

	for (size_t i = 0; d->html == NULL && i < d->inlines.count; i++)
		if (add_file(p, d->inlines.items[i], true, NULL, err) < 0)
			return error_wrap(err, "-I");
	if (d->html == NULL)
		return 0;
	st = in->use == INPUT_HTML
	    ? store_ref(in->data)
	    : store_open(d->html, "HTML body", &run_interrupted, err);
	p->has_html = true;
	if (st == NULL || slurp(st, "the HTML", &html, err) < 0 ||
	    read_pictures(p, &html, &ignored, err) < 0)
		return -1;
	if (template_parse(&p->html, html.data, html.len, err) < 0)
		return error_wrap(err, "'%s'", d->html);
	return 0;
}

struct pattern *
pattern_new(const struct cmdline *cl, const struct request *r,
    const struct input *in, const struct strlist *columns, struct error *err)
{
	auto_pattern struct pattern *p = mem_zero(sizeof(*p));

	p->cmdline = cl;
	p->request = r;
	if (add_items(p, in, err) < 0 || add_receiver(p, columns, err) < 0 ||
	    read_text(p, in, err) < 0 || read_html(p, in, err) < 0)
		return NULL;
	return steal(p);
}

void
pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->place_count; i++)
		slot_release(&p->places[i].slot);
	for (size_t i = 0; i < p->file_count; i++)
		file_slot_release(&p->files[i]);
	free(p->places);
	free(p->files);
	template_release(&p->text);
	template_release(&p->html);
	part_free(p->pictures);
	free(p);
}

/* --- what a mailing is ---------------------------------------------------- */

static const char *
next_column(void *ctx, size_t i)
{
	const struct strlist *columns = ctx;

	return i < columns->count ? columns->items[i] : NULL;
}

static int
check_names(
    const struct template *t, const struct strlist *columns, struct error *err)
{
	for (size_t i = 0; i < t->count; i++) {
		const char *name = t->pieces[i].name;
		struct strlist copy = *columns;
		const char *near;

		if (name == NULL || strlist_has(columns, name))
			continue;
		(void)error_set(
		    err, ERR_DATA, "no column is called '%s'", name);
		near = suggest_nearest(name, next_column, &copy);
		if (near != NULL)
			return error_hint(err, "did you mean {{%s}}?", near);
		return error_hint(err, "the first line of the data names them");
	}
	return 0;
}

int
pattern_check_columns(
    const struct pattern *p, const struct strlist *columns, struct error *err)
{
	for (size_t i = 0; i < p->place_count; i++)
		if (check_names(&p->places[i].slot.value, columns, err) < 0 ||
		    check_names(&p->places[i].slot.name, columns, err) < 0)
			return error_wrap(err, "%s", p->places[i].shown);
	for (size_t i = 0; i < p->file_count; i++)
		if (check_names(&p->files[i].path, columns, err) < 0 ||
		    check_names(&p->files[i].name, columns, err) < 0)
			return error_wrap(err, "-a");
	if (check_names(&p->text, columns, err) < 0)
		return error_wrap(err, "the text");
	if (check_names(&p->html, columns, err) < 0)
		return error_wrap(err, "'%s'", p->request->draft.html);
	return 0;
}

void
pattern_describe(const struct pattern *p, struct buf *out)
{
	for (size_t i = 0; i < p->cmdline->count; i++) {
		const struct cmdline_item *item = &p->cmdline->items[i];

		if (item->row && item->option != NULL)
			buf_printf(
			    out, "%s=%s\n", item->option->name, item->value);
	}
	if (p->request->draft.body != NULL)
		buf_printf(out, "body=%s\n", p->request->draft.body);
	if (p->request->draft.html != NULL)
		buf_printf(out, "html=%s\n", p->request->draft.html);
}

/* --- a message ------------------------------------------------------------ */

static bool
is_of_draft(const struct option *o)
{
	return o->type != OPTION_ACTION &&
	    o->offset >= offsetof(struct request, draft) &&
	    o->offset < offsetof(struct request, draft) + sizeof(struct draft);
}

/* The common draft, without what was read from elsewhere. */
static void
copy_draft(const struct pattern *p, struct request *r)
{
	for (size_t i = 0; i < option_count; i++)
		if (is_of_draft(&options[i]))
			option_copy(r, &options[i], p->request);
	r->draft.automatic = p->request->draft.automatic;
	free(r->draft.body);
	r->draft.body = NULL;
	strlist_release(&r->draft.inlines);
}

static int
fill_places(const struct pattern *p, const struct template_values *values,
    struct request *r, struct error *err)
{
	for (size_t i = 0; i < p->place_count; i++) {
		const struct place *place = &p->places[i];
		auto_buf struct buf text = buf_make(TEXT_MAX);

		if (slot_fill(&text, &place->slot, values, err) < 0)
			return error_wrap(err, "%s", place->shown);
		/* An address that a row leaves out; the receiver is needed. */
		if (text.len == 0 && place->slot.address &&
		    !slot_is_fixed(&place->slot) &&
		    !is_option(place->option, "to"))
			continue;
		if (buf_check(&text, "the value", err) < 0 ||
		    option_store(r, place->option, text.data, err) < 0)
			return error_wrap(err, "%s", place->shown);
	}
	return 0;
}

static struct store *
fill_text(const struct template *t, bool html,
    const struct template_values *values, struct error *err)
{
	struct buf text = buf_make(TEXT_MAX);
	size_t len;

	if (template_expand(&text, t, html, values, err) < 0 ||
	    buf_check(&text, "the text", err) < 0) {
		buf_release(&text);
		return NULL;
	}
	len = text.len;
	return store_memory(buf_take(&text), len, "the text");
}

static int
fill_files(const struct pattern *p, const struct template_values *values,
    struct part *files, struct error *err)
{
	for (size_t i = 0; i < p->file_count; i++) {
		struct part *part = file_slot_fill(&p->files[i], values, err);

		if (part == NULL)
			return error_wrap(err, "-a");
		part_add(files, part);
	}
	return 0;
}

static int
compose_row(const struct pattern *p, const struct template_values *values,
    struct request *r, struct aliases *aliases, struct composition *c,
    struct error *err)
{
	auto_store struct store *text = NULL;
	auto_store struct store *html = NULL;
	auto_part struct part *files = part_new("multipart/mixed");
	struct ready ready = { .pictures = p->pictures, .files = files };
	struct input in = { .ready = &ready };

	copy_draft(p, r);
	if (fill_places(p, values, r, err) < 0 ||
	    fill_files(p, values, files, err) < 0)
		return -1;
	if (p->has_text) {
		text = fill_text(&p->text, false, values, err);
		if (text == NULL)
			return -1;
		in.use = INPUT_BODY;
		in.data = text;
	}
	if (p->has_html) {
		html = fill_text(&p->html, true, values, err);
		if (html == NULL)
			return -1;
		ready.html = html;
	}
	return compose_new(c, r, aliases, &in, err);
}

int
pattern_compose(const struct pattern *p, struct row *row,
    struct aliases *aliases, struct composition *c, struct error *err)
{
	struct template_values values = row_values(row);
	/* The settings are those of all messages. */
	struct request r = {
		.settings = p->request->settings,
		.own_from = p->request->own_from,
		.from_given = p->request->from_given,
	};
	int result = compose_row(p, &values, &r, aliases, c, err);

	r.settings = (struct settings){ .account = NULL };
	r.own_from = NULL;
	request_release(&r);
	if (result == 0)
		return 0;
	return error_wrap(err, "row %zu (line %zu)", row->number, row->line);
}
