/* SPDX-License-Identifier: MIT */
/*
 * One reply that refused a message for all of its recipients: greeting, login,
 * sender, content.
 */
#ifndef MITTO_REFUSAL_H
#define MITTO_REFUSAL_H

#include "smtp/session.h"

/* The refusal that all recipients share and the stage it came at, or NULL. */
const struct reply *refusal_find(const struct recorder *r, enum stage *stage);

/* Say in *err, with a hint, what o->reply at this stage means; o->reply is made
 * readable where it is encoded. */
void refusal_explain(const struct smtp_session *s, const struct transaction *t,
    enum stage stage, struct outcome *o, struct error *err);

/* Does the reply ask for a login, or a better one? */
bool refusal_wants_login(const struct reply *r);

#endif
