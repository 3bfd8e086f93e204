/* SPDX-License-Identifier: MIT */
/*
 * Writing and reading entries: length-prefixed, strict, bounded.
 */
#include "spool/entry.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/mem.h"
#include "text/dsn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAGIC    "mitto-spool "
#define PLAIN    '1' /* versions of the format */
#define ASKING   '2' /* something is asked for a recipient */
#define END_LEN  (4 + DIGEST_HEX - 1 + 1)
#define DIGITS   18 /* of a number, at most */
#define MAX_SIZE (INT64_MAX / 4)

/* The records' letters in their order. */
static const char order[] = "CSAIFORPDM";

void
entry_release(struct entry *e)
{
	free(e->sender);
	free(e->account);
	free(e->message_id);
	strlist_release(&e->settings);
	strlist_release(&e->recipients);
	strlist_release(&e->parameters);
	*e = (struct entry){ .sender = NULL };
}

void
entry_add(struct entry *e, const char *recipient, const char *parameters)
{
	strlist_add(&e->recipients, recipient);
	strlist_add(&e->parameters, parameters);
}

/* A value of the envelope can be a line of its own anywhere it is used. */
static bool
is_clean(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

/* --- writing -------------------------------------------------------------- */

static int
put_text(struct buf *out, char letter, const char *text, struct error *err)
{
	size_t len = strlen(text);

	if (len > ENTRY_MAX_VALUE || !is_clean(text, len))
		return error_set(
		    err, ERR_DATA, "'%.60s' cannot stand in the queue", text);
	buf_printf(out, "%c%zu:%s\n", letter, len, text);
	return 0;
}

static int
put_list(
    struct buf *out, char letter, const struct strlist *list, struct error *err)
{
	for (size_t i = 0; i < list->count; i++)
		if (put_text(out, letter, list->items[i], err) < 0)
			return -1;
	return 0;
}

static int
put_recipients(struct buf *out, const struct entry *e, struct error *err)
{
	for (size_t i = 0; i < e->recipients.count; i++) {
		const char *parameters = e->parameters.items[i];

		if (put_text(out, 'R', e->recipients.items[i], err) < 0 ||
		    (*parameters != '\0' &&
			put_text(out, 'P', parameters, err) < 0))
			return -1;
	}
	return 0;
}

static char
version(const struct entry *e)
{
	for (size_t i = 0; i < e->parameters.count; i++)
		if (*e->parameters.items[i] != '\0')
			return ASKING;
	return PLAIN;
}

static int
put_number(struct buf *out, char letter, int64_t number, struct error *err)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)number);
	return put_text(out, letter, text, err);
}

static int
put_head(struct buf *out, const struct entry *e, struct error *err)
{
	const char *flags = e->eight_bit ? (e->smtputf8 ? "8u" : "8")
	    : e->smtputf8                ? "u"
					 : "";

	buf_printf(out, MAGIC "%c\n", version(e));
	if (put_number(out, 'C', e->created < 0 ? 0 : e->created, err) < 0 ||
	    put_text(out, 'S', e->sender, err) < 0 ||
	    (e->account != NULL && put_text(out, 'A', e->account, err) < 0) ||
	    (e->message_id != NULL &&
		put_text(out, 'I', e->message_id, err) < 0) ||
	    put_text(out, 'F', flags, err) < 0 ||
	    put_list(out, 'O', &e->settings, err) < 0 ||
	    put_recipients(out, e, err) < 0 ||
	    put_number(out, 'D', e->dot_lines, err) < 0)
		return -1;
	buf_printf(out, "M%lld:", (long long)e->size);
	return buf_check(out, "the envelope", err);
}

static int
put(int fd, struct digest *d, const void *data, size_t len, struct error *err)
{
	digest_add(d, data, len);
	if (io_write_all(fd, data, len) == 0)
		return 0;
	return error_errno(
	    err, io_error_kind(errno), errno, "cannot write to the queue");
}

static int
put_message(int fd, struct digest *d, const struct entry *e,
    struct stream *message, struct error *err)
{
	auto_free char *block = mem_alloc(STREAM_BLOCK);
	int64_t written = 0;
	ssize_t n;

	while ((n = stream_read(message, block, STREAM_BLOCK, err)) > 0) {
		written += n;
		if (written > e->size)
			break;
		if (put(fd, d, block, (size_t)n, err) < 0)
			return -1;
	}
	if (n < 0)
		return -1;
	if (written != e->size)
		return error_set(
		    err, ERR_IO, "the message is not as long as it should be");
	return 0;
}

int
entry_write(
    int fd, const struct entry *e, struct stream *message, struct error *err)
{
	auto_buf struct buf head = buf_make(ENTRY_MAX_HEAD);
	auto_digest struct digest *d = digest_new();
	char end[END_LEN + 1] = "END ";

	if (put_head(&head, e, err) < 0 ||
	    put(fd, d, head.data, head.len, err) < 0 ||
	    put_message(fd, d, e, message, err) < 0 ||
	    put(fd, d, "\n", 1, err) < 0)
		return -1;
	digest_hex(d, end + 4);
	end[END_LEN - 1] = '\n';
	return put(fd, d, end, END_LEN, err);
}

/* --- reading -------------------------------------------------------------- */

/* Reads on from `at`, a block at a time. */
struct reader {
	struct store *file;
	int64_t at; /* of the next byte */
	size_t used, have;
	char block[8192];
};

static int
damaged(struct error *err, const char *what)
{
	return error_set(err, ERR_DATA, "the file is damaged: %s", what);
}

/* The next byte as an unsigned char; ERR_DATA at the end. */
static int
next_byte(struct reader *r, struct error *err)
{
	if (r->used == r->have) {
		ssize_t n = store_pread(
		    r->file, r->block, sizeof(r->block), r->at, err);

		if (n < 0)
			return -1;
		if (n == 0)
			return damaged(err, "it is cut");
		r->used = 0;
		r->have = (size_t)n;
	}
	r->at++;
	return (unsigned char)r->block[r->used++];
}

static int
expect(struct reader *r, const char *text, struct error *err)
{
	for (; *text != '\0'; text++) {
		int c = next_byte(r, err);

		if (c < 0)
			return -1;
		if (c != (unsigned char)*text)
			return damaged(err, "it is none of the queue");
	}
	return 0;
}

/* Decimal digits up to `end`, in the one form that a number has. */
static int
read_number(struct reader *r, char end, int64_t *out, struct error *err)
{
	int64_t value = 0;
	int c;

	for (size_t digits = 0;; digits++) {
		c = next_byte(r, err);
		if (c < 0)
			return -1;
		if (c == end && digits > 0)
			break;
		if (c < '0' || c > '9' || digits >= DIGITS ||
		    (digits == 1 && value == 0))
			return damaged(err, "a number is wrong");
		value = value * 10 + (c - '0');
	}
	*out = value;
	return 0;
}

/* Bytes of a record and its line end, as a string. */
static char *
read_text(struct reader *r, int64_t len, struct error *err)
{
	auto_free char *text = NULL;

	if (len > ENTRY_MAX_VALUE || r->at + len > ENTRY_MAX_HEAD) {
		(void)damaged(err, "a record is too long");
		return NULL;
	}
	text = mem_alloc((size_t)len + 1);
	for (int64_t i = 0; i <= len; i++) {
		int c = next_byte(r, err);

		if (c < 0)
			return NULL;
		text[i] = (char)c;
	}
	if (text[len] != '\n' || !is_clean(text, (size_t)len)) {
		(void)damaged(err, "a record is wrong");
		return NULL;
	}
	text[len] = '\0';
	return steal(text);
}

static int
parse_number(const char *text, int64_t *out, struct error *err)
{
	size_t len = strlen(text);
	int64_t value = 0;

	if (len == 0 || len > DIGITS || strspn(text, "0123456789") != len ||
	    (len > 1 && text[0] == '0'))
		return damaged(err, "a number is wrong");
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (text[i] - '0');
	*out = value;
	return 0;
}

static int
parse_parameters(struct entry *e, const char *text, struct error *err)
{
	char **last = &e->parameters.items[e->parameters.count - 1];

	if (!dsn_parameters_valid(text))
		return damaged(err, "a parameter is wrong");
	free(*last);
	*last = mem_strdup(text);
	return 0;
}

static int
parse_flags(struct entry *e, const char *text, struct error *err)
{
	e->eight_bit = *text == '8';
	text += e->eight_bit;
	e->smtputf8 = *text == 'u';
	text += e->smtputf8;
	return *text == '\0' ? 0 : damaged(err, "a flag is unknown");
}

/* Take one record's value, which is handed over. */
static int
take(struct entry *e, char letter, char *text, struct error *err)
{
	auto_free char *value = text;

	switch (letter) {
	case 'S':
		e->sender = steal(value);
		return 0;
	case 'A':
		e->account = steal(value);
		return 0;
	case 'I':
		e->message_id = steal(value);
		return 0;
	case 'O':
		strlist_take(&e->settings, steal(value));
		return 0;
	case 'R':
		entry_add(e, value, "");
		return 0;
	case 'P':
		return parse_parameters(e, value, err);
	case 'F':
		return parse_flags(e, value, err);
	default: /* C, D */
		return parse_number(
		    value, letter == 'C' ? &e->created : &e->dot_lines, err);
	}
}

/* May `next` stand behind the record at `place` of order?  Only A, I, O, P and
 * repeated O and R are free; P stands behind R. */
static bool
may_follow(size_t place, size_t next)
{
	if (next == place)
		return order[next] == 'O' || order[next] == 'R';
	if (order[place] == 'P' && order[next] == 'R')
		return true;
	for (size_t i = place + 1; i < next; i++)
		if (strchr("AIOP", order[i]) == NULL)
			return false;
	return next > place && (order[next] != 'P' || order[place] == 'R');
}

static int
read_records(struct reader *r, struct entry *e, struct error *err)
{
	size_t place = SIZE_MAX; /* before the first */

	for (;;) {
		int letter = next_byte(r, err);
		const char *found;
		char *text;
		int64_t len = 0;

		if (letter < 0)
			return -1;
		found = letter != '\0' ? strchr(order, letter) : NULL;
		if (found == NULL ||
		    !(place == SIZE_MAX
			    ? found == order
			    : may_follow(place, (size_t)(found - order))))
			return damaged(err, "a record is out of place");
		place = (size_t)(found - order);
		if (read_number(r, ':', &len, err) < 0)
			return -1;
		if (letter == 'M') {
			e->size = len;
			e->start = r->at;
			return 0;
		}
		text = read_text(r, len, err);
		if (text == NULL || take(e, (char)letter, text, err) < 0)
			return -1;
	}
}

/* The version, or -1. */
static int
read_magic(struct reader *r, struct error *err)
{
	int c;

	if (expect(r, MAGIC, err) < 0)
		return -1;
	c = next_byte(r, err);
	if (c > ASKING && c <= '9')
		return error_set(err, ERR_CONFIG,
		    "the file was written by a later version of mitto");
	if (c != PLAIN && c != ASKING)
		return c < 0 ? -1 : damaged(err, "its version is unknown");
	return expect(r, "\n", err) < 0 ? -1 : c;
}

/* Does the version say what is in it? */
static int
check_version(const struct entry *e, int said, struct error *err)
{
	return said == version(e) ? 0 : damaged(err, "its version is wrong");
}

/* What stands behind the message, to the last byte. */
static int
read_end(struct reader *r, const struct entry *e, struct error *err)
{
	if (e->size > MAX_SIZE ||
	    e->start + e->size + 1 + END_LEN != store_size(r->file))
		return damaged(err, "its length is wrong");
	r->at = e->start + e->size;
	r->used = r->have = 0;
	return expect(r, "\nEND ", err);
}

int
entry_read(struct entry *e, struct store *file, struct error *err)
{
	auto_free struct reader *r = mem_zero(sizeof(*r));
	int said;

	*e = (struct entry){ .sender = NULL };
	r->file = file;
	said = read_magic(r, err);
	if (said > 0 && read_records(r, e, err) == 0 &&
	    check_version(e, said, err) == 0 && read_end(r, e, err) == 0)
		return 0;
	entry_release(e);
	return -1;
}

int
entry_verify(struct store *file, struct error *err)
{
	int64_t end = store_size(file) - END_LEN;
	auto_stream struct stream *s = stream_store(file, 0, end > 0 ? end : 0);
	auto_digest struct digest *d = digest_new();
	auto_free char *block = mem_alloc(STREAM_BLOCK);
	char want[END_LEN + 1] = "END ";
	char got[END_LEN] = "";
	ssize_t n;

	if (end <= 0)
		return damaged(err, "it is cut");
	while ((n = stream_read(s, block, STREAM_BLOCK, err)) > 0)
		digest_add(d, block, (size_t)n);
	if (n < 0)
		return -1;
	digest_hex(d, want + 4);
	want[END_LEN - 1] = '\n';
	n = store_pread(file, got, sizeof(got), end, err);
	if (n < 0)
		return -1;
	if (n != END_LEN || memcmp(got, want, END_LEN) != 0)
		return damaged(err, "its checksum is wrong");
	return 0;
}

void
entry_wire(const struct entry *e, struct store *file, struct wire *w)
{
	*w = (struct wire){
		.stream = stream_store(file, e->start, e->start + e->size),
		.size = e->size,
		.dot_lines = e->dot_lines,
		.eight_bit = e->eight_bit,
	};
}
