/* SPDX-License-Identifier: MIT */
/*
 * mitto config import PROGRAM [FILE]: another program's settings as ours, on
 * standard output or in the config file, and on stderr what did not come over.
 */
#include "command/conf.h"

#include "base/mem.h"
#include "report/result.h"
#include "settings/import.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>

static void
put_losses(const struct import *im)
{
	auto_buf struct buf out = buf_make(CONFIG_MAX_FILE);

	for (size_t i = 0; i < im->lost_count; i++) {
		const struct import_loss *l = &im->lost[i];

		buf_printf(&out, "%s: ", l->where);
		escape_print(&out, l->key, strlen(l->key), 0);
		buf_puts(&out, ": ");
		escape_print(&out, l->why, strlen(l->why), 0);
		buf_putc(&out, '\n');
	}
	if (im->lost_count > 0)
		buf_printf(&out, "%zu setting%s did not come over\n",
		    im->lost_count, im->lost_count == 1 ? "" : "s");
	(void)fwrite(out.data, 1, out.len, stderr);
}

static void
put_json(struct buf *out, const struct import *im, const char *program,
    const char *file, const struct buf *text)
{
	result_member(out, "program", program);
	conf_json_list(out, "files", &im->files);
	buf_puts(out, ",\"lost\":[");
	for (size_t i = 0; i < im->lost_count; i++) {
		const struct import_loss *l = &im->lost[i];

		buf_puts(out, i > 0 ? ",{\"where\":" : "{\"where\":");
		escape_json(out, l->where, strlen(l->where));
		result_member(out, "key", l->key);
		result_member(out, "why", l->why);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
	result_member(out, "file", file);
	result_member(out, "text", text->data);
}

/* Into the file; 0 also says so. */
static int
store(struct conf *call, const struct import *im, struct configfile *f,
    struct error *err)
{
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	int result = conf_open(call, f, err);

	if (result == 0)
		result = sketch_merge(&text, &im->sketch, f->text.data,
		    f->text.len, call->request.manage.force, err);
	if (result == 0)
		result = conf_store(call, f, &text, err);
	secret_wipe(text.data, text.len);
	if (result == 0)
		buf_printf(&call->text, "%s: added\n\n", f->path);
	return result;
}

int
conf_import(struct conf *call, struct error *err)
{
	bool write =
	    call->request.manage.write && !call->request.settings.dry_run;
	/* A file gets the passwords, a screen does not. */
	bool hide =
	    write || call->request.settings.json || isatty(STDOUT_FILENO) == 1;
	auto_import struct import im = { .lost = NULL };
	auto_configfile struct configfile f = { .path = NULL };
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);

	if (conf_words(call, 1, 2, "import PROGRAM [FILE]", err) < 0 ||
	    import_read(&im, call->words.items[0],
		call->words.count > 1 ? call->words.items[1] : NULL,
		cmdline_last(&call->cmdline, "account"), err) < 0)
		return -1;
	if (write && store(call, &im, &f, err) < 0)
		return -1;
	sketch_print(&text, &im.sketch, hide);
	buf_add(&call->text, text.data, text.len);
	put_json(&call->json, &im, call->words.items[0], f.path, &text);
	if (!call->request.settings.json)
		put_losses(&im);
	if (write)
		buf_puts(&call->text,
		    "\nnext:\n  mitto config check\n"
		    "  mitto --check YOUR@ADDRESS\n");
	secret_wipe(text.data, text.len);
	return 0;
}
