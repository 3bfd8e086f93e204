/* SPDX-License-Identifier: MIT */
/*
 * What libcurl shows of the client's side, and its sockets.
 */
#include "smtp/session.h"

#include "base/mem.h"

#include <string.h>
#include <sys/socket.h>

static void
note(const struct smtp_session *s, const char *data, size_t size)
{
	auto_buf struct buf clean = buf_make(CURL_MAX_WRITE_SIZE);

	if (s->observer.note == NULL)
		return;
	while (size > 0 && (data[size - 1] == '\n' || data[size - 1] == '\r'))
		size--;
	if (redact_text(&s->recorder.redactor, data, size, &clean))
		s->observer.note(s->observer.ctx, clean.data, clean.len);
	else
		s->observer.note(s->observer.ctx, data, size);
}

void
session_dot(struct smtp_session *s, int64_t size)
{
	const struct smtp_observer *o = &s->observer;

	s->recorder.dot = true;
	recorder_touch(&s->recorder);
	if (o->line != NULL) {
		auto_free char *text =
		    mem_printf("[%lld bytes of message]", (long long)size);

		o->line(o->ctx, false, text, strlen(text));
	}
}

int
session_on_debug(
    CURL *easy UNUSED, curl_infotype type, char *data, size_t size, void *ctx)
{
	struct smtp_session *s = ctx;

	if (type == CURLINFO_TEXT) {
		note(s, data, size);
	} else if (type == CURLINFO_HEADER_OUT) {
		/* Before the greeting only a proxy is spoken to; what is said
		 * there may hold its password. */
		if (recorder_waiting(&s->recorder) == VERB_GREETING)
			return 0;
		recorder_client(&s->recorder, data, size);
	} else if (type == CURLINFO_DATA_OUT &&
	    s->recorder.stage == STAGE_BODY) {
		recorder_touch(&s->recorder);
		s->hooks->written(s->hooks->ctx, size);
	}
	return 0;
}

curl_socket_t
session_on_open(
    void *ctx, curlsocktype purpose UNUSED, struct curl_sockaddr *address)
{
	struct smtp_session *s = ctx;

	curl_socket_t fd = socket(address->family,
	    address->socktype | SOCK_CLOEXEC, address->protocol);

	s->fresh = true;
	recorder_connect(&s->recorder);
	if (fd >= 0 && s->socket_count < ARRAY_SIZE(s->sockets))
		s->sockets[s->socket_count++] = fd;
	return fd;
}

/* Length of the whole refusal at the start of data, 0 if there is none. */
static size_t
refusal_length(const char *data, size_t len)
{
	struct reply_parser parser = { .lines = 0 };
	enum reply_status status = REPLY_MORE;
	size_t used = 0;

	while (status == REPLY_MORE) {
		const char *line = data + used;
		const char *lf = memchr(line, '\n', len - used);
		size_t n;

		if (lf == NULL)
			return 0;
		n = (size_t)(lf - line);
		used += n + 1;
		if (n > 0 && line[n - 1] == '\r')
			n--;
		status = reply_line(&parser, line, n);
	}
	return status == REPLY_DONE && reply_class(&parser.reply) >= 4 ? used
								       : 0;
}

bool
session_early_reply(struct smtp_session *s, curl_socket_t fd, int flags)
{
	char data[4096];
	const char *line = data;
	ssize_t got;
	size_t rest;

	if (s->tls[0] != '\0' || recorder_waiting(&s->recorder) != VERB_BODY)
		return false;
	got = recv(fd, data, sizeof(data), flags | MSG_DONTWAIT);
	rest = got > 0 ? refusal_length(data, (size_t)got) : 0;
	if (rest == 0)
		return false;
	while (rest > 0) {
		const char *lf = memchr(line, '\n', rest);
		size_t len = (size_t)(lf - line) + 1;

		(void)recorder_server(&s->recorder, line, len);
		line += len;
		rest -= len;
	}
	return true;
}

int
session_on_close(void *ctx, curl_socket_t fd)
{
	struct smtp_session *s = ctx;

	for (size_t i = 0; i < s->socket_count; i++)
		if (s->sockets[i] == fd)
			s->sockets[i] = s->sockets[--s->socket_count];
	/* The server's last words, which libcurl did not stay to hear. */
	(void)session_early_reply(s, fd, 0);
	return close(fd);
}

CURLcode
session_on_ssl(CURL *easy UNUSED, void *ssl_ctx, void *ctx)
{
	struct smtp_session *s = ctx;

	certificate_install(&s->certificate, ssl_ctx);
	return CURLE_OK;
}
