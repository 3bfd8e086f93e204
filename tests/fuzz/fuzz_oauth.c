/* SPDX-License-Identifier: MIT */
/* A hostile login service and a hostile browser: no token with odd bytes, no
 * time without a bound, no code without the state. */
#include "base/mem.h"
#include "oauth/redirect.h"
#include "oauth/response.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_secret(const struct secret *s)
{
	if (!secret_is_set(s))
		return;
	if (s->text[0] == '\0' || strlen(s->text) > TOKEN_MAX)
		abort();
	for (const char *p = s->text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	auto_token struct token t = { .expires_in = 0 };
	auto_device_code struct device_code d = { .url = "" };
	auto_redirected struct redirected r = { .error = "" };
	struct error_response no = { .code = OAUTH_OK };
	struct error err = ERROR_INIT;

	if (response_token(&t, &no, (const char *)data, size, &err) == 0 &&
	    no.code == OAUTH_OK && !secret_is_set(&t.access))
		abort();
	if (t.expires_in < 0)
		abort();
	check_secret(&t.access);
	check_secret(&t.refresh);
	if (response_device(&d, &no, (const char *)data, size, &err) == 0 &&
	    no.code == OAUTH_OK && (d.interval < 0 || d.expires_in < 0))
		abort();
	check_secret(&d.code);
	if (redirect_read(&r, text, "the-state") == 200 &&
	    strstr(text, "the-state") == NULL && strchr(text, '%') == NULL)
		abort();
	return 0;
}
