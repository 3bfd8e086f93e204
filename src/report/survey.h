/* SPDX-License-Identifier: MIT */
/*
 * What was found out about a server, for people and for programs, and the
 * section of a config file that follows from it.
 */
#ifndef MITTO_REPORT_SURVEY_H
#define MITTO_REPORT_SURVEY_H

#include "report/terminal.h"
#include "smtp/survey.h"

struct survey_report {
	const struct survey *survey;
	const struct settings *settings; /* that it was made with */
	const char *account;             /* whose server it is, or NULL */
	const char *address; /* mail address it was asked about, or NULL */
	const struct error *error; /* the end of it all; ERR_NONE = usable */
};

/* Append addresses, ports and advice, for a screen. */
void survey_print(
    struct buf *out, const struct survey_report *r, const struct terminal *t);

/* Append one JSON object and a newline. */
void survey_json(struct buf *out, const struct survey_report *r);

/* Append "[account NAME]" and its keys for the best port, or for one that only
 * needs its certificate trusted; nothing when there is neither. */
void survey_section(struct buf *out, const struct survey_report *r);

/* "TLS at once", "STARTTLS", "no TLS". */
const char *survey_mode(const struct visit *v);

#endif
