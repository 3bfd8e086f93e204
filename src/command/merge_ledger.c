/* SPDX-License-Identifier: MIT */
/*
 * A text file for people and for the next run:
 *
 *	mitto merge 1 MAILING
 *	H KEY ROW <message-id>
 *	S KEY ROW <message-id> 250 2.0.0 words
 */
#include "command/merge_ledger.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/mem.h"
#include "text/escape.h"
#include "text/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TITLE          "mitto merge 1 "
#define LINE_MAX_BYTES 2000
#define WORDS_MAX      800        /* bytes of the server's words */
#define FILE_MAX       (1L << 30) /* bytes of a file that is read */
#define SYNC_MS        1000       /* at least so often to the disk */

static const char letters[] = { [FATE_OPEN] = 'O',
	[FATE_HANDED] = 'H',
	[FATE_SENT] = 'S',
	[FATE_PARTIAL] = 'P',
	[FATE_REFUSED] = 'R',
	[FATE_DOUBT] = 'D' };

struct entry {
	unsigned char key[ROW_KEY];
	bool used, claimed;
	enum fate fate;
};

struct ledger {
	char *path;
	int fd;
	long long synced_ms;
	struct entry *table; /* open addressing; at most half full */
	size_t room, count;
};

/* --- the table ------------------------------------------------------------ */

static struct entry *
place_of(const struct ledger *l, const unsigned char *key)
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, key, sizeof(hash));
	for (i = hash & (l->room - 1); l->table[i].used;
	     i = (i + 1) & (l->room - 1))
		if (memcmp(l->table[i].key, key, ROW_KEY) == 0)
			break;
	return &l->table[i];
}

static void
grow(struct ledger *l)
{
	struct ledger old = *l;

	l->room = old.room > 0 ? old.room * 2 : 1024;
	l->table = mem_zero(l->room * sizeof(*l->table));
	for (size_t i = 0; i < old.room; i++)
		if (old.table[i].used)
			*place_of(l, old.table[i].key) = old.table[i];
	free(old.table);
}

static struct entry *
entry_of(struct ledger *l, const unsigned char *key)
{
	struct entry *e;

	if (l->count * 2 >= l->room)
		grow(l);
	e = place_of(l, key);
	if (!e->used) {
		memcpy(e->key, key, ROW_KEY);
		e->used = true;
		l->count++;
	}
	return e;
}

enum fate
ledger_fate(const struct ledger *l, const unsigned char *key)
{
	return l->room > 0 ? place_of(l, key)->fate : FATE_OPEN;
}

bool
ledger_claim(struct ledger *l, const unsigned char *key)
{
	struct entry *e = entry_of(l, key);
	bool before = e->claimed;

	e->claimed = true;
	return before;
}

void
ledger_unclaim(struct ledger *l)
{
	for (size_t i = 0; i < l->room; i++)
		l->table[i].claimed = false;
}

/* --- the file ------------------------------------------------------------- */

static int
put(const struct ledger *l, const char *text, size_t len, struct error *err)
{
	if (io_write_all(l->fd, text, len) == 0)
		return 0;
	return error_errno(
	    err, ERR_IO, errno, "cannot write the journal '%s'", l->path);
}

static bool
read_key(const char *hex, unsigned char *key)
{
	for (size_t i = 0; i < ROW_KEY; i++) {
		int byte = hex_byte(hex + 2 * i, 2);

		if (byte < 0)
			return false;
		key[i] = (unsigned char)byte;
	}
	return true;
}

/* "S KEY ..."; what is no such line was torn, and says nothing. */
static void
take_line(struct ledger *l, const char *line, size_t len)
{
	const char *letter = memchr(letters, line[0], sizeof(letters));
	unsigned char key[ROW_KEY];

	if (letter == NULL || len < 2 + 2 * sizeof(key) || line[1] != ' ' ||
	    !read_key(line + 2, key))
		return;
	entry_of(l, key)->fate = (enum fate)(letter - letters);
}

static int
other_mailing(const struct ledger *l, struct error *err)
{
	(void)error_set(err, ERR_DATA,
	    "'%s' is no journal of this mailing: its flags were others",
	    l->path);
	return error_hint(err,
	    "--journal=FILE names another one; or, if all of it shall be sent "
	    "anew: rm %s",
	    l->path);
}

static int
take_text(struct ledger *l, const struct buf *text, const char *title,
    struct error *err)
{
	const char *line = text->data;
	const char *lf;

	if (text->len < strlen(title) ||
	    memcmp(line, title, strlen(title)) != 0)
		return other_mailing(l, err);
	while ((lf = strchr(line, '\n')) != NULL) {
		take_line(l, line, (size_t)(lf - line));
		line = lf + 1;
	}
	/* What follows must not grow together with a torn line. */
	return *line == '\0' ? 0 : put(l, "\n", 1, err);
}

static int
read_file(struct ledger *l, const char *title, struct error *err)
{
	auto_buf struct buf text = buf_make(FILE_MAX);
	char block[65536];
	ssize_t got;

	while ((got = read(l->fd, block, sizeof(block))) > 0)
		buf_add(&text, block, (size_t)got);
	if (got < 0)
		return error_errno(
		    err, ERR_IO, errno, "cannot read '%s'", l->path);
	if (buf_check(&text, l->path, err) < 0)
		return -1;
	if (text.len == 0)
		return put(l, title, strlen(title), err);
	return take_text(l, &text, title, err);
}

struct ledger *
ledger_open(const char *path, const char *mailing, struct error *err)
{
	struct ledger *l = mem_zero(sizeof(*l));
	auto_digest struct digest *d = digest_new();
	auto_free char *title = NULL;
	struct error ignored = ERROR_INIT;
	char hex[DIGEST_HEX];
	struct stat st;
	int result;

	digest_add(d, mailing, strlen(mailing));
	digest_hex(d, hex);
	title = mem_printf(TITLE "%.16s\n", hex);
	l->path = mem_strdup(path);
	l->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (l->fd < 0) {
		result = error_errno(err, ERR_CANTCREATE, errno,
		    "cannot write the journal '%s'", path);
		(void)error_hint(err, "--journal=FILE names another one");
	} else if (fstat(l->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		result = error_set(err, ERR_CANTCREATE,
		    "the journal '%s' is no regular file", path);
	} else if (flock(l->fd, LOCK_EX | LOCK_NB) < 0) {
		result = error_set(err, ERR_TEMPORARY,
		    "another mitto merge is writing '%s'", path);
	} else {
		result = read_file(l, title, err);
	}
	if (result == 0)
		return l;
	(void)ledger_close(l, &ignored);
	return NULL;
}

int
ledger_note(struct ledger *l, enum fate fate, const unsigned char *key,
    size_t number, const char *message_id, const char *words, struct error *err)
{
	auto_buf struct buf line = buf_make(LINE_MAX_BYTES);
	long long now = clock_ms();

	buf_printf(&line, "%c ", letters[fate]);
	for (size_t i = 0; i < ROW_KEY; i++)
		buf_printf(&line, "%02x", key[i]);
	buf_printf(&line, " %zu %s", number, message_id);
	if (*words != '\0') {
		buf_putc(&line, ' ');
		escape_print(&line, words, strlen(words), WORDS_MAX);
	}
	buf_putc(&line, '\n');
	entry_of(l, key)->fate = fate;
	if (put(l, line.data, line.len, err) < 0)
		return -1;
	/* A power cut takes away a second; what was told before stays. */
	if (now - l->synced_ms >= SYNC_MS) {
		l->synced_ms = now;
		(void)fdatasync(l->fd);
	}
	return 0;
}

int
ledger_close(struct ledger *l, struct error *err)
{
	int result = 0;

	if (l == NULL)
		return 0;
	if (l->fd >= 0) {
		if (fdatasync(l->fd) < 0 && errno != EINVAL)
			result = error_errno(err, ERR_IO, errno,
			    "cannot write the journal '%s'", l->path);
		(void)close(l->fd);
	}
	free(l->table);
	free(l->path);
	free(l);
	return result;
}
