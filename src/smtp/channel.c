/* SPDX-License-Identifier: MIT */
/*
 * libcurl hands over what TLS has decoded before it looks at the socket: so it
 * is asked until it has nothing more, and only then the socket is polled.
 */
#include "smtp/channel.h"

#include "base/loop.h"

#include <string.h>

void
channel_open(struct channel *c, struct smtp_session *s)
{
	c->session = s;
	c->ended = false;
	c->begin = c->end = 0;
	c->gather = s->ssl != NULL ? gather_open(s->ssl, CHANNEL_WRITE) : NULL;
	if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &c->fd) !=
	    CURLE_OK)
		c->fd = CURL_SOCKET_BAD;
	if (c->fd == CURL_SOCKET_BAD)
		c->ended = true;
}

/* Make room behind what is unread; false if there is none to make. */
static bool
make_room(struct channel *c)
{
	if (c->begin == c->end)
		c->begin = c->end = 0;
	if (c->end < sizeof(c->in))
		return true;
	if (c->begin == 0)
		return false;
	memmove(c->in, c->in + c->begin, c->end - c->begin);
	c->end -= c->begin;
	c->begin = 0;
	return true;
}

/* Take in what has come, as far as there is room.  Nothing that TLS has decoded
 * may stay behind: no poll would tell of it. */
static void
fill(struct channel *c)
{
	while (!c->ended && make_room(c)) {
		size_t n = 0;
		CURLcode rc = curl_easy_recv(c->session->easy, c->in + c->end,
		    sizeof(c->in) - c->end, &n);

		if (rc == CURLE_AGAIN)
			return;
		if (rc != CURLE_OK || n == 0)
			c->ended = true;
		c->end += n;
	}
}

static enum channel_result
wait_for(struct channel *c, short events)
{
	struct pollfd pfd = { .fd = c->fd, .events = events };

	/* What there is no room for would wake us at once, again and again. */
	if (c->end - c->begin == sizeof(c->in))
		pfd.events &= (short)~POLLIN;
	(void)loop_poll(&pfd, 1, session_patience(c->session));
	return session_watch(c->session) == 0 ? CHANNEL_OK : CHANNEL_STOPPED;
}

static bool
has_line(const struct channel *c)
{
	return c->end - c->begin == sizeof(c->in) ||
	    memchr(c->in + c->begin, '\n', c->end - c->begin) != NULL;
}

/* Hand over some of what is not empty.  Of several records all but the last
 * are held back, and leave with that one. */
static CURLcode
hand_over(struct channel *c, const char *data, size_t len, size_t *n)
{
	struct smtp_session *s = c->session;
	struct gather *g = c->gather;
	size_t last = (len - 1) % TLS_RECORD + 1;
	size_t before;
	CURLcode rc;

	if (g == NULL) {
		rc = curl_easy_send(s->easy, data, len, n);
		if (rc == CURLE_OK)
			recorder_touch(&s->recorder);
		return rc;
	}
	before = gather_sent(g);
	gather_hold(g, len > last);
	rc = curl_easy_send(s->easy, data, len > last ? len - last : len, n);
	gather_hold(g, false);
	if (gather_sent(g) != before)
		recorder_touch(&s->recorder);
	return rc;
}

enum channel_result
channel_send(
    struct channel *c, const char *data, size_t len, bool listen, size_t *sent)
{
	while (*sent < len) {
		size_t n = 0;
		CURLcode rc;

		fill(c);
		if (listen && has_line(c))
			return CHANNEL_HEARD;
		if (c->ended)
			return CHANNEL_LOST;
		rc = hand_over(c, data + *sent, len - *sent, &n);
		*sent += n;
		if (rc == CURLE_AGAIN) {
			enum channel_result r = wait_for(c, POLLIN | POLLOUT);

			if (r != CHANNEL_OK)
				return r;
		} else if (rc != CURLE_OK) {
			/* Its last words may be here all the same. */
			fill(c);
			return CHANNEL_LOST;
		}
	}
	return CHANNEL_OK;
}

bool
channel_take(struct channel *c, const char **line, size_t *len)
{
	const char *start = c->in + c->begin;
	const char *lf = memchr(start, '\n', c->end - c->begin);

	if (!has_line(c))
		return false;
	*line = start;
	*len = lf != NULL ? (size_t)(lf - start) + 1 : sizeof(c->in);
	c->begin += *len;
	return true;
}

enum channel_result
channel_line(struct channel *c, const char **line, size_t *len)
{
	while (!channel_take(c, line, len)) {
		fill(c);
		if (channel_take(c, line, len))
			break;
		if (c->ended)
			return CHANNEL_LOST;
		if (wait_for(c, POLLIN) != CHANNEL_OK)
			return CHANNEL_STOPPED;
	}
	return CHANNEL_OK;
}
