/* SPDX-License-Identifier: MIT */
/*
 * One object, its members by name, each checked for type and size; numbers are
 * taken as strings too, since some services write them so.
 */
#include "oauth/response.h"

#include "base/json.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LONGEST          (30L * 24 * 3600) /* of what expires, in seconds */
#define LONGEST_INTERVAL 600L
#define DEVICE_SECONDS   900L /* when a service does not say */
#define DEVICE_INTERVAL  5L   /* RFC 8628 3.2 */

enum oauth_error
response_error(const char *error)
{
	static const struct {
		const char *name;
		enum oauth_error code;
	} names[] = {
		{ "authorization_pending", OAUTH_PENDING },
		{ "slow_down", OAUTH_SLOW_DOWN },
		{ "access_denied", OAUTH_DENIED },
		/* Microsoft's word for it. */
		{ "authorization_declined", OAUTH_DENIED },
		{ "expired_token", OAUTH_EXPIRED },
		{ "invalid_grant", OAUTH_GRANT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(error, names[i].name) == 0)
			return names[i].code;
	return OAUTH_OTHER;
}

void
token_release(struct token *t)
{
	secret_release(&t->access);
	secret_release(&t->refresh);
}

void
device_code_release(struct device_code *d)
{
	secret_release(&d->code);
}

/* --- members -------------------------------------------------------------- */

static int
misfit(struct error *err, const char *what)
{
	return error_set(err, ERR_PROTOCOL,
	    "the login service's answer makes no sense: %s", what);
}

/* A member's text; "" when there is none, NULL when it is something else. */
static const char *
text_of(const struct json_members *object, const char *name)
{
	const struct json_member *member = json_members_find(object, name);

	if (member == NULL || member->kind == JSON_MEMBER_NULL)
		return "";
	return member->kind == JSON_MEMBER_TEXT ? member->text : NULL;
}

/* A member's text cut to fit; untrusted. */
static void
copy_text(
    char *out, size_t size, const struct json_members *object, const char *name)
{
	const char *text = text_of(object, name);

	(void)snprintf(out, size, "%s", text != NULL ? text : "");
}

/* A member's whole number from 0 to `most`; `otherwise` if it has none. */
static long
number_of(const struct json_members *object, const char *name, long otherwise,
    long most)
{
	const struct json_member *member = json_members_find(object, name);
	const char *text = text_of(object, name);
	double value = -1;
	char *end;

	if (member != NULL && member->kind == JSON_MEMBER_NUMBER) {
		value = member->number;
	} else if (text != NULL && *text >= '0' && *text <= '9') {
		value = (double)strtol(text, &end, 10);
		if (*end != '\0')
			value = -1;
	}
	if (!(value >= 0))
		return otherwise;
	return value > (double)most ? most : (long)value;
}

/* A token (RFC 6749 appendix A: VSCHAR), of which nothing is shown.  *out stays
 * unset when there is none. */
static int
take_token(struct secret *out, const struct json_members *object,
    const char *name, struct error *err)
{
	const char *text = text_of(object, name);
	size_t len = text != NULL ? strlen(text) : 0;

	if (text == NULL)
		return misfit(err, "a token is no text");
	if (len > TOKEN_MAX)
		return misfit(err, "a token is too long");
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return misfit(err, "a token holds odd characters");
	if (len > 0)
		secret_set(out, text, len);
	return 0;
}

/* Is it an error answer? */
static bool
take_error(struct error_response *no, const struct json_members *object)
{
	*no = (struct error_response){ .code = OAUTH_OK };
	copy_text(no->error, sizeof(no->error), object, "error");
	if (no->error[0] == '\0')
		return false;
	copy_text(no->description, sizeof(no->description), object,
	    "error_description");
	no->code = response_error(no->error);
	return true;
}

static int
take_access(
    struct token *out, const struct json_members *object, struct error *err)
{
	const char *type = text_of(object, "token_type");

	if (type == NULL || strcasecmp(type, "bearer") != 0)
		return misfit(err, "it gives no bearer token");
	if (take_token(&out->access, object, "access_token", err) < 0 ||
	    take_token(&out->refresh, object, "refresh_token", err) < 0)
		return -1;
	if (!secret_is_set(&out->access))
		return misfit(err, "there is no token in it");
	out->expires_in = number_of(object, "expires_in", 0, LONGEST);
	return 0;
}

static int
take_device(struct device_code *out, const struct json_members *object,
    struct error *err)
{
	copy_text(out->user_code, sizeof(out->user_code), object, "user_code");
	copy_text(out->url, sizeof(out->url), object, "verification_uri");
	/* Google's name for it. */
	if (out->url[0] == '\0')
		copy_text(
		    out->url, sizeof(out->url), object, "verification_url");
	copy_text(out->complete_url, sizeof(out->complete_url), object,
	    "verification_uri_complete");
	if (take_token(&out->code, object, "device_code", err) < 0)
		return -1;
	if (!secret_is_set(&out->code) || out->user_code[0] == '\0' ||
	    out->url[0] == '\0')
		return misfit(err, "there is no code in it");
	out->expires_in =
	    number_of(object, "expires_in", DEVICE_SECONDS, LONGEST);
	out->interval =
	    number_of(object, "interval", DEVICE_INTERVAL, LONGEST_INTERVAL);
	return 0;
}

bool
response_can_read(struct error *err)
{
	if (json_can_read(err))
		return true;
	(void)error_wrap(err, "no login by OAuth");
	(void)error_hint(err,
	    "let another program get the token: password-command = CMD, with "
	    "auth = xoauth2");
	return false;
}

static int
read_object(struct json_members *object, const char *text, size_t len,
    struct error *err)
{
	if (!response_can_read(err))
		return -1;
	return json_members_read(object, text, len, err) == 0
	    ? 0
	    : misfit(err, "it is no JSON object");
}

int
response_token(struct token *out, struct error_response *no, const char *text,
    size_t len, struct error *err)
{
	auto_json_members struct json_members object = { .items = NULL };

	if (read_object(&object, text, len, err) < 0)
		return -1;
	return take_error(no, &object) ? 0 : take_access(out, &object, err);
}

int
response_device(struct device_code *out, struct error_response *no,
    const char *text, size_t len, struct error *err)
{
	auto_json_members struct json_members object = { .items = NULL };

	if (read_object(&object, text, len, err) < 0)
		return -1;
	return take_error(no, &object) ? 0 : take_device(out, &object, err);
}
