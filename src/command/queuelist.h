/* SPDX-License-Identifier: MIT */
/*
 * What lies in the queue, for people and for programs.
 */
#ifndef MITTO_QUEUELIST_H
#define MITTO_QUEUELIST_H

#include "base/buf.h"
#include "spool/spool.h"

/* One message in two lines or more: ID, size, state, when it is tried, whose it
 * is and what was wrong.  `full`: each recipient, and the header. */
void queuelist_item(struct buf *out, const struct item *it, bool full);

/* The same as a JSON object. */
void queuelist_json(struct buf *out, const struct item *it);

/* "queued", "in-doubt", "failed" or "corrupt". */
const char *queuelist_state(const struct item *it);

#endif
