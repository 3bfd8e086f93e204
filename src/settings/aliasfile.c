/* SPDX-License-Identifier: MIT */
/*
 * Physical lines become logical ones, logical lines entries; entries are sorted
 * so that a long file is searched quickly.
 */
#include "settings/aliasfile.h"

#include "base/io.h"
#include "base/mem.h"
#include "settings/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *
skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* --- entries -------------------------------------------------------------- */

/* Append what stands between quotes, which begin at p; the place behind them,
 * or NULL if they are not closed. */
static const char *
unquote(struct buf *out, const char *p)
{
	for (p++; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		buf_putc(out, *p);
	}
	return *p == '"' ? p + 1 : NULL;
}

/* The name in front of the colon and where the value begins; NULL if the line
 * is no entry.  A name of this host has no domain. */
static const char *
read_name(struct buf *name, const char *line)
{
	size_t len = strcspn(line, ":");

	if (*line == '"') {
		line = unquote(name, line);
		line = line != NULL ? skip_blanks(line) : "";
	} else {
		const char *colon = line + len;

		while (len > 0 && is_blank(line[len - 1]))
			len--;
		if (memchr(line, '@', len) == NULL)
			buf_add(name, line, len);
		line = colon;
	}
	return *line == ':' && name->len > 0 ? skip_blanks(line + 1) : NULL;
}

static void
add_entry(struct alias_file *f, const char *line, size_t number)
{
	auto_buf struct buf name = buf_make(strlen(line));
	const char *value = read_name(&name, line);

	if (value == NULL) {
		f->bad_line = f->bad_line != 0 ? f->bad_line : number;
		return;
	}
	/* Capacity doubles, as in strlist. */
	if ((f->count & (f->count - 1)) == 0)
		f->entries = mem_resize(f->entries, f->count ? f->count * 2 : 1,
		    sizeof(*f->entries));
	f->entries[f->count++] = (struct alias_entry){
		.name = buf_take(&name),
		.value = mem_strdup(value),
		.line = number,
	};
}

/* --- lines ---------------------------------------------------------------- */

struct reader {
	struct alias_file *file;
	struct buf line; /* the logical line so far */
	size_t begun;    /* its number, 0 while there is none */
	bool joined;     /* the last one ended in a backslash */
};

static void
end_line(struct reader *r)
{
	if (r->begun != 0)
		add_entry(r->file, r->line.data, r->begun);
	buf_clear(&r->line);
	r->begun = 0;
}

static void
take_line(struct reader *r, const char *text, size_t len, size_t number)
{
	bool continues = r->joined || (len > 0 && is_blank(*text));
	size_t blanks = 0;

	while (blanks < len && is_blank(text[blanks]))
		blanks++;
	if (!r->joined && (blanks == len || text[blanks] == '#'))
		return;
	if (!continues)
		end_line(r);
	if (r->begun == 0) {
		r->begun = number;
		/* A continuation of nothing: kept, and found to be no entry. */
		if (continues)
			buf_putc(&r->line, ':');
	} else {
		buf_putc(&r->line, ' ');
	}
	r->joined = len > 0 && text[len - 1] == '\\';
	buf_add(&r->line, text + blanks, len - blanks - r->joined);
}

static int
compare(const void *left, const void *right)
{
	const struct alias_entry *a = left, *b = right;
	int order = strcasecmp(a->name, b->name);

	if (order == 0)
		order = a->line < b->line ? -1 : 1;
	return order;
}

int
alias_file_parse(struct alias_file *f, const char *path, const char *text,
    size_t len, struct error *err)
{
	struct reader r = { .file = f, .line = buf_make(2 * len + 2) };
	const char *end = text + len;
	size_t number = 0;

	f->path = mem_strdup(path);
	if (memchr(text, '\0', len) != NULL)
		return error_set(err, ERR_CONFIG, "'%s' is no text", path);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *stop = lf != NULL ? lf : end;
		size_t n = (size_t)(stop - text);

		if (n > 0 && text[n - 1] == '\r')
			n--;
		take_line(&r, text, n, ++number);
		text = lf != NULL ? lf + 1 : end;
	}
	end_line(&r);
	buf_release(&r.line);
	if (f->count > 1)
		qsort(f->entries, f->count, sizeof(*f->entries), compare);
	return 0;
}

int
alias_file_load(
    struct alias_file *f, const char *path, bool optional, struct error *err)
{
	/* Without O_NONBLOCK a pipe of that name would keep us waiting. */
	auto_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	auto_buf struct buf text = buf_make(ALIAS_FILE_MAX);
	struct stat st;

	if (fd < 0 && optional && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) != 0)
		return error_errno(err,
		    errno == EACCES ? ERR_NOPERM : ERR_CONFIG, errno,
		    "cannot read alias file '%s'", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_CONFIG,
		    "alias file '%s' is no regular file", path);
	if (check_owner(&st, path, err) < 0)
		return error_wrap(err, "alias file '%s'", path);
	if (io_read_all(fd, &text) < 0)
		return error_errno(err, ERR_CONFIG, errno,
		    "cannot read alias file '%s'", path);
	return alias_file_parse(f, path, text.data, text.len, err);
}

const struct alias_entry *
alias_file_find(const struct alias_file *f, const char *name)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcasecmp(f->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == f->count || strcasecmp(f->entries[low].name, name) != 0)
		return NULL;
	return &f->entries[low];
}

void
alias_file_release(struct alias_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->entries[i].name);
		free(f->entries[i].value);
	}
	free(f->entries);
	free(f->path);
	*f = (struct alias_file){ .path = NULL };
}

/* --- members -------------------------------------------------------------- */

/* The length up to the comma that ends a member, or to the end. */
static size_t
member_length(const char *p)
{
	size_t comments = 0, len;
	bool quoted = false, angle = false;

	for (len = 0; p[len] != '\0'; len++) {
		char c = p[len];

		if (c == '\\' && p[len + 1] != '\0' && (quoted || comments > 0))
			len++;
		else if (c == '"' && comments == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			comments++;
		else if (c == ')' && comments > 0)
			comments--;
		else if (c == '<' || c == '>')
			angle = c == '<';
		else if (c == ',' && comments == 0 && !angle)
			break;
	}
	return len;
}

/* What a member is, by its first character: quotes around all of it, or the
 * first of it, do not hide that. */
static enum alias_kind
kind_of(const char *member)
{
	switch (member[0] == '"' ? member[1] : member[0]) {
	case '\\':
		return ALIAS_FINAL;
	case '|':
		return ALIAS_COMMAND;
	case '/':
		return ALIAS_PATH;
	case ':':
		return ALIAS_INCLUDE;
	default:
		return ALIAS_ADDRESS;
	}
}

bool
alias_next(const char **value, struct buf *member, enum alias_kind *kind)
{
	const char *p = *value;
	size_t len;

	buf_clear(member);
	p += strspn(p, ", \t");
	if (*p == '\0')
		return false;
	len = member_length(p);
	*kind = kind_of(p);
	*value = p + len;
	while (len > 0 && is_blank(p[len - 1]))
		len--;
	if (*kind == ALIAS_FINAL && p[0] == '"') {
		buf_putc(member, '"');
		p++;
		len--;
	}
	if (*kind == ALIAS_FINAL) {
		p++;
		len--;
	}
	buf_add(member, p, len);
	return true;
}
