/* SPDX-License-Identifier: MIT */
/*
 * What sending a file costs a plain program: read it by blocks, encode them
 * with a table in lines of 76, write them to a socket, with -t in TLS.  No
 * MIME, no certificate and no reply looked at.
 *
 *     floor [-t] PORT FILE
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE  57 /* bytes that make 76 characters */
#define LINES 2048

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static char pairs[4096][2]; /* the two characters for twelve bits */
static unsigned char in[LINE * LINES];
static char out[(LINE / 3 * 4 + 2) * LINES + 8];

static SSL *tls; /* NULL in plain text */

static int
say(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = tls != NULL ? SSL_write(tls, data, (int)len)
					: send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static char *
encode_three(char *to, const unsigned char *from)
{
	unsigned n = (unsigned)from[0] << 16 | from[1] << 8 | from[2];

	memcpy(to, pairs[n >> 12], 2);
	memcpy(to + 2, pairs[n & 4095], 2);
	return to + 4;
}

static size_t
encode(size_t len)
{
	const unsigned char *from = in;
	const unsigned char *end = in + len;
	char *to = out;

	while (from < end) {
		const unsigned char *line =
		    end - from < LINE ? end : from + LINE;

		for (; line - from >= 3; from += 3)
			to = encode_three(to, from);
		if (from < line) {
			unsigned char last[3] = { 0, 0, 0 };
			size_t left = (size_t)(line - from);

			memcpy(last, from, left);
			to = encode_three(to, last);
			memset(to - (3 - left), '=', 3 - left);
			from = line;
		}
		*to++ = '\r';
		*to++ = '\n';
	}
	return (size_t)(to - out);
}

/* Fill the block; its length, less than the whole only at the end. */
static size_t
fill(int fd)
{
	size_t len = 0;
	ssize_t n;

	while (
	    len < sizeof(in) && (n = read(fd, in + len, sizeof(in) - len)) > 0)
		len += (size_t)n;
	return len;
}

/* Everything up to the answer to STARTTLS is dropped. */
static int
start_tls(int fd)
{
	static const char begin[] = "EHLO floor\r\nSTARTTLS\r\n";
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	char answer[4096];
	size_t len = 0;
	ssize_t n;

	if (say(fd, begin, strlen(begin)) != 0)
		return -1;
	do {
		n = read(fd, answer + len, sizeof(answer) - 1 - len);
		if (n <= 0)
			return -1;
		len += (size_t)n;
		answer[len] = '\0';
	} while (strstr(answer, "220 go\r\n") == NULL);
	tls = SSL_new(ctx);
	(void)SSL_set_fd(tls, fd);
	return SSL_connect(tls) == 1 ? 0 : -1;
}

static int
send_file(int fd, int file)
{
	static const char begin[] =
	    "EHLO floor\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n"
	    "Subject: floor\r\n\r\n";
	static const char end[] = ".\r\nQUIT\r\n";
	size_t len;

	if (say(fd, begin, strlen(begin)) != 0)
		return -1;
	while ((len = fill(file)) > 0)
		if (say(fd, out, encode(len)) != 0)
			return -1;
	return say(fd, end, strlen(end));
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int in_tls = argc > 1 && strcmp(argv[1], "-t") == 0;
	int file;

	argv += in_tls;
	argc -= in_tls;
	file = argc > 2 ? open(argv[2], O_RDONLY) : -1;

	if (file < 0)
		return EXIT_FAILURE;
	for (unsigned i = 0; i < 4096; i++) {
		pairs[i][0] = alphabet[i >> 6];
		pairs[i][1] = alphabet[i & 63];
	}
	to.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 ||
	    (in_tls && start_tls(fd) != 0) || send_file(fd, file) != 0)
		return EXIT_FAILURE;
	while (read(fd, in, sizeof(in)) > 0) {
	}
	return EXIT_SUCCESS;
}
