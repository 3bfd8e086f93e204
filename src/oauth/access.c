/* SPDX-License-Identifier: MIT */
/*
 * Look, and if what is there is too old: lock, look again, renew, keep.  A
 * service may give a new refresh token with each access token and void the old
 * one, so that no two processes may renew at once and none may lose what it
 * got.
 */
#include "oauth/access.h"

#include "base/mem.h"
#include "oauth/record.h"
#include "settings/keyring.h"

#include <stdio.h>
#include <string.h>

/* --- the keyring ---------------------------------------------------------- */

#define ATTRIBUTES(account) \
	(const struct attribute[]) \
	{ \
		{ "service", "mitto-oauth" }, { "account", (account) }, \
		{ \
			NULL, NULL \
		} \
	}

static int
store_in_keyring(
    const struct secret *refresh, const char *account, struct error *err)
{
	auto_free char *label = mem_printf("mitto: login of %s", account);

	return keyring_store(refresh, label, ATTRIBUTES(account), err);
}

/* --- the record ----------------------------------------------------------- */

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Is it of this client, service and user? */
static bool
is_of(const struct record *r, const struct oauth *o)
{
	return same(r->client, o->settings->oauth_client_id) &&
	    same(r->url, o->service.token_url) &&
	    same(r->user, o->settings->user);
}

static int
not_logged_in(const struct oauth *o, const char *why, struct error *err)
{
	const char *account = o->settings->account;

	(void)error_set(err, ERR_NOPERM, "account '%s': %s", account, why);
	return error_hint(err, "mitto login %s", account);
}

static int
load(struct record *r, const struct oauth *o, struct error *err)
{
	int found = record_load(r, o->settings->account, err);

	if (found == 1 && !is_of(r, o)) {
		record_release(r);
		return not_logged_in(
		    o, "its login is of another user, client or service", err);
	}
	return found == 0 ? not_logged_in(o, "nobody has logged in", err)
			  : found;
}

/* Is there an access token that will do? */
static bool
take_access(
    struct secret *out, const struct record *r, const struct secret *refused)
{
	if (!secret_is_set(&r->access) ||
	    r->expires < (int64_t)time(NULL) + ACCESS_MARGIN)
		return false;
	if (refused != NULL && secret_is_set(refused) &&
	    strcmp(refused->text, r->access.text) == 0)
		return false;
	secret_set(out, r->access.text, strlen(r->access.text));
	return true;
}

/* What is new in a token goes into the record. */
static void
put_token(struct record *r, const struct token *t)
{
	long lasts = t->expires_in > 0 ? t->expires_in : ACCESS_SECONDS;

	secret_set(&r->access, t->access.text, strlen(t->access.text));
	r->expires = (int64_t)time(NULL) + lasts;
	if (secret_is_set(&t->refresh))
		secret_set(
		    &r->refresh, t->refresh.text, strlen(t->refresh.text));
}

/* Where the keyring is to hold the refresh token, the file does not; a keyring
 * that does not take it leaves it to the file. */
static int
save(struct record *r, const char *account, struct error *err)
{
	struct error ignored = ERROR_INIT;

	if (r->keyring && secret_is_set(&r->refresh)) {
		r->keyring =
		    store_in_keyring(&r->refresh, account, &ignored) == 0;
		if (r->keyring)
			secret_release(&r->refresh);
	}
	return record_save(r, account, err);
}

/* --- renewing ------------------------------------------------------------- */

static int
find_refresh(struct secret *out, const struct record *r, const struct oauth *o,
    struct error *err)
{
	const char *missing;
	int found;

	if (secret_is_set(&r->refresh)) {
		secret_set(out, r->refresh.text, strlen(r->refresh.text));
		return 0;
	}
	if (!r->keyring)
		return not_logged_in(
		    o, "its token is too old, and cannot be renewed", err);
	missing = keyring_missing();
	if (missing != NULL) {
		(void)error_set(err, ERR_NOPERM,
		    "account '%s': its login is in the keyring, which cannot "
		    "be asked (%s)",
		    o->settings->account, missing);
		return error_hint(err,
		    "mitto login --keyring=never %s     keeps it in a file",
		    o->settings->account);
	}
	found = keyring_lookup(out, ATTRIBUTES(o->settings->account), err);
	if (found == 0)
		return not_logged_in(
		    o, "its login is no longer in the keyring", err);
	return found == 1 ? 0 : -1;
}

/* The service's no to a refresh token. */
static int
explain_no(
    const struct oauth *o, const struct error_response *no, struct error *err)
{
	(void)grant_explain(o, no, err);
	if (no->code == OAUTH_GRANT)
		(void)error_set(err, ERR_NOPERM,
		    "account '%s': its login is no longer good at %s (%s%s%s)",
		    o->settings->account, o->service.name, no->error,
		    no->description[0] != '\0' ? ": " : "", no->description);
	return error_hint(err, "mitto login %s", o->settings->account);
}

/* A new access token into *r.  One that cannot be kept serves this time, unless
 * the old refresh token went with it. */
static int
renew(struct record *r, const struct oauth *o, struct error *err)
{
	auto_token struct token token = { .expires_in = 0 };
	auto_secret struct secret refresh = { .text = NULL };
	struct error_response no = { .code = OAUTH_OK };
	struct error why = ERROR_INIT;

	if (find_refresh(&refresh, r, o, err) < 0)
		return -1;
	if (grant_refresh(&token, &no, o, &refresh, err) < 0)
		return error_wrap(
		    err, "account '%s': no new token", o->settings->account);
	if (no.code != OAUTH_OK)
		return explain_no(o, &no, err);
	put_token(r, &token);
	if (save(r, o->settings->account, &why) < 0 &&
	    secret_is_set(&token.refresh)) {
		*err = why;
		return -1;
	}
	return 0;
}

static int
open_oauth(struct oauth *o, const struct settings *s, struct error *err)
{
	o->settings = s;
	return response_can_read(err) ? service_find(&o->service, s, err) : -1;
}

int
access_token(struct secret *out, const struct settings *s,
    const struct secret *refused, const volatile int *interrupted,
    struct error *err)
{
	struct oauth o = { .interrupted = interrupted };
	auto_record struct record r = { .client = NULL };
	auto_fd int lock = -1;

	if (open_oauth(&o, s, err) < 0 || load(&r, &o, err) < 0)
		return -1;
	if (take_access(out, &r, refused))
		return 0;
	lock = record_lock(s->account, err);
	if (lock < 0)
		return -1;
	record_release(&r);
	if (load(&r, &o, err) < 0)
		return -1;
	if (take_access(out, &r, refused))
		return 0;
	if (renew(&r, &o, err) < 0)
		return -1;
	secret_set(out, r.access.text, strlen(r.access.text));
	return 0;
}

void
access_drop(const struct settings *s, const struct secret *refused)
{
	auto_record struct record r = { .client = NULL };
	struct error ignored = ERROR_INIT;
	auto_fd int lock = record_lock(s->account, &ignored);

	if (lock < 0 || record_load(&r, s->account, &ignored) != 1 ||
	    !secret_is_set(&r.access) ||
	    strcmp(r.access.text, refused->text) != 0)
		return;
	r.expires = 0;
	/* What cannot be written now is refused again next time. */
	if (record_save(&r, s->account, &ignored) < 0)
		return;
}

/* --- logging in and out --------------------------------------------------- */

int
access_keep(const struct oauth *o, const struct token *token, enum when keyring,
    bool *in_keyring, struct error *err)
{
	const struct settings *s = o->settings;
	auto_record struct record r = {
		.client = mem_strdup(s->oauth_client_id),
		.url = mem_strdup(o->service.token_url),
		.user = s->user != NULL ? mem_strdup(s->user) : NULL,
	};
	const char *missing = keyring_missing();
	auto_fd int lock = record_lock(s->account, err);

	if (lock < 0)
		return -1;
	if (keyring == WHEN_ALWAYS && missing != NULL)
		return error_set(
		    err, ERR_CANTCREATE, "there is no keyring (%s)", missing);
	put_token(&r, token);
	r.keyring = keyring != WHEN_NEVER && missing == NULL;
	if (keyring == WHEN_ALWAYS && secret_is_set(&r.refresh) &&
	    store_in_keyring(&r.refresh, s->account, err) < 0)
		return -1;
	if (save(&r, s->account, err) < 0)
		return -1;
	*in_keyring = r.keyring;
	/* One of an earlier login is of no use any more. */
	if (!r.keyring && missing == NULL)
		return keyring_clear(ATTRIBUTES(s->account), err);
	return 0;
}

int
access_forget(const struct settings *s, bool *found, struct error *err)
{
	auto_record struct record r = { .client = NULL };
	auto_fd int lock = record_lock(s->account, err);
	int known;

	if (lock < 0)
		return -1;
	known = record_load(&r, s->account, err);
	*found = known != 0;
	if (known != 0 && (known < 0 || r.keyring) &&
	    keyring_missing() == NULL &&
	    keyring_clear(ATTRIBUTES(s->account), err) < 0)
		return -1;
	*err = (struct error)ERROR_INIT;
	return record_remove(s->account, err);
}
