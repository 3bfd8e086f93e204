/* SPDX-License-Identifier: MIT */
/*
 * The same result for programs: SPEC 9's JSON object, and a log line.
 */
#include "base/buf.h"
#include "report/checklist.h"
#include "report/result.h"
#include "text/escape.h"

#include <string.h>

static const char *
state_name(enum result_state state)
{
	static const char *const names[] = {
		[RESULT_SENT] = "sent",
		[RESULT_QUEUED] = "queued",
		[RESULT_PARTIAL] = "partial",
		[RESULT_FAILED] = "failed",
		[RESULT_IN_DOUBT] = "in-doubt",
		[RESULT_DRY_RUN] = "dry-run",
		[RESULT_WRITTEN] = "written",
		[RESULT_CHECKED] = "checked",
	};

	return names[state];
}

void
result_member(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, ",\"%s\":", key);
	if (text == NULL || *text == '\0')
		buf_puts(out, "null");
	else
		escape_json(out, text, strlen(text));
}

static void
put_reply(struct buf *out, const struct reply *reply)
{
	if (reply == NULL || reply->code == 0) {
		buf_puts(
		    out, ",\"code\":null,\"enhanced\":null,\"reply\":null");
		return;
	}
	buf_printf(out, ",\"code\":%d", reply->code);
	result_member(out, "enhanced", reply->enhanced);
	buf_puts(out, ",\"reply\":");
	escape_json(out, reply->text, strlen(reply->text));
}

static void
put_recipients(struct buf *out, const struct outcome *o)
{
	buf_puts(out, ",\"recipients\":[");
	for (size_t i = 0; o != NULL && i < o->count; i++) {
		const struct recipient *r = &o->recipients[i];

		buf_puts(out, i > 0 ? ",{\"address\":" : "{\"address\":");
		escape_json(out, r->address, strlen(r->address));
		buf_printf(
		    out, ",\"state\":\"%s\"", recipient_state_name(r->state));
		put_reply(out, &r->reply);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

/* What stands in the result when the run ended before there was an outcome. */
static enum stage
stage_of(const struct result *r, int status)
{
	if (r->outcome != NULL && (status != 0 || r->queue_id != NULL))
		return r->outcome->stage;
	return status == 0 ? STAGE_DONE : STAGE_CONNECT;
}

void
result_json(const struct result *r, struct buf *out)
{
	const struct outcome *o = r->outcome;
	const struct error *err = r->error;
	int status = result_status(r);

	if ((err == NULL || err->kind == ERR_NONE) && o != NULL)
		err = &o->error;
	buf_printf(out, "{\"ok\":%s,\"exit\":%d,\"state\":\"%s\"",
	    status == 0 ? "true" : "false", status, state_name(r->state));
	result_member(out, "message_id", r->message_id);
	result_member(out, "account", r->account);
	result_member(out, "server", o != NULL ? o->server : NULL);
	result_member(out, "tls", o != NULL ? o->tls : NULL);
	buf_printf(out, ",\"size\":%lld", o != NULL ? (long long)o->size : 0);
	buf_printf(out, ",\"stage\":\"%s\"", stage_name(stage_of(r, status)));
	put_reply(out, o != NULL ? &o->reply : NULL);
	result_member(out, "hint", err != NULL ? err->hint : NULL);
	result_member(out, "queue_id", r->queue_id);
	buf_printf(out, ",\"elapsed_ms\":%lld",
	    o != NULL ? (long long)o->elapsed_ms : 0);
	put_recipients(out, o);
	if (r->check)
		checklist_json(out, r);
	buf_puts(out, "}\n");
}

static void
put_value(struct buf *out, const char *key, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(out, " %s=", key);
	escape_print(out, text, strlen(text), 200);
}

void
result_log(const struct result *r, struct buf *out)
{
	const struct outcome *o = r->outcome;

	buf_printf(out, "%s exit=%d", state_name(r->state), result_status(r));
	put_value(out, "id", r->message_id);
	put_value(out, "account", r->account);
	put_value(out, "from", r->sender);
	put_value(out, "queue", r->queue_id);
	if (o != NULL)
		buf_printf(out, " recipients=%zu", o->count);
	for (size_t i = 0; o != NULL && i < o->count && i < 20; i++)
		put_value(out, recipient_state_name(o->recipients[i].state),
		    o->recipients[i].address);
	if (o != NULL) {
		put_value(out, "server", o->server);
		buf_printf(out, " size=%lld ms=%lld", (long long)o->size,
		    (long long)o->elapsed_ms);
		if (o->reply.code != 0) {
			buf_printf(out, " code=%d", o->reply.code);
			put_value(out, "reply", o->reply.text);
		}
	}
	if (r->error != NULL && r->error->kind != ERR_NONE)
		put_value(out, "error", r->error->text);
	else if (o != NULL && o->error.kind != ERR_NONE)
		put_value(out, "error", o->error.text);
}
