/* SPDX-License-Identifier: MIT */
/*
 * What carries a transaction (MAIL, RCPT, DATA) over a session.
 *
 * A lane moves bytes; it draws no conclusions.  Everything that was said is in
 * the session's recorder afterwards, in the same form for every lane, and the
 * verdict is made from that (verdict.h).
 */
#ifndef MITTO_LANE_H
#define MITTO_LANE_H

#include "smtp/outcome.h"

#include "base/error.h"
#include "message/message.h"

struct smtp_session;

struct transaction {
	const char *sender;
	struct recipient **recipients;
	size_t count;     /* 1 to what smtp_transaction_size() gives */
	size_t following; /* behind them, for the next transaction */
	struct wire *wire;
	const char *utf8; /* an address that needs SMTPUTF8, or NULL */
	struct dsn dsn;
	bool check; /* stop after the last RCPT */
};

/* What every server must take (RFC 5321 4.5.3.1.8), and what we give at most to
 * one that has not said (RFC 9422) or shown that it takes fewer. */
#define TRANSACTION_SURE 100
#define TRANSACTION_MAX  1000

/* How many of `waiting` recipients one transaction may have. */
size_t smtp_transaction_size(const struct smtp_session *s, size_t waiting);

struct lane {
	const char *name;
	/*
	 * Connect if there is no connection, and carry the transaction as far
	 * as it goes.  0 when the conversation came to its own end, whatever
	 * the replies were; -1 with *err when something else ended it. t->count
	 * may be lowered to what the server turns out to take.
	 */
	int (*carry)(
	    struct smtp_session *s, struct transaction *t, struct error *err);
	/* Take leave of the server; NULL when libcurl does. */
	void (*part)(struct smtp_session *s);
};

/* libcurl's own MAIL, RCPT and DATA. */
extern const struct lane engine_lane;

/* Our own, in groups. */
extern const struct lane pipeline_lane;

#endif
