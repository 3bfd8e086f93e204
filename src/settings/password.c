/* SPDX-License-Identifier: MIT */
/*
 * The order in which the sources of a password are asked.  A source that was
 * named and fails is an error; only those that nobody named may have nothing.
 */
#include "settings/password.h"

#include "settings/sources.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
source_tried(struct buf *tried, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(tried, "%s%s", tried->len > 0 ? "; " : "", text);
}

/* The source that the settings name, or 0. */
static int
named_source(struct secret *out, const struct login *login, struct error *err)
{
	const struct settings *s = login->settings;

	if (s->password_command != NULL)
		return source_command(out, login, err);
	if (s->password_file != NULL) {
		if (source_file(out, s->password_file, err) == 1)
			return 1;
		if (err->kind == ERR_NOINPUT)
			err->kind = ERR_CONFIG;
		return error_wrap(err, "password-file");
	}
	if (s->password_env != NULL) {
		const char *text = secure_getenv(s->password_env);

		if (text == NULL || *text == '\0')
			return error_set(err, ERR_CONFIG,
			    "password-env: $%s is %s", s->password_env,
			    text == NULL ? "not set" : "empty");
		secret_set(out, text, strlen(text));
		return 1;
	}
	if (secret_is_set(&s->password)) {
		secret_set(out, s->password.text, strlen(s->password.text));
		return 1;
	}
	return 0;
}

static int
source_environment(struct secret *out, struct buf *tried)
{
	const char *text = secure_getenv("MITTO_PASSWORD");

	if (text == NULL || *text == '\0') {
		source_tried(tried, "$MITTO_PASSWORD (%s)",
		    text == NULL ? "not set" : "empty");
		return 0;
	}
	secret_set(out, text, strlen(text));
	return 1;
}

/* The sources that are asked without being named. */
static int
found_source(struct secret *out, const struct login *login, struct buf *tried,
    struct error *err)
{
	int found = source_credential(out, login, tried, err);

	if (found == 0)
		found = source_environment(out, tried);
	if (found == 0)
		found = source_secret_tool(out, login, tried, err);
	if (found == 0)
		found = source_netrc(out, login, tried, err);
	if (found == 0)
		found = source_terminal(out, login, tried, err);
	return found;
}

int
password_find(struct secret *out, const struct settings *s, const char *host,
    struct error *err)
{
	struct login login = { .settings = s, .host = host };
	auto_buf struct buf tried = buf_make(600);
	int found = named_source(out, &login, err);

	if (found == 0)
		found = found_source(out, &login, &tried, err);
	if (found == 1) {
		/* What the places tried before had to say is of no account. */
		*err = (struct error)ERROR_INIT;
		return 0;
	}
	if (found < 0)
		return s->account != NULL
		    ? error_wrap(err, "account '%s'", s->account)
		    : -1;
	if (s->account == NULL) {
		error_set(err, ERR_CONFIG, "no password for %s (tried: %s)",
		    host, tried.data);
		return error_hint(err,
		    "--password-command CMD or "
		    "--password-file FILE");
	}
	error_set(err, ERR_CONFIG, "account '%s': no password (tried: %s)",
	    s->account, tried.data);
	return error_hint(err,
	    "password-command = pass show mail/%s     in [account %s]",
	    s->account, s->account);
}
