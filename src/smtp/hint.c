/* SPDX-License-Identifier: MIT */
/*
 * Finding the row of the table, and filling the facts in.
 */
#include "smtp/hint.h"

#include "base/buf.h"
#include "text/suggest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HINT_MAX 2048 /* bytes, before struct error cuts it */

/* --- facts --------------------------------------------------------------- */

/* Ports that servers for clients listen on, for those whose preset is not
 * known. */
static const struct {
	int port;
	enum tls_mode tls;
} usual[] = {
	{ 587, TLS_STARTTLS },
	{ 465, TLS_SSL },
};

static const char *
tls_word(enum tls_mode tls)
{
	return tls == TLS_SSL  ? "ssl"
	    : tls == TLS_TRY   ? "try"
	    : tls == TLS_PLAIN ? "plain"
			       : "starttls";
}

static void
put_port(struct buf *out, int port, enum tls_mode tls)
{
	buf_printf(out, "--port=%d --tls=%s", port, tls_word(tls));
}

/* The next best port to try: one of the provider's, or a usual one. */
static void
put_other(struct buf *out, const struct hint_facts *f)
{
	const struct provider *p = f->provider;

	if (p != NULL && p->port > 0) {
		if (p->port != f->port) {
			put_port(out, p->port, p->tls);
			return;
		}
		for (size_t i = 0; p->others[i].port > 0; i++)
			if (p->others[i].port != 25) {
				put_port(
				    out, p->others[i].port, p->others[i].tls);
				return;
			}
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (usual[i].port != f->port) {
			put_port(out, usual[i].port, usual[i].tls);
			return;
		}
}

/* The reply's most telling code. */
static void
put_code(struct buf *out, const struct reply *reply)
{
	if (reply != NULL && reply->enhanced[0] != '\0')
		buf_puts(out, reply->enhanced);
	else if (reply != NULL)
		buf_printf(out, "%d", reply->code);
}

static const char *
or_word(const char *text, const char *word)
{
	return text != NULL && *text != '\0' ? text : word;
}

struct filler {
	const struct hint_facts *facts;
	const struct reply *reply; /* or NULL */
};

static void
put_fact(
    struct buf *out, const char *name, size_t len, const struct filler *filler)
{
	const struct hint_facts *f = filler->facts;
	const struct provider *p = f->provider;
	const struct {
		const char *name;
		const char *value;
	} texts[] = {
		{ "host", or_word(f->host, "HOST") },
		{ "user", or_word(f->user, "NAME") },
		{ "login", or_word(f->user, or_word(f->sender, "NAME")) },
		{ "sender", or_word(f->sender, "") },
		{ "own", or_word(f->own, "ADDRESS") },
		{ "name", or_word(f->name, "NAME") },
		{ "fingerprint", or_word(f->fingerprint, "SHA256") },
		{ "provider", p != NULL ? p->name : "NAME" },
		{ "note", p != NULL ? or_word(p->login, "") : "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (strlen(texts[i].name) == len &&
		    memcmp(texts[i].name, name, len) == 0)
			buf_puts(out, texts[i].value);
	if (len == 4 && memcmp(name, "port", len) == 0)
		buf_printf(out, "%d", f->port);
	else if (len == 5 && memcmp(name, "other", len) == 0)
		put_other(out, f);
	else if (len == 4 && memcmp(name, "code", len) == 0)
		put_code(out, filler->reply);
	else if (len == 3 && memcmp(name, "url", len) == 0 && p != NULL &&
	    p->url != NULL)
		buf_printf(out, " (%s)", p->url);
}

static void
fill(struct buf *out, const char *text, const struct filler *filler)
{
	const char *open, *close;

	while ((open = strchr(text, '{')) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		buf_add(out, text, (size_t)(open - text));
		put_fact(out, open + 1, (size_t)(close - open) - 1, filler);
		text = close + 1;
	}
	buf_puts(out, text);
}

/* Cut at a character of UTF-8. */
static void
shorten(struct buf *text, size_t len)
{
	if (text->len <= len)
		return;
	while (len > 0 && ((unsigned char)text->data[len] & 0xc0) == 0x80)
		len--;
	buf_truncate(text, len);
	buf_puts(text, "...");
}

/* Where both are too long it is the cause that is cut: the cure is to be
 * typed. */
static void
set(struct error *err, const char *cause, const char *cure,
    const struct filler *filler)
{
	auto_buf struct buf first = buf_make(HINT_MAX);
	auto_buf struct buf last = buf_make(HINT_MAX);
	size_t room = sizeof(err->hint) - sizeof("...:\n");

	fill(&first, cause, filler);
	fill(&last, cure, filler);
	shorten(&first, last.len < room ? room - last.len : 0);
	(void)error_hint(err, "%s%s\n%s", first.data,
	    first.len > 0 && first.data[first.len - 1] == '?' ? "" : ":",
	    last.data);
}

/* --- situations ---------------------------------------------------------- */

#define SITUATION(name, cause, cure) [HINT_##name] = { cause, cure },
#define REPLY(stages, code, enhanced, words, provider, cause, cure)
static const struct {
	const char *cause;
	const char *cure;
} situations[] = {
#include "smtp/hints.def"
};
#undef SITUATION
#undef REPLY

void
hint_set(struct error *err, enum hint hint, const struct hint_facts *f)
{
	const struct filler filler = { .facts = f };

	set(err, situations[hint].cause, situations[hint].cure, &filler);
}

/* --- replies ------------------------------------------------------------- */

/* Stages as a set. */
#define BIT(stage) (1U << (stage))
#define AT(name)   BIT(STAGE_##name)
#define ENVELOPE   (AT(MAIL) | AT(RCPT))
#define CONTENT    (AT(DATA) | AT(BODY))
#define MESSAGE    (ENVELOPE | CONTENT)
#define ANY        (~0U)

#define SITUATION(name, cause, cure)
#define REPLY(...) { __VA_ARGS__ },
static const struct row {
	unsigned stages;
	int code;
	const char *enhanced;
	const char *words;
	const char *provider;
	const char *cause;
	const char *cure;
} rows[] = {
#include "smtp/hints.def"
};
#undef SITUATION
#undef REPLY

static bool
fits_code(const struct row *row, const struct reply *reply)
{
	return row->code == 0 || row->code == reply->code ||
	    row->code == reply_class(reply);
}

/* "5.7.1" must not fit 5.7.139; "5.1." is a whole subject. */
static bool
fits_enhanced(const struct row *row, const struct reply *reply)
{
	size_t len = row->enhanced != NULL ? strlen(row->enhanced) : 0;

	return len == 0 ||
	    (strncmp(reply->enhanced, row->enhanced, len) == 0 &&
		(row->enhanced[len - 1] == '.' ||
		    reply->enhanced[len] == '\0'));
}

static bool
fits_provider(const struct row *row, const struct hint_facts *f)
{
	if (row->provider == NULL)
		return true;
	if (f->provider == NULL)
		return false;
	if (strcmp(row->provider, "*") == 0)
		return f->provider->login != NULL;
	return strcmp(row->provider, f->provider->name) == 0;
}

static bool
fits(const struct row *row, unsigned stages, const struct reply *reply,
    const struct hint_facts *f)
{
	return (row->stages & stages) != 0 && fits_code(row, reply) &&
	    fits_enhanced(row, reply) && fits_provider(row, f) &&
	    (row->words == NULL ||
		strcasestr(reply->text, row->words) != NULL) &&
	    (f->user != NULL || strstr(row->cause, "{user}") == NULL);
}

void
hint_for_reply(struct error *err, enum stage stage, const struct reply *reply,
    const struct hint_facts *f)
{
	const struct filler filler = { .facts = f, .reply = reply };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		if (!fits(row, BIT(stage), reply, f))
			continue;
		set(err, row->cause, row->cure, &filler);
		return;
	}
}

/* --- names --------------------------------------------------------------- */

static const char *
next_host(void *ctx UNUSED, size_t i)
{
	return i < provider_count ? providers[i].host : NULL;
}

const char *
hint_nearest_host(const char *host)
{
	const char *known = suggest_nearest(host, next_host, NULL);

	return known != NULL && strcasecmp(known, host) != 0 ? known : NULL;
}
