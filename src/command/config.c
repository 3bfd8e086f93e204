/* SPDX-License-Identifier: MIT */
/*
 * mitto config check|show|path: what the config files say.
 */
#include "settings/config.h"
#include "base/mem.h"
#include "command/command.h"
#include "report/result.h"
#include "settings/account.h"
#include "settings/alias.h"
#include "text/escape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (8L << 20)

/* Load the file that was named, or those that apply.  All mistakes are told
 * here, and err keeps no text then. */
static int
load(struct config *c, int argc, char *const *argv, struct error *err)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	const char *only = argc > 0 ? argv[0] : secure_getenv("MITTO_CONFIG");
	int result = config_load(c, only, &report, err);

	(void)fwrite(report.data, 1, report.len, stderr);
	if (report.len > 0)
		err->text[0] = '\0';
	return result;
}

/* An alias file that somebody chose must be there and hold entries only. */
static int
check_aliases(const struct config *c, struct error *err)
{
	struct request r = { .settings.account = NULL };
	struct cmdline none = { .items = NULL };
	auto_aliases struct aliases aliases = aliases_make(c, &r.settings);
	int result = account_resolve(&r, c, &none, NULL, err);

	if (result == 0 && r.settings.alias_file != NULL)
		result = aliases_load(&aliases, err);
	if (result == 0 && aliases.file.bad_line != 0) {
		(void)error_set(err, ERR_CONFIG, "%s:%zu: the line is no entry",
		    aliases.file.path, aliases.file.bad_line);
		result = error_hint(err, "write NAME: ADDRESS, ADDRESS...");
	}
	if (result == 0 && aliases.file.path != NULL)
		printf("%s: ok\n", aliases.file.path);
	request_release(&r);
	return result;
}

/* What [alias] leads back to itself, or too deep: seen only by whoever follows
 * it. */
static int
follow_aliases(const struct config *c, struct error *err)
{
	static char domain[] = "example.invalid";
	static char no_file[] = "none";
	struct settings settings = {
		.default_domain = domain,
		.alias_file = no_file,
	};
	auto_aliases struct aliases aliases = aliases_make(c, &settings);
	auto_strlist struct strlist told = { .items = NULL };

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t k = 0; s->kind == SECTION_ALIAS && k < s->count;
		     k++) {
			auto_address_list struct address_list list = { 0 };
			const struct address alias = {
				.local = s->items[k].key,
			};
			struct error bad = ERROR_INIT;

			address_list_add(&list, &alias);
			if (aliases_expand(&aliases, &list, &bad) == 0 ||
			    strlist_has(&told, bad.text))
				continue;
			strlist_add(&told, bad.text);
			(void)fprintf(stderr, "%s\n", bad.text);
		}
	}
	if (told.count == 0)
		return 0;
	return error_set(err, ERR_CONFIG, "%zu error%s in [alias]", told.count,
	    told.count == 1 ? "" : "s");
}

static int
check(int argc, char *const *argv, struct error *err)
{
	struct config c = { .sections = NULL };
	int result = load(&c, argc, argv, err);

	if (result == 0)
		result = follow_aliases(&c, err);
	for (size_t i = 0; result == 0 && i < c.file_count; i++)
		printf("%s: ok\n", c.files[i]);
	if (result == 0 && c.file_count == 0)
		puts("no config file");
	if (result == 0)
		result = check_aliases(&c, err);
	config_release(&c);
	return result;
}

/* What would be used with an account (NULL: with none), and whence it comes. */
static int
show_account(const struct config *c, const char *account, struct error *err)
{
	struct request r = { .settings.account = NULL };
	struct cmdline none = { .items = NULL };
	int result = account_resolve(&r, c, &none, account, err);

	printf("[%s%s]\n", account != NULL ? "account " : "no account",
	    account != NULL ? account : "");
	for (size_t i = 0; result == 0 && i < option_count; i++) {
		auto_buf struct buf value = buf_make(TEXT_MAX);
		auto_buf struct buf shown = buf_make(TEXT_MAX);
		auto_buf struct buf origin = buf_make(TEXT_MAX);

		account_origin(&origin, &options[i], &r, c, &none);
		option_print(&value, &options[i], &r);
		escape_print(&shown, value.data, value.len, 0);
		if (origin.len > 0)
			printf("%s = %s  (%s)\n", options[i].name, shown.data,
			    origin.data);
	}
	request_release(&r);
	return result;
}

static int
show(int argc, char *const *argv, struct error *err)
{
	struct config c = { .sections = NULL };
	auto_strlist struct strlist done = { .items = NULL };
	int result = load(&c, argc, argv, err);

	for (size_t i = 0; result == 0 && i < c.count; i++) {
		const char *name = c.sections[i].name;

		if (c.sections[i].kind != SECTION_ACCOUNT ||
		    strlist_has(&done, name))
			continue;
		strlist_add(&done, name);
		result = show_account(&c, name, err);
	}
	if (result == 0 && done.count == 0)
		result = show_account(&c, NULL, err);
	config_release(&c);
	return result;
}

/* The files that are looked at, and which of them are there. */
static int
path(int argc, char *const *argv, struct error *err)
{
	auto_strlist struct strlist paths = { .items = NULL };
	const char *only = argc > 0 ? argv[0] : secure_getenv("MITTO_CONFIG");

	(void)err;
	if (only == NULL || *only == '\0')
		config_paths(&paths);
	else if (strcmp(only, "none") != 0)
		strlist_add(&paths, only);
	for (size_t i = 0; i < paths.count; i++)
		printf("%s%s\n", paths.items[i],
		    access(paths.items[i], R_OK) == 0 ? "" : "  (not there)");
	return 0;
}

/* What could not be printed was not told. */
static int
flush(struct error *err)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	return error_errno(
	    err, ERR_IO, errno, "cannot write to standard output");
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
		if (verbs[i].run(argc - 1, argv + 1, &err) == 0)
			(void)flush(&err);
		if (err.text[0] != '\0')
			result_print_error(&err, &t);
		return error_status(err.kind);
	}
	if (argc > 0 &&
	    (strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "--help") == 0)) {
		puts("usage: mitto config check|show|path [FILE]");
		return 0;
	}
	(void)error_set(
	    &err, ERR_USAGE, "config needs one of: check, show, path");
	result_print_error(&err, &t);
	return error_status(err.kind);
}
