/* SPDX-License-Identifier: MIT */
/*
 * mitto config VERB: which verb, and its answer as text or JSON.  What verbs
 * share about files is here too.
 */
#include "command/command.h"
#include "command/conf.h"

#include "base/mem.h"
#include "command/run.h"
#include "report/result.h"
#include "settings/document.h"
#include "text/escape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20)
#define VERBS    "one of: check, show, path, get, set, unset, edit, init, import"

/* --- what verbs share ----------------------------------------------------- */

int
conf_words(const struct conf *call, size_t min, size_t max, const char *usage,
    struct error *err)
{
	if (call->words.count >= min && call->words.count <= max)
		return 0;
	if (call->words.count > max)
		error_set(err, ERR_USAGE, "'%s' is out of place",
		    call->words.items[max]);
	else
		error_set(err, ERR_USAGE, "something is missing");
	return error_hint(err, "mitto config %s", usage);
}

const char *
conf_only(const struct conf *call, const char *named)
{
	return named != NULL ? named : account_config_file(&call->cmdline);
}

int
conf_load(
    struct conf *call, const char *named, struct config *c, struct error *err)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	int result = config_load(c, conf_only(call, named), &report, err);

	(void)fwrite(report.data, 1, report.len, stderr);
	call->told = report.len > 0;
	return result;
}

int
conf_open(const struct conf *call, struct configfile *f, struct error *err)
{
	const char *only = account_config_file(&call->cmdline);
	auto_free char *own = only == NULL ? config_user_file() : NULL;

	*f = (struct configfile){ .text = buf_make(0) };
	if (only != NULL && strcmp(only, "none") == 0) {
		error_set(err, ERR_USAGE, "there is no file to change");
		return error_hint(err, "-C FILE names one");
	}
	if (only == NULL && own == NULL) {
		error_set(err, ERR_CONFIG, "there is no home directory");
		return error_hint(err, "-C FILE names a file");
	}
	return configfile_read(f, only != NULL ? only : own, err);
}

int
conf_try(const struct conf *call, const struct configfile *f,
    const struct buf *text, struct buf *report, struct error *err)
{
	struct config_draft draft = {
		.path = f->path,
		.text = text->data,
		.len = text->len,
	};
	auto_diag struct diagnostics d = { .report = report };
	struct config c = { .sections = NULL };
	int result = config_inspect(&c, conf_only(call, NULL), &draft, &d, err);

	if (result == 0 && diag_finish(&d, err) < 0)
		result = (int)d.count;
	config_release(&c);
	return result;
}

int
conf_store(struct conf *call, const struct configfile *f,
    const struct buf *text, struct error *err)
{
	auto_buf struct buf before = buf_make(TEXT_MAX);
	auto_buf struct buf after = buf_make(TEXT_MAX);
	int had, has;

	if (buf_check(text, f->path, err) < 0)
		return -1;
	had = conf_try(call, f, &f->text, &before, err);
	has = conf_try(call, f, text, &after, err);
	if (has != 0 && has >= had) {
		(void)fwrite(after.data, 1, after.len, stderr);
		return error_set(
		    err, ERR_CONFIG, "'%s' was not changed", f->path);
	}
	*err = (struct error)ERROR_INIT;
	return configfile_write(f, text->data, text->len, err);
}

void
conf_json_list(struct buf *out, const char *key, const struct strlist *list)
{
	buf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < list->count; i++) {
		buf_puts(out, i > 0 ? "," : "");
		escape_json(out, list->items[i], strlen(list->items[i]));
	}
	buf_putc(out, ']');
}

/* --- path ----------------------------------------------------------------- */

int
conf_path(struct conf *call, struct error *err)
{
	auto_strlist struct strlist paths = { .items = NULL };
	auto_free char *own = config_user_file();
	const char *only;

	if (conf_words(call, 0, 1, "path", err) < 0)
		return -1;
	only = conf_only(
	    call, call->words.count > 0 ? call->words.items[0] : NULL);
	if (only == NULL)
		config_paths(&paths);
	else if (strcmp(only, "none") != 0)
		strlist_add(&paths, only);
	buf_puts(&call->json, ",\"files\":[");
	for (size_t i = 0; i < paths.count; i++) {
		const char *path = paths.items[i];
		bool there = access(path, R_OK) == 0;
		/* Of the user's two files the second is read if it is alone. */
		bool hidden = there && only == NULL && own != NULL &&
		    i + 1 == paths.count && strcmp(path, own) != 0;

		buf_printf(&call->text, "%s%s\n", path,
		    hidden      ? "  (not read: the one above is there)"
			: there ? ""
				: "  (not there)");
		buf_printf(&call->json, "%s{\"path\":", i > 0 ? "," : "");
		escape_json(&call->json, path, strlen(path));
		buf_printf(&call->json, ",\"exists\":%s,\"read\":%s}",
		    there ? "true" : "false",
		    there && !hidden ? "true" : "false");
	}
	buf_putc(&call->json, ']');
	return 0;
}

/* --- the call ------------------------------------------------------------- */

static const struct {
	const char *name;
	int (*run)(struct conf *call, struct error *err);
} verbs[] = {
	{ "check", conf_check },
	{ "show", conf_show },
	{ "path", conf_path },
	{ "get", conf_get },
	{ "set", conf_set },
	{ "unset", conf_unset },
	{ "edit", conf_edit },
	{ "init", conf_init },
	{ "import", conf_import },
};

static int
no_verb(struct error *err)
{
	error_set(err, ERR_USAGE, "config needs a command");
	return error_hint(err, VERBS);
}

static int
run_verb(struct conf *call, const char *verb, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0)
			return verbs[i].run(call, err);
	error_set(err, ERR_USAGE, "config has no command '%s'", verb);
	return error_hint(err, VERBS);
}

/* Flags and environment alone; `init` also takes a server from them. */
static int
read_words(struct conf *call, int argc, char *const *argv, struct error *err)
{
	const struct config none = { .sections = NULL };

	if (cmdline_parse_words(&call->cmdline, &call->words,
		IN_ARGV | IN_MANAGE, argc, argv, err) < 0)
		return -1;
	return account_resolve(
	    &call->request, &none, &call->cmdline, NULL, err);
}

static void
put_json(struct buf *out, const struct conf *call, const struct error *err)
{
	int status = error_status(err->kind);

	buf_printf(out, "{\"ok\":%s,\"exit\":%d",
	    status == 0 ? "true" : "false", status);
	result_member(out, "error", err->text[0] != '\0' ? err->text : NULL);
	result_member(out, "hint", err->hint[0] != '\0' ? err->hint : NULL);
	buf_add(out, call->json.data, call->json.len);
	buf_puts(out, "}\n");
}

/* What is to be said, where it belongs; the status. */
static int
answer(const struct conf *call, struct error *err)
{
	const struct settings *s = &call->request.settings;
	struct terminal t =
	    terminal_open(STDERR_FILENO, (enum when)s->color.value);
	auto_buf struct buf json = buf_make(TEXT_MAX);
	struct error bad = ERROR_INIT;

	if (s->json)
		put_json(&json, call, err);
	if (err->text[0] != '\0' && !call->told)
		result_print_error(err, &t);
	if (run_put(s->json ? &json : &call->text, &bad) < 0) {
		result_print_error(&bad, &t);
		*err = bad;
	}
	secret_wipe(json.data, json.len);
	return error_status(err->kind);
}

int
command_config(int argc, char *const *argv)
{
	struct conf call = {
		.text = buf_make(TEXT_MAX),
		.json = buf_make(TEXT_MAX),
	};
	struct error err = ERROR_INIT;
	int status;

	run_catch_signals();
	if (read_words(&call, argc, argv, &err) == 0) {
		if (call.cmdline.help) {
			if (document_help_topic(&call.text, "config", &err) ==
			    0)
				call.request.settings.json = false;
		} else if (call.words.count == 0) {
			(void)no_verb(&err);
		} else {
			auto_free char *verb = call.words.items[0];

			memmove(call.words.items, call.words.items + 1,
			    --call.words.count * sizeof(*call.words.items));
			(void)run_verb(&call, verb, &err);
		}
	}
	status = answer(&call, &err);
	request_release(&call.request);
	cmdline_release(&call.cmdline);
	strlist_release(&call.words);
	secret_wipe(call.text.data, call.text.len);
	buf_release(&call.text);
	buf_release(&call.json);
	return status;
}
