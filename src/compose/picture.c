/* SPDX-License-Identifier: MIT */
/*
 * References and the parts they mean are matched by the name in the HTML.
 */
#include "compose/picture.h"

#include "base/mem.h"
#include "compose/attach.h"
#include "text/html.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const struct picture *
find(const struct picture_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static bool
cid_taken(const struct picture_list *list, const char *cid)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].part->cid, cid) == 0)
			return true;
	return false;
}

/* The Content-ID is the file's name where that can stand in a URL as it is,
 * else a number at the sender's domain. */
static char *
make_cid(const struct picture_list *list, const char *name, const char *domain)
{
	size_t plain = strspn(name,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	if (name[0] != '\0' && name[plain] == '\0' && !cid_taken(list, name))
		return mem_strdup(name);
	return mem_printf("picture%zu@%s", list->count + 1, domain);
}

/* Takes the part. */
static void
add(struct picture_list *list, const char *name, struct part *part,
    const char *domain)
{
	if (part->cid == NULL)
		part->cid = make_cid(
		    list, part->name != NULL ? part->name : name, domain);
	list->items =
	    mem_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] =
	    (struct picture){ .part = part, .name = mem_strdup(name) };
}

static int
add_inlines(struct picture_list *list, const struct draft *d,
    const char *domain, struct error *err)
{
	for (size_t i = 0; i < d->inlines.count; i++) {
		auto_attach struct attach_spec spec = { .path = NULL };
		auto_free char *name = NULL;
		struct part *part;

		if (attach_parse(&spec, d->inlines.items[i], err) < 0)
			return -1;
		spec.is_inline = true;
		part = attach_part(&spec, NULL, NULL, err);
		if (part == NULL)
			return -1;
		name = mem_strdup(part->cid != NULL ? part->cid : part->name);
		add(list, name, part, domain);
	}
	return 0;
}

/* The folder of the HTML file with its slash, "" for the current one. */
static char *
folder_of(const char *html)
{
	const char *slash = strrchr(html, '/');

	return slash == NULL ? mem_strdup("")
			     : mem_strndup(html, (size_t)(slash + 1 - html));
}

static bool
leaves_folder(const char *path)
{
	return path[0] == '/' || strcmp(path, "..") == 0 ||
	    strncmp(path, "../", 3) == 0 || strstr(path, "/../") != NULL;
}

/* Does the path, links followed, lead to a file in the folder or below it? */
static bool
is_inside(const char *folder, const char *full)
{
	auto_free char *root = realpath(folder[0] != '\0' ? folder : ".", NULL);
	auto_free char *real = realpath(full, NULL);
	size_t len = root != NULL ? strlen(root) : 0;
	struct stat st;

	return root != NULL && real != NULL && strncmp(real, root, len) == 0 &&
	    (real[len] == '/' || (len > 0 && root[len - 1] == '/')) &&
	    stat(real, &st) == 0 && S_ISREG(st.st_mode);
}

static int
leave_alone(struct strlist *warnings, const char *path, const char *why)
{
	strlist_take(warnings,
	    mem_printf("'%s' in the HTML %s and was left alone", path, why));
	return 0;
}

/* Attach a local reference; 0 also when it is left alone with a warning. */
static int
add_local(struct picture_list *list, const char *folder, const char *path,
    const char *domain, struct strlist *warnings, struct error *err)
{
	auto_free char *full = mem_printf("%s%s", folder, path);
	struct attach_spec spec = { .path = full, .is_inline = true };
	auto_part struct part *part = NULL;

	if (leaves_folder(path))
		return leave_alone(
		    warnings, path, "is not in the HTML file's folder");
	if (access(full, F_OK) != 0)
		return leave_alone(warnings, path, "does not exist");
	if (!is_inside(folder, full))
		return leave_alone(
		    warnings, path, "is no file in the HTML file's folder");
	part = attach_part(&spec, NULL, NULL, err);
	if (part == NULL)
		return -1;
	if (strncmp(part->type, "image/", 6) != 0)
		return leave_alone(warnings, path, "is no picture");
	add(list, path, steal(part), domain);
	return 0;
}

/* What a reference should become, or NULL to leave it. */
static int
resolve(struct picture_list *list, const struct html_ref *ref,
    const char *folder, const char *domain, struct strlist *warnings,
    const struct picture **picture, struct error *err)
{
	auto_free char *path = NULL;

	*picture = NULL;
	if (strncasecmp(ref->value, "cid:", 4) == 0) {
		*picture = find(list, ref->value + 4);
		if (*picture == NULL)
			strlist_take(warnings,
			    mem_printf("the HTML refers to '%s', which is not "
				       "attached",
				ref->value));
		return 0;
	}
	if (!html_ref_is_local(ref->value, &path))
		return 0;
	*picture = find(list, path);
	if (*picture == NULL) {
		if (add_local(list, folder, path, domain, warnings, err) < 0)
			return -1;
		*picture = find(list, path);
	}
	return 0;
}

int
pictures_collect(struct picture_list *list, struct buf *html,
    const struct draft *d, const char *domain, struct strlist *warnings,
    struct error *err)
{
	auto_free char *folder = folder_of(d->html);
	auto_html_refs struct html_refs refs = { .items = NULL };
	auto_buf struct buf out = buf_make(html->max);
	size_t done = 0;

	if (add_inlines(list, d, domain, err) < 0)
		return -1;
	html_find_refs(&refs, html->data, html->len);
	for (size_t i = 0; i < refs.count; i++) {
		const struct html_ref *ref = &refs.items[i];
		const struct picture *picture;

		if (resolve(
			list, ref, folder, domain, warnings, &picture, err) < 0)
			return -1;
		if (picture == NULL)
			continue;
		buf_add(&out, html->data + done, ref->start - done);
		buf_printf(&out, "cid:%s", picture->part->cid);
		done = ref->end;
	}
	buf_add(&out, html->data + done, html->len - done);
	if (buf_check(&out, "the HTML body", err) < 0)
		return -1;
	buf_clear(html);
	buf_add(html, out.data, out.len);
	return 0;
}

void
picture_list_release(struct picture_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		part_free(list->items[i].part);
		free(list->items[i].name);
	}
	free(list->items);
	*list = (struct picture_list){ .items = NULL };
}
