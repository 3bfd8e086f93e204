/* SPDX-License-Identifier: MIT */
/*
 * Forms out, answers in.  Forms hold secrets: each is built in a buffer that
 * never has to grow and is wiped.
 */
#include "oauth/grant.h"

#include "smtp/fetch.h"
#include "text/form.h"

#include <string.h>

/* A token may triple when it is escaped. */
#define FORM_MAX (4 * TOKEN_MAX)

/* A form with who we are in it; other programs cannot keep a secret either, so
 * that it goes with the rest (RFC 6749 2.3.1). */
static struct buf
begin_form(const struct oauth *o)
{
	const struct settings *s = o->settings;
	struct buf form = buf_make(FORM_MAX);

	buf_reserve(&form);
	form_add(&form, "client_id", s->oauth_client_id);
	if (secret_is_set(&s->oauth_client_secret))
		form_add(&form, "client_secret", s->oauth_client_secret.text);
	return form;
}

/* Send the form and wipe it. */
static int
post(struct fetched *answer, const char *url, struct buf *form,
    const struct oauth *o, struct error *err)
{
	int result = buf_check(form, "the request", err);

	if (result == 0)
		result = fetch(
		    answer, url, form->data, o->settings, o->interrupted, err);
	secret_wipe(form->data, form->len);
	buf_release(form);
	if (result == 0 && (answer->status == 429 || answer->status / 100 == 5))
		result = error_set(err, ERR_TEMPORARY,
		    "%s cannot answer now (HTTP %d)", o->service.name,
		    answer->status);
	return result;
}

/* An answer that is neither good nor an error of OAuth came from something
 * else. */
static int
check_status(const struct fetched *answer, int result,
    const struct error_response *no, struct error *err)
{
	if (answer->status == 200 && (result < 0 || no->code == OAUTH_OK))
		return result;
	if (result == 0 && no->code != OAUTH_OK)
		return 0;
	return error_set(err, ERR_PROTOCOL,
	    "the login service answers with HTTP %d", answer->status);
}

static int
ask_token(struct token *out, struct error_response *no, struct buf *form,
    const struct oauth *o, struct error *err)
{
	auto_fetched struct fetched answer = { .body = NULL };
	int result = post(&answer, o->service.token_url, form, o, err);

	if (result < 0)
		return -1;
	result = response_token(out, no, answer.body, answer.length, err);
	return check_status(&answer, result, no, err);
}

int
grant_code(struct token *out, struct error_response *no, const struct oauth *o,
    const struct authorization *a, struct error *err)
{
	struct buf form = begin_form(o);

	form_add(&form, "grant_type", "authorization_code");
	form_add(&form, "code", a->code);
	form_add(&form, "redirect_uri", a->redirect);
	form_add(&form, "code_verifier", a->verifier);
	return ask_token(out, no, &form, o, err);
}

int
grant_device(struct token *out, struct error_response *no,
    const struct oauth *o, const struct secret *code, struct error *err)
{
	struct buf form = begin_form(o);

	form_add(&form, "grant_type",
	    "urn:ietf:params:oauth:grant-type:device_code");
	form_add(&form, "device_code", code->text);
	return ask_token(out, no, &form, o, err);
}

int
grant_refresh(struct token *out, struct error_response *no,
    const struct oauth *o, const struct secret *refresh, struct error *err)
{
	struct buf form = begin_form(o);

	form_add(&form, "grant_type", "refresh_token");
	form_add(&form, "refresh_token", refresh->text);
	return ask_token(out, no, &form, o, err);
}

int
grant_begin_device(struct device_code *out, struct error_response *no,
    const struct oauth *o, struct error *err)
{
	auto_fetched struct fetched answer = { .body = NULL };
	struct buf form = begin_form(o);
	int result;

	form_add(&form, "scope", o->service.scope);
	if (post(&answer, o->service.device_url, &form, o, err) < 0)
		return -1;
	result = response_device(out, no, answer.body, answer.length, err);
	return check_status(&answer, result, no, err);
}

int
grant_explain(
    const struct oauth *o, const struct error_response *no, struct error *err)
{
	const char *dash = no->description[0] != '\0' ? ": " : "";

	if (no->code == OAUTH_DENIED)
		return error_set(err, ERR_NOPERM,
		    "the login was refused at %s (%s%s%s)", o->service.name,
		    no->error, dash, no->description);
	(void)error_set(err, ERR_NOPERM, "%s gives no token (%s%s%s)",
	    o->service.name, no->error, dash, no->description);
	if (strcmp(no->error, "invalid_client") == 0 ||
	    strcmp(no->error, "unauthorized_client") == 0)
		return error_hint(err,
		    "check oauth-client-id and oauth-client-secret in [account "
		    "%s]",
		    o->settings->account);
	if (strcmp(no->error, "invalid_scope") == 0)
		return error_hint(err, "check oauth-scope in [account %s]",
		    o->settings->account);
	return -1;
}
