/* SPDX-License-Identifier: MIT */
/*
 * One pass over one line at a time; nothing of a hostile reply can grow.
 */
#include "smtp/reply.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The code that a reply line begins with, 0 if it is no reply line. */
static int
line_code(const char *line, size_t len)
{
	if (len < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' ||
	    line[1] > '5' || !is_digit(line[2]))
		return 0;
	if (len > 3 && line[3] != ' ' && line[3] != '-')
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* Digits at p, 1 to 3 of them; how many, or 0. */
static size_t
count_digits(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && is_digit(p[n]))
		n++;
	return n <= 3 ? n : 0;
}

/*
 * Length of the enhanced status code at the start of a text (RFC 2034), or 0.
 * A class that contradicts the basic code is no status but a coincidence.
 */
static size_t
enhanced_length(const char *text, size_t len, char class)
{
	size_t subject, detail;

	if (len < 5 || text[0] != class || class == '3' || text[1] != '.')
		return 0;
	subject = count_digits(text + 2, len - 2);
	if (subject == 0 || len <= 2 + subject || text[2 + subject] != '.')
		return 0;
	detail = count_digits(text + 3 + subject, len - 3 - subject);
	if (detail == 0)
		return 0;
	len -= 3 + subject + detail;
	if (len > 0 && text[3 + subject + detail] != ' ')
		return 0;
	return 3 + subject + detail;
}

/* Join a line's text; a NUL would end it for every reader, so it is shown. */
static void
add_text(struct reply_parser *p, const char *text, size_t len)
{
	size_t room = sizeof(p->reply.text) - 1;

	if (p->lines > 0 && p->used < room)
		p->reply.text[p->used++] = '\n';
	for (size_t i = 0; i < len && p->used < room; i++)
		p->reply.text[p->used++] = text[i] == '\0' ? '?' : text[i];
	p->reply.text[p->used] = '\0';
}

static void
take_line(struct reply_parser *p, const char *line, size_t len)
{
	const char *text = line + 4;
	size_t enhanced;

	len = len > 4 ? len - 4 : 0;
	enhanced = len > 0 ? enhanced_length(text, len, line[0]) : 0;
	if (enhanced > 0) {
		memcpy(p->reply.enhanced, text, enhanced);
		p->reply.enhanced[enhanced] = '\0';
		text += enhanced;
		len -= enhanced;
		while (len > 0 && *text == ' ') {
			text++;
			len--;
		}
	}
	add_text(p, text, len);
}

enum reply_status
reply_line(struct reply_parser *p, const char *line, size_t len)
{
	int code = line_code(line, len);

	if (p->lines == 0)
		*p = (struct reply_parser){ .reply.code = code };
	if (code == 0 || code != p->reply.code || p->lines >= REPLY_LINES) {
		p->lines = 0;
		return REPLY_BAD;
	}
	take_line(p, line, len);
	if (len > 3 && line[3] == '-') {
		p->lines++;
		return REPLY_MORE;
	}
	p->lines = 0;
	return REPLY_DONE;
}

int
reply_class(const struct reply *r)
{
	return r->code / 100;
}

bool
reply_is(const struct reply *r, const char *rest)
{
	return r->enhanced[0] != '\0' && strcmp(r->enhanced + 2, rest) == 0;
}
