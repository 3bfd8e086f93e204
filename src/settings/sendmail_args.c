/* SPDX-License-Identifier: MIT */
/*
 * One table of letters: what each takes and what it does here.
 */
#include "settings/sendmail_args.h"

#include "base/mem.h"
#include "text/address.h"

#include <stdio.h>
#include <string.h>

enum takes {
	NOTHING,
	VALUE,  /* joined, or the next word */
	JOINED, /* the rest of the word, perhaps empty */
};

struct call {
	struct sendmail_args *args;
	struct cmdline *cl;
};

struct flag {
	char letter;
	enum takes takes;
	/* NULL: accepted, without effect. */
	int (*act)(const struct call *c, const char *value, struct error *err);
};

static int
read_headers(const struct call *c, const char *value UNUSED, struct error *err)
{
	return cmdline_add(c->cl, "read-headers", NULL, "-t", err);
}

static int
ignore_dots(
    const struct call *c, const char *value UNUSED, struct error *err UNUSED)
{
	c->args->ignore_dots = true;
	return 0;
}

/* -od: when to send. */
static int
set_when(const struct call *c, char letter)
{
	c->args->when = letter == 'q'        ? SENDMAIL_LATER
	    : letter == 'b' || letter == 'd' ? SENDMAIL_FIRST
					     : SENDMAIL_NOW;
	return 0;
}

/* -oi is -i, -od says when; every other one tunes a mail server that mitto is
 * not. */
static int
old_option(const struct call *c, const char *value, struct error *err)
{
	if (value[0] == 'd')
		return set_when(c, value[1]);
	return strcmp(value, "i") == 0 ? ignore_dots(c, value, err) : 0;
}

/* The sender of the envelope, and of a From that has to be added.  A bare local
 * part ("-f root") says too little to go before what the account says. */
static int
sender(const struct call *c, const char *value, struct error *err)
{
	auto_address struct address a = { .name = NULL };

	if (*value == '\0' || strcmp(value, "<>") == 0)
		return cmdline_add(c->cl, "envelope-from", "<>", "-f", err);
	if (address_parse_one(&a, value, err) < 0)
		return error_wrap(err, "-f");
	if (a.domain != NULL &&
	    cmdline_add(c->cl, "from", value, "-f", err) < 0)
		return -1;
	return cmdline_add(c->cl, "envelope-from", value, "-f", err);
}

static int
full_name(const struct call *c, const char *value, struct error *err)
{
	return cmdline_add(c->cl, "from-name", value, "-F", err);
}

static int
notify(const struct call *c, const char *value, struct error *err)
{
	return cmdline_add(c->cl, "notify", value, "-N", err);
}

static int
return_parts(const struct call *c, const char *value, struct error *err)
{
	const char *word = strcasecmp(value, "full") == 0 ? "full"
	    : strcasecmp(value, "hdrs") == 0              ? "hdrs"
							  : value;

	return cmdline_add(c->cl, "return", word, "-R", err);
}

static int
envelope_id(const struct call *c, const char *value, struct error *err)
{
	return cmdline_add(c->cl, "envid", value, "-V", err);
}

static int
verbose(
    const struct call *c, const char *value UNUSED, struct error *err UNUSED)
{
	c->args->verbose++;
	return 0;
}

/* In the log it stands in front of our words, and must not look like more. */
static int
log_tag(const struct call *c, const char *value, struct error *err)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return error_set(err, ERR_DATA,
			    "-L: a tag of the log is one word of ASCII");
	c->args->tag = value;
	return 0;
}

static int
rebuild_aliases(
    const struct call *c, const char *value UNUSED, struct error *err UNUSED)
{
	c->args->mode = SENDMAIL_ALIASES;
	return 0;
}

/* -q, -q30m, -qf: one run, however it was meant. */
static int
run_queue(
    const struct call *c, const char *value UNUSED, struct error *err UNUSED)
{
	c->args->mode = SENDMAIL_FLUSH;
	return 0;
}

/* -b: what kind of program to be. */
static int
set_mode(const struct call *c, const char *value, struct error *err)
{
	static const struct {
		const char *word;
		enum sendmail_mode mode;
	} modes[] = {
		{ "m", SENDMAIL_SEND },
		{ "s", SENDMAIL_SMTP },
		{ "p", SENDMAIL_LIST },
		{ "i", SENDMAIL_ALIASES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strcmp(value, modes[i].word) == 0) {
			c->args->mode = modes[i].mode;
			return 0;
		}
	return error_set(
	    err, ERR_USAGE, "mitto has no mode '-b%s' of sendmail", value);
}

static const struct flag flags[] = {
	{ 'A', VALUE, NULL }, /* -Ac, -Am: which configuration */
	{ 'B', VALUE, NULL }, /* body type: the body itself tells */
	{ 'C', VALUE, NULL }, /* configuration file: never read */
	{ 'F', VALUE, full_name },
	{ 'G', NOTHING, NULL }, /* a gateway submits */
	{ 'I', NOTHING, rebuild_aliases }, { 'L', VALUE, log_tag },
	{ 'N', VALUE, notify },
	{ 'O', VALUE, NULL }, /* NAME=VALUE of a mail server */
	{ 'R', VALUE, return_parts },
	{ 'U', NOTHING, NULL }, /* a user submits */
	{ 'V', VALUE, envelope_id },
	{ 'X', VALUE, NULL }, /* traffic log: never written */
	{ 'b', VALUE, set_mode }, { 'd', JOINED, NULL }, /* debugging */
	{ 'e', VALUE, NULL }, /* where errors go: stderr and the status */
	{ 'f', VALUE, sender }, { 'h', VALUE, NULL }, /* hop count */
	{ 'i', NOTHING, ignore_dots },
	{ 'm', NOTHING, NULL }, /* the sender too, if an alias has him */
	{ 'n', NOTHING, NULL }, /* no aliases */
	{ 'o', JOINED, old_option },
	{ 'p', VALUE, NULL }, /* how the message was received */
	{ 'q', JOINED, run_queue }, { 'r', VALUE, sender },
	{ 't', NOTHING, read_headers }, { 'v', NOTHING, verbose },
	{ 'x', NOTHING, NULL }, /* of AIX */
};

static const struct flag *
find(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].letter == letter)
			return &flags[i];
	return NULL;
}

/* The letters of one word; *next counts on when the word behind is a value. */
static int
parse_letters(const struct call *c, const char *word, int argc,
    char *const *argv, int *next, struct error *err)
{
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct flag *f = find(*p);
		const char *value = NULL;

		if (f == NULL)
			return error_set(err, ERR_USAGE,
			    "'%s' is no flag of sendmail that mitto knows, see "
			    "mitto-sendmail(8)",
			    word);
		if (f->takes == JOINED || (f->takes == VALUE && p[1] != '\0')) {
			value = p + 1;
		} else if (f->takes == VALUE) {
			if (*next >= argc)
				return error_set(
				    err, ERR_USAGE, "-%c needs a value", *p);
			value = argv[(*next)++];
		}
		if (f->act != NULL && f->act(c, value, err) < 0)
			return -1;
		if (value != NULL)
			return 0;
	}
	return 0;
}

int
sendmail_args_parse(struct sendmail_args *a, struct cmdline *cl, int argc,
    char *const *argv, struct error *err)
{
	const struct call c = { .args = a, .cl = cl };
	int next = 0;

	*a = (struct sendmail_args){ .mode = SENDMAIL_SEND };
	while (next < argc && argv[next][0] == '-' && argv[next][1] != '\0') {
		const char *word = argv[next++];

		if (strcmp(word, "--") == 0)
			break;
		if (strcmp(word, "--json") == 0) {
			a->json = true;
			continue;
		}
		if (parse_letters(&c, word, argc, argv, &next, err) < 0)
			return -1;
	}
	for (; next < argc; next++)
		if (cmdline_add(cl, NULL, argv[next], argv[next], err) < 0)
			return -1;
	return 0;
}
