/* SPDX-License-Identifier: MIT */
/*
 * The rows on their way: some sessions, each a task of one loop, that take rows
 * at the pace that is asked for, and come back to those that a server put off.
 */
#ifndef MITTO_MERGE_SEND_H
#define MITTO_MERGE_SEND_H

#include "command/merge_ledger.h"
#include "command/merge_pattern.h"
#include "command/merge_tell.h"
#include "command/run.h"

struct mailing_counts {
	size_t total; /* to be sent in this call */
	size_t sent;
	size_t partial; /* some of a message's recipients */
	size_t refused;
	size_t deferred; /* put off too often */
	size_t doubtful;
};

/* What all sessions share. */
struct crew {
	/* set by the caller */
	struct run *run; /* settings, endpoint, watch */
	const struct secret *password;
	const struct pattern *pattern;
	struct rows *rows; /* at the first row */
	struct aliases *aliases;
	struct ledger *ledger;
	struct tell *tell;
	struct mailing_counts counts; /* total */
	/* Signals so far: with the first one no row is begun any more, with the
	 * second all is broken off. */
	const volatile int *signals;
	const volatile int *broken_off;

	/* of merge_send.c alone */
	struct letter *waiting; /* put off, the first to be tried first */
	bool ended;             /* no row is left */
	size_t working;         /* sessions that go on */
	size_t opened;          /* sessions so far */
	long long slot_us;      /* when the next may begin */
	int64_t interval_us;    /* between two, 0 = none */
	int trouble;            /* failures since the last success */
	long long hold_ms;      /* nobody begins before */
	struct error stopped;   /* why the mailing ends before its end */
};

/* Is this row to be sent, after what the ledger says? */
bool crew_wants(const struct crew *c, const struct row *row);

/* Send; what came of it stands in counts and stopped. */
void crew_run(struct crew *c);

#endif
