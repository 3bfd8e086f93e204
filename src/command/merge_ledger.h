/* SPDX-License-Identifier: MIT */
/*
 * What became of each row, in a file (--journal), so that the same command goes
 * on where it stopped.
 *
 * A line for each step of a row: handed over before the first byte of its
 * message leaves, and then how that ended.  Lines are appended whole, so that
 * whoever is killed leaves at most one torn line, the last.  A row that was
 * handed over and has no end is in doubt.
 */
#ifndef MITTO_MERGE_LEDGER_H
#define MITTO_MERGE_LEDGER_H

#include "command/merge_rows.h"

enum fate {
	FATE_OPEN,   /* nothing is known of it, or nothing was sent */
	FATE_HANDED, /* on its way when the line was written: in doubt */
	FATE_SENT,
	FATE_PARTIAL, /* accepted for some of its recipients */
	FATE_REFUSED,
	FATE_DOUBT,
};

struct ledger;

/*
 * Open or begin it, for this process alone.  `mailing` tells one mailing from
 * another; the file of another is ERR_DATA, one that is in use ERR_TEMPORARY,
 * one that cannot be made ERR_CANTCREATE.
 */
struct ledger *ledger_open(
    const char *path, const char *mailing, struct error *err) MUST_CHECK;

/* The last that is known of a row. */
enum fate ledger_fate(const struct ledger *l, const unsigned char *key);

/* Has a row with this key been claimed before?  From now on it is. */
bool ledger_claim(struct ledger *l, const unsigned char *key);

/* Forget all claims. */
void ledger_unclaim(struct ledger *l);

/* Append a line; `words` are the server's, or "".  ERR_IO. */
int ledger_note(struct ledger *l, enum fate fate, const unsigned char *key,
    size_t number, const char *message_id, const char *words, struct error *err)
    MUST_CHECK;

/* To stable storage; ERR_IO. */
int ledger_close(struct ledger *l, struct error *err);

#endif
