/* SPDX-License-Identifier: MIT */
/*
 * What curl_easy_perform does, for a task of a loop: the others go on while
 * libcurl waits.
 *
 * Only for handles that connect and stop there.  The engine lane keeps its
 * connection over several performs and holds the loop up meanwhile.
 */
#include "smtp/session.h"

#include "base/loop.h"

#define FDS_MAX 16 /* of a connection being made: names, addresses */

/* The descriptors that libcurl waits for. */
static nfds_t
gather(CURLM *multi, struct pollfd *fds)
{
	fd_set in, out, bad;
	int most = -1;
	nfds_t count = 0;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&bad);
	(void)curl_multi_fdset(multi, &in, &out, &bad, &most);
	for (int fd = 0; fd <= most && count < FDS_MAX; fd++) {
		int events = (FD_ISSET(fd, &in) ? POLLIN : 0) |
		    (FD_ISSET(fd, &out) ? POLLOUT : 0);

		if (events != 0)
			fds[count++] = (struct pollfd){ .fd = fd,
				.events = (short)events };
	}
	return count;
}

static void
wait_for(const struct smtp_session *s)
{
	struct pollfd fds[FDS_MAX];
	nfds_t count = gather(s->multi, fds);
	long wish = -1;
	int patience = session_patience(s);

	(void)curl_multi_timeout(s->multi, &wish);
	(void)loop_poll(
	    fds, count, wish >= 0 && wish < patience ? (int)wish : patience);
}

static CURLcode
result_of(CURLM *multi)
{
	int left;
	const CURLMsg *message = curl_multi_info_read(multi, &left);

	return message != NULL ? message->data.result : CURLE_FAILED_INIT;
}

CURLcode
session_run(struct smtp_session *s)
{
	int going = 1;

	if (!loop_inside() || s->lane != &pipeline_lane)
		return curl_easy_perform(s->easy);
	s->multi = curl_multi_init();
	if (s->multi == NULL ||
	    curl_multi_add_handle(s->multi, s->easy) != CURLM_OK)
		return CURLE_OUT_OF_MEMORY;
	while (curl_multi_perform(s->multi, &going) == CURLM_OK && going > 0)
		wait_for(s);
	return result_of(s->multi);
}
