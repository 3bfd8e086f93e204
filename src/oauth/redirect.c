/* SPDX-License-Identifier: MIT */
/*
 * Browsers open connections that they never use, and ask for an icon: several
 * are served at once, and only the right request ends the waiting.
 */
#include "oauth/redirect.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "text/form.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CLIENTS     8
#define REQUEST_MAX (16 * 1024) /* bytes of a request's header */
#define LOOK_MS     1000        /* a signal is seen at the latest then */

int
redirect_open(struct redirect *r, struct error *err)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0 ||
	    bind(r->fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(r->fd, CLIENTS) != 0 ||
	    getsockname(r->fd, (struct sockaddr *)&address, &len) != 0)
		return error_errno(
		    err, ERR_OS, errno, "cannot listen on 127.0.0.1");
	r->port = ntohs(address.sin_port);
	return 0;
}

void
redirect_close(struct redirect *r)
{
	close_fd(&r->fd);
	r->fd = -1;
}

void
redirected_release(struct redirected *r)
{
	secret_release(&r->code);
}

/* --- one request ---------------------------------------------------------- */

static const struct page {
	int status;
	const char *phrase, *title, *text;
} pages[] = {
	{ 200, "OK", "Back to the terminal",
	    "mitto has the service's answer and goes on there. You can close "
	    "this page." },
	{ 200, "OK", "No login",
	    "The service has refused the login. You can close this page; the "
	    "terminal says more." },
	{ 400, "Bad Request", "Not this login",
	    "This is not the answer to the login that mitto waits for. Open "
	    "the address that it shows." },
	{ 404, "Not Found", "Nothing here", "There is nothing here." },
};

static void
take_field(
    char *out, size_t size, const char *query, size_t len, const char *name)
{
	auto_free char *value = form_find(query, len, name);

	(void)snprintf(out, size, "%s", value != NULL ? value : "");
}

/* Equal, in a time that says nothing of where they differ. */
static bool
same_state(const char *got, const char *want)
{
	size_t len = strlen(want);
	unsigned char differs = 0;

	if (strlen(got) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(got[i] ^ want[i]);
	return differs == 0;
}

int
redirect_read(struct redirected *out, const char *text, const char *state)
{
	static const char start[] = "GET /?";
	const char *query = text + sizeof(start) - 1;
	auto_free char *given = NULL;
	auto_secret struct secret code = { .text = NULL };
	size_t len;

	if (strncmp(text, start, sizeof(start) - 1) != 0)
		return 404;
	len = strcspn(query, " \r\n#");
	if (query[len] != ' ')
		return 400;
	given = form_find(query, len, "state");
	if (given == NULL || !same_state(given, state))
		return 400;
	code.text = form_find(query, len, "code");
	take_field(out->error, sizeof(out->error), query, len, "error");
	take_field(out->description, sizeof(out->description), query, len,
	    "error_description");
	if (out->error[0] != '\0')
		return 200;
	if (!secret_is_set(&code) || code.text[0] == '\0')
		return 400;
	secret_set(&out->code, code.text, strlen(code.text));
	return 200;
}

static const struct page *
page_of(int status, const struct redirected *out)
{
	if (status == 200)
		return &pages[out->error[0] != '\0'];
	return &pages[status == 400 ? 2 : 3];
}

/* The page, and no word of it from the request. */
static void
put_page(int fd, const struct page *page)
{
	auto_buf struct buf body = buf_make(2048), head = buf_make(4096);

	buf_printf(&body,
	    "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
	    "<title>mitto: %s</title>\n<h1>%s</h1>\n<p>%s</p>\n</html>\n",
	    page->title, page->title, page->text);
	buf_printf(&head,
	    "HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: %zu\r\nCache-Control: no-store\r\n"
	    "Content-Security-Policy: default-src 'none'\r\n"
	    "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
	    page->status, page->phrase, body.len);
	buf_add(&head, body.data, body.len);
	/* It fits any socket's buffer; a browser that has gone does not care.
	 */
	(void)send(fd, head.data, head.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)shutdown(fd, SHUT_WR);
}

/* --- all of them ---------------------------------------------------------- */

struct client {
	int fd;
	struct buf text;
	bool answered; /* it may read the page, then it goes */
};

/* The listening socket is the last of the set. */
struct clients {
	struct client items[CLIENTS];
	size_t count;
};

static void
drop(struct clients *c, size_t i)
{
	close_fd(&c->items[i].fd);
	secret_wipe(c->items[i].text.data, c->items[i].text.len);
	buf_release(&c->items[i].text);
	c->items[i] = c->items[--c->count];
}

static void
clients_release(struct clients *c)
{
	while (c->count > 0)
		drop(c, c->count - 1);
}

static void
take_client(struct clients *c, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *new;

	if (fd < 0)
		return;
	/* The oldest has had its chance. */
	if (c->count == CLIENTS)
		drop(c, 0);
	new = &c->items[c->count++];
	*new = (struct client){ .fd = fd, .text = buf_make(REQUEST_MAX) };
	buf_reserve(&new->text);
}

/* Read on; false when the client is to be dropped, *done when it was the right
 * one. */
static bool
serve(struct client *c, struct redirected *out, const char *state, bool *done)
{
	char block[4096];
	ssize_t n = io_read(c->fd, block, sizeof(block));
	const struct page *page;
	int status;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	if (c->answered)
		return true;
	buf_add(&c->text, block, (size_t)n);
	secret_wipe(block, sizeof(block));
	if (c->text.full || memchr(c->text.data, '\0', c->text.len) != NULL)
		return false;
	if (strstr(c->text.data, "\r\n\r\n") == NULL)
		return true;
	status = redirect_read(out, c->text.data, state);
	page = page_of(status, out);
	put_page(c->fd, page);
	c->answered = true;
	*done = status == 200;
	return true;
}

/* One turn; 1 when the right one came. */
static int
turn(struct clients *c, struct redirected *out, const struct redirect *r,
    const char *state, long long wait, struct error *err)
{
	struct pollfd fds[CLIENTS + 1];
	size_t count = c->count;
	bool done = false;
	int ready;

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ c->items[i].fd, POLLIN, 0 };
	fds[count] = (struct pollfd){ r->fd, POLLIN, 0 };
	ready = poll(fds, count + 1, (int)(wait < LOOK_MS ? wait : LOOK_MS));
	if (ready < 0 && errno != EINTR)
		return error_errno(
		    err, ERR_OS, errno, "cannot wait for the browser");
	if (ready <= 0)
		return 0;
	/* From the end, so that dropping moves none that is still to come. */
	for (size_t i = count; i-- > 0 && !done;)
		if (fds[i].revents != 0 &&
		    !serve(&c->items[i], out, state, &done))
			drop(c, i);
	if (!done && fds[count].revents != 0)
		take_client(c, r->fd);
	return done;
}

int
redirect_wait(struct redirected *out, const struct redirect *r,
    const char *state, int seconds, const volatile int *interrupted,
    struct error *err)
{
	long long end = clock_ms() + (long long)seconds * 1000;
	struct clients clients = { .count = 0 };
	int result = 0;

	*out = (struct redirected){ .error = "" };
	while (result == 0) {
		long long wait = end - clock_ms();

		if (interrupted != NULL && *interrupted != 0)
			result = error_set(err, ERR_INTERRUPTED, "interrupted");
		else if (wait <= 0)
			result = error_set(err, ERR_TEMPORARY,
			    "nobody has logged in within %d minutes",
			    seconds / 60);
		else
			result = turn(&clients, out, r, state, wait, err);
	}
	clients_release(&clients);
	return result < 0 ? -1 : 0;
}
