/* SPDX-License-Identifier: MIT */
/*
 * The RFC's limits are minimums; shorter ones at the end make duplicates, since
 * a server that was about to say yes is not heard (RFC 1047).
 */
#include "smtp/deadline.h"

#include <stdio.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

int64_t
deadline_limit(const struct recorder *r, int64_t every)
{
	if (every > 0)
		return every;
	switch (r->stage) {
	case STAGE_CONNECT: /* no RFC says; two addresses get half each */
	case STAGE_TLS:
		return MINUTE;
	case STAGE_DATA:
		return 2 * MINUTE;
	case STAGE_BODY:
		return r->dot ? 10 * MINUTE : 3 * MINUTE;
	case STAGE_GREETING:
	case STAGE_AUTH:
	case STAGE_MAIL:
	case STAGE_RCPT:
	case STAGE_DONE:
		break;
	}
	return 5 * MINUTE;
}

/* "5 s", "0.5 s". */
static void
put_seconds(char out[32], int64_t ms)
{
	if (ms % SECOND == 0)
		(void)snprintf(out, 32, "%lld s", (long long)(ms / SECOND));
	else
		(void)snprintf(out, 32, "%.1f s", (double)ms / SECOND);
}

void
deadline_error(const struct recorder *r, const char *server, int64_t limit,
    struct error *err)
{
	enum verb verb = recorder_waiting(r);
	char time[32];

	put_seconds(time, limit);
	if (r->stage == STAGE_CONNECT)
		(void)error_set(err, ERR_TEMPORARY,
		    "no connection to %s within %s", server, time);
	else if (r->stage == STAGE_TLS && verb != VERB_STARTTLS)
		(void)error_set(err, ERR_TEMPORARY,
		    "the TLS handshake with %s was not done within %s", server,
		    time);
	else if (verb == VERB_GREETING)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s sent no greeting within %s", server, time);
	else if (r->stage == STAGE_BODY && !r->dot)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s took no more of the message for %s", server, time);
	else if (r->stage == STAGE_BODY)
		(void)error_set(err, ERR_TEMPORARY,
		    "%s did not confirm the message within %s", server, time);
	else
		(void)error_set(err, ERR_TEMPORARY,
		    "%s did not answer %s within %s", server, verb_name(verb),
		    time);
}
