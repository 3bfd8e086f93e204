/* SPDX-License-Identifier: MIT */
/*
 * The server's certificate: pinned by its fingerprint, or described when it is
 * not good.
 *
 * Hooks into OpenSSL's verification; a pinned fingerprint decides alone,
 * whoever signed it and whatever names or dates it bears.
 */
#ifndef MITTO_CERTIFICATE_H
#define MITTO_CERTIFICATE_H

#include "base/buf.h"
#include "base/error.h"
#include "smtp/hint.h"

#include <stdbool.h>
#include <stddef.h>

struct certificate {
	bool pinned;
	unsigned char pin[32]; /* SHA-256 of the DER form */
	bool matched;          /* the pin was seen on this connection */
	int verdict;           /* X509_V_ code of the verification */
	void *leaf;            /* X509 *, the last one seen, or NULL */
	void *sent;            /* STACK_OF(X509) *, all that came with it */
};

/* One certificate of a chain, in words; raw bytes of the server, cut. */
struct certificate_link {
	char subject[100];
	char issuer[100];
	char names[240];          /* "mx.example, 192.0.2.1" */
	char from[12], until[12]; /* "2026-11-24" */
	int days;                 /* left, negative when it has expired */
	char sha256[65];          /* hexadecimal digits */
};

/* `fingerprint` is 64 hexadecimal digits, colons and case ignored, or NULL for
 * ordinary verification.  ERR_CONFIG when it is something else. */
int certificate_init(struct certificate *c, const char *fingerprint,
    struct error *err) MUST_CHECK;

/* Take over the verification of an SSL_CTX; c must outlive it. */
void certificate_install(struct certificate *c, void *ssl_ctx);

/* Why the connection to `server` was not trusted: ERR_PROTOCOL with subject,
 * issuer, dates and fingerprint, and the hint that mends it. */
void certificate_explain(const struct certificate *c, const char *server,
    const struct hint_facts *facts, struct error *err);

/* "CN = mx.example, issuer CN = Authority, 61 days left", for -v. */
void certificate_summary(const struct certificate *c, struct buf *out);

/* Is it the pinned one, or else one that is trusted and for this host? */
bool certificate_is_good(const struct certificate *c, const char *host);

/* The certificates that the server sent, its own first; how many, at most
 * max. */
size_t certificate_chain(
    const struct certificate *c, struct certificate_link *links, size_t max);

void certificate_release(struct certificate *c);

#endif
