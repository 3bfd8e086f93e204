/* SPDX-License-Identifier: MIT */
/*
 * A survey for programs.
 */
#include "report/result.h"
#include "report/survey.h"
#include "text/escape.h"

#include <string.h>

static void
put_text(struct buf *out, const char *text)
{
	escape_json(out, text, strlen(text));
}

/* Append ,"key":N, or null for what did not happen. */
static void
put_ms(struct buf *out, const char *key, int64_t ms)
{
	if (ms < 0)
		buf_printf(out, ",\"%s\":null", key);
	else
		buf_printf(out, ",\"%s\":%lld", key, (long long)ms);
}

static void
put_address(struct buf *out, const struct reach_address *a)
{
	buf_puts(out, "{\"address\":");
	put_text(out, a->text);
	buf_printf(out, ",\"family\":\"%s\",\"reached\":%s",
	    a->six ? "ipv6" : "ipv4", a->reached ? "true" : "false");
	put_ms(out, "ms", a->reached ? a->ms : -1);
	result_member(out, "error", a->reached ? NULL : strerror(a->why));
	buf_putc(out, '}');
}

static void
put_link(struct buf *out, const struct certificate_link *link)
{
	buf_puts(out, "{\"subject\":");
	put_text(out, link->subject);
	result_member(out, "issuer", link->issuer);
	result_member(out, "names", link->names);
	result_member(out, "from", link->from);
	result_member(out, "until", link->until);
	buf_printf(out, ",\"days_left\":%d", link->days);
	result_member(out, "sha256", link->sha256);
	buf_putc(out, '}');
}

/* The lines of EHLO behind the first. */
static void
put_capabilities(struct buf *out, const struct reply *ehlo)
{
	const char *line =
	    reply_class(ehlo) == 2 ? strchr(ehlo->text, '\n') : NULL;
	const char *comma = "";

	buf_puts(out, ",\"capabilities\":[");
	for (; line != NULL; line = strchr(line + 1, '\n')) {
		buf_puts(out, comma);
		escape_json(out, line + 1, strcspn(line + 1, "\n"));
		comma = ",";
	}
	buf_putc(out, ']');
}

static void
put_mechanisms(struct buf *out, const char *offered)
{
	const char *comma = "";

	buf_puts(out, ",\"logins\":[");
	while (*offered != '\0') {
		size_t len = strcspn(offered, " ");

		buf_puts(out, comma);
		escape_json(out, offered, len);
		comma = ",";
		offered += len;
		offered += strspn(offered, " ");
	}
	buf_putc(out, ']');
}

static const char *
mode_name(const struct visit *v)
{
	if (v->endpoint.tls == TLS_SSL)
		return "ssl";
	return v->endpoint.tls == TLS_STARTTLS ? "starttls" : "plain";
}

static void
put_port(struct buf *out, const struct survey_port *p)
{
	const struct visit *v = &p->visit;
	bool known = v->answered || v->tls[0] != '\0';

	buf_printf(out, "{\"port\":%d,\"ok\":%s", p->reach.port,
	    v->error.kind == ERR_NONE ? "true" : "false");
	result_member(out, "mode", known ? mode_name(v) : NULL);
	result_member(out, "tls", v->tls);
	result_member(out, "cipher", v->cipher);
	result_member(out, "greeting", v->answered ? v->greeting.text : NULL);
	put_capabilities(out, &v->ehlo);
	buf_printf(out, ",\"size\":%lld", (long long)v->offers.size);
	put_mechanisms(out, v->offers.auth);
	buf_puts(out, ",\"certificates\":[");
	for (size_t i = 0; i < v->chain_count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_link(out, &v->chain[i]);
	}
	buf_puts(out, "],\"times\":{\"connect\":");
	if (v->times.connect < 0)
		buf_puts(out, "null");
	else
		buf_printf(out, "%lld", (long long)v->times.connect);
	put_ms(out, "tls", v->times.tls);
	put_ms(out, "greeting", v->times.greeting);
	put_ms(out, "ehlo", v->times.ehlo);
	buf_putc(out, '}');
	result_member(out, "error", v->error.text);
	result_member(out, "hint", v->error.hint);
	buf_putc(out, '}');
}

void
survey_json(struct buf *out, const struct survey_report *r)
{
	const struct survey *s = r->survey;
	int status = error_status(r->error->kind);
	auto_buf struct buf section = buf_make(4096);

	survey_section(&section, r);
	buf_printf(out, "{\"ok\":%s,\"exit\":%d",
	    status == 0 ? "true" : "false", status);
	result_member(out, "host", s->host);
	result_member(out, "account", r->account);
	buf_puts(out, ",\"addresses\":[");
	for (size_t i = 0; i < s->reach.count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_address(out, &s->reach.addresses[i]);
	}
	buf_puts(out, "],\"ports\":[");
	for (size_t i = 0; (s->proxy || s->reach.count > 0) && i < s->count;
	     i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_port(out, &s->ports[i]);
	}
	buf_puts(out, "],\"best\":");
	if (s->best != NULL)
		buf_printf(out, "%d", s->best->reach.port);
	else
		buf_puts(out, "null");
	result_member(out, "config", section.data);
	result_member(out, "error", r->error->text);
	result_member(out, "hint", r->error->hint);
	buf_printf(out, ",\"elapsed_ms\":%lld}\n", (long long)s->elapsed_ms);
}
