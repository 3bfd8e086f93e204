/* SPDX-License-Identifier: MIT */
/*
 * Whether to go on: policy on the greeting and on the answer to EHLO.
 *
 * libcurl goes on where we must not: without the login, without TLS, with a
 * message that is too big.  So each answer passes here before the next command
 * leaves.  Pure: no I/O.
 */
#ifndef MITTO_GATE_H
#define MITTO_GATE_H

#include "smtp/capability.h"
#include "smtp/hint.h"

#include "base/buf.h"
#include "base/error.h"
#include "settings/settings.h"

struct policy {
	const char *server; /* "host:port", for texts */
	struct hint_facts facts;
	bool want_tls;      /* STARTTLS has to come before anything else */
	bool may_fall_back; /* --tls=try: go on without, if not offered */
	bool tls;           /* this connection is in TLS */
	bool login;         /* a login is configured */
	enum auth_mode auth;
	bool clear_password; /* a password may go without TLS */
	unsigned mechanisms; /* what libcurl is allowed now */
	int64_t size;        /* of the message */
	int64_t content;     /* of its parts, as struct wire says */
	const char *utf8;    /* as envelope_utf8() says */
	unsigned libcurl;    /* its version number, 0x075801 */
	bool own_mail;       /* MAIL is not said by libcurl */
};

enum gate {
	GATE_PASS,
	GATE_STOP,      /* *err says why */
	GATE_PLAIN,     /* connect again, without TLS */
	GATE_MECHANISM, /* connect again, with *mechanisms */
};

/* Append "24.6 MB on the wire (18.2 MB before encoding)". */
void gate_put_size(struct buf *out, int64_t size, int64_t content);

/* The answer to EHLO is complete and positive. */
enum gate gate_ehlo(const struct policy *p, const struct capabilities *c,
    unsigned *mechanisms, struct error *err);

/* The part of it that each message on a kept connection needs again: size and
 * addresses. */
enum gate gate_message(
    const struct policy *p, const struct capabilities *c, struct error *err);

/* EHLO was refused: is HELO enough for what is wanted? */
enum gate gate_no_ehlo(
    const struct policy *p, const struct reply *reply, struct error *err);

/* The first line is no reply: say what it looks like. */
void gate_not_smtp(const struct policy *p, const char *line, struct error *err);

#endif
