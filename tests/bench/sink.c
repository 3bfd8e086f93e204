/* SPDX-License-Identifier: MIT */
/*
 * A server that costs next to nothing, so that it is not what is measured.
 *
 *     sink [-c] [-t CERTIFICATE-AND-KEY]
 *
 * It prints its port and then, for each connection, "flights bytes": how often
 * it answered, and the length of what came after DATA or BDAT.  With -c it
 * offers CHUNKING, with -t STARTTLS.  One connection at a time; any login will
 * do.  In plain text a message is dropped in the kernel, all but a window where
 * its end is looked for.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM   262144
#define WINDOW 8192 /* the dot, and what may ride behind it */
#define TAIL   4    /* so many bytes may be the beginning of a dot */

static const char dot[] = "\r\n.\r\n";

struct client {
	int fd;
	SSL *ssl;
	char in[ROOM];
	size_t begin, end;
	char answers[ROOM]; /* to what has been read; go together */
	size_t answered;
	int challenges; /* lines of a login still to come */
	long flights;
	long long bytes;
};

static SSL_CTX *tls;
static bool chunking;

/* --- bytes -------------------------------------------------------------- */

static void
answer(struct client *c, const char *text)
{
	size_t len = strlen(text);

	if (c->answered + len > sizeof(c->answers))
		return;
	memcpy(c->answers + c->answered, text, len);
	c->answered += len;
}

static bool
flush(struct client *c)
{
	ssize_t n = (ssize_t)c->answered;

	if (c->answered == 0)
		return true;
	c->flights++;
	if (c->ssl != NULL)
		n = SSL_write(c->ssl, c->answers, (int)c->answered);
	else
		n = send(c->fd, c->answers, c->answered, MSG_NOSIGNAL);
	if (n != (ssize_t)c->answered)
		return false;
	c->answered = 0;
	return true;
}

/* Say what there is to say, and read on. */
static bool
fill(struct client *c)
{
	ssize_t n;

	if (!flush(c))
		return false;
	memmove(c->in, c->in + c->begin, c->end - c->begin);
	c->end -= c->begin;
	c->begin = 0;
	if (c->ssl != NULL)
		n = SSL_read(c->ssl, c->in + c->end, (int)(ROOM - c->end));
	else
		n = recv(c->fd, c->in + c->end, ROOM - c->end, 0);
	if (n > 0)
		c->end += (size_t)n;
	return n > 0;
}

/* --- messages ----------------------------------------------------------- */

/* The dot line and the line end before it, or NULL.  Dots are rare: in base64
 * there are none. */
static const char *
find_dot(const char *data, size_t len)
{
	const char *end = data + len;
	const char *p = data;

	while ((p = memchr(p, '.', (size_t)(end - p))) != NULL) {
		if (p - data >= 2 && end - p >= 3 &&
		    memcmp(p - 2, dot, strlen(dot)) == 0)
			return p - 2;
		p++;
	}
	return NULL;
}

static bool
drop_exactly(struct client *c, long long len)
{
	c->bytes += len;
	while (len > 0) {
		size_t here = c->end - c->begin;

		if (here == 0 && !fill(c))
			return false;
		here = c->end - c->begin;
		if ((long long)here > len)
			here = (size_t)len;
		c->begin += here;
		len -= (long long)here;
	}
	return true;
}

/* Drop what is in the kernel, all but the last window of it: there the dot is
 * looked for, and what rides behind it kept. */
static bool
drop_unseen(struct client *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	size_t kept = 0; /* of the window before, which dot may begin in */

	for (;;) {
		int here = 0;
		const char *end;
		ssize_t n;

		(void)poll(&pfd, 1, -1);
		(void)ioctl(c->fd, FIONREAD, &here);
		if (here > WINDOW) {
			n = recv(
			    c->fd, NULL, (size_t)(here - WINDOW), MSG_TRUNC);
			c->bytes += n;
			kept = 0;
		}
		n = recv(c->fd, c->in + kept, WINDOW, 0);
		if (n <= 0)
			return false;
		c->end = kept + (size_t)n;
		end = find_dot(c->in, c->end);
		if (end != NULL) {
			c->begin = (size_t)(end - c->in) + strlen(dot);
			c->bytes += (long long)(c->begin - kept);
			return true;
		}
		c->bytes += n;
		kept = c->end < TAIL ? c->end : TAIL;
		memmove(c->in, c->in + c->end - kept, kept);
	}
}

/* To the dot; it and what rides behind come within the last window. */
static bool
drop_message(struct client *c)
{
	if (!flush(c))
		return false;
	for (;;) {
		size_t here = c->end - c->begin;
		size_t skip = here > WINDOW ? here - WINDOW : 0;
		const char *from = c->in + c->begin + skip;
		const char *end = find_dot(from, here - skip);

		if (end != NULL) {
			size_t len =
			    (size_t)(end - (c->in + c->begin)) + strlen(dot);

			c->begin += len;
			c->bytes += (long long)len;
			return true;
		}
		if (here > TAIL) {
			c->begin += here - TAIL;
			c->bytes += (long long)(here - TAIL);
			here = TAIL;
		}
		/* Nothing of the dot is here: the kernel can have the rest. */
		if (c->ssl == NULL &&
		    memchr(c->in + c->begin, '\r', here) == NULL) {
			c->bytes += (long long)here;
			c->begin = c->end = 0;
			return drop_unseen(c);
		}
		if (!fill(c))
			return false;
	}
}

/* --- commands ----------------------------------------------------------- */

static bool
start_tls(struct client *c)
{
	answer(c, "220 go\r\n");
	if (!flush(c))
		return false;
	c->ssl = SSL_new(tls);
	c->begin = c->end = 0;
	(void)SSL_set_fd(c->ssl, c->fd);
	return SSL_accept(c->ssl) == 1;
}

static void
greet(struct client *c)
{
	answer(c, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n");
	if (chunking)
		answer(c, "250-CHUNKING\r\n");
	if (tls != NULL && c->ssl == NULL)
		answer(c, "250-STARTTLS\r\n");
	answer(c, "250-AUTH PLAIN LOGIN\r\n250 SIZE 99999999999\r\n");
}

static void
log_in(struct client *c, const char *line)
{
	if (strncasecmp(line, "AUTH PLAIN ", 11) != 0)
		c->challenges =
		    strncasecmp(line, "AUTH LOGIN", 10) == 0 ? 2 : 1;
	answer(c, c->challenges > 0 ? "334 \r\n" : "235 ok\r\n");
}

/* False to hang up. */
static bool
obey(struct client *c, const char *line)
{
	if (c->challenges > 0) {
		answer(c, --c->challenges > 0 ? "334 \r\n" : "235 ok\r\n");
	} else if (strncasecmp(line, "EHLO", 4) == 0) {
		greet(c);
	} else if (strncasecmp(line, "STARTTLS", 8) == 0) {
		return start_tls(c);
	} else if (strncasecmp(line, "AUTH", 4) == 0) {
		log_in(c, line);
	} else if (strncasecmp(line, "DATA", 4) == 0) {
		answer(c, "354 go\r\n");
		if (!drop_message(c))
			return false;
		answer(c, "250 2.0.0 ok\r\n");
	} else if (strncasecmp(line, "BDAT ", 5) == 0) {
		if (!drop_exactly(c, strtoll(line + 5, NULL, 10)))
			return false;
		answer(c, "250 2.0.0 ok\r\n");
	} else if (strncasecmp(line, "QUIT", 4) == 0) {
		answer(c, "221 bye\r\n");
		(void)flush(c);
		return false;
	} else {
		answer(c, "250 ok\r\n");
	}
	return true;
}

static void
serve(struct client *c)
{
	answer(c, "220 sink ESMTP\r\n");
	for (;;) {
		char *line = c->in + c->begin;
		const char *lf = memchr(line, '\n', c->end - c->begin);

		if (lf == NULL) {
			if (!fill(c))
				return;
			continue;
		}
		c->begin += (size_t)(lf - line) + 1;
		if (!obey(c, line))
			return;
	}
}

/* --- the port ----------------------------------------------------------- */

static int
listen_somewhere(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET };
	socklen_t len = sizeof(self);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (const struct sockaddr *)&self, sizeof(self)) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&self, &len) != 0)
		return -1;
	(void)printf("%d\n", ntohs(self.sin_port));
	return fd;
}

/* The next connection; the buffers stay as they are. */
static bool
take(struct client *c, int listener)
{
	c->fd = accept(listener, NULL, NULL);
	c->ssl = NULL;
	c->begin = c->end = c->answered = 0;
	c->challenges = 0;
	c->flights = 0;
	c->bytes = 0;
	return c->fd >= 0;
}

static bool
load(const char *path)
{
	tls = SSL_CTX_new(TLS_server_method());
	/* The cheapest that everybody has, and many records with one read. */
	(void)SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256");
	SSL_CTX_set_read_ahead(tls, 1);
	SSL_CTX_set_default_read_buffer_len(tls, ROOM);
	return SSL_CTX_use_certificate_chain_file(tls, path) == 1 &&
	    SSL_CTX_use_PrivateKey_file(tls, path, SSL_FILETYPE_PEM) == 1;
}

int
main(int argc, char **argv)
{
	static struct client c;
	int listener;
	int option;

	while ((option = getopt(argc, argv, "ct:")) != -1) {
		chunking = chunking || option == 'c';
		if (option == '?' || (option == 't' && !load(optarg)))
			return EXIT_FAILURE;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	listener = listen_somewhere();
	while (listener >= 0) {
		int one = 1;

		if (!take(&c, listener))
			break;
		(void)setsockopt(
		    c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		serve(&c);
		(void)printf("%ld %lld\n", c.flights, c.bytes);
		SSL_free(c.ssl);
		(void)close(c.fd);
	}
	return EXIT_FAILURE;
}
