/* SPDX-License-Identifier: MIT */
/*
 * Delivery by SMTP: the one door to this folder.
 *
 * A session is opened once for one account and sends any number of messages.
 * libcurl makes the connection (name, proxy, TLS, EHLO, login); a lane carries
 * the transactions.  Verdicts come from the recorded replies only, never from a
 * CURLcode where a reply exists.
 */
#ifndef MITTO_SMTP_H
#define MITTO_SMTP_H

#include "message/message.h"
#include "settings/settings.h"
#include "smtp/outcome.h"

#include <stdbool.h>
#include <stdint.h>

/* Who watches; every member may be NULL.  Texts are raw bytes; secrets are
 * already replaced. */
struct smtp_observer {
	void *ctx;
	/* A line of the conversation, without its line end. */
	void (*line)(void *ctx, bool from_server, const char *text, size_t len);
	/* A step, for -v: "connect", "mx.example:25 -> 192.0.2.1"; "tls",
	 * "TLSv1.3 ...". */
	void (*step)(void *ctx, const char *name, const char *text);
	/* Library notes, for -vvv. */
	void (*note)(void *ctx, const char *text, size_t len);
	/* A warning for the user, once. */
	void (*warn)(void *ctx, const char *text);
	/* A transaction is over and another one follows: what is known of the
	 * recipients so far. */
	void (*settled)(void *settled_ctx, const struct outcome *o);
	void *settled_ctx;
	/* Bytes of the message handed to the network so far. */
	void (*progress)(void *ctx, int64_t sent, int64_t total);
};

/* Where to go, worked out from the settings before any network use. */
struct endpoint {
	char host[256];
	int port;
	enum tls_mode tls; /* never TLS_AUTO */
	bool loopback;     /* localhost, 127.0.0.0/8, ::1 */
	bool guessed;      /* no server was configured: localhost:25 */
};

/* Server, port and mode by the rules of SPEC 2 "TLS".  ERR_CONFIG/ERR_USAGE. */
int smtp_endpoint(
    struct endpoint *e, const struct settings *s, struct error *err) MUST_CHECK;

/* Is it this machine by its very name or address: localhost, 127.0.0.0/8,
 * ::1?  Nobody is asked. */
bool smtp_is_loopback(const char *host);

/* "host:port", an IPv6 address in brackets. */
void smtp_endpoint_name(const struct endpoint *e, char *out, size_t size);

/* What the settings ask of delivery reports; borrowed from them. */
struct dsn smtp_dsn(const struct settings *s);

struct smtp_session;

/* Prepares only; the network is first touched by smtp_send.  `set` and
 * *interrupted must outlive the session; `password`, which may be empty, is
 * copied.  *interrupted is looked at at least once a second.  The program
 * ignores SIGPIPE: OpenSSL writes without MSG_NOSIGNAL.  ERR_CONFIG, ERR_DATA,
 * ERR_OSFILE for what cannot work with any server. */
struct smtp_session *smtp_open(const struct settings *s,
    const struct endpoint *e, const struct secret *password,
    const struct smtp_observer *observer, const volatile int *interrupted,
    struct error *err) MUST_CHECK;

/*
 * Before smtp_send of one message, announce the one behind it: where the server
 * allows it, the commands of its envelope leave together with the end of the
 * first.  It is to be the second message from then on that smtp_send gets, with
 * the same arguments and without `check`; all of them live until then.
 */
void smtp_next(struct smtp_session *session, const struct envelope *envelope,
    struct wire *wire, struct outcome *o);

/* The next message is the last one: QUIT may leave together with it. */
void smtp_last(struct smtp_session *session);

/*
 * Send one message: transactions of at most 1000 recipients each (or what the
 * server announces or shows to be its limit), further ones for recipients that
 * a server put off with 452/4.5.3.  With `check` it stops
 * after RCPT.  Always fills *o (released by the caller); o->error says the
 * whole result with hint.  Returns 0 when every recipient was accepted.
 */
int smtp_send(struct smtp_session *session, const struct envelope *envelope,
    struct wire *wire, bool check, struct outcome *o);

/* QUIT, at most two seconds, and release. */
void smtp_close(struct smtp_session *session);

#endif
