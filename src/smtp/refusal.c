/* SPDX-License-Identifier: MIT */
/*
 * Which reply it was, and what it means in words.
 */
#include "smtp/refusal.h"

#include "smtp/auth.h"
#include "text/codec.h"
#include "text/quantity.h"

#include <string.h>

static enum stage
stage_of(enum verb verb)
{
	switch (verb) {
	case VERB_STARTTLS:
		return STAGE_TLS;
	case VERB_AUTH:
		return STAGE_AUTH;
	case VERB_MAIL:
		return STAGE_MAIL;
	case VERB_RCPT:
		return STAGE_RCPT;
	case VERB_DATA:
		return STAGE_DATA;
	case VERB_BODY:
		return STAGE_BODY;
	case VERB_NONE:
	case VERB_GREETING:
	case VERB_EHLO:
	case VERB_HELO:
	case VERB_QUIT:
	case VERB_OTHER:
		break;
	}
	return STAGE_GREETING;
}

const struct reply *
refusal_find(const struct recorder *r, enum stage *stage)
{
	*stage = STAGE_BODY;
	if (r->final.code != 0)
		return reply_class(&r->final) >= 4 ? &r->final : NULL;
	*stage = STAGE_DATA;
	if (reply_class(&r->data) >= 4)
		return &r->data;
	*stage = STAGE_MAIL;
	if (reply_class(&r->mail) >= 4)
		return &r->mail;
	*stage = stage_of(r->answered);
	if (r->last.code == 421)
		return &r->last;
	if (r->answered == VERB_AUTH && r->last.code == 334)
		return &r->last;
	return *stage < STAGE_MAIL && reply_class(&r->last) >= 4 ? &r->last
								 : NULL;
}

bool
refusal_wants_login(const struct reply *r)
{
	int code = r->code;

	return code == 530 || code == 534 || code == 535 || code == 538;
}

static enum error_kind
kind_of(enum stage stage, const struct reply *r)
{
	if (reply_class(r) == 4)
		return ERR_TEMPORARY;
	if (stage == STAGE_AUTH || refusal_wants_login(r))
		return ERR_NOPERM;
	return stage == STAGE_TLS ? ERR_PROTOCOL : ERR_UNAVAILABLE;
}

static bool
is_size(const struct reply *r)
{
	if (r->enhanced[0] == '\0')
		return r->code == 552;
	return reply_is(r, "3.4") || reply_is(r, "2.3");
}

static void
say_too_big(const struct smtp_session *s, const struct transaction *t,
    enum error_kind kind, struct error *err)
{
	auto_buf struct buf size = buf_make(100);
	int64_t limit = s->recorder.offers.size;
	char most[QUANTITY_SIZE];

	gate_put_size(&size, t->wire->size, t->wire->content);
	if (limit > 0) {
		quantity_bytes(most, limit);
		buf_printf(&size, ", limit %s", most);
	}
	(void)error_set(err, kind, "%s finds the message too big: %s",
	    s->server, size.data);
}

static void
say_refused_sender(const struct smtp_session *s, const struct transaction *t,
    const struct reply *r, struct error *err)
{
	enum error_kind kind = kind_of(STAGE_MAIL, r);

	if (refusal_wants_login(r))
		(void)error_set(
		    err, kind, "%s takes no mail without a login", s->server);
	else if (is_size(r))
		say_too_big(s, t, kind, err);
	else if (kind == ERR_TEMPORARY)
		(void)error_set(err, kind, "%s takes no mail from <%s> now",
		    s->server, t->sender);
	else
		(void)error_set(err, kind, "%s refused the sender <%s>",
		    s->server, t->sender);
}

static void
say_refused_message(const struct smtp_session *s, const struct transaction *t,
    const struct reply *r, enum stage stage, struct error *err)
{
	enum error_kind kind = kind_of(stage, r);

	if (is_size(r))
		say_too_big(s, t, kind, err);
	else
		(void)error_set(err, kind,
		    kind == ERR_TEMPORARY ? "%s does not take the message now"
					  : "%s refused the message",
		    s->server);
}

static void
say_refused_login(
    const struct smtp_session *s, const struct reply *r, struct error *err)
{
	const char *user = s->settings->user != NULL ? s->settings->user : "";
	bool token = auth_is_token(auth_mode(s->settings));
	enum error_kind kind = kind_of(STAGE_AUTH, r);
	const char *what = token ? "token" : "login";

	if (kind == ERR_TEMPORARY)
		(void)error_set(err, kind,
		    "%s cannot check the login of '%s' now", s->server, user);
	else
		(void)error_set(err, kind, "%s refused the %s of '%s'",
		    s->server, what, user);
}

/*
 * A refused XOAUTH2 token is answered with 334 and JSON in base64; libcurl does
 * not stay to hear the 535 that would follow.
 */
static void
decode_challenge(struct reply *r)
{
	char text[REPLY_TEXT];
	size_t len = strlen(r->text);

	if (len / 4 * 3 + 3 > sizeof(text) - 1)
		return;
	len = base64_decode(r->text, len, text);
	if (len == SIZE_MAX || len >= sizeof(text))
		return;
	for (size_t i = 0; i < len; i++)
		r->text[i] = text[i] == '\0' ? '?' : text[i];
	r->text[len] = '\0';
}

static void
say_refused_connection(const struct smtp_session *s, enum stage stage,
    const struct reply *r, struct error *err)
{
	enum verb verb = s->recorder.answered;
	enum error_kind kind = kind_of(stage, r);

	if (verb == VERB_GREETING)
		(void)error_set(err, kind,
		    kind == ERR_TEMPORARY ? "%s takes no mail now"
					  : "%s refuses to take mail from here",
		    s->server);
	else if (r->code == 421)
		(void)error_set(
		    err, kind, "%s ended the connection", s->server);
	else
		(void)error_set(
		    err, kind, "%s refused %s", s->server, verb_name(verb));
}

void
refusal_explain(const struct smtp_session *s, const struct transaction *t,
    enum stage stage, struct outcome *o, struct error *err)
{
	const struct reply *r = &o->reply;
	struct hint_facts facts = session_facts(s);

	if (stage == STAGE_AUTH && r->code == 334) {
		decode_challenge(&o->reply);
		(void)error_set(err, ERR_NOPERM,
		    "%s refused the token of '%s': %s", s->server,
		    s->settings->user, r->text);
	} else if (stage == STAGE_AUTH) {
		say_refused_login(s, r, err);
	} else if (stage == STAGE_MAIL) {
		say_refused_sender(s, t, r, err);
	} else if (stage == STAGE_DATA || stage == STAGE_BODY) {
		say_refused_message(s, t, r, stage, err);
	} else {
		say_refused_connection(s, stage, r, err);
	}
	if (stage == STAGE_AUTH && settings_oauth(s->settings)) {
		facts.name = s->settings->account;
		hint_set(err, HINT_LOG_IN_AGAIN, &facts);
	}
	if (stage == STAGE_AUTH && kind_of(stage, r) == ERR_NOPERM &&
	    auth_is_token(auth_mode(s->settings)))
		hint_set(err, HINT_TOKEN_REFUSED, &facts);
	hint_for_reply(err, stage, r, &facts);
}
