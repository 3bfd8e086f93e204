/* SPDX-License-Identifier: MIT */
/*
 * Which config files there are, whether they may be trusted, and what must hold
 * across all of them.  The grammar is in configparse.c.
 */
#include "settings/config.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/check.h"
#include "settings/configparse.h"
#include "settings/diag.h"
#include "settings/preset.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* One file being read, and the chain of those that include it. */
struct frame {
	const struct frame *parent;
	struct config *config;
	struct diagnostics *diag;
	const struct config_draft *draft;
	const char *path;
	dev_t dev;
	ino_t ino;
	unsigned depth;
};

char *
config_home(void)
{
	const char *home = secure_getenv("HOME");
	const struct passwd *user;

	if (home == NULL || home[0] != '/') {
		user = getpwuid(getuid());
		home = user != NULL ? user->pw_dir : NULL;
	}
	return home != NULL ? mem_strdup(home) : NULL;
}

char *
config_shown(const char *path)
{
	auto_free char *home = config_home();
	size_t len = home != NULL ? strlen(home) : 0;

	if (len > 1 && strncmp(path, home, len) == 0 && path[len] == '/')
		return mem_printf("~%s", path + len);
	return mem_strdup(path);
}

/* --- one file ----------------------------------------------------------- */

static void
check_readers(struct diagnostics *d, const struct stat *st, const char *path,
    const char *shown)
{
	auto_free char *hint = mem_printf("chmod 600 %s", path);

	if (S_ISREG(st->st_mode) && (st->st_mode & 044) != 0)
		diag_place(d, ERR_CONFIG, shown, hint,
		    "the file holds a password and others can read it "
		    "(mode %04o)",
		    (unsigned)(st->st_mode & 07777));
}

static void
add_file(struct config *c, const char *path)
{
	c->files = mem_resize(c->files, c->file_count + 1, sizeof(*c->files));
	c->files[c->file_count++] = mem_strdup(path);
}

static int include_files(void *ctx, const char *pattern, struct error *err);

/* Parse the file open at fd. */
static int
read_open_file(
    struct frame *f, int fd, const struct stat *st, struct error *err)
{
	auto_free char *shown = config_shown(f->path);
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	struct error why = ERROR_INIT;
	struct config_sink sink = {
		.config = f->config,
		.diag = f->diag,
		.include = include_files,
		.ctx = f,
	};

	if (check_owner(st, f->path, &why) != 0) {
		diag_place(f->diag, why.kind, shown, why.hint, "%s", why.text);
		return 0;
	}
	if (io_read_all(fd, &text) != 0)
		return error_errno(
		    err, ERR_CONFIG, errno, "cannot read '%s'", f->path);
	add_file(f->config, f->path);
	config_parse_text(&sink, shown, text.data, text.len);
	if (sink.has_password)
		check_readers(f->diag, st, f->path, shown);
	secret_wipe(text.data, text.len);
	return 0;
}

/* The text that stands for the file; who may read it was seen to elsewhere. */
static int
read_draft(struct frame *f)
{
	auto_free char *shown = config_shown(f->path);
	struct config_sink sink = {
		.config = f->config,
		.diag = f->diag,
		.include = include_files,
		.ctx = f,
	};
	struct stat st;

	add_file(f->config, f->path);
	config_parse_text(&sink, shown, f->draft->text, f->draft->len);
	if (sink.has_password && stat(f->path, &st) == 0)
		check_readers(f->diag, &st, f->path, shown);
	return 0;
}

/*
 * Read one file into the config.  Its mistakes are reported; -1 when it cannot
 * be opened or read at all, with errno's kind: ERR_NOINPUT when it is missing.
 */
static int
read_file(struct frame *f, struct error *err)
{
	auto_fd int fd = -1;
	struct stat st;

	if (f->draft != NULL && strcmp(f->draft->path, f->path) == 0)
		return read_draft(f);
	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		bool missing = errno == ENOENT || errno == ENOTDIR;

		return error_errno(err,
		    missing               ? ERR_NOINPUT
			: errno == EACCES ? ERR_NOPERM
					  : ERR_CONFIG,
		    errno, "cannot read '%s'", f->path);
	}
	if (S_ISDIR(st.st_mode))
		return error_set(
		    err, ERR_CONFIG, "'%s' is a directory", f->path);
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	for (const struct frame *up = f->parent; up != NULL; up = up->parent)
		if (up->dev == f->dev && up->ino == f->ino)
			return error_set(
			    err, ERR_CONFIG, "'%s' includes itself", f->path);
	return read_open_file(f, fd, &st, err);
}

/* --- include ------------------------------------------------------------ */

static int
include_file(const struct frame *from, const char *path, struct error *err)
{
	struct frame f = {
		.parent = from,
		.config = from->config,
		.diag = from->diag,
		.path = path,
		.depth = from->depth + 1,
	};
	struct stat st;

	if (f.depth > CONFIG_MAX_DEPTH)
		return error_set(err, ERR_CONFIG,
		    "includes are nested deeper than %d", CONFIG_MAX_DEPTH);
	/* Reading a pipe or a device would wait or never end. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(
		    err, ERR_CONFIG, "'%s' is no regular file", path);
	return read_file(&f, err);
}

static int
include_pattern(const struct frame *from, const char *pattern, bool optional,
    struct error *err)
{
	glob_t found = { 0 };
	int result = 0;

	if (glob(pattern, 0, NULL, &found) != 0) {
		globfree(&found);
		return optional
		    ? 0
		    : error_set(err, ERR_CONFIG, "no file fits '%s'", pattern);
	}
	for (size_t i = 0; i < found.gl_pathc && result == 0; i++)
		result = include_file(from, found.gl_pathv[i], err);
	globfree(&found);
	return result;
}

/* The hook of the parser; ctx is the frame of the including file. */
static int
include_files(void *ctx, const char *pattern, struct error *err)
{
	const struct frame *from = ctx;
	bool optional = *pattern == '-';
	const char *name = pattern + (optional ? 1 : 0);
	const char *slash = strrchr(from->path, '/');
	auto_free char *path = NULL;

	if (name[0] == '/' || slash == NULL)
		path = mem_strdup(name);
	else
		path = mem_printf(
		    "%.*s/%s", (int)(slash - from->path), from->path, name);
	if (strpbrk(path, "*?[") != NULL)
		return include_pattern(from, path, optional, err);
	if (include_file(from, path, err) == 0)
		return 0;
	return optional && err->kind == ERR_NOINPUT ? 0 : -1;
}

/* --- the search path ---------------------------------------------------- */

static void
system_paths(struct strlist *paths)
{
	glob_t found = { 0 };

	strlist_add(paths, SYSCONFDIR "/mitto.conf");
	if (glob(SYSCONFDIR "/mitto/conf.d/*.conf", 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			strlist_add(paths, found.gl_pathv[i]);
	globfree(&found);
}

/* Of these the first that exists counts. */
static void
user_paths(struct strlist *paths)
{
	const char *xdg = secure_getenv("XDG_CONFIG_HOME");
	auto_free char *home = config_home();

	if (xdg != NULL && xdg[0] == '/')
		strlist_take(paths, mem_printf("%s/mitto/config", xdg));
	else if (home != NULL)
		strlist_take(
		    paths, mem_printf("%s/.config/mitto/config", home));
	if (home != NULL)
		strlist_take(paths, mem_printf("%s/.mitto", home));
}

void
config_paths(struct strlist *paths)
{
	system_paths(paths);
	user_paths(paths);
}

char *
config_user_file(void)
{
	auto_strlist struct strlist paths = { 0 };

	user_paths(&paths);
	for (size_t i = 0; i < paths.count; i++)
		if (access(paths.items[i], F_OK) == 0)
			return mem_strdup(paths.items[i]);
	return paths.count > 0 ? mem_strdup(paths.items[0]) : NULL;
}

/* A file of the search path: it may be missing, but not unreadable.  1 when it
 * was there. */
static int
read_if_there(const struct frame *model, const char *path)
{
	struct frame f = *model;
	auto_free char *shown = config_shown(path);
	struct error why = ERROR_INIT;

	f.path = path;
	if (read_file(&f, &why) == 0)
		return 1;
	if (why.kind == ERR_NOINPUT)
		return 0;
	diag_place(f.diag, why.kind, shown, why.hint, "%s", why.text);
	return 1;
}

static void
read_search_path(const struct frame *model)
{
	auto_strlist struct strlist shared = { 0 }, user = { 0 };

	system_paths(&shared);
	for (size_t i = 0; i < shared.count; i++)
		(void)read_if_there(model, shared.items[i]);
	user_paths(&user);
	for (size_t i = 0; i < user.count; i++)
		if (read_if_there(model, user.items[i]) != 0)
			break;
}

/* --- what must hold across files ---------------------------------------- */

/* Does the chain of inherit from an account come back to it? */
static bool
inherits_itself(const struct config *c, const char *name)
{
	const char *at = name;

	for (size_t steps = 0; steps <= c->count; steps++) {
		const struct assignment *a = config_find(c, at, "inherit");

		if (a == NULL)
			return false;
		if (strcmp(a->value, name) == 0)
			return true;
		at = a->value;
	}
	return false;
}

/* An assignment that names an account must name one that is there. */
static void
check_reference(const struct config *c, struct diagnostics *d,
    const struct section *s, const struct assignment *a)
{
	auto_buf struct buf names = buf_make(300);
	size_t none;

	if (!config_has_account(c, a->value)) {
		buf_puts(&names, "one of: ");
		none = names.len;
		config_account_names(c, &names);
		diag_place(d, ERR_CONFIG, a->where,
		    names.len > none ? names.data : "no account is configured",
		    "%s: there is no account '%s'", a->key, a->value);
	} else if (strcmp(a->key, "inherit") == 0 &&
	    inherits_itself(c, s->name))
		diag_place(d, ERR_CONFIG, a->where, NULL,
		    "account '%s' inherits from itself", s->name);
}

/* The same of a provider. */
static void
check_provider(
    const struct config *c, struct diagnostics *d, const struct assignment *a)
{
	struct error why = ERROR_INIT;

	if (preset_named(c, a->value) == NULL) {
		(void)preset_unknown(c, a->value, &why);
		diag_value(
		    d, a->where, a->key, a->value, why.hint, "%s", why.text);
	}
}

static void
check_references(struct config *c, struct diagnostics *d)
{
	preset_collect(c, d);
	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		if (s->kind == SECTION_ALIAS || s->kind == SECTION_PROVIDER)
			continue;
		for (size_t j = 0; j < s->count; j++) {
			const struct assignment *a = &s->items[j];

			if (strcmp(a->key, "inherit") == 0 ||
			    strcmp(a->key, "account") == 0)
				check_reference(c, d, s, a);
			else if (strcmp(a->key, "provider") == 0)
				check_provider(c, d, a);
		}
	}
}

/* --- the interface ------------------------------------------------------ */

int
config_inspect(struct config *c, const char *only,
    const struct config_draft *draft, struct diagnostics *d, struct error *err)
{
	struct frame f = {
		.config = c,
		.diag = d,
		.draft = draft,
		.path = only,
	};

	*c = (struct config){ 0 };
	if (only == NULL) {
		read_search_path(&f);
	} else if (strcmp(only, "none") != 0) {
		if (read_file(&f, err) != 0) {
			if (err->kind == ERR_NOINPUT)
				err->kind = ERR_CONFIG;
			return -1;
		}
	}
	check_references(c, d);
	return 0;
}

int
config_load(
    struct config *c, const char *only, struct buf *report, struct error *err)
{
	auto_diag struct diagnostics d = { .report = report };

	if (config_inspect(c, only, NULL, &d, err) < 0)
		return -1;
	return diag_finish(&d, err);
}

int
config_parse(struct config *c, const char *name, const char *text, size_t len,
    struct buf *report, struct error *err)
{
	auto_diag struct diagnostics d = { .report = report };
	struct frame f = { .config = c, .diag = &d, .path = name };
	struct config_sink sink = {
		.config = c,
		.diag = &d,
		.include = include_files,
		.ctx = &f,
	};

	*c = (struct config){ 0 };
	config_parse_text(&sink, name, text, len);
	check_references(c, &d);
	return diag_finish(&d, err);
}

static bool
is_account(const struct section *s, const char *name)
{
	if (name == NULL)
		return s->kind == SECTION_DEFAULTS;
	return s->kind == SECTION_ACCOUNT && strcmp(s->name, name) == 0;
}

bool
config_has_account(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_account(&c->sections[i], name))
			return true;
	return false;
}

const struct assignment *
config_find(const struct config *c, const char *account, const char *key)
{
	const struct assignment *found = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		for (size_t j = 0; is_account(s, account) && j < s->count; j++)
			if (strcmp(s->items[j].key, key) == 0)
				found = &s->items[j];
	}
	return found;
}

void
config_account_names(const struct config *c, struct buf *out)
{
	const char *separator = "";

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];
		size_t first = 0;

		if (s->kind != SECTION_ACCOUNT)
			continue;
		while (!is_account(&c->sections[first], s->name))
			first++;
		if (first != i)
			continue;
		buf_printf(out, "%s%s", separator, s->name);
		separator = ", ";
	}
}

void
config_release(struct config *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct section *s = &c->sections[i];

		for (size_t j = 0; j < s->count; j++) {
			struct assignment *a = &s->items[j];

			secret_wipe(a->value, strlen(a->value));
			free(a->key);
			free(a->value);
			free(a->where);
		}
		free(s->items);
		free(s->name);
		free(s->file);
	}
	for (size_t i = 0; i < c->file_count; i++)
		free(c->files[i]);
	free(c->sections);
	free(c->files);
	free(c->presets);
	strlist_release(&c->preset_texts);
	*c = (struct config){ 0 };
}
