/* SPDX-License-Identifier: MIT */
/*
 * The grammar of address lists, RFC 5322 section 3.4.
 *
 * The text is walked from separator to separator: addr_find_stop() jumps over
 * comments, quoted strings and literals to the next of ',' ';' ':' '<' '>', and
 * that character says how the run before it has to be read: as a mailbox, as a
 * display name or as the name of a group.  No recursion, no second guess, every
 * byte is looked at a fixed number of times.
 */
#include "base/mem.h"
#include "text/addrlex.h"
#include "text/fold.h"
#include "text/utf8.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define MAX_GROUP_NAME 1000 /* every member carries a copy of it */

static int MUST_CHECK
fail_not_address(const struct addr_parser *p, size_t at)
{
	return addr_fail(
	    p, at, "files, commands and includes are no addresses");
}

/* --- display names ------------------------------------------------------- */

/* Append the phrase in text[from..to): words and dots, a blank where the source
 * has blanks or comments.  Dots outside quotes are obsolete and sent by all. */
static int MUST_CHECK
parse_phrase(
    const struct addr_parser *p, size_t from, size_t to, struct buf *name)
{
	size_t pos = from;

	for (;;) {
		size_t start = pos;

		if (addr_skip_cfws(p, &pos, to, NULL) < 0)
			return -1;
		if (pos >= to)
			return 0;
		if (pos > start && name->len > 0)
			buf_putc(name, ' ');
		start = pos;
		while (pos < to &&
		    (address_is_atext(p->text[pos]) || p->text[pos] == '.'))
			pos++;
		buf_add(name, p->text + start, pos - start);
		if (pos > start)
			continue;
		if (p->text[pos] != '"')
			return addr_fail(p, pos,
			    "'%c' in a name must be quoted", p->text[pos]);
		if (addr_skip_quoted(p, &pos) < 0)
			return -1;
		addr_unescape(name, p, start + 1, pos - 1);
	}
}

/* What a domain label may hold; the underscore is common, though no LDH. */
static bool
is_label(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) ||
	    c == '-' || c == '_';
}

/* --- local part and domain ----------------------------------------------- */

static int MUST_CHECK
check_visible(const struct addr_parser *p, size_t from, size_t to)
{
	uint32_t c;
	size_t n;

	for (size_t i = from; i < to; i += n) {
		n = utf8_decode(p->text + i, to - i, &c);
		if (n == 0)
			return addr_unexpected(p, i);
		if (addr_is_invisible(c))
			return addr_fail(
			    p, i, "invisible character U+%04X", (unsigned)c);
	}
	return 0;
}

/* Append one word of a local part, quotes undone, or one label of a domain. */
static int MUST_CHECK
parse_word(const struct addr_parser *p, size_t *pos, size_t to, bool domain,
    struct buf *out)
{
	bool (*is_part)(char c) = domain ? is_label : address_is_atext;
	bool quoted = !domain && p->text[*pos] == '"';
	size_t start = *pos;

	if (quoted && addr_skip_quoted(p, pos) < 0)
		return -1;
	while (!quoted && *pos < to && is_part(p->text[*pos]))
		++*pos;
	if (*pos == start)
		return addr_unexpected(p, start);
	if (check_visible(p, start, *pos) < 0)
		return -1;
	if (memchr(p->text + start, '\t', *pos - start) != NULL)
		return addr_fail(p, start, "a tab in the local part");
	if (quoted)
		addr_unescape(out, p, start + 1, *pos - 1);
	else
		buf_add(out, p->text + start, *pos - start);
	return 0;
}

/* A word is due at pos; is something else there? */
static int MUST_CHECK
check_word_due(
    const struct addr_parser *p, size_t pos, size_t to, bool domain, bool first)
{
	if (pos >= to && first && domain)
		return addr_fail(p, pos, "nothing after '@'");
	if (pos >= to)
		return addr_fail(p, pos - 1, "dot at the end");
	if (p->text[pos] == '.')
		return addr_fail(p, pos, "%s",
		    first ? "dot at the start" : "two dots in a row");
	if (p->text[pos] == '@' && !domain)
		return addr_fail(
		    p, pos, "%s before '@'", first ? "nothing" : "dot");
	return 0;
}

/*
 * Words joined by dots.  Blanks around a dot are obsolete but legal; a blank
 * behind the dot only is the end of somebody's sentence.
 */
static int MUST_CHECK
parse_dotted(const struct addr_parser *p, size_t *pos, size_t to, bool domain,
    struct buf *out)
{
	for (bool first = true;; first = false) {
		size_t word_end;

		if (check_word_due(p, *pos, to, domain, first) < 0 ||
		    parse_word(p, pos, to, domain, out) < 0)
			return -1;
		word_end = *pos;
		if (addr_skip_cfws(p, pos, to, NULL) < 0)
			return -1;
		if (*pos >= to || p->text[*pos] != '.') {
			/* A trailing comment is the caller's. */
			*pos = word_end;
			return 0;
		}
		buf_putc(out, '.');
		++*pos;
		if (*pos == word_end + 1 && *pos < to && is_wsp(p->text[*pos]))
			return addr_fail(p, *pos, "blank in an address");
		if (addr_skip_cfws(p, pos, to, NULL) < 0)
			return -1;
	}
}

static bool
is_dot_atom(const char *text, size_t len)
{
	char before = '.';

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' ? before == '.' : !address_is_atext(text[i]))
			return false;
		before = text[i];
	}
	return before != '.';
}

/* Local part as it goes on the wire; content has no quoting. */
static char *
quote_local(const struct buf *content)
{
	struct buf out auto_buf = buf_make(content->len * 2 + 2);

	if (is_dot_atom(content->data, content->len))
		buf_add(&out, content->data, content->len);
	else
		address_quote(&out, content->data, content->len);
	return buf_take(&out);
}

static int MUST_CHECK
parse_local(const struct addr_parser *p, size_t *pos, size_t to, char **local)
{
	struct buf content auto_buf = buf_make(to - *pos);
	size_t start = *pos;
	auto_free char *wire = NULL;
	const char *c;

	if (p->text[start] == '/' || p->text[start] == '|')
		return fail_not_address(p, start);
	if (parse_dotted(p, pos, to, false, &content) < 0)
		return -1;
	c = content.data + strspn(content.data, " ");
	if (*c == '/' || *c == '|' || strncasecmp(c, ":include:", 9) == 0)
		return fail_not_address(p, start);
	if (strstr(c, "=?") != NULL && strstr(c, "?=") != NULL)
		return addr_fail(p, start, "encoded word in an address");
	wire = quote_local(&content);
	if (strlen(wire) > ADDRESS_MAX_LOCAL)
		return addr_fail(p, start, "local part longer than %d bytes",
		    ADDRESS_MAX_LOCAL);
	*local = steal(wire);
	return 0;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]" (RFC 5321 section 4.1.3). */
static int MUST_CHECK
parse_literal(const struct addr_parser *p, size_t *pos, char **domain)
{
	size_t start = *pos;
	auto_free char *text = NULL;
	unsigned char address[16];
	bool valid;

	if (addr_skip_literal(p, pos) < 0)
		return -1;
	text = mem_strndup(p->text + start + 1, *pos - start - 2);
	if (strncasecmp(text, "IPv6:", 5) == 0)
		valid = inet_pton(AF_INET6, text + 5, address) == 1;
	else
		valid = inet_pton(AF_INET, text, address) == 1;
	if (!valid)
		return addr_fail(p, start, "no IP address between '[' and ']'");
	*domain = mem_strndup(p->text + start, *pos - start);
	return 0;
}

static int MUST_CHECK
parse_domain(const struct addr_parser *p, size_t *pos, size_t to, char **domain)
{
	struct buf labels auto_buf = buf_make(to - *pos);
	size_t start = *pos;

	if (start < to && p->text[start] == '[')
		return parse_literal(p, pos, domain);
	if (parse_dotted(p, pos, to, true, &labels) < 0)
		return -1;
	if (labels.len > ADDRESS_MAX_DOMAIN)
		return addr_fail(p, start, "domain longer than %d bytes",
		    ADDRESS_MAX_DOMAIN);
	*domain = buf_take(&labels);
	return 0;
}

/* Something else stands where an address should end. */
static int MUST_CHECK
fail_excess(const struct addr_parser *p, size_t at, const char *missing)
{
	if (address_is_atext(p->text[at]) || p->text[at] == '"')
		return addr_fail(p, at, "%s", missing);
	return addr_unexpected(p, at);
}

/*
 * The addr-spec that fills text[from..to), or a bare local part.  A comment
 * behind it goes to `comment`.
 */
static int MUST_CHECK
parse_spec(const struct addr_parser *p, size_t from, size_t to,
    struct address *a, struct buf *comment)
{
	size_t pos = from;
	size_t blank;

	if (parse_local(p, &pos, to, &a->local) < 0 ||
	    addr_skip_cfws(p, &pos, to, comment) < 0)
		return -1;
	if (pos >= to)
		return 0;
	if (p->text[pos] != '@')
		return fail_excess(p, pos, "missing '@' or comma");
	pos++;
	buf_clear(comment);
	if (addr_skip_cfws(p, &pos, to, NULL) < 0 ||
	    parse_domain(p, &pos, to, &a->domain) < 0)
		return -1;
	blank = pos;
	if (addr_skip_cfws(p, &pos, to, comment) < 0)
		return -1;
	if (pos >= to)
		return 0;
	if (p->text[pos] == '@')
		return addr_fail(p, pos, "second '@'");
	if (pos == blank)
		return addr_unexpected(p, pos);
	return fail_excess(p, pos, "missing comma");
}

/* --- elements of the list ------------------------------------------------ */

/* Add the address made of what was parsed; a's strings are taken over. */
static int MUST_CHECK
add_address(struct addr_parser *p, struct address *a, struct buf *name)
{
	if (p->list->count >= ADDRESS_MAX_RECIPIENTS) {
		(void)error_set(p->err, ERR_DATA,
		    "more than %d addresses in one message",
		    ADDRESS_MAX_RECIPIENTS);
		return error_hint(p->err, "send it in several messages");
	}
	if (name->len > 0)
		a->name = buf_take(name);
	if (p->group != NULL)
		a->group = mem_strdup(p->group);
	address_list_add(p->list, a);
	return 0;
}

/* A mailbox without angle brackets in text[from..to), or nothing. */
static int MUST_CHECK
parse_plain(struct addr_parser *p, size_t from, size_t to)
{
	struct buf comment auto_buf = buf_make(p->len);
	auto_address struct address a = { 0 };

	p->pos = to;
	if (addr_skip_cfws(p, &from, to, NULL) < 0)
		return -1;
	if (from == to)
		return 0;
	if (parse_spec(p, from, to, &a, &comment) < 0)
		return -1;
	return add_address(p, &a, &comment);
}

/* Skip "mailto:" in front of an address; no query, no percent-encoding. */
static int MUST_CHECK
skip_mailto(const struct addr_parser *p, size_t *from, size_t to)
{
	if (to - *from < 7 || strncasecmp(p->text + *from, "mailto:", 7) != 0)
		return 0;
	*from += 7;
	for (size_t i = *from; i < to; i++)
		if (p->text[i] == '?' || p->text[i] == '%')
			return addr_fail(
			    p, i, "more than an address in a mailto:");
	return 0;
}

/* [name] '<' addr-spec '>' [comment]; `open` is where the '<' is. */
static int MUST_CHECK
parse_angle(struct addr_parser *p, size_t open)
{
	struct buf name auto_buf = buf_make(p->len);
	struct buf comment auto_buf = buf_make(p->len);
	auto_address struct address a = { 0 };
	size_t from = open + 1;
	size_t close;

	if (parse_phrase(p, p->pos, open, &name) < 0)
		return -1;
	p->pos = from;
	if (addr_find_stop(p, "<>", &close) < 0)
		return -1;
	if (close >= p->len)
		return addr_fail(p, open, "'<' without '>'");
	if (p->text[close] == '<')
		return addr_fail(p, close, "second '<'");
	if (addr_skip_cfws(p, &from, close, NULL) < 0 ||
	    skip_mailto(p, &from, close) < 0)
		return -1;
	if (from >= close)
		return addr_fail(p, open, "empty address");
	if (p->text[from] == '@' &&
	    memchr(p->text + from, ':', close - from) != NULL)
		return addr_fail(p, from, "source routes are not supported");
	if (parse_spec(p, from, close, &a, &comment) < 0)
		return -1;
	buf_clear(&comment);
	p->pos = close + 1;
	if (addr_skip_cfws(p, &p->pos, p->len, &comment) < 0)
		return -1;
	if (p->pos < p->len && p->text[p->pos] != ',' && p->text[p->pos] != ';')
		return addr_fail(p, p->pos, "text after '>'");
	return add_address(p, &a, name.len > 0 ? &name : &comment);
}

/* Is text[p->pos..colon) the scheme of a mailto: address? */
static bool
is_mailto(const struct addr_parser *p, size_t colon)
{
	size_t from = p->pos;

	while (is_wsp(p->text[from]))
		from++;
	return colon - from == 6 &&
	    strncasecmp(p->text + from, "mailto", 6) == 0;
}

/* "mailto:" addr-spec; `colon` is where the ':' is. */
static int MUST_CHECK
parse_mailto(struct addr_parser *p, size_t colon)
{
	size_t from = colon - 6;
	size_t to;

	p->pos = colon + 1;
	if (addr_find_stop(p, ",;:<>", &to) < 0 ||
	    skip_mailto(p, &from, to) < 0)
		return -1;
	if (from == to)
		return addr_fail(p, colon, "empty address");
	return parse_plain(p, from, to);
}

/* A group begins; `colon` is where the ':' is. */
static int MUST_CHECK
begin_group(struct addr_parser *p, size_t colon)
{
	struct buf name auto_buf = buf_make(MAX_GROUP_NAME);
	size_t from = p->pos;

	if (addr_skip_cfws(p, &from, colon, NULL) < 0)
		return -1;
	if (from == colon)
		return fail_not_address(p, colon);
	if (memchr(p->text + from, '@', colon - from) != NULL)
		return addr_unexpected(p, colon);
	if (p->group != NULL)
		return addr_fail(p, colon, "group within a group");
	if (parse_phrase(p, from, colon, &name) < 0)
		return -1;
	if (name.full)
		return addr_fail(p, from, "group name too long");
	p->group = buf_take(&name);
	p->pos = colon + 1;
	return 0;
}

/* Step over the separator at p->pos. */
static int MUST_CHECK
parse_separator(struct addr_parser *p)
{
	char c = p->text[p->pos];

	if (c != ',' && c != ';')
		return addr_unexpected(p, p->pos);
	if (c == ';' && p->group == NULL)
		return addr_fail(p, p->pos, "';' outside a group");
	p->pos++;
	if (c == ',')
		return 0;
	free(p->group);
	p->group = NULL;
	if (addr_skip_cfws(p, &p->pos, p->len, NULL) < 0)
		return -1;
	if (p->pos < p->len && p->text[p->pos] != ',')
		return addr_fail(p, p->pos, "missing comma after a group");
	return 0;
}

/* One element and the separator behind it, or the beginning of a group. */
static int MUST_CHECK
parse_element(struct addr_parser *p)
{
	size_t stop;
	char c;
	int result;

	if (addr_find_stop(p, ",;:<>", &stop) < 0)
		return -1;
	c = stop < p->len ? p->text[stop] : '\0';
	if (c == ':' && !is_mailto(p, stop))
		return begin_group(p, stop);
	if (c == ':')
		result = parse_mailto(p, stop);
	else if (c == '<')
		result = parse_angle(p, stop);
	else
		result = parse_plain(p, p->pos, stop);
	if (result < 0 || p->pos == p->len)
		return result;
	return parse_separator(p);
}

static int MUST_CHECK
parse_list(struct addr_parser *p)
{
	while (p->pos < p->len)
		if (parse_element(p) < 0)
			return -1;
	if (p->group != NULL)
		return addr_fail(p, p->len, "group without ';'");
	return 0;
}

int
address_parse(
    struct address_list *list, const char *text, size_t len, struct error *err)
{
	struct addr_parser p = { .text = text, .len = len, .list = list };
	size_t before = list->count;
	int result;

	p.err = err;
	result = addr_check_characters(&p) < 0 ? -1 : parse_list(&p);
	free(p.group);
	while (result < 0 && list->count > before)
		address_release(&list->items[--list->count]);
	return result;
}
