/* SPDX-License-Identifier: MIT */
/*
 * Preferences as tables; the secret itself is never looked at.
 */
#include "smtp/auth.h"

#include <stdio.h>

#define PREFERENCES 3

/* In TLS a plain password is safe and works everywhere; without, a digest at
 * least does not show it. */
static const unsigned in_tls[PREFERENCES] = { MECHANISM_PLAIN, MECHANISM_LOGIN,
	MECHANISM_CRAM_MD5 };
static const unsigned in_clear[PREFERENCES] = { MECHANISM_CRAM_MD5,
	MECHANISM_PLAIN, MECHANISM_LOGIN };

static const unsigned asked_for[] = {
	[AUTH_AUTO] = 0,
	[AUTH_PLAIN] = MECHANISM_PLAIN,
	[AUTH_LOGIN] = MECHANISM_LOGIN,
	[AUTH_CRAM_MD5] = MECHANISM_CRAM_MD5,
	[AUTH_XOAUTH2] = MECHANISM_XOAUTH2,
	[AUTH_OAUTHBEARER] = MECHANISM_OAUTHBEARER,
	[AUTH_EXTERNAL] = MECHANISM_EXTERNAL,
	[AUTH_OFF] = 0,
	[AUTH_TOKEN] = MECHANISM_OAUTHBEARER | MECHANISM_XOAUTH2,
};

enum auth_mode
auth_mode(const struct settings *s)
{
	enum auth_mode mode = (enum auth_mode)s->auth.value;

	return mode == AUTH_AUTO && settings_oauth(s) ? AUTH_TOKEN : mode;
}

bool
auth_configured(const struct settings *s)
{
	enum auth_mode mode = auth_mode(s);

	if (mode == AUTH_AUTO || mode == AUTH_TOKEN)
		return s->user != NULL && s->user[0] != '\0';
	return mode != AUTH_OFF;
}

bool
auth_is_token(enum auth_mode mode)
{
	return mode == AUTH_XOAUTH2 || mode == AUTH_OAUTHBEARER ||
	    mode == AUTH_TOKEN;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

int
auth_check(
    const struct settings *s, const struct secret *password, struct error *err)
{
	enum auth_mode mode = auth_mode(s);
	bool user = s->user != NULL && s->user[0] != '\0';

	if (!auth_configured(s))
		return 0;
	if (user && has_control(s->user))
		return error_set(
		    err, ERR_DATA, "the login name holds a control character");
	if (mode == AUTH_EXTERNAL) {
		if (s->cert != NULL)
			return 0;
		(void)error_set(err, ERR_CONFIG,
		    "auth = external needs a client certificate");
		return error_hint(err, "--cert=FILE --key=FILE");
	}
	if (!user) {
		(void)error_set(err, ERR_CONFIG,
		    "a login mechanism is set, but no login name");
		return error_hint(err, "--user=NAME, or --auth=off");
	}
	if (!secret_is_set(password) || password->text[0] == '\0') {
		(void)error_set(
		    err, ERR_CONFIG, "no password for the login '%s'", s->user);
		return error_hint(
		    err, "--password-command=CMD or --password-file=FILE");
	}
	if (has_control(password->text))
		return error_set(
		    err, ERR_DATA, "the password holds a control character");
	return 0;
}

unsigned
auth_allowed(enum auth_mode mode, bool tls)
{
	if (mode != AUTH_AUTO)
		return asked_for[mode];
	if (tls)
		return MECHANISM_PLAIN | MECHANISM_LOGIN;
	return MECHANISM_CRAM_MD5 | MECHANISM_PLAIN | MECHANISM_LOGIN;
}

unsigned
auth_choose(enum auth_mode mode, bool tls, unsigned offered)
{
	const unsigned *order = tls ? in_tls : in_clear;
	unsigned chosen = 0;

	if (mode != AUTH_AUTO)
		return asked_for[mode] & offered;
	for (size_t i = 0; i < PREFERENCES && chosen == 0; i++)
		chosen = order[i] & offered;
	return chosen;
}

void
auth_options(char out[128], unsigned mechanisms)
{
	size_t used = 0;

	out[0] = '\0';
	for (unsigned bit = 1; bit <= MECHANISM_EXTERNAL; bit <<= 1) {
		int n;

		if ((mechanisms & bit) == 0)
			continue;
		n = snprintf(out + used, 128 - used, "%sAUTH=%s",
		    used > 0 ? ";" : "", mechanism_name(bit));
		used += (size_t)n;
	}
}
