/* SPDX-License-Identifier: MIT */
/*
 * A search for elements by name in a bounded piece of text.  The file is made
 * by machines for machines: comments and CDATA within the few elements that
 * matter do not occur, and would only make the value wrong, not the program.
 */
#include "text/autoconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct piece {
	const char *text;
	size_t len;
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The offset of a word in a piece, from `at`; len when it is not there. */
static size_t
search(struct piece in, size_t at, const char *word)
{
	size_t len = strlen(word);

	for (; at + len <= in.len; at++)
		if (strncasecmp(in.text + at, word, len) == 0)
			return at;
	return in.len;
}

/* Is the name of an element over at this place? */
static bool
ends_name(struct piece in, size_t at)
{
	return at < in.len && (in.text[at] == '>' || is_space(in.text[at]));
}

/* The next element of that name from *at on: its attributes and its content;
 * *at goes behind it. */
static bool
next_element(struct piece in, size_t *at, const char *name,
    struct piece *attributes, struct piece *content)
{
	char open[32], close[32];
	size_t start, end, stop;

	(void)snprintf(open, sizeof(open), "<%s", name);
	(void)snprintf(close, sizeof(close), "</%s", name);
	start = search(in, *at, open);
	while (start < in.len && !ends_name(in, start + strlen(open)))
		start = search(in, start + 1, open);
	if (start == in.len)
		return false;
	start += strlen(open);
	end = search(in, start, ">");
	stop = search(in, end, close);
	if (stop == in.len)
		return false;
	*attributes = (struct piece){ in.text + start, end - start };
	*content = (struct piece){ in.text + end + 1, stop - end - 1 };
	*at = stop;
	return true;
}

/* The five entities of XML; anything else behind an ampersand stays. */
static char
entity(struct piece in, size_t *at)
{
	static const struct {
		const char *name;
		char c;
	} known[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i].name);

		if (in.len - *at >= len &&
		    memcmp(in.text + *at, known[i].name, len) == 0) {
			*at += len;
			return known[i].c;
		}
	}
	return in.text[(*at)++];
}

/* The content without blanks around it; false when it is too long or not
 * printable ASCII. */
static bool
copy(char *out, size_t size, struct piece in)
{
	size_t used = 0;

	while (in.len > 0 && is_space(in.text[in.len - 1]))
		in.len--;
	while (in.len > 0 && is_space(in.text[0])) {
		in.text++;
		in.len--;
	}
	for (size_t at = 0; at < in.len;) {
		char c = entity(in, &at);

		if (used + 1 == size || c < ' ' || c > '~')
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return true;
}

/* The text of the first element of that name. */
static bool
value_of(struct piece in, const char *name, char *out, size_t size)
{
	struct piece attributes, content;
	size_t at = 0;

	out[0] = '\0';
	return next_element(in, &at, name, &attributes, &content) &&
	    copy(out, size, content);
}

static bool
needs_oauth(struct piece server)
{
	struct piece attributes, content;
	size_t at = 0;
	bool oauth = false, other = false;
	char word[64];

	while (next_element(
	    server, &at, "authentication", &attributes, &content)) {
		bool is_oauth = copy(word, sizeof(word), content) &&
		    strcasecmp(word, "OAuth2") == 0;

		oauth = oauth || is_oauth;
		other = other || !is_oauth;
	}
	return oauth && !other;
}

static bool
read_server(struct autoconfig *out, struct piece server)
{
	char port[8], socket[16];
	char *end;
	long number;

	*out = (struct autoconfig){ .port = 0 };
	if (!value_of(server, "hostname", out->host, sizeof(out->host)) ||
	    !value_of(server, "port", port, sizeof(port)) ||
	    !value_of(server, "socketType", socket, sizeof(socket)) ||
	    out->host[0] == '\0')
		return false;
	number = strtol(port, &end, 10);
	out->ssl = strcasecmp(socket, "SSL") == 0;
	if (*end != '\0' || number < 1 || number > 65535 ||
	    (!out->ssl && strcasecmp(socket, "STARTTLS") != 0))
		return false;
	out->port = (int)number;
	if (!value_of(server, "username", out->user, sizeof(out->user)))
		out->user[0] = '\0';
	out->oauth = needs_oauth(server);
	return true;
}

bool
autoconfig_outgoing(struct autoconfig *out, const char *text, size_t len)
{
	struct piece all = { text, len };
	struct piece attributes, content;
	size_t at = 0;

	while (
	    next_element(all, &at, "outgoingServer", &attributes, &content)) {
		bool smtp =
		    search(attributes, 0, "\"smtp\"") < attributes.len ||
		    search(attributes, 0, "'smtp'") < attributes.len;

		if (smtp && read_server(out, content))
			return true;
	}
	return false;
}
