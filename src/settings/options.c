/* SPDX-License-Identifier: MIT */
/*
 * The table itself, made of the rows in options.def, and how rows are found.
 *
 * A row's type is not written down: _Generic takes it from the field, so that
 * a field of a type the setter does not know cannot get a row.
 */
#include "settings/options.h"

#include "settings/check.h"
#include "text/suggest.h"

#include <limits.h>
#include <string.h>

static const struct choice_name tls_words[] = {
	{ "auto", TLS_AUTO, false },
	{ "plain", TLS_PLAIN, false },
	{ "starttls", TLS_STARTTLS, false },
	{ "ssl", TLS_SSL, false },
	{ "try", TLS_TRY, false },
	{ "off", TLS_PLAIN, true },
	{ "none", TLS_PLAIN, true },
	{ "on", TLS_AUTO, true },
	{ 0 },
};

static const struct choice_name auth_words[] = {
	{ "auto", AUTH_AUTO, false },
	{ "plain", AUTH_PLAIN, false },
	{ "login", AUTH_LOGIN, false },
	{ "cram-md5", AUTH_CRAM_MD5, false },
	{ "xoauth2", AUTH_XOAUTH2, false },
	{ "oauthbearer", AUTH_OAUTHBEARER, false },
	{ "external", AUTH_EXTERNAL, false },
	{ "off", AUTH_OFF, false },
	{ "none", AUTH_OFF, true },
	{ 0 },
};

static const struct choice_name lane_words[] = {
	{ "auto", LANE_AUTO, false },
	{ "engine", LANE_ENGINE, false },
	{ "pipeline", LANE_PIPELINE, false },
	{ 0 },
};

static const struct choice_name chunking_words[] = {
	{ "auto", CHUNKING_AUTO, false },
	{ "never", CHUNKING_NEVER, false },
	{ 0 },
};

static const struct choice_name priority_words[] = {
	{ "high", PRIORITY_HIGH, false },
	{ "normal", PRIORITY_NORMAL, false },
	{ "low", PRIORITY_LOW, false },
	{ 0 },
};

static const struct choice_name job_words[] = {
	{ "fail", JOB_FAIL, false },
	{ "output", JOB_OUTPUT, false },
	{ "change", JOB_CHANGE, false },
	{ "always", JOB_ALWAYS, false },
	{ 0 },
};

static const struct choice_name queue_words[] = {
	{ "fail", QUEUE_FAIL, false },
	{ "always", QUEUE_ALWAYS, false },
	{ "never", QUEUE_NEVER, false },
	{ 0 },
};

static const struct choice_name return_words[] = {
	{ "hdrs", RETURN_HDRS, false },
	{ "full", RETURN_FULL, false },
	{ 0 },
};

static const struct choice_name from_header_words[] = {
	{ "keep", FROM_KEEP, false },
	{ "add", FROM_ADD, false },
	{ "force", FROM_FORCE, false },
	{ 0 },
};

static const struct choice_name consent_words[] = {
	{ "yes", CONSENT_YES, false },
	{ "no", CONSENT_NO, false },
	{ "on", CONSENT_YES, true },
	{ "off", CONSENT_NO, true },
	{ "true", CONSENT_YES, true },
	{ "false", CONSENT_NO, true },
	{ "1", CONSENT_YES, true },
	{ "0", CONSENT_NO, true },
	{ 0 },
};

static const struct choice_name when_words[] = {
	{ "auto", WHEN_AUTO, false },
	{ "always", WHEN_ALWAYS, false },
	{ "never", WHEN_NEVER, false },
	{ 0 },
};

/* A field of struct request, looked at for its type only. */
#define FIELD(field_) (((const struct request *)0)->field_)

/* clang-format off */
#define TYPE_OF(field_) _Generic(FIELD(field_), \
	bool: OPTION_FLAG, \
	int: OPTION_NUMBER, \
	char *: OPTION_STRING, \
	struct strlist: OPTION_LIST, \
	struct choice: OPTION_CHOICE, \
	struct duration: OPTION_DURATION, \
	struct size: OPTION_SIZE, \
	struct secret: OPTION_SECRET)
#define COUNT_TYPE_OF(field_) _Generic(FIELD(field_), int: OPTION_COUNT)
/* clang-format on */

#define ROW(letter_, name_, arg_, type_, offset_, scope_, help_, ...) \
	{ \
		.letter = (letter_), .name = (name_), .arg = (arg_), \
		.type = (type_), .offset = (offset_), .scope = (scope_), \
		.group = GROUP, .help = (help_), .manual = __VA_ARGS__ \
	}

#define OPTION(letter_, name_, arg_, field_, ...) \
	ROW(letter_, name_, arg_, TYPE_OF(field_), \
	    offsetof(struct request, field_), __VA_ARGS__),

#define COUNTER(letter_, name_, arg_, field_, ...) \
	ROW(letter_, name_, arg_, COUNT_TYPE_OF(field_), \
	    offsetof(struct request, field_), __VA_ARGS__),

#define ACTION(letter_, name_, arg_, ...) \
	ROW(letter_, name_, arg_, OPTION_ACTION, 0, __VA_ARGS__),

const struct option options[] = {
#include "settings/options.def"
};

const size_t option_count = ARRAY_SIZE(options);

const char *const option_groups[] = { "Message", "Attachments", "Server",
	"Delivery", "Output", "Run", "Merge", "Queue", "Login", "Config",
	NULL };

const struct option *
option_by_name(const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

const struct option *
option_by_letter(char letter)
{
	if (letter == '\0')
		return NULL;
	for (size_t i = 0; i < option_count; i++)
		if (options[i].letter == letter ||
		    options[i].letter_alias == letter)
			return &options[i];
	return NULL;
}

/* The i-th name as a candidate; "" (near to nothing) for rows out of scope. */
static const char *
next_name(void *ctx, size_t i)
{
	const int *scope = ctx;

	if (i >= option_count)
		return NULL;
	return (options[i].scope & *scope) != 0 ? options[i].name : "";
}

const char *
option_suggest(const char *name, int scope)
{
	const char *found = suggest_nearest(name, next_name, &scope);

	return found != NULL && *found != '\0' ? found : NULL;
}

const char *
option_beginning(const char *begin, int scope)
{
	const char *found = NULL;
	size_t len = strlen(begin);

	for (size_t i = 0; len > 1 && i < option_count; i++) {
		if ((options[i].scope & scope) == 0 ||
		    strncmp(options[i].name, begin, len) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = options[i].name;
	}
	return found;
}

void
option_choices(struct buf *out, const struct option *o)
{
	const char *separator = "";

	for (const struct choice_name *c = o->choices; c->name != NULL; c++) {
		if (c->alias)
			continue;
		buf_printf(out, "%s%s", separator, c->name);
		separator = ", ";
	}
}

void
option_env_name(struct buf *out, const struct option *o)
{
	buf_puts(out, "MITTO_");
	for (const char *p = o->name; *p != '\0'; p++) {
		if (*p == '-')
			buf_putc(out, '_');
		else if (*p >= 'a' && *p <= 'z')
			buf_putc(out, (char)(*p - 'a' + 'A'));
		else
			buf_putc(out, *p);
	}
}
