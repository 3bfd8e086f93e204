/* SPDX-License-Identifier: MIT */
/*
 * The steps of --check, each good or not: name, connection, TLS, certificate,
 * EHLO, login, sender, every recipient.  It ends behind the one that failed.
 */
#ifndef MITTO_CHECKLIST_H
#define MITTO_CHECKLIST_H

#include "report/result.h"

/* Append a line for each step; nothing if the network was not reached for. */
void checklist_print(
    struct buf *out, const struct result *r, const struct terminal *t);

/* Append ,"steps":[{"step":"connect","ok":true,"text":"..."},...] */
void checklist_json(struct buf *out, const struct result *r);

#endif
