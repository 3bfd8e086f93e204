/* SPDX-License-Identifier: MIT */
/*
 * The presets for people.
 */
#include "settings/document.h"

#include "settings/options.h"
#include "settings/provider.h"
#include "text/paragraph.h"

#include <inttypes.h>

#define INDENT        4  /* columns */
#define SERVER_INDENT 20 /* the same */
#define SERVER_MAX    1000

static const char *
mode_name(enum tls_mode mode)
{
	const struct option *tls = option_by_name("tls");

	for (const struct choice_name *c = tls->choices; c->name != NULL; c++)
		if (c->value == (int)mode)
			return c->name;
	return "";
}

static void
put_limits(struct buf *out, const struct provider *p)
{
	auto_buf struct buf text = buf_make(300);

	if (p->limit > 0)
		buf_printf(
		    &text, "messages of %" PRId64 " MB, ", p->limit / 1000000);
	if (p->crowd > 0)
		buf_printf(&text, "%ld recipients a message, ", p->crowd);
	if (p->daily > 0)
		buf_printf(&text, "%ld a day, ", p->daily);
	if (text.len == 0)
		return;
	buf_truncate(&text, text.len - 2);
	buf_puts(out, "    at most ");
	paragraph_put(out, text.data, INDENT);
}

void
document_provider(struct buf *out, const struct provider *p)
{
	auto_buf struct buf server = buf_make(SERVER_MAX);

	buf_puts(&server, p->host);
	if (p->port > 0)
		buf_printf(&server, ":%d", p->port);
	buf_printf(&server, ", %s", mode_name(p->tls));
	for (size_t i = 0; p->others[i].port > 0; i++)
		buf_printf(&server, "%s%d %s", i == 0 ? "; also " : ", ",
		    p->others[i].port, mode_name(p->others[i].tls));
	buf_printf(out, "%-19s ", p->name);
	paragraph_put(out, server.data, SERVER_INDENT);
	if (p->login != NULL)
		paragraph_put(out, p->login, INDENT);
	if (p->url != NULL)
		paragraph_put(out, p->url, INDENT);
	put_limits(out, p);
}

void
document_providers(struct buf *out)
{
	for (size_t i = 0; i < provider_count; i++)
		document_provider(out, &providers[i]);
}
