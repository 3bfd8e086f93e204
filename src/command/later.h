/* SPDX-License-Identifier: MIT */
/*
 * What a run cannot send now goes into the spool: into the queue when it may
 * be tried again, into failed/ when nobody else has it.
 */
#ifndef MITTO_LATER_H
#define MITTO_LATER_H

#include "command/run.h"

/* --queue=always: the whole message, untried; run->error if that fails. */
void later_all(struct run *run);

/* After smtp_send(): recipients that were put off or are in doubt, if the
 * settings allow it.  Changes run->result.  When the queue fails too, a warning
 * says why and the result stays as it was. */
void later_rest(struct run *run);

/* Keep what was neither accepted nor queued in failed/, and say so; false if
 * the settings or the message do not allow it, or it fails. */
bool later_keep(struct run *run);

/* The folder failed/ of the queue, for text that is no message; NULL if there
 * is to be no queue or it cannot be made.  Owned by the caller. */
char *later_folder(const struct run *run) MUST_CHECK;

/* A person at the terminal is told of what lies in failed/. */
void later_remind(const struct run *run);

#endif
