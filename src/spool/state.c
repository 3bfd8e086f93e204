/* SPDX-License-Identifier: MIT */
/*
 * Slots to bytes and back.
 */
#include "spool/state.h"

#include "base/digest.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUM_LEN  8
#define BODY_LEN (STATE_SLOT - SUM_LEN - 2) /* a blank, the sum, LF */
#define MAGIC    "mitto-state 1 "
#define LETTERS  "TDRU" /* in the order of enum mark_kind; T: to try */

void
state_init(struct state *s, size_t count)
{
	*s = (struct state){
		.marks = mem_zero(count * sizeof(*s->marks)),
		.count = count,
	};
}

void
state_release(struct state *s)
{
	free(s->marks);
	*s = (struct state){ .marks = NULL };
}

void
state_text(char out[STATE_TEXT], const char *text)
{
	(void)snprintf(out, STATE_TEXT, "%s", text);
}

size_t
state_count(const struct state *s, enum mark_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->marks[i].kind == kind;
	return n;
}

bool
state_open(const struct state *s)
{
	return state_count(s, MARK_WAITING) + state_count(s, MARK_DOUBT) > 0;
}

/* The sum belongs to one slot of one message, so that no slot can be taken for
 * another. */
static void
sum(const char *id, size_t slot, const char *body, char out[DIGEST_HEX])
{
	auto_digest struct digest *d = digest_new();
	char place[24];

	(void)snprintf(place, sizeof(place), " %zu ", slot);
	digest_add(d, id, strlen(id));
	digest_add(d, place, strlen(place));
	digest_add(d, body, BODY_LEN);
	digest_hex(d, out);
}

/* --- writing -------------------------------------------------------------- */

static int
head_text(const struct state *s, const char *id, char *out)
{
	return snprintf(out, BODY_LEN + 1, MAGIC "%s %lld %lld %lld %lld %s",
	    id, (long long)s->schedule.attempts, (long long)s->schedule.last,
	    (long long)s->schedule.next, (long long)s->schedule.age, s->reason);
}

static int
mark_text(const struct mark *m, char *out)
{
	return snprintf(out, BODY_LEN + 1, "%c %lld %d %s %s", LETTERS[m->kind],
	    (long long)m->when, m->code,
	    m->enhanced[0] != '\0' ? m->enhanced : "-", m->text);
}

void
state_slot(
    const struct state *s, const char *id, size_t slot, char out[STATE_SLOT])
{
	char hex[DIGEST_HEX];
	char body[BODY_LEN + 1];
	int len = slot == 0 ? head_text(s, id, body)
			    : mark_text(&s->marks[slot - 1], body);
	size_t used = len < BODY_LEN ? (size_t)len : BODY_LEN;

	memset(out, ' ', STATE_SLOT);
	memcpy(out, body, used);
	sum(id, slot, out, hex);
	memcpy(out + BODY_LEN + 1, hex, SUM_LEN);
	out[STATE_SLOT - 1] = '\n';
}

/* --- reading -------------------------------------------------------------- */

/* A number and the blank behind it; false if there is none. */
static bool
take_number(const char **p, int64_t *out)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(*p, &end, 10);
	if (end == *p || *end != ' ' || errno != 0 || value < 0)
		return false;
	*out = value;
	*p = end + 1;
	return true;
}

/* Text up to the padding. */
static void
take_text(char out[STATE_TEXT], const char *p)
{
	size_t len;

	state_text(out, p);
	for (len = strlen(out); len > 0 && out[len - 1] == ' '; len--)
		out[len - 1] = '\0';
}

static void
read_head(struct state *s, const char *id, const char *p)
{
	struct schedule got = { .created = s->schedule.created };
	size_t len = strlen(id);

	if (strncmp(p, MAGIC, strlen(MAGIC)) != 0)
		return;
	p += strlen(MAGIC);
	if (strncmp(p, id, len) != 0 || p[len] != ' ')
		return;
	p += len + 1;
	if (!take_number(&p, &got.attempts) || !take_number(&p, &got.last) ||
	    !take_number(&p, &got.next) || !take_number(&p, &got.age))
		return;
	s->schedule = got;
	take_text(s->reason, p);
}

static void
read_mark(struct mark *m, const char *p)
{
	const char *letter = p[0] != '\0' ? strchr(LETTERS, p[0]) : NULL;
	struct mark got = { .kind = MARK_WAITING };
	int64_t code;
	size_t len;

	if (letter == NULL || p[1] != ' ')
		return;
	got.kind = (enum mark_kind)(letter - LETTERS);
	p += 2;
	if (!take_number(&p, &got.when) || !take_number(&p, &code) ||
	    code > 999)
		return;
	got.code = (int)code;
	len = strcspn(p, " ");
	if (len == 0 || len >= sizeof(got.enhanced))
		return;
	if (p[0] != '-')
		memcpy(got.enhanced, p, len);
	p += len;
	take_text(got.text, *p == ' ' ? p + 1 : p);
	*m = got;
}

void
state_read(struct state *s, const char *id, const char *data, size_t len)
{
	for (size_t slot = 0; slot <= s->count; slot++) {
		const char *at = data + slot * STATE_SLOT;
		char body[BODY_LEN + 1];
		char hex[DIGEST_HEX];

		if (len < (slot + 1) * STATE_SLOT)
			return;
		sum(id, slot, at, hex);
		if (memcmp(at + BODY_LEN + 1, hex, SUM_LEN) != 0)
			continue;
		memcpy(body, at, BODY_LEN);
		body[BODY_LEN] = '\0';
		if (slot == 0)
			read_head(s, id, body);
		else
			read_mark(&s->marks[slot - 1], body);
	}
}
