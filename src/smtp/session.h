/* SPDX-License-Identifier: MIT */
/*
 * A connection made by libcurl: name, proxy, TLS, EHLO, login.
 *
 * One easy handle is one plan (TLS mode, credentials, mechanisms) and is never
 * re-configured: libcurl would go on using the connection of the old plan.
 * Where the gate asks for another plan, the handle is dropped and the next one
 * begins with it.  Lanes add their transaction to the handle and nothing else.
 */
#ifndef MITTO_SESSION_H
#define MITTO_SESSION_H

#include "smtp/certificate.h"
#include "smtp/gate.h"
#include "smtp/lane.h"
#include "smtp/recorder.h"
#include "smtp/smtp.h"
#include "smtp/trust.h"

#include <curl/curl.h>

/* What a lane adds to a handle. */
struct session_hooks {
	/* Set the transaction's options; called for each new handle. */
	void (*prepare)(CURL *easy, void *ctx);
	/* Bytes of the message went to the network. */
	void (*written)(void *ctx, size_t len);
	void *ctx;
};

/* A message on its way: its first transaction, the outcome that it fills, and
 * the recipients in the order in which they are tried. */
struct delivery {
	struct outcome *outcome;
	struct recipient **recipients;
	struct transaction first;
};

enum session_stop {
	SESSION_GO,
	SESSION_STOPPED, /* by us: session.stopped says why */
	SESSION_AGAIN,   /* the plan has changed: connect again */
	SESSION_DONE,    /* no more was wanted (--check) */
};

struct smtp_session {
	const struct settings *settings;
	struct endpoint endpoint;
	struct secret password;
	struct smtp_observer observer;
	const volatile int *interrupted;
	long long
	    until; /* clock_ms() when all of it has to be over, 0 = never */
	const struct lane *lane;

	char server[280]; /* "host:port" */
	char *helo;
	struct trust trust;
	unsigned libcurl; /* version number of the one running */
	bool local;       /* what is sent does not leave this machine */
	bool last;        /* no message follows the running one */
	size_t crowd;     /* recipients that the server was seen to take in one
			   * transaction, 0 = no end was seen */
	bool no_chunking; /* the server knows BDAT by name only */
	/* Messages that were announced (smtp_next): the next to be sent and
	 * the one behind it; their outcome is NULL where there is none. */
	struct delivery due, coming;

	/* the plan */
	bool in_clear;       /* --tls=try: the server has no STARTTLS */
	unsigned mechanisms; /* allowed to libcurl */

	/* the connection */
	CURL *easy;
	CURLM *multi; /* what made it, in a task of a loop; else NULL */
	struct certificate certificate;
	struct recorder recorder;
	curl_socket_t sockets[4]; /* open ones; more than one while racing */
	size_t socket_count;
	bool fresh;  /* connected during the running perform */
	bool ready;  /* CONNECT_ONLY: logged in, and nothing went wrong since */
	bool probed; /* asked whether the port speaks TLS */
	bool speaks_tls;    /* from the first byte, it answered */
	struct ssl_st *ssl; /* in use and told about, or NULL */
	char tls[32];       /* "TLSv1.3", empty without */
	char cipher[64];
	char peer[64]; /* the address that it is connected to, or was */
	char words[CURL_ERROR_SIZE];

	/* the running transaction */
	const struct transaction *transaction;
	const struct session_hooks *hooks;
	enum session_stop stop;
	struct error stopped;
	struct pipeline *pipeline; /* of the lane of that name, or NULL */
};

/*
 * Run libcurl with the hooks' options until the transaction is through or
 * fails, connecting first and again where the plan changes.  0 when the replies
 * say what happened, or -1 with *err.
 */
int session_perform(struct smtp_session *s, const struct transaction *t,
    const struct session_hooks *hooks, struct error *err) MUST_CHECK;

/* curl_easy_perform(s->easy), or the same for a task of a loop (perform.c). */
CURLcode session_run(struct smtp_session *s) MUST_CHECK;

/* Forget the last transaction, begin this one and its message; -1 with *err if
 * that cannot be read again. */
int session_begin(struct smtp_session *s, const struct transaction *t,
    struct error *err) MUST_CHECK;

/* Close the connection and forget the handle. */
void session_drop(struct smtp_session *s);

/* From a callback: end the transfer for this reason; returns -1. */
int session_end(struct smtp_session *s, const struct error *why);

/* Is the connection in TLS now?  False until libcurl says so itself. */
bool session_in_tls(const struct smtp_session *s);

/* What hints may need. */
struct hint_facts session_facts(const struct smtp_session *s);

/* Options that another handle to the same server shares: names, proxy,
 * addresses, interface. */
void session_network(const struct smtp_session *s, CURL *easy);

/* "smtp://host:port/helo" for a handle; owned by the caller. */
char *session_url(const struct smtp_session *s, CURL *easy, bool tls)
    MUST_CHECK;

/* All options of a new handle (handle.c). */
int session_configure(struct smtp_session *s, struct error *err) MUST_CHECK;

/* Callbacks of the handle (callbacks.c, judge.c, watchdog.c). */
int session_on_debug(
    CURL *easy, curl_infotype type, char *data, size_t size, void *ctx);
size_t session_on_header(char *data, size_t size, size_t n, void *ctx);
int session_on_progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow,
    curl_off_t ultotal, curl_off_t ulnow);
curl_socket_t session_on_open(
    void *ctx, curlsocktype purpose, struct curl_sockaddr *address);
int session_on_close(void *ctx, curl_socket_t fd);
CURLcode session_on_ssl(CURL *easy, void *ssl_ctx, void *ctx);

/* Deadlines and signals: -1 when it is time to stop (watchdog.c). */
int session_watch(struct smtp_session *s);

/* Signals alone, for who has nothing to wait for: -1 when one came. */
int session_check_signals(struct smtp_session *s);

/* Milliseconds until session_watch should be asked again, at most 1000. */
int session_patience(const struct smtp_session *s);

/* Does the last reply say how it ended: a refusal, or 421? */
bool session_explained(const struct smtp_session *s);

/* recorder_server() said RECORD_BAD: say what the line looks like; -1. */
int session_bad_line(struct smtp_session *s);

/* Size limit and addresses against what this server offers; -1 to stop. */
int session_check_message(struct smtp_session *s);

/* Would it pass? */
bool session_admits(const struct smtp_session *s, const struct transaction *t);

/* The end of the message, `size` bytes, is handed over. */
void session_dot(struct smtp_session *s, int64_t size);

/* In plaintext: take a refusal that is waiting on the socket, in the middle of
 * the message; true when there was one. */
bool session_early_reply(struct smtp_session *s, curl_socket_t fd, int flags);

/* Does the port answer a TLS handshake?  At most three seconds (probe.c). */
bool session_probe(const struct smtp_session *s);

/* What a port says first that does not speak TLS; at most three seconds. */
struct probe {
	bool smtp;      /* it greeted with 220 */
	bool starttls;  /* and offers STARTTLS */
	char line[100]; /* its first line, cut */
};
void session_probe_clear(const struct smtp_session *s, struct probe *found);

/* What a CURLcode means where no reply says it (failure.c). */
void session_failure(
    const struct smtp_session *s, CURLcode rc, struct error *err);

/* libcurl waits this long for the reply to a QUIT; everything else has our own
 * deadlines, which libcurl must not cut short. */
#define SESSION_QUIT_WAIT 2L
#define SESSION_FOREVER   1000000L /* seconds */

#endif
