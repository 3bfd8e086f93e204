/* SPDX-License-Identifier: MIT */
/*
 * One port of a server, looked at as far as EHLO: what it speaks, who it says
 * it is, what it offers.
 *
 * A visit is a session that sends nothing and logs in nowhere.  So it meets
 * what a message would meet, and says it in the same words.
 */
#ifndef MITTO_VISIT_H
#define MITTO_VISIT_H

#include "smtp/capability.h"
#include "smtp/certificate.h"
#include "smtp/smtp.h"

#define VISIT_CHAIN 6 /* certificates that are kept */

/* Milliseconds of the steps, -1 where there was none. */
struct visit_times {
	int64_t connect;
	int64_t tls; /* the handshake */
	int64_t greeting;
	int64_t ehlo; /* the last one */
};

struct visit {
	struct endpoint endpoint; /* its mode is what the port turned out to
				   * speak: ssl, starttls or plain */
	bool answered;            /* it greeted as a mail server does */
	bool bad_certificate;     /* nothing but that is wrong with it */
	char tls[32];             /* "TLSv1.3", empty without */
	char cipher[64];
	struct certificate_link chain[VISIT_CHAIN];
	size_t chain_count;
	struct reply greeting;
	struct reply ehlo;          /* the last one, or what refused it */
	struct capabilities clear;  /* offered before STARTTLS */
	struct capabilities offers; /* of the last EHLO */
	struct visit_times times;
	struct error error; /* ERR_NONE: mail can be handed in here */
};

/*
 * Visit e->host at e->port, TLS first if e->tls is TLS_SSL; where the port
 * speaks otherwise, that is found out by a second connection.  Logs in nowhere,
 * whatever the settings say.  Over by `until` (clock_ms()).  *v is filled.
 */
void smtp_visit(const struct settings *s, const struct endpoint *e,
    long long until, const struct smtp_observer *observer,
    const volatile int *interrupted, struct visit *v);

#endif
