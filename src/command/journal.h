/* SPDX-License-Identifier: MIT */
/*
 * One line for each run that met a server: --log FILE, --syslog.
 */
#ifndef MITTO_JOURNAL_H
#define MITTO_JOURNAL_H

#include "report/result.h"
#include "settings/settings.h"

/* A log that cannot be written is told once on stderr and never fails the run.
 */
void journal_write(const struct settings *s, const struct result *r);

#endif
