/* SPDX-License-Identifier: MIT */
/*
 * Addresses as values: copied, compared and written out.  The grammar that
 * reads them is in addrparse.c.
 */
#include "text/address.h"

#include "base/mem.h"
#include "text/encword.h"
#include "text/idn.h"
#include "text/utf8.h"

#include <ctype.h>
#include <string.h>

/* Words of a name beyond this go out as encoded words: no line could hold them.
 */
#define MAX_PLAIN_WORD 900

/* Room for the first encoded word of a name behind any field name. */
#define FIRST_ENCWORD 56

bool
address_is_atext(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

void
address_quote(struct buf *out, const char *text, size_t len)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, text[i]);
	}
	buf_putc(out, '"');
}

/* Words of atext, and of `also`, separated by single blanks? */
static bool
is_plain_phrase(const char *name, const char *also)
{
	char before = ' ';

	for (; *name != '\0'; before = *name++) {
		bool atext =
		    address_is_atext(*name) || strchr(also, *name) != NULL;

		if (*name == ' ' ? before == ' ' : !atext)
			return false;
	}
	return before != ' ';
}

/* Is there a run of words or of blanks too long to fold well? */
static bool
has_long_run(const char *name)
{
	while (*name != '\0') {
		size_t blanks = strspn(name, " \t");
		size_t word = strcspn(name + blanks, " \t");

		if (blanks > MAX_PLAIN_WORD || word > MAX_PLAIN_WORD)
			return true;
		name += blanks + word;
	}
	return false;
}

/* Append a name as a header field wants it (RFC 5322 phrase). */
static void
add_phrase(struct buf *out, const char *name)
{
	size_t len = strlen(name);

	if (encword_needed(name, len) || has_long_run(name))
		encword_encode(out, name, len, ENCWORD_PHRASE, FIRST_ENCWORD);
	else if (is_plain_phrase(name, ""))
		buf_puts(out, name);
	else
		address_quote(out, name, len);
}

/* Append "local@domain" or the bare local part. */
static void
add_spec(struct buf *out, const char *local, const char *domain)
{
	buf_puts(out, local);
	if (domain == NULL)
		return;
	buf_putc(out, '@');
	buf_puts(out, domain);
}

void
address_display(struct buf *out, const struct address *a)
{
	if (a->name == NULL) {
		add_spec(out, a->local, a->domain);
		return;
	}
	if (is_plain_phrase(a->name, "."))
		buf_puts(out, a->name);
	else
		address_quote(out, a->name, strlen(a->name));
	buf_puts(out, " <");
	add_spec(out, a->local, a->domain);
	buf_putc(out, '>');
}

void
address_header(struct buf *out, const struct address *a)
{
	auto_free char *ascii = NULL;
	struct error ignored;

	if (a->domain != NULL)
		ascii = idn_to_ascii(a->domain, &ignored);
	if (a->name != NULL) {
		add_phrase(out, a->name);
		buf_puts(out, " <");
	}
	add_spec(out, a->local, ascii != NULL ? ascii : a->domain);
	if (a->name != NULL)
		buf_putc(out, '>');
}

void
address_header_group(struct buf *out, const char *group)
{
	add_phrase(out, group);
	buf_putc(out, ':');
}

int
address_wire(struct buf *out, const struct address *a, struct error *err)
{
	auto_free char *ascii = NULL;

	if (a->domain == NULL) {
		(void)error_set(err, ERR_DATA, "'%s' has no domain", a->local);
		return error_hint(
		    err, "write the whole address, or set default-domain");
	}
	ascii = idn_to_ascii(a->domain, err);
	if (ascii == NULL)
		return error_wrap(
		    err, "bad address '%s@%s'", a->local, a->domain);
	add_spec(out, a->local, ascii);
	return 0;
}

bool
address_needs_smtputf8(const struct address *a)
{
	return !utf8_is_ascii(a->local, strlen(a->local));
}

int
address_parse_one(struct address *a, const char *text, struct error *err)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, text, strlen(text), err) < 0)
		return -1;
	if (list.count == 0)
		return error_set(err, ERR_DATA, "no address in '%s'", text);
	if (list.count > 1)
		return error_set(err, ERR_DATA,
		    "%zu addresses in '%s' where one is expected", list.count,
		    text);
	*a = list.items[0];
	list.count = 0;
	return 0;
}

static char *
copy_or_null(const char *text)
{
	return text != NULL ? mem_strdup(text) : NULL;
}

void
address_list_add(struct address_list *list, const struct address *a)
{
	/* Capacity doubles: it is full whenever count is a power of two. */
	if ((list->count & (list->count - 1)) == 0)
		list->items = mem_resize(list->items,
		    list->count ? list->count * 2 : 1, sizeof(*list->items));
	list->items[list->count++] = (struct address){
		.name = copy_or_null(a->name),
		.local = copy_or_null(a->local),
		.domain = copy_or_null(a->domain),
		.group = copy_or_null(a->group),
		.parameters = copy_or_null(a->parameters),
	};
}

bool
address_same(const struct address *a, const struct address *b)
{
	if (strcmp(a->local, b->local) != 0)
		return false;
	if (a->domain == NULL || b->domain == NULL)
		return a->domain == b->domain;
	return strcasecmp(a->domain, b->domain) == 0;
}

void
address_release(struct address *a)
{
	free(a->name);
	free(a->local);
	free(a->domain);
	free(a->group);
	free(a->parameters);
	*a = (struct address){ 0 };
}

void
address_list_release(struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		address_release(&list->items[i]);
	free(list->items);
	*list = (struct address_list){ 0 };
}
