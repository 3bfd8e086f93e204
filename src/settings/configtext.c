/* SPDX-License-Identifier: MIT */
/*
 * The text is cut into lines, each with the section it stands in, and put
 * together again with the lines in question changed.
 */
#include "settings/configtext.h"

#include "base/mem.h"
#include "settings/options.h"
#include "text/suggest.h"

#include <string.h>
#include <strings.h>

/* --- keys ----------------------------------------------------------------- */

static int
key_form(const char *text, struct error *err)
{
	error_set(err, ERR_USAGE, "'%s' names no key", text);
	return error_hint(
	    err, "account.NAME.KEY, defaults.KEY, alias.NAME, or KEY alone");
}

static bool
begins(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 && text[len] == '.';
}

/* WORD.NAME.KEY: the last dot ends the name. */
static int
parse_named(struct config_key *key, const char *text, const char *word,
    struct error *err)
{
	const char *name = text + strlen(word) + 1;
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name || dot[1] == '\0')
		return key_form(text, err);
	key->word = mem_strdup(word);
	key->name = mem_strndup(name, (size_t)(dot - name));
	key->key = mem_strdup(dot + 1);
	return 0;
}

static int
check_option(const char *name, struct error *err)
{
	const struct option *o = option_by_name(name);
	const char *near = option_suggest(name, IN_CONFIG);

	if (o != NULL && (o->scope & IN_CONFIG) != 0)
		return 0;
	error_set(err, ERR_USAGE, "unknown key '%s'", name);
	if (o != NULL)
		return error_hint(err, "it is a flag of the command line only");
	return near != NULL ? error_hint(err, "did you mean %s?", near)
			    : error_hint(err, "the keys are in mitto.conf(5)");
}

int
config_key_parse(struct config_key *key, const char *text, const char *account,
    struct error *err)
{
	*key = (struct config_key){ 0 };
	if (begins(text, "provider"))
		return parse_named(key, text, "provider", err);
	if (begins(text, "alias") && text[strlen("alias.")] != '\0') {
		key->word = mem_strdup("alias");
		key->key = mem_strdup(text + strlen("alias."));
		return 0;
	}
	if (begins(text, "account")) {
		if (parse_named(key, text, "account", err) < 0)
			return -1;
	} else if (begins(text, "defaults") || strchr(text, '.') == NULL) {
		const char *dot = strchr(text, '.');

		key->name =
		    account != NULL && dot == NULL ? mem_strdup(account) : NULL;
		key->word =
		    mem_strdup(key->name != NULL ? "account" : "defaults");
		key->key = mem_strdup(dot != NULL ? dot + 1 : text);
	} else {
		return key_form(text, err);
	}
	return check_option(key->key, err);
}

void
config_key_release(struct config_key *key)
{
	free(key->word);
	free(key->name);
	free(key->key);
	*key = (struct config_key){ 0 };
}

/* --- values --------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
needs_quotes(const char *value)
{
	size_t len = strlen(value);

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' && value[i] != '\t')
			return true;
	return is_blank(value[0]) || is_blank(value[len - 1]) ||
	    (len > 1 && value[0] == '"' && value[len - 1] == '"');
}

void
configtext_value(struct buf *out, const char *value)
{
	if (!needs_quotes(value)) {
		buf_puts(out, value);
		return;
	}
	buf_putc(out, '"');
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else if (*p == '\n')
			buf_puts(out, "\\n");
		else if ((unsigned char)*p < ' ')
			buf_printf(out, "\\x%02x", (unsigned)*p);
		else
			buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

/* --- lines ---------------------------------------------------------------- */

/* A walk over the lines of a text. */
struct lines {
	const char *at, *end; /* the line, its line end left out */
	const char *next;     /* the line behind it */
	const char *stop;     /* the end of the text */
	bool mine;            /* in the section that is looked for */
	bool header;          /* the line opens a section */
	bool comment;         /* or is a comment or empty */
	const char *key;      /* the first byte that is no blank */
	size_t key_len;       /* of an assignment, else 0 */
	const char *word;     /* the section that is looked for */
	const char *name;
};

/* Does the header at `text` open [word name]? */
static bool
opens(const struct lines *l)
{
	const char *close = memchr(l->key, ']', (size_t)(l->end - l->key));
	const char *p = l->key + 1;
	size_t len = strlen(l->word);

	if (close == NULL)
		return false;
	while (p < close && is_blank(*p))
		p++;
	if ((size_t)(close - p) < len || memcmp(p, l->word, len) != 0)
		return false;
	p += len;
	if (l->name != NULL && (p == close || !is_blank(*p)))
		return false;
	while (p < close && is_blank(*p))
		p++;
	while (close > p && is_blank(close[-1]))
		close--;
	len = l->name != NULL ? strlen(l->name) : 0;
	return (size_t)(close - p) == len &&
	    (len == 0 || memcmp(p, l->name, len) == 0);
}

/* Take the next line; false at the end of the text. */
static bool
next_line(struct lines *l)
{
	const char *newline, *equals;

	l->at = l->next;
	if (l->at == l->stop)
		return false;
	newline = memchr(l->at, '\n', (size_t)(l->stop - l->at));
	l->end = newline != NULL ? newline : l->stop;
	l->next = newline != NULL ? newline + 1 : l->stop;
	if (l->end > l->at && l->end[-1] == '\r')
		l->end--;
	l->key = l->at;
	while (l->key < l->end && is_blank(*l->key))
		l->key++;
	l->key_len = 0;
	l->comment = l->key == l->end || *l->key == '#' || *l->key == ';';
	l->header = !l->comment && *l->key == '[';
	if (l->header)
		l->mine = opens(l);
	equals = memchr(l->key, '=', (size_t)(l->end - l->key));
	if (l->comment || l->header || equals == NULL)
		return true;
	while (equals > l->key && is_blank(equals[-1]))
		equals--;
	l->key_len = (size_t)(equals - l->key);
	return true;
}

static struct lines
lines_of(const char *text, size_t len, const char *word, const char *name)
{
	struct lines l = {
		.next = text,
		.stop = text + len,
		.word = word,
		.name = name,
	};

	/* The mark of UTF-8 is no part of the first line. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		l.next += 3;
	return l;
}

/* --- one key -------------------------------------------------------------- */

/* Where a section is, and how its lines look. */
struct place {
	const char *insert; /* behind its last assignment, else its header */
	const char *indent; /* what stands before its keys */
	size_t indent_len;
	size_t column; /* where its '=' stands behind the indent */
	bool tight;    /* KEY=VALUE, without blanks */
	const char *eol;
};

/* Keys of [alias] know no letter case. */
static bool
is_key(const struct lines *l, const struct config_key *key)
{
	return l->mine && l->key_len == strlen(key->key) &&
	    strncasecmp(l->key, key->key, l->key_len) == 0;
}

static struct place
find_place(const char *text, size_t len, const struct config_key *key)
{
	struct lines l = lines_of(text, len, key->word, key->name);
	struct place p = { .eol = "\n", .indent = "" };

	while (next_line(&l)) {
		const char *equals = l.key + l.key_len;

		if (l.end < l.next && *l.end == '\r')
			p.eol = "\r\n";
		if (!l.mine || (l.key_len == 0 && !l.header))
			continue;
		p.insert = l.next;
		if (l.header) {
			p.indent_len = p.column = 0;
			p.tight = false;
			continue;
		}
		p.indent = l.at;
		p.indent_len = (size_t)(l.key - l.at);
		while (*equals != '=')
			equals++;
		p.column = (size_t)(equals - l.key);
		p.tight = p.column == l.key_len;
	}
	return p;
}

static void
put_line(
    struct buf *out, const struct place *p, const char *key, const char *value)
{
	size_t width = strlen(key);

	buf_add(out, p->indent, p->indent_len);
	buf_puts(out, key);
	if (!p->tight)
		do
			buf_putc(out, ' ');
		while (++width < p->column);
	buf_puts(out, p->tight ? "=" : value[0] != '\0' ? "= " : "=");
	configtext_value(out, value);
	buf_puts(out, p->eol);
}

static void
put_lines(struct buf *out, const struct place *p, const struct config_key *key,
    const struct strlist *values)
{
	for (size_t i = 0; i < values->count; i++)
		put_line(out, p, key->key, values->items[i]);
}

static void
end_line(struct buf *out, const char *eol)
{
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		buf_puts(out, eol);
}

/* The lines where no section is: behind all there is. */
static void
put_section(struct buf *out, const struct place *p,
    const struct config_key *key, const struct strlist *values)
{
	end_line(out, p->eol);
	if (out->len > 0)
		buf_puts(out, p->eol);
	buf_printf(out, "[%s%s%s]%s", key->word, key->name != NULL ? " " : "",
	    key->name != NULL ? key->name : "", p->eol);
	put_lines(out, p, key, values);
}

/* A line of the key with another value: what stands before it stays. */
static void
change_line(struct buf *out, const struct lines *l, const char *value)
{
	const char *p = memchr(l->key, '=', (size_t)(l->end - l->key));

	p = p != NULL ? p + 1 : l->end;
	while (p < l->end && is_blank(*p))
		p++;
	buf_add(out, l->at, (size_t)(p - l->at));
	/* "key =" had no blank to keep. */
	if (p == l->end && p[-1] == '=' && p - l->key > 1 && is_blank(p[-2]) &&
	    value[0] != '\0')
		buf_putc(out, ' ');
	configtext_value(out, value);
	buf_add(out, l->end, (size_t)(l->next - l->end));
}

int
configtext_set(struct buf *out, const char *text, size_t len,
    const struct config_key *key, const struct strlist *values)
{
	struct place p = find_place(text, len, key);
	struct lines l = lines_of(text, len, key->word, key->name);
	bool had = false;
	const char *from = text;

	while (next_line(&l)) {
		if (!is_key(&l, key))
			continue;
		buf_add(out, from, (size_t)(l.at - from));
		from = l.next;
		if (!had && values->count > 0) {
			struct strlist rest = { .items = values->items + 1,
				.count = values->count - 1 };

			change_line(out, &l, values->items[0]);
			if (rest.count > 0)
				end_line(out, p.eol);
			put_lines(out, &p, key, &rest);
		}
		had = true;
	}
	if (!had && values->count > 0 && p.insert != NULL) {
		buf_add(out, text, (size_t)(p.insert - text));
		end_line(out, p.eol);
		put_lines(out, &p, key, values);
		from = p.insert;
	}
	buf_add(out, from, (size_t)(text + len - from));
	if (!had && values->count > 0 && p.insert == NULL)
		put_section(out, &p, key, values);
	return had ? 1 : 0;
}

/* --- a section ------------------------------------------------------------ */

int
configtext_drop(struct buf *out, const char *text, size_t len, const char *word,
    const char *name)
{
	struct lines l = lines_of(text, len, word, name);
	const char *from = text;
	const char *comments = NULL; /* where those above the line begin */
	bool had = false, inside = false;

	while (next_line(&l)) {
		if (l.header) {
			const char *edge = comments != NULL ? comments : l.at;

			if (l.mine && !inside)
				buf_add(out, from, (size_t)(edge - from));
			else if (!l.mine && inside)
				from = edge;
			had = had || l.mine;
			inside = l.mine;
		}
		if (!l.comment || l.key == l.end)
			comments = NULL;
		else if (comments == NULL)
			comments = l.at;
	}
	if (!inside)
		buf_add(out, from, (size_t)(text + len - from));
	return had ? 1 : 0;
}
