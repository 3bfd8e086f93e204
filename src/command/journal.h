/* SPDX-License-Identifier: MIT */
/*
 * One line for each run that met a server: --log FILE, --syslog.
 */
#ifndef MITTO_JOURNAL_H
#define MITTO_JOURNAL_H

#include "report/result.h"
#include "settings/settings.h"

/* A log that cannot be written is told once on stderr and never fails the run.
 * `tag` names who speaks in syslog, which then gets the line even if the
 * settings do not ask for it; NULL is "mitto", if they do. */
void journal_write(
    const struct settings *s, const char *tag, const struct result *r);

#endif
