/* SPDX-License-Identifier: MIT */
/*
 * Whether the next message may follow is asked before it goes; a connection
 * that was lost meanwhile is the session's business, which makes it again.
 */
#include "command/line.h"

#include "base/clock.h"
#include "command/runner.h"

#include <string.h>

#define IDLE_MAX_MS 30000

static void
drop(struct line *l)
{
	smtp_close(l->session);
	if (l->run != NULL)
		run_free(l->run);
	*l = (struct line){ .run = NULL };
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The configuration is read for each message: it may say something else now. */
static bool
is_same_way(const struct run *a, const struct run *b)
{
	const struct settings *s = &a->request.settings;
	const struct settings *t = &b->request.settings;

	return same_text(s->account, t->account) &&
	    same_text(s->user, t->user) &&
	    a->endpoint.port == b->endpoint.port &&
	    a->endpoint.tls == b->endpoint.tls &&
	    strcmp(a->endpoint.host, b->endpoint.host) == 0;
}

struct smtp_session *
line_take(struct line *l, const struct run *run)
{
	if (l->session == NULL || !is_same_way(l->run, run) ||
	    line_patience(l) == 0)
		drop(l);
	return l->session;
}

void
line_keep(struct line *l, struct run *run, struct smtp_session *session)
{
	l->used_ms = clock_ms();
	if (session != l->session) {
		l->session = session;
		l->run = run;
		/* Its message is not needed any more, and may be large. */
		wire_release(&run->composition.wire);
		message_release(&run->composition.message);
		input_release(&run->input);
	}
	/* Before MAIL it was the server, or the login. */
	if (run->outcome.stage < STAGE_MAIL) {
		smtp_close(l->session);
		l->session = NULL;
	}
}

bool
line_owns(const struct line *l, const struct run *run)
{
	return l->run == run;
}

int
line_patience(const struct line *l)
{
	long long most, left;

	if (l->session == NULL)
		return -1;
	most = l->run->request.settings.timeout.ms;
	if (most <= 0 || most > IDLE_MAX_MS)
		most = IDLE_MAX_MS;
	left = l->used_ms + most - clock_ms();
	return left > 0 ? (int)left : 0;
}

void
line_end(struct line *l)
{
	if (l->session != NULL && l->run->result.state == RESULT_SENT &&
	    runner_has_more(l->run)) {
		runner_go_on(l->run, l->session);
		l->session = NULL;
	}
	drop(l);
}
