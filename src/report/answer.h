/* SPDX-License-Identifier: MIT */
/*
 * The result of a message as an SMTP server's reply to its final dot.
 */
#ifndef MITTO_ANSWER_H
#define MITTO_ANSWER_H

#include "report/result.h"

/*
 * Append the reply, with CRLF: 250 and the server's words if the message went
 * to all, else the code and enhanced code of the server where it has one of the
 * right class (4xx may go again, 5xx not), and in the text the problem, the
 * server's words, who was refused, and who has it nevertheless.
 */
void answer_put(struct buf *out, const struct result *r);

/* Append lines of text, separated by LF, as the reply "CODE ENHANCED text". */
void answer_lines(
    struct buf *out, int code, const char *enhanced, const char *text);

#endif
