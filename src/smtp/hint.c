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

static void
set(struct error *err, const char *cause, const char *cure,
    const struct filler *filler)
{
	auto_buf struct buf out = buf_make(HINT_MAX);

	fill(&out, cause, filler);
	buf_puts(&out, out.data[out.len - 1] == '?' ? "\n" : ":\n");
	fill(&out, cure, filler);
	(void)error_hint(err, "%s", out.data);
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
static const struct meaning {
	unsigned stages;
	int code;
	const char *enhanced;
	const char *words;
	const char *provider;
	const char *cause;
	const char *cure;
} meanings[] = {
#include "smtp/hints.def"
};
#undef SITUATION
#undef REPLY

static bool
fits_code(const struct meaning *m, const struct reply *reply)
{
	return m->code == 0 || m->code == reply->code ||
	    m->code == reply_class(reply);
}

/* "5.7.1" must not fit 5.7.139; "5.1." is a whole subject. */
static bool
fits_enhanced(const struct meaning *m, const struct reply *reply)
{
	size_t len = m->enhanced != NULL ? strlen(m->enhanced) : 0;

	return len == 0 ||
	    (strncmp(reply->enhanced, m->enhanced, len) == 0 &&
		(m->enhanced[len - 1] == '.' || reply->enhanced[len] == '\0'));
}

static bool
fits_provider(const struct meaning *m, const struct hint_facts *f)
{
	if (m->provider == NULL)
		return true;
	if (f->provider == NULL)
		return false;
	if (strcmp(m->provider, "*") == 0)
		return f->provider->login != NULL;
	return strcmp(m->provider, f->provider->name) == 0;
}

static bool
fits(const struct meaning *m, unsigned stages, const struct reply *reply,
    const struct hint_facts *f)
{
	return (m->stages & stages) != 0 && fits_code(m, reply) &&
	    fits_enhanced(m, reply) && fits_provider(m, f) &&
	    (m->words == NULL || strcasestr(reply->text, m->words) != NULL) &&
	    (f->user != NULL || strstr(m->cause, "{user}") == NULL);
}

void
hint_for_reply(struct error *err, enum stage stage, const struct reply *reply,
    const struct hint_facts *f)
{
	const struct filler filler = { .facts = f, .reply = reply };

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if (!fits(m, BIT(stage), reply, f))
			continue;
		set(err, m->cause, m->cure, &filler);
		return;
	}
}

bool
hint_for_words(
    struct error *err, const struct reply *reply, const struct hint_facts *f)
{
	const struct filler filler = { .facts = f, .reply = reply };

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *m = &meanings[i];

		if ((m->words == NULL && m->enhanced == NULL) ||
		    strstr(m->cure, "explain") != NULL ||
		    !fits(m, ANY, reply, f))
			continue;
		set(err, m->cause, m->cure, &filler);
		return true;
	}
	return false;
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
