/* SPDX-License-Identifier: MIT */
/*
 * The result's memory and its names in JSON (SPEC 9).
 */
#include "smtp/outcome.h"

#include "base/mem.h"

void
outcome_init(struct outcome *o, const struct envelope *e)
{
	*o = (struct outcome){
		.recipients = mem_zero(e->count * sizeof(*o->recipients)),
		.count = e->count,
		.stage = STAGE_CONNECT,
	};
	for (size_t i = 0; i < e->count; i++) {
		struct recipient *r = &o->recipients[i];

		r->address = mem_strdup(e->recipients[i]);
		r->parameters = e->parameters != NULL ? e->parameters[i] : "";
	}
}

void
outcome_release(struct outcome *o)
{
	for (size_t i = 0; i < o->count; i++)
		free(o->recipients[i].address);
	free(o->recipients);
	o->recipients = NULL;
	o->count = 0;
}

size_t
outcome_count(const struct outcome *o, enum recipient_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < o->count; i++)
		n += o->recipients[i].state == state;
	return n;
}

const char *
stage_name(enum stage stage)
{
	static const char *const names[] = {
		[STAGE_CONNECT] = "connect",
		[STAGE_TLS] = "tls",
		[STAGE_GREETING] = "greeting",
		[STAGE_AUTH] = "auth",
		[STAGE_MAIL] = "mail",
		[STAGE_RCPT] = "rcpt",
		[STAGE_DATA] = "data",
		[STAGE_BODY] = "body",
		[STAGE_DONE] = "done",
	};

	return names[stage];
}

const char *
recipient_state_name(enum recipient_state state)
{
	static const char *const names[] = {
		[RECIPIENT_UNTRIED] = "unknown",
		[RECIPIENT_PENDING] = "unknown",
		[RECIPIENT_ACCEPTED] = "accepted",
		[RECIPIENT_DEFERRED] = "deferred",
		[RECIPIENT_REFUSED] = "refused",
		[RECIPIENT_UNKNOWN] = "unknown",
	};

	return names[state];
}
