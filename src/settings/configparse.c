/* SPDX-License-Identifier: MIT */
/*
 * The grammar of config files: ini with verbatim values.  A value is all that
 * stands behind the '=', blanks around it cut; no character in it has a
 * meaning, except that a value within double quotes is read as a C string.
 */
#include "settings/configparse.h"

#include "base/mem.h"
#include "settings/check.h"
#include "settings/configvalue.h"
#include "settings/preset.h"
#include "text/address.h"
#include "text/suggest.h"
#include "text/utf8.h"

#include <string.h>

#define MAX_VALUE (64 * 1024)

struct parser {
	struct config_sink *sink;
	struct diag_line line;
	struct request scratch; /* values are tried on it */
	bool begun;             /* a section was seen */
	bool skipping;          /* in a section that is not understood */
	size_t section;         /* index in config */
};

/* A key, and where its value lies in the line. */
struct entry {
	char *key;
	size_t key_start, key_end;
	size_t start, end; /* of the value, quotes included */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
skip_blanks(const struct diag_line *line, size_t at)
{
	while (at < line->len && is_blank(line->text[at]))
		at++;
	return at;
}

static size_t
trim_end(const struct diag_line *line, size_t start, size_t end)
{
	while (end > start && is_blank(line->text[end - 1]))
		end--;
	return end;
}

static struct section *
add_section(struct parser *p, enum section_kind kind)
{
	struct config *c = p->sink->config;
	struct section *s;

	c->sections =
	    mem_resize(c->sections, c->count + 1, sizeof(*c->sections));
	s = &c->sections[c->count];
	*s = (struct section){ .kind = kind };
	s->file = mem_strdup(p->line.file);
	p->section = c->count++;
	return s;
}

static const char *
next_section_word(void *ctx UNUSED, size_t i)
{
	static const char *const words[] = { "defaults", "account", "alias",
		"provider" };

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

static bool
is_named_section(const char *word)
{
	return strcmp(word, "account") == 0 || strcmp(word, "provider") == 0;
}

static void
unknown_section(struct parser *p, size_t start, size_t end, const char *word)
{
	const char *near = suggest_nearest(word, next_section_word, NULL);
	auto_free char *guess = NULL;

	if (near != NULL)
		guess = mem_printf("did you mean [%s%s]?", near,
		    is_named_section(near) ? " NAME" : "");
	diag_at(p->sink->diag, &p->line, start, end,
	    guess != NULL
		? guess
		: "one of: [defaults], [account NAME], [provider NAME], "
		  "[alias]",
	    "unknown section '%s'", word);
}

/* [account NAME], [provider NAME] */
static int
open_named(struct parser *p, enum section_kind kind, size_t start, size_t end)
{
	auto_free char *name = mem_strndup(p->line.text + start, end - start);
	struct error why = ERROR_INIT;

	if (check_account_name(name, &why) != 0) {
		diag_at(
		    p->sink->diag, &p->line, start, end, NULL, "%s", why.text);
		return -1;
	}
	add_section(p, kind)->name = steal(name);
	return 0;
}

/* The words between the brackets are at [start, end). */
static int
open_section(struct parser *p, size_t start, size_t end)
{
	struct diagnostics *d = p->sink->diag;
	auto_free char *word = NULL;
	size_t word_end = start;
	size_t name;

	while (word_end < end && !is_blank(p->line.text[word_end]))
		word_end++;
	word = mem_strndup(p->line.text + start, word_end - start);
	name = skip_blanks(&p->line, word_end);
	if (is_named_section(word)) {
		bool account = word[0] == 'a';

		if (name < end)
			return open_named(p,
			    account ? SECTION_ACCOUNT : SECTION_PROVIDER, name,
			    end);
		diag_at(d, &p->line, start, end,
		    account ? "[account NAME]" : "[provider NAME]",
		    "%s needs a name", account ? "an account" : "a provider");
		return -1;
	}
	if (strcmp(word, "defaults") != 0 && strcmp(word, "alias") != 0) {
		unknown_section(p, start, end, word);
		return -1;
	}
	if (name < end) {
		diag_at(d, &p->line, name, end, NULL,
		    "section [%s] takes no name", word);
		return -1;
	}
	(void)add_section(p, word[0] == 'd' ? SECTION_DEFAULTS : SECTION_ALIAS);
	return 0;
}

static void
parse_section(struct parser *p, size_t start)
{
	const char *close =
	    memchr(p->line.text + start, ']', p->line.len - start);
	size_t end, after;

	p->begun = true;
	p->skipping = true;
	if (close == NULL) {
		diag_at(p->sink->diag, &p->line, start, p->line.len, NULL,
		    "the section's name has no ']'");
		return;
	}
	end = (size_t)(close - p->line.text);
	after = skip_blanks(&p->line, end + 1);
	if (after < p->line.len) {
		diag_at(p->sink->diag, &p->line, after, p->line.len,
		    "a comment needs a line of its own",
		    "text behind the section's name");
		return;
	}
	start = skip_blanks(&p->line, start + 1);
	end = trim_end(&p->line, start, end < start ? start : end);
	p->skipping = open_section(p, start, end) != 0;
}

/* --- assignments -------------------------------------------------------- */

static struct assignment *
find_double(struct section *s, const struct option *o, const char *key)
{
	if (o != NULL && o->type == OPTION_LIST)
		return NULL;
	for (size_t i = 0; i < s->count; i++)
		if (o != NULL ? s->items[i].option == o
			      : strcasecmp(s->items[i].key, key) == 0)
			return &s->items[i];
	return NULL;
}

static void
add_assignment(struct parser *p, const struct entry *e, const struct option *o,
    const char *value)
{
	struct section *s = &p->sink->config->sections[p->section];
	struct assignment *old = find_double(s, o, e->key);
	auto_buf struct buf where = buf_make(4200);

	if (old != NULL) {
		diag_at(p->sink->diag, &p->line, e->key_start, e->key_end, NULL,
		    "'%s' stands on line %zu already", e->key, old->line);
		return;
	}
	diag_where(&where, &p->line, e->start);
	/* Capacity doubles, as in strlist. */
	if ((s->count & (s->count - 1)) == 0)
		s->items = mem_resize(
		    s->items, s->count ? s->count * 2 : 1, sizeof(*s->items));
	s->items[s->count++] = (struct assignment){
		.option = o,
		.key = mem_strdup(e->key),
		.value = mem_strdup(value),
		.where = buf_take(&where),
		.line = p->line.number,
	};
}

/* A value that was refused.  What looks like a comment behind it is the most
 * common cause. */
static void
refuse_value(struct parser *p, const struct entry *e, const struct error *why)
{
	const char *value = p->line.text + e->start;
	size_t len = e->end - e->start;
	bool comment = memmem(value, len, " #", 2) != NULL ||
	    memmem(value, len, " ;", 2) != NULL;
	/* A hint of two lines is a drawing that fits another place. */
	bool drawing = strchr(why->hint, '\n') != NULL;
	auto_buf struct buf guess = buf_make(1000);

	if (!drawing)
		buf_puts(&guess, why->hint);
	if (comment)
		buf_printf(&guess, "%shint: a comment needs a line of its own",
		    guess.len > 0 ? "        " : "");
	diag_at(p->sink->diag, &p->line, e->start, e->end, guess.data, "%s: %s",
	    e->key, why->text);
}

static void
parse_include(struct parser *p, const struct entry *e, const char *value)
{
	bool optional = *value == '-';
	auto_buf struct buf path = buf_make(MAX_VALUE);
	struct error why = ERROR_INIT;

	if (p->begun) {
		diag_at(p->sink->diag, &p->line, e->key_start, e->key_end, NULL,
		    "include stands before the first section");
		return;
	}
	if (optional)
		buf_putc(&path, *value++);
	if (*value == '\0')
		error_set(&why, ERR_CONFIG, "the file name is empty");
	else if (config_expand_path(value, &path, &why) == 0 &&
	    p->sink->include(p->sink->ctx, path.data, &why) == 0)
		return;
	refuse_value(p, e, &why);
}

static void
parse_alias(struct parser *p, const struct entry *e, const char *value)
{
	auto_address_list struct address_list list = { 0 };
	struct error why = ERROR_INIT;

	if (strchr(e->key, '@') != NULL) {
		diag_at(p->sink->diag, &p->line, e->key_start, e->key_end, NULL,
		    "an alias is a name without a domain");
		return;
	}
	if (address_parse(&list, value, strlen(value), &why) == 0 &&
	    list.count == 0)
		error_set(&why, ERR_CONFIG, "the alias has no members");
	if (why.kind != ERR_NONE)
		refuse_value(p, e, &why);
	else
		add_assignment(p, e, NULL, value);
}

static void
unknown_key(struct parser *p, const struct entry *e)
{
	const char *near = option_suggest(e->key, IN_CONFIG);
	auto_free char *guess = NULL;

	if (option_by_name(e->key) != NULL)
		guess = mem_strdup("it is a flag of the command line only");
	else if (near != NULL)
		guess = mem_printf("did you mean %s?", near);
	diag_at(p->sink->diag, &p->line, e->key_start, e->key_end,
	    guess != NULL ? guess : "the keys are in mitto.conf(5)",
	    "unknown key '%s'", e->key);
}

/* Keys that belong to one kind of section; the section, or NULL. */
static const char *
misplaced(const struct option *o, enum section_kind kind)
{
	if (kind != SECTION_DEFAULTS && strcmp(o->name, "account") == 0)
		return "[defaults]";
	if (kind != SECTION_ACCOUNT &&
	    (strcmp(o->name, "match") == 0 || strcmp(o->name, "inherit") == 0))
		return "an [account NAME]";
	return NULL;
}

/* A key of [provider NAME]: some options, and a few of its own. */
static bool
parse_preset(struct parser *p, const struct entry *e, const char *value)
{
	auto_buf struct buf keys = buf_make(300);

	if (preset_has_key(e->key)) {
		if (option_by_name(e->key) != NULL)
			return false;
		add_assignment(p, e, NULL, value);
		return true;
	}
	buf_puts(&keys, "one of: ");
	for (size_t i = 0; preset_keys[i] != NULL; i++)
		buf_printf(&keys, "%s%s", i > 0 ? ", " : "", preset_keys[i]);
	diag_at(p->sink->diag, &p->line, e->key_start, e->key_end, keys.data,
	    "'%s' is no key of a provider", e->key);
	return true;
}

static void
parse_setting(struct parser *p, const struct entry *e, const char *value)
{
	const struct option *o = option_by_name(e->key);
	enum section_kind kind = p->sink->config->sections[p->section].kind;
	auto_buf struct buf path = buf_make(MAX_VALUE);
	struct error why = ERROR_INIT;

	if (kind == SECTION_PROVIDER && parse_preset(p, e, value))
		return;
	if (o == NULL || (o->scope & IN_CONFIG) == 0) {
		unknown_key(p, e);
		return;
	}
	if (misplaced(o, kind) != NULL) {
		diag_at(p->sink->diag, &p->line, e->key_start, e->key_end, NULL,
		    "%s stands in %s only", e->key, misplaced(o, kind));
		return;
	}
	if (o->type == OPTION_SECRET)
		p->sink->has_password = true;
	if ((o->scope & IS_PATH) != 0) {
		if (config_expand_path(value, &path, &why) != 0) {
			refuse_value(p, e, &why);
			return;
		}
		value = path.data;
	}
	if (option_store(&p->scratch, o, value, &why) != 0)
		refuse_value(p, e, &why);
	else
		add_assignment(p, e, o, value);
}

/* The entry has a key and a value; find out what it is for. */
static void
parse_entry(struct parser *p, const struct entry *e)
{
	auto_buf struct buf value = buf_make(MAX_VALUE);

	if (strncasecmp(e->key, "x-", 2) == 0 || p->skipping)
		return;
	if (config_read_value(
		p->sink->diag, &p->line, e->start, e->end, &value) == 0) {
		if (value.full)
			diag_at(p->sink->diag, &p->line, e->start, e->end, NULL,
			    "the value is too long");
		else if (strcmp(e->key, "include") == 0)
			parse_include(p, e, value.data);
		else if (!p->begun)
			diag_at(p->sink->diag, &p->line, e->key_start,
			    e->key_end,
			    "begin with [defaults] or "
			    "[account NAME]",
			    "'%s' stands in no section", e->key);
		else if (p->sink->config->sections[p->section].kind ==
		    SECTION_ALIAS)
			parse_alias(p, e, value.data);
		else
			parse_setting(p, e, value.data);
	}
	secret_wipe(value.data, value.len);
}

static void
parse_assignment(struct parser *p, size_t start)
{
	const struct diag_line *line = &p->line;
	const char *equals = memchr(line->text + start, '=', line->len - start);
	struct entry e = { .key_start = start };
	auto_free char *key = NULL;

	if (equals != NULL) {
		e.start = (size_t)(equals - line->text);
		e.key_end = trim_end(line, start, e.start);
		e.start = skip_blanks(line, e.start + 1);
		e.end = trim_end(line, e.start, line->len);
	} else {
		e.key_end = start;
		while (
		    e.key_end < line->len && !is_blank(line->text[e.key_end]))
			e.key_end++;
	}
	key = mem_strndup(line->text + start, e.key_end - start);
	e.key = key;
	if (equals == NULL)
		diag_at(p->sink->diag, line, e.key_start, e.key_end,
		    "KEY = VALUE", "'%s' has no '=' behind it", key);
	else if (key[0] == '\0')
		diag_at(p->sink->diag, line, start, start + 1, "KEY = VALUE",
		    "there is no key before '='");
	else
		parse_entry(p, &e);
}

/* --- lines -------------------------------------------------------------- */

/* The offset of the first byte that may not stand in a file, or len. */
static size_t
bad_byte(const struct diag_line *line)
{
	size_t i = 0;

	while (i < line->len && line->text[i] != '\0') {
		uint32_t codepoint;
		size_t n =
		    utf8_decode(line->text + i, line->len - i, &codepoint);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}

/* Does a line with this key hold a secret?  Also misspelt keys count, so that
 * no report repeats a password. */
static bool
is_secret_key(const char *key)
{
	static const char *const words[] = { "pas", "pwd", "secret", "token" };
	static const char *const harmless[] = { "command", "file", "env" };

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strcasestr(key, harmless[i]) != NULL)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(key, words[i]) != NULL)
			return true;
	return false;
}

/* Mark what no report may repeat: the value of such a key, a URL with a login,
 * and any value of a key that cannot be read for a bad byte. */
static void
mark_secret(struct diag_line *line, size_t start, size_t bad)
{
	const char *equals = memchr(line->text + start, '=', line->len - start);
	size_t value;
	auto_free char *key = NULL;
	size_t len;

	value = start;
	while (value < line->len && !is_blank(line->text[value]))
		value++;
	if (equals != NULL)
		value = (size_t)(equals - line->text) + 1;
	value = skip_blanks(line, value);
	len = line->len - value;
	key = mem_strndup(line->text + start, value - start);
	line->secret = line->len;
	if (is_secret_key(key) || bad < value ||
	    (strncmp(key, "user", 4) == 0 &&
		memchr(line->text + value, ':', len) != NULL) ||
	    (memmem(line->text + value, len, "://", 3) != NULL &&
		memchr(line->text + value, '@', len) != NULL))
		line->secret = value;
}

static void
parse_line(struct parser *p)
{
	struct diag_line *line = &p->line;
	size_t bad, start;

	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	start = skip_blanks(line, 0);
	if (start == line->len || line->text[start] == '#' ||
	    line->text[start] == ';')
		return;
	bad = bad_byte(line);
	mark_secret(line, start, bad);
	if (bad < line->len) {
		diag_at(p->sink->diag, line, bad, bad + 1, NULL,
		    line->text[bad] == '\0' ? "NUL byte" : "not UTF-8");
		return;
	}
	if (line->text[start] == '[')
		parse_section(p, start);
	else
		parse_assignment(p, start);
}

void
config_parse_text(
    struct config_sink *sink, const char *shown, const char *text, size_t len)
{
	struct parser p = { .sink = sink };
	const char *end = text + len;

	p.line.file = shown;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (stop == NULL)
			stop = end;
		p.line.text = text;
		p.line.len = (size_t)(stop - text);
		p.line.number++;
		parse_line(&p);
		text = stop < end ? stop + 1 : end;
	}
	request_release(&p.scratch);
}
