/* SPDX-License-Identifier: MIT */
/*
 * Bytes out and lines in over a session that libcurl has made (CONNECT_ONLY).
 *
 * Never waits to write without also taking in what the server says: else both
 * sides could wait for each other for ever.  Every wait is watched: deadlines
 * and signals are the session's.  Knows nothing of SMTP but line ends.
 */
#ifndef MITTO_CHANNEL_H
#define MITTO_CHANNEL_H

#include "smtp/gather.h"
#include "smtp/session.h"

#define CHANNEL_ROOM  65536  /* unread bytes of the server, at most */
#define CHANNEL_WRITE 262144 /* bytes that are worth one write */

enum channel_result {
	CHANNEL_OK,
	CHANNEL_HEARD,   /* stopped sending: the server says something */
	CHANNEL_LOST,    /* closed by the server, or broken */
	CHANNEL_STOPPED, /* by session_watch; session.stopped says why */
};

struct channel {
	struct smtp_session *session;
	curl_socket_t fd;
	struct gather *gather; /* of a session in TLS, or NULL */
	bool ended;            /* nothing more will come */
	size_t begin, end;
	char in[CHANNEL_ROOM];
};

/* Over the connection that the session has now. */
void channel_open(struct channel *c, struct smtp_session *s);

/*
 * Send all of data from *sent on, and count in *sent; with `listen` only until
 * a line of the server is there.  In TLS *sent may run ahead of what the system
 * has, but reaches len only when it has all.  To go on after CHANNEL_HEARD,
 * call again with the same data and *sent: TLS may have begun to send a part of
 * it.
 */
enum channel_result channel_send(struct channel *c, const char *data,
    size_t len, bool listen, size_t *sent) MUST_CHECK;

/* A whole line that is here already; false if there is none.  It stays valid
 * until the next call, its line end included; one that is longer than the room
 * comes in pieces. */
bool channel_take(struct channel *c, const char **line, size_t *len);

/* The same, waiting for it. */
enum channel_result channel_line(
    struct channel *c, const char **line, size_t *len) MUST_CHECK;

#endif
