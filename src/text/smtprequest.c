/* SPDX-License-Identifier: MIT */
/*
 * Verb by table, then the path, then the parameters one by one.
 */
#include "text/smtprequest.h"

#include "base/attr.h"
#include "base/mem.h"
#include "text/address.h"
#include "text/dsn.h"
#include "text/hex.h"

#include <string.h>
#include <strings.h>

static const char bad_path[] = "501 5.1.7 this is no address in brackets";
static const char bad_parameter[] = "501 5.5.4 wrong value of a parameter";

/* Parse what stands behind the verb. */
typedef const char *parse_fn(struct smtp_request *r, const char *rest);

static const char *
parse_nothing(struct smtp_request *r, const char *rest)
{
	(void)r;
	return *rest == '\0' ? NULL : "501 5.5.4 nothing may stand behind it";
}

static const char *
parse_name(struct smtp_request *r, const char *rest)
{
	(void)r;
	return *rest != '\0' ? NULL : "501 5.5.4 a name must follow";
}

static const char *
parse_anything(struct smtp_request *r, const char *rest)
{
	(void)r;
	(void)rest;
	return NULL;
}

/* --- parameters ----------------------------------------------------------- */

static const char *
parse_size(struct smtp_request *r, const char *value)
{
	size_t digits = strspn(value, "0123456789");

	(void)r;
	/* RFC 1870 3: at most 20 digits. */
	return digits > 0 && digits <= 20 && value[digits] == '\0'
	    ? NULL
	    : bad_parameter;
}

static const char *
parse_body(struct smtp_request *r, const char *value)
{
	(void)r;
	return strcasecmp(value, "7BIT") == 0 ||
		strcasecmp(value, "8BITMIME") == 0
	    ? NULL
	    : bad_parameter;
}

static const char *
parse_return(struct smtp_request *r, const char *value)
{
	if (strcasecmp(value, "FULL") == 0)
		r->return_parts = mem_strdup("full");
	else if (strcasecmp(value, "HDRS") == 0)
		r->return_parts = mem_strdup("hdrs");
	else
		return bad_parameter;
	return NULL;
}

/* RFC 3461 4: "+XX" is a byte. */
static const char *
parse_envid(struct smtp_request *r, const char *value)
{
	char *out = mem_strdup(value);

	r->envid = out;
	for (; *value != '\0'; value++) {
		int byte = *value;

		if (byte == '+') {
			byte = hex_byte(value + 1, strlen(value + 1));
			if (byte <= 0)
				return bad_parameter;
			value += 2;
		}
		*out++ = (char)byte;
	}
	*out = '\0';
	return NULL;
}

static const char *
parse_notify(struct smtp_request *r, const char *value)
{
	auto_buf struct buf text = buf_make(SMTP_REQUEST_MAX);

	if (!dsn_notify_valid(value))
		return bad_parameter;
	dsn_add_notify(&text, value);
	r->notify = buf_take(&text);
	return NULL;
}

static const char *
parse_orcpt(struct smtp_request *r, const char *value)
{
	auto_buf struct buf text = buf_make(SMTP_REQUEST_MAX);

	if (!dsn_add_orcpt(&text, value))
		return bad_parameter;
	r->orcpt = buf_take(&text);
	return NULL;
}

static const struct parameter {
	enum smtp_verb verb;
	const char *name;
	parse_fn *parse; /* NULL: it has no value */
} parameters[] = {
	{ SMTP_MAIL, "SIZE", parse_size },
	{ SMTP_MAIL, "BODY", parse_body },
	{ SMTP_MAIL, "SMTPUTF8", NULL },
	{ SMTP_MAIL, "RET", parse_return },
	{ SMTP_MAIL, "ENVID", parse_envid },
	{ SMTP_RCPT, "NOTIFY", parse_notify },
	{ SMTP_RCPT, "ORCPT", parse_orcpt },
};

/* NAME or NAME=VALUE; each at most once, marked in *seen. */
static const char *
parse_parameter(struct smtp_request *r, const char *word, unsigned *seen)
{
	size_t len = strcspn(word, "=");

	for (unsigned i = 0; i < ARRAY_SIZE(parameters); i++) {
		const struct parameter *p = &parameters[i];

		if (p->verb != r->verb || strlen(p->name) != len ||
		    strncasecmp(p->name, word, len) != 0)
			continue;
		if ((*seen & 1U << i) != 0 ||
		    (word[len] == '=') != (p->parse != NULL))
			return bad_parameter;
		*seen |= 1U << i;
		return p->parse != NULL ? p->parse(r, word + len + 1) : NULL;
	}
	return "555 5.5.4 a parameter is not known";
}

static const char *
parse_parameters(struct smtp_request *r, const char *rest)
{
	unsigned seen = 0;

	while (*rest != '\0') {
		size_t len = strcspn(rest, " ");
		auto_free char *word = mem_strndup(rest, len);
		const char *wrong = parse_parameter(r, word, &seen);

		if (wrong != NULL)
			return wrong;
		rest += len;
		rest += strspn(rest, " ");
	}
	return NULL;
}

/* --- paths ---------------------------------------------------------------- */

/* Bytes up to the '>' that is not within quotes, or to the end. */
static size_t
path_length(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; text[n] != '\0' && (quoted || text[n] != '>'); n++) {
		if (text[n] == '"')
			quoted = !quoted;
		else if (quoted && text[n] == '\\' && text[n + 1] != '\0')
			n++;
	}
	return n;
}

/* Exactly an address, without all that a header field allows beside it. */
static const char *
parse_address(struct smtp_request *r, const char *text)
{
	auto_address struct address a = { .name = NULL };
	struct error ignored = ERROR_INIT;

	if (address_parse_one(&a, text, &ignored) < 0 || a.name != NULL ||
	    a.group != NULL)
		return bad_path;
	r->address = a.domain != NULL ? mem_printf("%s@%s", a.local, a.domain)
				      : mem_strdup(a.local);
	/* Of a quoted local part the quotes may have been needless. */
	if (text[0] != '"' && strcmp(text, r->address) != 0)
		return bad_path;
	return NULL;
}

/* "FROM:<path> parameters". */
static const char *
parse_path(struct smtp_request *r, const char *keyword, const char *rest)
{
	auto_free char *path = NULL;
	const char *start, *wrong;
	size_t len = strlen(keyword);
	size_t end;

	if (strncasecmp(rest, keyword, len) != 0)
		return bad_path;
	rest += len;
	rest += strspn(rest, " ");
	if (rest[0] != '<')
		return bad_path;
	rest++;
	end = path_length(rest);
	if (rest[end] != '>' || (rest[end + 1] != '\0' && rest[end + 1] != ' '))
		return bad_path;
	path = mem_strndup(rest, end);
	start = path;
	/* A source route is read and forgotten (RFC 5321 4.1.1.3). */
	if (start[0] == '@' && strchr(start, ':') != NULL)
		start = strchr(start, ':') + 1;
	if (*path == '\0' && r->verb == SMTP_MAIL)
		r->address = mem_strdup("");
	else if ((wrong = parse_address(r, start)) != NULL)
		return wrong;
	rest += end + 1;
	return parse_parameters(r, rest + strspn(rest, " "));
}

static const char *
parse_mail(struct smtp_request *r, const char *rest)
{
	return parse_path(r, "FROM:", rest);
}

static const char *
parse_rcpt(struct smtp_request *r, const char *rest)
{
	return parse_path(r, "TO:", rest);
}

/* --- commands ------------------------------------------------------------- */

static const struct {
	char name[5];
	parse_fn *parse;
} verbs[SMTP_VERBS] = {
	[SMTP_HELO] = { "HELO", parse_name },
	[SMTP_EHLO] = { "EHLO", parse_name },
	[SMTP_MAIL] = { "MAIL", parse_mail },
	[SMTP_RCPT] = { "RCPT", parse_rcpt },
	[SMTP_DATA] = { "DATA", parse_nothing },
	[SMTP_RSET] = { "RSET", parse_nothing },
	[SMTP_NOOP] = { "NOOP", parse_anything },
	[SMTP_VRFY] = { "VRFY", parse_name },
	[SMTP_HELP] = { "HELP", parse_anything },
	[SMTP_QUIT] = { "QUIT", parse_nothing },
};

static bool
has_control(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
			return true;
	return false;
}

const char *
smtp_request_parse(struct smtp_request *r, const char *line, size_t len)
{
	auto_free char *text = NULL;
	size_t verb;

	*r = (struct smtp_request){ .verb = SMTP_VERBS };
	if (len > SMTP_REQUEST_MAX)
		return "500 5.5.6 the line is too long";
	if (has_control(line, len))
		return "500 5.5.2 a command has no control characters";
	while (len > 0 && line[len - 1] == ' ')
		len--;
	text = mem_strndup(line, len);
	verb = strcspn(text, " ");
	for (unsigned i = 0; i < SMTP_VERBS; i++)
		if (verb == 4 && strncasecmp(text, verbs[i].name, verb) == 0) {
			const char *rest = text + verb;

			r->verb = (enum smtp_verb)i;
			return verbs[i].parse(r, rest + strspn(rest, " "));
		}
	return "502 5.5.1 the command is not known";
}

void
smtp_request_release(struct smtp_request *r)
{
	free(r->address);
	free(r->return_parts);
	free(r->envid);
	free(r->notify);
	free(r->orcpt);
	*r = (struct smtp_request){ .verb = SMTP_VERBS };
}
