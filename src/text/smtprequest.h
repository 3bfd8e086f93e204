/* SPDX-License-Identifier: MIT */
/*
 * A command line of SMTP, as a server reads it (RFC 5321 4.1.1).
 *
 * Pure, and strict about what ends up in an envelope: a path is one address and
 * nothing else.
 */
#ifndef MITTO_SMTPREQUEST_H
#define MITTO_SMTPREQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define SMTP_REQUEST_MAX 4096 /* bytes of a command; RFC 5321 asks for 512 */

enum smtp_verb {
	SMTP_HELO,
	SMTP_EHLO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_VRFY,
	SMTP_HELP,
	SMTP_QUIT,
	SMTP_VERBS,
};

/* Strings are owned, NULL where the command does not have them. */
struct smtp_request {
	enum smtp_verb verb;
	char *address;      /* of MAIL and RCPT, "" is the null sender */
	char *return_parts; /* RET, "full" or "hdrs" (RFC 3461 4.3) */
	char *envid;        /* ENVID, decoded (4.4) */
	char *notify;       /* "NOTIFY=...", in the form of dsn.h (4.1) */
	char *orcpt;        /* "ORCPT=...", the same (4.2) */
};

/*
 * Take one line without its line end.  NULL if it is right, else the reply to
 * give: "501 5.5.4 ..." without a line end.  Known parameters: SIZE, BODY,
 * SMTPUTF8, RET, ENVID; NOTIFY, ORCPT.  *r is to be released in any case.
 */
const char *smtp_request_parse(
    struct smtp_request *r, const char *line, size_t len);

void smtp_request_release(struct smtp_request *r);
#define auto_smtp_request CLEANUP(smtp_request_release)

#endif
