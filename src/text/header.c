/* SPDX-License-Identifier: MIT */
/*
 * Header fields as mitto writes them: checked, encoded, folded.
 *
 * Every function leaves `out` as it was when it fails.  Fields that came from
 * outside are mended in headerrepair.c.
 */
#include "text/header.h"

#include "base/mem.h"
#include "text/datetime.h"
#include "text/encword.h"
#include "text/fold.h"
#include "text/msgid.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>

#define MAX_NAME 76 /* "NAME:" and a blank leave room on a line of 78 */

/* A value of HEADER_MAX_BLOCK bytes as encoded words is shorter than this. */
#define MAX_ENCODED (8 * HEADER_MAX_BLOCK)

static const struct {
	const char *name;
	enum header_kind kind;
} known_fields[] = {
	{ "From", HEADER_ADDRESSES },
	{ "Sender", HEADER_ADDRESSES },
	{ "Reply-To", HEADER_ADDRESSES },
	{ "To", HEADER_ADDRESSES },
	{ "Cc", HEADER_ADDRESSES },
	{ "Bcc", HEADER_ADDRESSES },
	{ "Resent-From", HEADER_ADDRESSES },
	{ "Resent-Sender", HEADER_ADDRESSES },
	{ "Resent-Reply-To", HEADER_ADDRESSES },
	{ "Resent-To", HEADER_ADDRESSES },
	{ "Resent-Cc", HEADER_ADDRESSES },
	{ "Resent-Bcc", HEADER_ADDRESSES },
	{ "In-Reply-To", HEADER_TOKENS },
	{ "References", HEADER_TOKENS },
	{ "MIME-Version", HEADER_TOKENS },
	{ "Content-Transfer-Encoding", HEADER_TOKENS },
	{ "Content-ID", HEADER_TOKENS },
	{ "DKIM-Signature", HEADER_TOKENS },
	{ "Return-Path", HEADER_TOKENS },
	{ "Received", HEADER_TOKENS },
	{ "Date", HEADER_DATE },
	{ "Resent-Date", HEADER_DATE },
	{ "Message-ID", HEADER_MSGID },
	{ "Resent-Message-ID", HEADER_MSGID },
	{ "Content-Type", HEADER_PARAMS },
	{ "Content-Disposition", HEADER_PARAMS },
};

static const struct {
	const char *name;
	enum error_kind error;
	const char *hint;
} reserved_fields[] = {
	{ "Bcc", ERR_DATA, "use -b" },
	{ "Resent-Bcc", ERR_DATA, "use -b" },
	{ "Content-Type", ERR_USAGE, "use --type" },
	{ "Content-Transfer-Encoding", ERR_USAGE,
	    "leave it out: the encoding follows from the content" },
	{ "MIME-Version", ERR_USAGE, "leave it out: it is always there" },
	{ "DKIM-Signature", ERR_USAGE, "leave it out: signers add it" },
	{ "Return-Path", ERR_USAGE, "use --envelope-from" },
	{ "Received", ERR_USAGE, "leave it out: servers add it" },
};

static bool
same_name(const char *known, const char *name, size_t len)
{
	return strlen(known) == len && strncasecmp(known, name, len) == 0;
}

enum header_kind
header_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_fields); i++)
		if (same_name(known_fields[i].name, name, len))
			return known_fields[i].kind;
	return HEADER_TEXT;
}

bool
header_is_reserved(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(reserved_fields); i++)
		if (same_name(reserved_fields[i].name, name, len))
			return true;
	return false;
}

bool
header_name_valid(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] < '!' || name[i] > '~' || name[i] == ':')
			return false;
	return len >= 1 && len <= MAX_NAME;
}

int
header_check_bytes(
    const char *what, const char *value, size_t len, struct error *err)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(value + i, len - i, &c);
		if (n == 0)
			return error_set(err, ERR_DATA,
			    "%s is not UTF-8 at byte offset %zu", what, i);
		if (c == '\n' || c == '\r')
			return error_set(err, ERR_DATA,
			    "%s has a line break at byte offset %zu", what, i);
		if (c != '\t' && utf8_is_control(c))
			return error_set(err, ERR_DATA,
			    "%s has a control character (U+%04X) at byte "
			    "offset %zu",
			    what, (unsigned)c, i);
	}
	return 0;
}

int
header_check(const char *what, const char *value, struct error *err)
{
	return header_check_bytes(what, value, strlen(value), err);
}

/* The value of field `name`, checked; errors call it "header 'NAME'". */
static int MUST_CHECK
check_value(const char *name, const char *value, struct error *err)
{
	char what[MAX_NAME + 16];

	if (!header_name_valid(name, strlen(name)))
		return error_set(err, ERR_DATA, "bad header name '%s'", name);
	(void)snprintf(what, sizeof(what), "header '%s'", name);
	if (strlen(value) > HEADER_MAX_BLOCK)
		return error_set(err, ERR_DATA, "%s is longer than %d bytes",
		    what, HEADER_MAX_BLOCK);
	return header_check(what, value, err);
}

/* End the field that began at `start`; `ok` says whether its lines fit. */
static int MUST_CHECK
end_field(
    struct buf *out, size_t start, bool ok, const char *name, struct error *err)
{
	if (ok && !out->full)
		return 0;
	buf_truncate(out, start);
	if (ok)
		return buf_check(out, "the header", err);
	return error_set(err, ERR_DATA,
	    "header '%s' has a word longer than a line can be (%d bytes)", name,
	    FOLD_MAX);
}

/* --- unstructured text --------------------------------------------------- */

/* From the first to the last word that needs encoding; false if none does. */
static bool
find_encoded_words(const char *text, size_t *from, size_t *to)
{
	bool found = false;
	size_t pos = strspn(text, " \t");

	while (text[pos] != '\0') {
		size_t len = strcspn(text + pos, " \t");

		if (encword_needed(text + pos, len)) {
			if (!found)
				*from = pos;
			*to = pos + len;
			found = true;
		}
		pos += len;
		pos += strspn(text + pos, " \t");
	}
	return found;
}

/*
 * The part of text that goes out as encoded words.  Plain words before and
 * after it stay readable; one blank separates them, and further blanks, which
 * readers might drop there, are encoded.
 */
static bool
find_encoded_part(const char *text, size_t *from, size_t *to)
{
	size_t before, behind;

	if (!find_encoded_words(text, from, to))
		return false;
	for (before = *from; before > 0 && is_wsp(text[before - 1]);)
		before--;
	*from = before > 0 && text[before] == ' ' ? before + 1 : 0;
	behind = *to + strspn(text + *to, " \t");
	*to = text[behind] != '\0' && text[behind - 1] == ' '
	    ? behind - 1
	    : behind + strlen(text + behind);
	return true;
}

/* Write text with the bytes [from..to) of it as encoded words; false when a
 * plain word is too long for a line. */
static bool
add_encoded(
    struct buf *out, const char *name, const char *text, size_t from, size_t to)
{
	struct buf words auto_buf = buf_make(MAX_ENCODED);
	struct folder f;
	size_t room;

	fold_begin(&f, out, name, FOLD_ENCWORD);
	if (from > 0) {
		buf_putc(&words, ' ');
		buf_add(&words, text, from - 1);
		fold_add(&f, words.data, words.len);
		buf_clear(&words);
	}
	room = f.column + 1 < f.limit ? f.limit - f.column - 1 : 0;
	buf_putc(&words, ' ');
	encword_encode(&words, text + from, to - from, ENCWORD_TEXT, room);
	fold_add(&f, words.data, words.len);
	fold_add(&f, text + to, strlen(text + to));
	return fold_end(&f);
}

/* Write text as it is; false when that makes a line too long. */
static bool
add_plain(struct buf *out, const char *name, const char *text)
{
	struct buf value auto_buf = buf_make(MAX_ENCODED);
	struct folder f;

	if (text[0] != '\0')
		buf_putc(&value, ' ');
	buf_puts(&value, text);
	fold_begin(&f, out, name, FOLD_LINE);
	fold_add(&f, value.data, value.len);
	return fold_end(&f);
}

int
header_text(
    struct buf *out, const char *name, const char *text, struct error *err)
{
	size_t start = out->len;
	size_t from, to;
	bool ok;

	if (check_value(name, text, err) < 0)
		return -1;
	if (find_encoded_part(text, &from, &to))
		ok = add_encoded(out, name, text, from, to);
	else
		ok = add_plain(out, name, text);
	if (!ok) {
		buf_truncate(out, start);
		ok = add_encoded(out, name, text, 0, strlen(text));
	}
	return end_field(out, start, ok, name, err);
}

/* --- addresses and tokens ------------------------------------------------ */

static int MUST_CHECK
check_address(const char *name, const struct address *a, struct error *err)
{
	if (check_value(name, a->local, err) < 0 ||
	    (a->name != NULL && check_value(name, a->name, err) < 0) ||
	    (a->domain != NULL && check_value(name, a->domain, err) < 0) ||
	    (a->group != NULL && check_value(name, a->group, err) < 0))
		return -1;
	return 0;
}

static bool
same_group(const struct address *a, const struct address *b)
{
	if (a->group == NULL || b->group == NULL)
		return a->group == b->group;
	return strcmp(a->group, b->group) == 0;
}

/* Write the i-th address with the group that begins or ends there. */
static void
add_address(struct folder *f, const struct address_list *list, size_t i)
{
	const struct address *a = &list->items[i];
	struct buf text auto_buf = buf_make(MAX_ENCODED);
	bool last = i + 1 == list->count;

	if (a->group != NULL && (i == 0 || !same_group(a - 1, a))) {
		buf_putc(&text, ' ');
		address_header_group(&text, a->group);
		fold_add_unit(f, text.data, text.len);
		buf_clear(&text);
	}
	buf_putc(&text, ' ');
	address_header(&text, a);
	if (a->group != NULL && (last || !same_group(a, a + 1)))
		buf_putc(&text, ';');
	if (!last)
		buf_putc(&text, ',');
	fold_add_unit(f, text.data, text.len);
}

int
header_addresses(struct buf *out, const char *name,
    const struct address_list *list, struct error *err)
{
	size_t start = out->len;
	struct folder f;

	for (size_t i = 0; i < list->count; i++)
		if (check_address(name, &list->items[i], err) < 0)
			return -1;
	if (list->count == 0)
		return 0;
	fold_begin(&f, out, name, FOLD_ENCWORD);
	for (size_t i = 0; i < list->count; i++)
		add_address(&f, list, i);
	return end_field(out, start, fold_end(&f), name, err);
}

int
header_tokens(
    struct buf *out, const char *name, const char *tokens, struct error *err)
{
	struct buf token auto_buf = buf_make(HEADER_MAX_BLOCK + 1);
	size_t start = out->len;
	struct folder f;

	if (check_value(name, tokens, err) < 0)
		return -1;
	if (!utf8_is_ascii(tokens, strlen(tokens)))
		return error_set(
		    err, ERR_DATA, "header '%s' must be ASCII", name);
	fold_begin(&f, out, name, FOLD_LINE);
	while (*(tokens += strspn(tokens, " \t")) != '\0') {
		size_t len = strcspn(tokens, " \t");

		buf_clear(&token);
		buf_putc(&token, ' ');
		buf_add(&token, tokens, len);
		fold_add(&f, token.data, token.len);
		tokens += len;
	}
	return end_field(out, start, fold_end(&f), name, err);
}

/* --- fields given by the user -------------------------------------------- */

static int MUST_CHECK
user_addresses(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	auto_address_list struct address_list list = { 0 };

	if (address_parse(&list, value, strlen(value), err) < 0)
		return error_wrap(err, "header '%s'", name);
	/* A group without members, as in "undisclosed-recipients:;". */
	if (list.count == 0)
		return header_tokens(out, name, value, err);
	return header_addresses(out, name, &list, err);
}

static int MUST_CHECK
user_params(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	auto_free char *field = mem_printf("%s: %s", name, value);

	return header_repair(out, field, strlen(field), err);
}

static int MUST_CHECK
user_value(
    struct buf *out, const char *name, const char *value, struct error *err)
{
	enum header_kind kind = header_kind(name, strlen(name));
	time_t when;

	if (kind == HEADER_TEXT)
		return header_text(out, name, value, err);
	if (kind == HEADER_PARAMS)
		return user_params(out, name, value, err);
	if (value[0] == '\0')
		return error_set(err, ERR_DATA, "header '%s' is empty", name);
	if (kind == HEADER_ADDRESSES)
		return user_addresses(out, name, value, err);
	if (kind == HEADER_DATE && !datetime_parse(value, &when)) {
		(void)error_set(
		    err, ERR_DATA, "header '%s': '%s' is no date", name, value);
		return error_hint(
		    err, "-H '%s: Mon, 23 Nov 2026 21:57:12 +0100'", name);
	}
	if (kind == HEADER_MSGID && !msgid_valid(value, strlen(value))) {
		(void)error_set(err, ERR_DATA,
		    "header '%s': '%s' is no message id", name, value);
		return error_hint(
		    err, "-H '%s: <something-unique@example.org>'", name);
	}
	return header_tokens(out, name, value, err);
}

static int MUST_CHECK
refuse_reserved(const char *name, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(reserved_fields); i++)
		if (strcasecmp(reserved_fields[i].name, name) == 0) {
			(void)error_set(err, reserved_fields[i].error,
			    "header '%s' cannot be set by --header", name);
			return error_hint(err, "%s", reserved_fields[i].hint);
		}
	return 0;
}

int
header_user(struct buf *out, const char *line, struct error *err)
{
	size_t name_len = strcspn(line, ":");
	const char *value = line + name_len + 1;
	char name[MAX_NAME + 1];
	char what[MAX_NAME + 16];

	if (line[name_len] == '\0') {
		(void)error_set(
		    err, ERR_USAGE, "no colon in header '%s'", line);
		return error_hint(err, "-H 'Name: value'");
	}
	if (!header_name_valid(line, name_len)) {
		(void)error_set(err, ERR_USAGE, "bad header name '%.*s'",
		    name_len < 200 ? (int)name_len : 200, line);
		return error_hint(err, "-H 'Name: value'");
	}
	memcpy(name, line, name_len);
	name[name_len] = '\0';
	value += strspn(value, " \t");
	if (refuse_reserved(name, err) < 0)
		return -1;
	(void)snprintf(what, sizeof(what), "header '%s'", name);
	if (header_check(what, value, err) < 0)
		return -1;
	return user_value(out, name, value, err);
}
