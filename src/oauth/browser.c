/* SPDX-License-Identifier: MIT */
/*
 * The authorization code flow: a state and a verifier are made up, the person
 * is sent to the service, and what comes back is worth something only together
 * with both.
 */
#include "oauth/login.h"

#include "base/digest.h"
#include "base/io.h"
#include "base/mem.h"
#include "oauth/redirect.h"
#include "text/base64.h"
#include "text/form.h"

#include <stdio.h>
#include <string.h>

#define RANDOM_BYTES 32
#define RANDOM_TEXT  48 /* of base64: 43 characters, as RFC 7636 4.1 asks */
#define URL_MAX      4096

/* 256 random bits as text. */
static void
make_up(char out[RANDOM_TEXT])
{
	unsigned char bytes[RANDOM_BYTES];

	io_random(bytes, sizeof(bytes));
	(void)base64_url(bytes, sizeof(bytes), out);
	secret_wipe(bytes, sizeof(bytes));
}

/* S256, RFC 7636 section 4.2. */
static void
challenge_of(char out[RANDOM_TEXT], const char *verifier)
{
	auto_digest struct digest *d = digest_new();
	unsigned char raw[DIGEST_RAW];

	digest_add(d, verifier, strlen(verifier));
	digest_raw(d, raw);
	(void)base64_url(raw, sizeof(raw), out);
}

/* The address that the browser is to open. */
static void
build_url(struct buf *url, const struct oauth *o, const char *redirect,
    const char *state, const char *verifier)
{
	const struct settings *s = o->settings;
	char challenge[RANDOM_TEXT];

	challenge_of(challenge, verifier);
	buf_puts(url, o->service.auth_url);
	buf_putc(url, strchr(o->service.auth_url, '?') != NULL ? '&' : '?');
	form_add(url, "response_type", "code");
	form_add(url, "client_id", s->oauth_client_id);
	form_add(url, "redirect_uri", redirect);
	form_add(url, "scope", o->service.scope);
	form_add(url, "state", state);
	form_add(url, "code_challenge", challenge);
	form_add(url, "code_challenge_method", "S256");
	form_add(url, "login_hint", s->user);
	if (o->service.extra != NULL)
		buf_printf(url, "&%s", o->service.extra);
}

static int
explain_no(
    const struct oauth *o, const struct redirected *said, struct error *err)
{
	struct error_response no = { .code = response_error(said->error) };

	(void)snprintf(no.error, sizeof(no.error), "%s", said->error);
	(void)snprintf(
	    no.description, sizeof(no.description), "%s", said->description);
	return grant_explain(o, &no, err);
}

static int
send_away(struct redirected *said, const struct oauth *o,
    const struct redirect *r, const char *redirect, const char *verifier,
    const struct login_prompt *prompt, struct error *err)
{
	auto_buf struct buf url = buf_make(URL_MAX);
	char state[RANDOM_TEXT];

	make_up(state);
	build_url(&url, o, redirect, state, verifier);
	if (buf_check(&url, "the address of the login page", err) < 0)
		return -1;
	prompt->open(prompt->ctx, url.data);
	return redirect_wait(
	    said, r, state, LOGIN_SECONDS, o->interrupted, err);
}

int
login_by_browser(struct token *out, const struct oauth *o,
    const struct login_prompt *prompt, struct error *err)
{
	auto_redirect struct redirect r = { .fd = -1 };
	auto_redirected struct redirected said = { .error = "" };
	auto_secret struct secret verifier = { .text = NULL };
	struct error_response no = { .code = OAUTH_OK };
	auto_free char *redirect = NULL;
	char text[RANDOM_TEXT];

	if (o->service.auth_url == NULL) {
		(void)error_set(err, ERR_CONFIG,
		    "account '%s': no page to log in by a browser is known",
		    o->settings->account);
		return error_hint(err, "oauth-auth-url = https://...");
	}
	if (redirect_open(&r, err) < 0)
		return -1;
	redirect = mem_printf("http://%s:%d", o->service.redirect_host, r.port);
	make_up(text);
	secret_set(&verifier, text, strlen(text));
	secret_wipe(text, sizeof(text));
	if (send_away(&said, o, &r, redirect, verifier.text, prompt, err) < 0)
		return -1;
	if (said.error[0] != '\0')
		return explain_no(o, &said, err);
	if (grant_code(out, &no, o,
		&(struct authorization){
		    .code = said.code.text,
		    .redirect = redirect,
		    .verifier = verifier.text,
		},
		err) < 0)
		return -1;
	return no.code == OAUTH_OK ? 0 : grant_explain(o, &no, err);
}
