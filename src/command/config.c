/* SPDX-License-Identifier: MIT */
/*
 * mitto config check|show|path: what the config files say.
 */
#include "settings/config.h"
#include "base/mem.h"
#include "command/command.h"
#include "report/result.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20)

/* Load the file that was named, or those that apply; tells all mistakes. */
static int
load(struct config *c, int argc, char *const *argv, struct error *err)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	struct terminal t = terminal_open(STDERR_FILENO, WHEN_AUTO);
	const char *only = argc > 0 ? argv[0] : secure_getenv("MITTO_CONFIG");
	int result = config_load(c, only, &report, err);

	(void)fwrite(report.data, 1, report.len, stderr);
	if (result < 0 && report.len == 0)
		result_print_error(err, &t);
	return result;
}

static int
check(int argc, char *const *argv, struct error *err)
{
	struct config c = { .sections = NULL };
	int result = load(&c, argc, argv, err);

	for (size_t i = 0; result == 0 && i < c.file_count; i++)
		printf("%s: ok\n", c.files[i]);
	if (result == 0 && c.file_count == 0)
		puts("no config file");
	config_release(&c);
	return result;
}

static void
show_section(const struct section *s)
{
	static const char *const kinds[] = {
		[SECTION_DEFAULTS] = "defaults",
		[SECTION_ACCOUNT] = "account",
		[SECTION_ALIAS] = "alias",
	};

	printf("[%s%s%s]\n", kinds[s->kind], s->name != NULL ? " " : "",
	    s->name != NULL ? s->name : "");
	for (size_t i = 0; i < s->count; i++) {
		const struct assignment *a = &s->items[i];
		auto_buf struct buf value = buf_make(TEXT_MAX);

		if (a->option != NULL && a->option->type == OPTION_SECRET)
			buf_puts(&value, "****");
		else
			escape_print(&value, a->value, strlen(a->value), 0);
		printf("%s = %s  (%s)\n", a->key, value.data, a->where);
	}
}

static int
show(int argc, char *const *argv, struct error *err)
{
	struct config c = { .sections = NULL };
	int result = load(&c, argc, argv, err);

	for (size_t i = 0; result == 0 && i < c.count; i++)
		show_section(&c.sections[i]);
	config_release(&c);
	return result;
}

static int
path(int argc, char *const *argv, struct error *err)
{
	auto_strlist struct strlist paths = { .items = NULL };

	(void)argc;
	(void)argv;
	(void)err;
	config_paths(&paths);
	for (size_t i = 0; i < paths.count; i++)
		printf("%s%s\n", paths.items[i],
		    access(paths.items[i], R_OK) == 0 ? "" : "  (not there)");
	return 0;
}

int
command_config(int argc, char *const *argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char *const *argv, struct error *err);
	} verbs[] = {
		{ "check", check },
		{ "show", show },
		{ "path", path },
	};
	struct terminal t = terminal_open(STDERR_FILENO, WHEN_AUTO);
	struct error err = ERROR_INIT;

	for (size_t i = 0; argc > 0 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[0], verbs[i].name) != 0)
			continue;
		(void)verbs[i].run(argc - 1, argv + 1, &err);
		return error_status(err.kind);
	}
	(void)error_set(
	    &err, ERR_USAGE, "config needs one of: check, show, path");
	result_print_error(&err, &t);
	return error_status(err.kind);
}
