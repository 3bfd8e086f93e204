/* SPDX-License-Identifier: MIT */
/*
 * The device flow: a code for the person, and the question, again and again,
 * whether it has been typed.
 */
#include "oauth/login.h"

#include "base/clock.h"

#include <poll.h>

#define SLOWER_SECONDS 5   /* RFC 8628 3.5 */
#define SHORTEST_MS    100 /* between questions, whatever a service says */
#define LOOK_MS        1000

long
login_interval(long interval, enum oauth_error answer)
{
	return answer == OAUTH_SLOW_DOWN ? interval + SLOWER_SECONDS : interval;
}

static bool
is_interrupted(const struct oauth *o)
{
	return o->interrupted != NULL && *o->interrupted != 0;
}

/* Until `when`, or a signal. */
static void
wait_until(const struct oauth *o, long long when)
{
	long long rest;

	while (!is_interrupted(o) && (rest = when - clock_ms()) > 0)
		(void)poll(NULL, 0, (int)(rest < LOOK_MS ? rest : LOOK_MS));
}

static int
too_late(const struct oauth *o, struct error *err)
{
	(void)error_set(err, ERR_NOPERM, "the code was not typed at %s in time",
	    o->service.name);
	return error_hint(err, "mitto login --device %s", o->settings->account);
}

/* Ask until there is an answer that ends it.  A service that does not answer is
 * asked less often (RFC 8628 3.5). */
static int
ask(struct token *out, const struct oauth *o, const struct device_code *device,
    struct error *err)
{
	long long end = clock_ms() + (long long)device->expires_in * 1000;
	long interval = device->interval;

	for (;;) {
		struct error_response no = { .code = OAUTH_OK };
		struct error why = ERROR_INIT;
		long long next = clock_ms() + (long long)interval * 1000;

		if (interval == 0)
			next += SHORTEST_MS;
		if (next >= end)
			return too_late(o, err);
		wait_until(o, next);
		if (is_interrupted(o))
			return error_set(err, ERR_INTERRUPTED, "interrupted");
		if (grant_device(out, &no, o, &device->code, &why) < 0) {
			if (why.kind != ERR_TEMPORARY) {
				*err = why;
				return -1;
			}
			interval = interval > 0 ? 2 * interval : 1;
			continue;
		}
		if (no.code == OAUTH_OK)
			return 0;
		if (no.code == OAUTH_EXPIRED)
			return too_late(o, err);
		if (no.code != OAUTH_PENDING && no.code != OAUTH_SLOW_DOWN)
			return grant_explain(o, &no, err);
		interval = login_interval(interval, no.code);
	}
}

int
login_by_device(struct token *out, const struct oauth *o,
    const struct login_prompt *prompt, struct error *err)
{
	auto_device_code struct device_code device = { .url = "" };
	struct error_response no = { .code = OAUTH_OK };

	if (o->service.device_url == NULL) {
		(void)error_set(err, ERR_CONFIG,
		    "%s has no login with a code for mail", o->service.name);
		return error_hint(err,
		    "mitto login %s     with a browser on this machine",
		    o->settings->account);
	}
	if (grant_begin_device(&device, &no, o, err) < 0)
		return -1;
	if (no.code != OAUTH_OK)
		return grant_explain(o, &no, err);
	prompt->code(
	    prompt->ctx, device.url, device.user_code, device.complete_url);
	return ask(out, o, &device, err);
}
