/* SPDX-License-Identifier: MIT */
/*
 * What a server offers in its answer to EHLO (RFC 5321 4.1.1.1).
 *
 * Keywords have no case for us, but libcurl before 8.17 matches capitals only:
 * so each is kept twice, as offered and as libcurl sees it.
 */
#ifndef MITTO_CAPABILITY_H
#define MITTO_CAPABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { /* extensions */
	CAPABILITY_STARTTLS = 1,
	CAPABILITY_AUTH = 2,
	CAPABILITY_SIZE = 4,
	CAPABILITY_SMTPUTF8 = 8,
	CAPABILITY_PIPELINING = 16,
	CAPABILITY_8BITMIME = 32,
	CAPABILITY_DSN = 64,
	CAPABILITY_LIMITS = 128,
	CAPABILITY_CHUNKING = 256,
};

enum { /* SASL mechanisms that we know */
	MECHANISM_PLAIN = 1,
	MECHANISM_LOGIN = 2,
	MECHANISM_CRAM_MD5 = 4,
	MECHANISM_XOAUTH2 = 8,
	MECHANISM_OAUTHBEARER = 16,
	MECHANISM_EXTERNAL = 32,
};

struct capabilities {
	unsigned offered;    /* CAPABILITY_ bits */
	unsigned capitals;   /* those of them in capitals */
	unsigned mechanisms; /* MECHANISM_ bits */
	unsigned mechanisms_capitals;
	int64_t size;     /* limit in bytes, 0 = none told */
	int64_t rcpt_max; /* recipients of a transaction (RFC 9422), or 0 */
	bool old_auth;    /* "AUTH=...", which no standard knows */
	char auth[160];   /* mechanisms as offered, blanks between */
};

/* Take one line of the answer, behind its code, without its line end; not the
 * first line, which greets.  Begin with a zeroed value. */
void capabilities_line(struct capabilities *c, const char *text, size_t len);

/* Name of one mechanism bit as SASL spells it. */
const char *mechanism_name(unsigned bit);

#endif
