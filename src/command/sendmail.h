/* SPDX-License-Identifier: MIT */
/*
 * What -bm and -bs have in common: how a message runs that a program hands
 * over.
 */
#ifndef MITTO_SENDMAIL_H
#define MITTO_SENDMAIL_H

#include "command/run.h"
#include "settings/sendmail_args.h"

/*
 * Make `run` one of a finished message that a program hands over: logged under
 * the name that `a` gives, nothing is asked, and unless `a` is verbose nothing
 * but errors is shown.
 */
void sendmail_prepare(struct run *run, const struct sendmail_args *a);

/*
 * -bs: speak SMTP (RFC 5321) as a server on standard input and output until
 * QUIT or its end; every message is sent before it is answered.  Returns the
 * status of the last message that did not go to all its recipients, else 0;
 * 76 when the input ends within a message, 130 when interrupted.
 */
int smtp_stdin(const struct sendmail_args *a);

#endif
