/* SPDX-License-Identifier: MIT */
/*
 * A survey on the screen: who, port by port; then what to do with it.
 */
#include "report/survey.h"

#include "text/escape.h"
#include "text/utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WIDTH      79
#define INDENT     "             "
#define WORDS_MAX  200 /* columns of a text of the server */
#define SECOND_MS  1000
#define SMALL_WAIT 10000 /* milliseconds that are shown as such */

static void
put_label(struct buf *out, const struct terminal *t, const char *label)
{
	buf_printf(out, "  %s%-10s%s ", terminal_on(t, TINT_DIM), label,
	    terminal_off(t));
}

static void
put_escaped(struct buf *out, const char *text)
{
	escape_print(out, text, strlen(text), WORDS_MAX);
}

/* The first line of a text. */
static void
put_first_line(struct buf *out, const char *text)
{
	escape_print(out, text, strcspn(text, "\n"), WORDS_MAX);
}

static void
put_ms(struct buf *out, int64_t ms)
{
	if (ms < SMALL_WAIT)
		buf_printf(out, "%lld ms", (long long)ms);
	else
		buf_printf(out, "%lld s", (long long)(ms / SECOND_MS));
}

/* --- addresses ------------------------------------------------------------ */

static void
put_addresses(struct buf *out, const struct survey *s, const struct terminal *t)
{
	for (size_t i = 0; i < s->reach.count; i++) {
		const struct reach_address *a = &s->reach.addresses[i];

		put_label(out, t, i == 0 ? "address" : "");
		buf_printf(out, "%-24s ", a->text);
		if (a->reached) {
			buf_puts(out, "reached in ");
			put_ms(out, a->ms);
		} else {
			buf_printf(out, "%snot reached%s: %s",
			    terminal_on(t, TINT_ERROR), terminal_off(t),
			    strerror(a->why));
		}
		buf_putc(out, '\n');
	}
	if (s->proxy) {
		put_label(out, t, "address");
		buf_puts(out, "looked up by the proxy\n");
	}
}

/* --- a port --------------------------------------------------------------- */

const char *
survey_mode(const struct visit *v)
{
	if (v->endpoint.tls == TLS_SSL)
		return "TLS at once";
	return v->endpoint.tls == TLS_STARTTLS ? "STARTTLS" : "no TLS";
}

static void
put_certificate(
    struct buf *out, const struct visit *v, const struct terminal *t)
{
	const struct certificate_link *own = &v->chain[0];

	if (v->chain_count == 0)
		return;
	put_label(out, t, "certified");
	put_escaped(out, own->names);
	buf_printf(out, "\n" INDENT "%s to %s, %d days left, issuer ",
	    own->from, own->until, own->days);
	put_escaped(out, own->issuer);
	buf_printf(out, "\n" INDENT "--fingerprint=%s\n", own->sha256);
	for (size_t i = 1; i < v->chain_count; i++) {
		const struct certificate_link *link = &v->chain[i];

		put_label(out, t, i == 1 ? "signed by" : "");
		put_escaped(out, link->subject);
		buf_printf(out, ", to %s\n", link->until);
	}
}

/* What the keywords of EHLO mean to who sends mail. */
static const struct {
	const char *keyword;
	const char *words;
} meanings[] = {
	{ "8BITMIME", "8-bit text" },
	{ "SMTPUTF8", "addresses in UTF-8" },
	{ "PIPELINING", "commands in groups" },
	{ "CHUNKING", "messages in chunks" },
	{ "BINARYMIME", "binary data" },
	{ "DSN", "delivery reports" },
	{ "ENHANCEDSTATUSCODES", "exact error codes" },
	{ "STARTTLS", "TLS on demand" },
	{ "REQUIRETLS", "TLS all the way" },
	{ "DELIVERBY", "delivery in time" },
	{ "FUTURERELEASE", "delivery later" },
	{ "MT-PRIORITY", "priorities" },
	{ "LIMITS", "known limits" },
	{ "VRFY", "questions about addresses" },
	{ "ETRN", "queue runs" },
	{ "HELP", "help" },
};

/* One line of the answer to EHLO in words; nothing for logins, which have a
 * line of their own. */
static void
put_capability(
    struct buf *out, const char *line, size_t len, const struct capabilities *c)
{
	size_t word = 0;

	while (word < len && line[word] != ' ' && line[word] != '=')
		word++;
	if (word == 4 && strncasecmp(line, "AUTH", 4) == 0)
		return;
	if (word == 4 && strncasecmp(line, "SIZE", 4) == 0) {
		char size[TERMINAL_SIZE];

		terminal_bytes(size, c->size);
		buf_printf(out, "messages %s%s (SIZE)",
		    c->size > 0 ? "up to " : "without a limit",
		    c->size > 0 ? size : "");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (strlen(meanings[i].keyword) == word &&
		    strncasecmp(meanings[i].keyword, line, word) == 0) {
			buf_printf(out, "%s (%s)", meanings[i].words,
			    meanings[i].keyword);
			return;
		}
	escape_print(out, line, len, WORDS_MAX);
}

static void
put_capabilities(
    struct buf *out, const struct visit *v, const struct terminal *t)
{
	const char *line = strchr(v->ehlo.text, '\n');
	size_t column = WIDTH;
	bool first = true;

	for (; line != NULL; line = strchr(line + 1, '\n')) {
		auto_buf struct buf item = buf_make(1024);
		size_t width;

		put_capability(
		    &item, line + 1, strcspn(line + 1, "\n"), &v->offers);
		width = utf8_width(item.data, item.len);
		if (width == 0)
			continue;
		if (first)
			put_label(out, t, "takes");
		else
			buf_puts(out, ",");
		if (!first && column + width + 3 > WIDTH)
			buf_puts(out, "\n" INDENT);
		else if (!first)
			buf_puts(out, " ");
		column = (first || column + width + 3 > WIDTH ? strlen(INDENT)
							      : column + 2) +
		    width;
		buf_add(out, item.data, item.len);
		first = false;
	}
	if (!first)
		buf_putc(out, '\n');
}

static void
put_logins(struct buf *out, const struct visit *v, const struct terminal *t)
{
	put_label(out, t, "login by");
	if (v->offers.auth[0] != '\0')
		put_escaped(out, v->offers.auth);
	else
		buf_puts(out, "nothing: it offers no login");
	if (v->endpoint.tls == TLS_STARTTLS && v->clear.auth[0] != '\0')
		buf_puts(out, " (also before TLS)");
	buf_putc(out, '\n');
}

static void
put_times(struct buf *out, const struct visit *v, const struct terminal *t)
{
	const struct {
		const char *name;
		int64_t ms;
	} steps[] = {
		{ "connect", v->times.connect },
		{ "TLS", v->times.tls },
		{ "greeting", v->times.greeting },
		{ "EHLO", v->times.ehlo },
	};
	const char *comma = "";

	put_label(out, t, "time");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (steps[i].ms < 0)
			continue;
		buf_printf(out, "%s%s ", comma, steps[i].name);
		put_ms(out, steps[i].ms);
		comma = ", ";
	}
	buf_putc(out, '\n');
}

/* "port 465   ok  TLS at once, TLSv1.3 ...", or why not. */
static void
put_head(struct buf *out, const struct survey_port *p, const struct terminal *t)
{
	const struct visit *v = &p->visit;
	bool good = v->error.kind == ERR_NONE;

	buf_printf(out, "%sport %-6d%s  %s%s%s  ", terminal_on(t, TINT_BOLD),
	    p->reach.port, terminal_off(t),
	    terminal_on(t, good ? TINT_DONE : TINT_ERROR),
	    terminal_mark(t, good), terminal_off(t));
	if (good)
		buf_printf(out, "%s%s%s%s%s", survey_mode(v),
		    v->tls[0] != '\0' ? ", " : "", v->tls,
		    v->tls[0] != '\0' ? " " : "", v->cipher);
	else
		put_first_line(out, v->error.text);
	buf_putc(out, '\n');
}

static void
put_port(struct buf *out, const struct survey_port *p, const struct terminal *t)
{
	const struct visit *v = &p->visit;

	put_head(out, p, t);
	if (v->error.kind != ERR_NONE && v->tls[0] != '\0') {
		put_label(out, t, "speaks");
		buf_printf(
		    out, "%s, %s %s\n", survey_mode(v), v->tls, v->cipher);
	}
	if (v->answered) {
		put_label(out, t, "says");
		buf_printf(out, "%d ", v->greeting.code);
		put_first_line(out, v->greeting.text);
		buf_putc(out, '\n');
	}
	put_certificate(out, v, t);
	if (reply_class(&v->ehlo) == 2) {
		put_capabilities(out, v, t);
		put_logins(out, v, t);
	} else if (v->ehlo.code != 0) {
		put_label(out, t, "to EHLO");
		buf_printf(out, "%d ", v->ehlo.code);
		put_first_line(out, v->ehlo.text);
		buf_putc(out, '\n');
	}
	if (v->answered)
		put_times(out, v, t);
	if (p->visited && v->error.hint[0] != '\0') {
		put_label(out, t, "cure");
		put_escaped(out, v->error.hint);
		buf_putc(out, '\n');
	}
}

/* --- the whole ------------------------------------------------------------ */

static void
put_verdict(struct buf *out, const struct survey *s, const struct terminal *t)
{
	const struct visit *v = &s->best->visit;

	buf_printf(out, "\n%suse port %d%s with %s", terminal_on(t, TINT_DONE),
	    v->endpoint.port, terminal_off(t), survey_mode(v));
	if ((v->offers.offered & CAPABILITY_AUTH) == 0)
		buf_puts(out,
		    "; without a login it takes mail for its own addresses "
		    "at most, or from its own network");
	buf_puts(out, ":\n\n");
}

void
survey_print(
    struct buf *out, const struct survey_report *r, const struct terminal *t)
{
	const struct survey *s = r->survey;
	auto_buf struct buf section = buf_make(4096);

	buf_printf(out, "%s%s%s\n", terminal_on(t, TINT_BOLD), s->host,
	    terminal_off(t));
	put_addresses(out, s, t);
	for (size_t i = 0; i < s->count; i++) {
		if (!s->proxy && s->reach.count == 0)
			break;
		/* A blank line between what has more than one. */
		if (i == 0 || s->ports[i].visited || s->ports[i - 1].visited)
			buf_putc(out, '\n');
		put_port(out, &s->ports[i], t);
	}
	survey_section(&section, r);
	if (s->best != NULL)
		put_verdict(out, s, t);
	else if (section.len > 0)
		buf_puts(out, "\nif you trust this certificate:\n\n");
	buf_add(out, section.data, section.len);
	/* A comment, since it may be pasted with the rest. */
	if (section.len > 0)
		buf_puts(out,
		    "\n# in the config file (mitto config path); then: "
		    "mitto --check ADDRESS\n");
}
