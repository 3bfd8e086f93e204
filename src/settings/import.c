/* SPDX-License-Identifier: MIT */
/*
 * The programs that are known, and the tools of their readers.
 */
#include "settings/importer.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/secret.h"
#include "settings/config.h"
#include "settings/options.h"
#include "text/address.h"
#include "text/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define BLANKS    " \t\r\n"
#define DEPTH_MAX 8 /* of files within files */

/* --- lines ---------------------------------------------------------------- */

char *
import_trim(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

char *
import_word(char *text, const char *ends, char **rest)
{
	size_t len = strcspn(text, ends);

	*rest = text + len;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	*rest = import_trim(*rest);
	return import_trim(text);
}

char *
import_unquote(char *text)
{
	size_t len = strlen(text);

	if (len < 2 || text[0] != '"' || text[len - 1] != '"')
		return text;
	text[len - 1] = '\0';
	return text + 1;
}

char *
import_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return mem_printf(
	    "%.*s%s", slash != NULL ? (int)(slash - path) + 1 : 0, path, name);
}

static int
open_file(const char *path, struct buf *text, struct error *err)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err,
		    errno == EACCES ? ERR_NOPERM : ERR_NOINPUT, errno,
		    "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_set(err, ERR_NOINPUT, "'%s' is a directory", path);
	if (io_read_all(fd, text) < 0)
		return error_errno(
		    err, ERR_NOINPUT, errno, "cannot read '%s'", path);
	return 1;
}

int
import_lines(struct import *im, const char *path,
    void (*take)(struct import *im, void *ctx, char *line), void *ctx,
    struct error *err)
{
	auto_buf struct buf text = buf_make(CONFIG_MAX_FILE);
	char *outer = im->shown;
	size_t outer_line = im->line;
	int found;

	if (im->depth == DEPTH_MAX)
		return error_set(
		    err, ERR_CONFIG, "'%s' is read within itself", path);
	found = open_file(path, &text, err);
	if (found <= 0)
		return found;
	strlist_add(&im->files, path);
	im->shown = config_shown(path);
	im->line = 0;
	im->depth++;
	for (char *at = text.data, *next; at != NULL && *at != '\0';
	     at = next) {
		next = strchr(at, '\n');
		if (next != NULL)
			*next++ = '\0';
		im->line++;
		take(im, ctx, import_trim(at));
	}
	im->depth--;
	secret_wipe(text.data, text.len);
	free(im->shown);
	im->shown = outer;
	im->line = outer_line;
	return 1;
}

static char *
expand_home(const char *path)
{
	auto_free char *home = config_home();

	if (strncmp(path, "~/", 2) != 0)
		return mem_strdup(path);
	return mem_printf("%s%s", home != NULL ? home : "", path + 1);
}

int
import_first(struct import *im, const char *file, const char *const *paths,
    void (*take)(struct import *im, void *ctx, char *line), void *ctx,
    struct error *err)
{
	const char *const only[] = { file, NULL };
	auto_buf struct buf tried = buf_make(300);

	for (paths = file != NULL ? only : paths; *paths != NULL; paths++) {
		auto_free char *path = expand_home(*paths);
		int found = import_lines(im, path, take, ctx, err);

		if (found != 0)
			return found < 0 ? -1 : 0;
		buf_printf(&tried, "%s%s", tried.len > 0 ? ", " : "", *paths);
	}
	error_set(
	    err, ERR_NOINPUT, "there is nothing to import: no %s", tried.data);
	return error_hint(err, "mitto config import PROGRAM FILE");
}

/* --- keys ----------------------------------------------------------------- */

void
import_lose(struct import *im, const char *key, const char *why)
{
	im->lost = mem_resize(im->lost, im->lost_count + 1, sizeof(*im->lost));
	im->lost[im->lost_count++] = (struct import_loss){
		.where = im->line > 0
		    ? mem_printf("%s:%zu", im->shown, im->line)
		    : config_shown(im->files.items[0]),
		.key = mem_strdup(key),
		.why = mem_strdup(why != NULL ? why : "no counterpart"),
	};
}

/* The members of an alias are addresses. */
static int
check_members(const char *value, struct error *why)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, value, strlen(value), why) < 0)
		return -1;
	return list.count > 0
	    ? 0
	    : error_set(why, ERR_DATA, "the alias has no members");
}

/* Would a config file take it?  What stands at a path is looked at by whoever
 * reads it. */
static int
check_value(struct import_place to, const char *ours, const char *value,
    struct error *why)
{
	const struct option *o = option_by_name(ours);
	struct request scratch = { .settings.account = NULL };
	int result = 0;

	if (!utf8_valid(value, strlen(value)) ||
	    !utf8_valid(ours, strlen(ours)))
		return error_set(why, ERR_DATA, "not UTF-8");
	if (strcmp(to.word, "alias") == 0)
		return check_members(value, why);
	if (ours[0] == '.' || o == NULL)
		return 0;
	result = option_store(&scratch, o, value, why);
	request_release(&scratch);
	return result;
}

static struct sketch_section *
section_of(struct import *im, struct import_place to)
{
	return sketch_section(&im->sketch, to.word, to.name);
}

void
import_set(struct import *im, struct import_place to, const char *ours,
    const char *value, const char *theirs)
{
	const struct option *o = option_by_name(ours);
	struct error why = ERROR_INIT;

	if (check_value(to, ours, value, &why) < 0) {
		import_lose(im, theirs, why.text);
		return;
	}
	if (o != NULL && o->type == OPTION_LIST)
		sketch_add(section_of(im, to), ours, value);
	else
		sketch_set(section_of(im, to), ours, value);
}

/* -1 when it is neither. */
static int
flag_value(const char *value)
{
	static const char *const words[][2] = { { "no", "yes" },
		{ "off", "on" }, { "false", "true" }, { "0", "1" },
		{ "never", "" } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (int j = 0; j < 2; j++)
			if (strcasecmp(value, words[i][j]) == 0)
				return j;
	return -1;
}

static void
set_flag(struct import *im, struct import_place to, const char *ours,
    const char *value, const char *theirs)
{
	int flag = flag_value(value);

	if (flag < 0)
		import_lose(im, theirs, "neither yes nor no");
	else
		import_set(im, to, ours, flag != 0 ? "yes" : "no", theirs);
}

bool
import_key(struct import *im, struct import_place to,
    const struct import_rule *rules, const char *key, const char *value)
{
	const struct import_rule *r = rules;

	while (r->name != NULL && strcasecmp(r->name, key) != 0)
		r++;
	if (r->name == NULL) {
		import_lose(im, key, "unknown");
		return false;
	}
	switch (r->how) {
	case IMPORT_TEXT:
	case IMPORT_LIST:
		import_set(im, to, r->ours, value, key);
		break;
	case IMPORT_FLAG:
		set_flag(im, to, r->ours, value, key);
		break;
	case IMPORT_LOST:
		import_lose(im, key, r->ours);
		break;
	case IMPORT_DONE:
		break;
	}
	return true;
}

void
import_auth(struct import *im, struct import_place to, const char *value,
    const char *theirs)
{
	static const struct {
		const char *theirs, *ours;
	} words[] = { { "", "auto" }, { "on", "auto" }, { "yes", "auto" },
		{ "off", "off" }, { "no", "off" }, { "none", "off" },
		{ "plain", "plain" }, { "login", "login" },
		{ "cram-md5", "cram-md5" }, { "xoauth2", "xoauth2" },
		{ "oauthbearer", "oauthbearer" }, { "external", "external" } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(value, words[i].theirs) == 0) {
			import_set(im, to, "auth", words[i].ours, theirs);
			return;
		}
	}
	import_lose(im, theirs, "mitto does not know this login method");
}

const char *
import_kept(const struct import *im, struct import_place from, const char *key)
{
	for (size_t i = 0; i < im->sketch.count; i++) {
		const struct sketch_section *s = &im->sketch.sections[i];

		if (strcmp(s->word, from.word) == 0 &&
		    (from.name == NULL ? s->name == NULL
				       : s->name != NULL &&
				strcmp(s->name, from.name) == 0))
			return sketch_get(s, key);
	}
	return NULL;
}

bool
import_says(const struct import *im, struct import_place from, const char *key)
{
	const char *value = import_kept(im, from, key);

	return value != NULL && flag_value(value) == 1;
}

void
import_server(struct import *im, struct import_place to, const char *text,
    int port, const char *theirs)
{
	const char *colon = strrchr(text, ':');
	const char *end = colon != NULL ? colon : text + strlen(text);
	auto_free char *host = NULL;

	/* An IPv6 address without brackets has no port. */
	if (colon != NULL && text[0] != '[' && strchr(text, ':') != colon)
		end = text + strlen(text);
	if (text[0] == '[' && end > text && end[-1] == ']')
		host = mem_strndup(text + 1, (size_t)(end - text) - 2);
	else
		host = mem_strndup(text, (size_t)(end - text));
	if (strchr(host, ':') != NULL) {
		char *bare = steal(host);

		host = mem_printf("[%s]", bare);
		free(bare);
	}
	import_set(im, to, "server", host, theirs);
	if (*end == ':') {
		import_set(im, to, "port", end + 1, theirs);
	} else if (port != 0) {
		char number[16];

		(void)snprintf(number, sizeof(number), "%d", port);
		import_set(im, to, "port", number, theirs);
	}
}

/* The account of that name, or NULL. */
static const struct sketch_section *
account_named(const struct import *im, const char *name)
{
	for (size_t i = 0; i < im->sketch.count; i++) {
		const struct sketch_section *s = &im->sketch.sections[i];

		if (s->name != NULL && strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* Does what a section names, and what that inherits from, come to an end? */
static bool
leads_somewhere(const struct import *im, const char *name)
{
	size_t steps = 0;

	for (; name != NULL && steps <= im->sketch.count; steps++) {
		const struct sketch_section *s = account_named(im, name);

		if (s == NULL)
			return false;
		name = sketch_get(s, "inherit");
	}
	return name == NULL;
}

static void
drop_loose_ends(struct import *im)
{
	static const char *const keys[] = { "inherit", "account" };

	for (size_t i = 0; i < im->sketch.count; i++) {
		struct sketch_section *s = &im->sketch.sections[i];

		for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
			const char *name = sketch_get(s, keys[k]);

			if (name == NULL || leads_somewhere(im, name))
				continue;
			import_lose(im, "account",
			    "the account that it names is not there");
			sketch_drop(s, keys[k]);
		}
	}
}

char *
import_name(const char *text)
{
	bool valid = utf8_valid(text, strlen(text));
	char *name = mem_strdup(text[0] != '\0' ? text : "unnamed");

	for (char *p = name; *p != '\0'; p++)
		if (strchr("/]\\\"", *p) != NULL || (*p == '.' && p == name) ||
		    (unsigned char)*p < ' ' || *p == '\x7f' ||
		    (!valid && (unsigned char)*p > '~'))
			*p = '_';
	return name;
}

void
import_tidy(struct import *im)
{
	struct sketch *s = &im->sketch;

	for (size_t i = 0; i < s->count; i++)
		for (size_t k = s->sections[i].count; k-- > 0;)
			if (s->sections[i].items[k].key[0] == '.')
				sketch_drop(&s->sections[i],
				    s->sections[i].items[k].key);
	for (size_t i = s->count; i-- > 0;)
		if (s->sections[i].count == 0)
			sketch_remove(s, i);
	drop_loose_ends(im);
}

/* --- programs ------------------------------------------------------------- */

static bool
says_something(const struct sketch *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->sections[i].count > 0)
			return true;
	return false;
}

int
import_read(struct import *im, const char *program, const char *file,
    const char *account, struct error *err)
{
	static const struct {
		const char *name;
		int (*read)(
		    struct import *im, const char *file, struct error *err);
	} programs[] = {
		{ "msmtp", import_msmtp },
		{ "ssmtp", import_ssmtp },
		{ "nullmailer", import_nullmailer },
		{ "dma", import_dma },
		{ "mutt", import_mutt },
		{ "git", import_git },
	};

	*im = (struct import){ .account = account != NULL ? account : program };
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(program, programs[i].name) != 0)
			continue;
		if (programs[i].read(im, file, err) < 0)
			return -1;
		import_tidy(im);
		if (says_something(&im->sketch))
			return 0;
		return error_set(err, ERR_CONFIG,
		    "'%s' says nothing about sending",
		    im->files.count > 0 ? im->files.items[0] : program);
	}
	error_set(err, ERR_USAGE, "nothing is known of '%s'", program);
	return error_hint(
	    err, "one of: msmtp, ssmtp, nullmailer, dma, mutt, git");
}

bool
import_is_there(const char *program)
{
	auto_import struct import im = { .lost = NULL };
	struct error ignored = ERROR_INIT;

	return import_read(&im, program, NULL, NULL, &ignored) == 0 &&
	    im.files.items[0][0] == '/' &&
	    strncmp(im.files.items[0], "/etc/", 5) != 0;
}

void
import_release(struct import *im)
{
	sketch_release(&im->sketch);
	for (size_t i = 0; i < im->lost_count; i++) {
		free(im->lost[i].where);
		free(im->lost[i].key);
		free(im->lost[i].why);
	}
	free(im->lost);
	strlist_release(&im->files);
	*im = (struct import){ .lost = NULL };
}
