/* SPDX-License-Identifier: MIT */
/*
 * What our lane says and hears.  Every line of the server goes to the recorder,
 * whether somebody waits for it or it comes while we still write.
 */
#include "smtp/pipeline.h"

/* CHANNEL_OK while the reply goes on, CHANNEL_HEARD when it is complete. */
static enum channel_result
record(struct pipeline *p, const char *line, size_t len)
{
	struct smtp_session *s = p->channel.session;

	switch (recorder_server(&s->recorder, line, len)) {
	case RECORD_MORE:
		return CHANNEL_OK;
	case RECORD_REPLY:
		return CHANNEL_HEARD;
	case RECORD_BAD:
		break;
	}
	(void)session_bad_line(s);
	return CHANNEL_STOPPED;
}

enum channel_result
flight_hear(struct pipeline *p, size_t replies)
{
	enum channel_result r = CHANNEL_OK;

	while (replies > 0) {
		const char *line;
		size_t len;

		r = channel_line(&p->channel, &line, &len);
		if (r == CHANNEL_OK)
			r = record(p, line, len);
		if (r == CHANNEL_HEARD)
			replies--;
		else if (r != CHANNEL_OK)
			return r;
	}
	return CHANNEL_OK;
}

/* Lines that are here already, until a reply is complete. */
static enum channel_result
take_reply(struct pipeline *p)
{
	enum channel_result r = CHANNEL_OK;
	const char *line;
	size_t len;

	while (r == CHANNEL_OK && channel_take(&p->channel, &line, &len))
		r = record(p, line, len);
	return r;
}

enum channel_result
flight_say(struct pipeline *p, const char *data, size_t len, size_t *sent)
{
	enum channel_result r;

	do {
		enum channel_result heard = CHANNEL_HEARD;

		r = channel_send(&p->channel, data, len, true, sent);
		while (r == CHANNEL_HEARD && heard == CHANNEL_HEARD)
			heard = take_reply(p);
		if (heard == CHANNEL_STOPPED)
			return heard;
	} while (r == CHANNEL_HEARD);
	return r;
}

enum channel_result
flight_part(struct pipeline *p, size_t len, size_t *sent)
{
	enum channel_result r;

	do {
		enum channel_result heard;

		r = channel_send(&p->channel, p->block, len, true, sent);
		if (r != CHANNEL_HEARD && r != CHANNEL_LOST)
			return r;
		heard = take_reply(p);
		if (heard != CHANNEL_OK)
			return heard;
	} while (r == CHANNEL_HEARD);
	return r;
}

enum channel_result
flight_out_of_place(const struct pipeline *p)
{
	struct smtp_session *s = p->channel.session;
	struct error err = ERROR_INIT;

	session_failure(s, CURLE_WEIRD_SERVER_REPLY, &err);
	(void)session_end(s, &err);
	return CHANNEL_STOPPED;
}
