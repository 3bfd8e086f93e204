/* SPDX-License-Identifier: MIT */
/*
 * One table of flags; a row names the option of mitto that it stands for, or
 * the function that looks at the value first.
 */
#include "settings/mail_args.h"

#include "base/mem.h"
#include "settings/habits.h"
#include "text/header.h"
#include "text/param.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_VALUE 4096 /* bytes of a charset or type that could be meant */

/* Where a pass over argv stands. */
struct mail {
	struct cmdline *cl;
	int argc;
	char *const *argv;
	int next; /* the first word not looked at */
};

struct flag {
	char letter;
	const char *name; /* long, as mailutils has it; NULL = none */
	bool takes_value;
	const char *option; /* of mitto, or NULL */
	int (*add)(struct cmdline *cl, const char *value, const char *shown,
	    struct error *err);
};

/* --- values that have to be looked at --------------------------------------
 */

/* Content-Type: mitto says charset and encoding itself; a charset counts where
 * the bytes alone do not tell it. */
static int
add_type(
    struct cmdline *cl, const char *value, const char *shown, struct error *err)
{
	auto_free char *type = mem_strndup(value, strcspn(value, "; \t"));
	auto_buf struct buf charset = buf_make(MAX_VALUE);

	if (param_find(value, "charset", &charset) &&
	    strcasecmp(charset.data, "utf-8") != 0 &&
	    strcasecmp(charset.data, "us-ascii") != 0 &&
	    cmdline_add(cl, "charset", charset.data, shown, err) < 0)
		return -1;
	return cmdline_add(cl, "type", type, shown, err);
}

static int
ignore(struct cmdline *cl UNUSED, const char *value UNUSED,
    const char *shown UNUSED, struct error *err UNUSED)
{
	return 0;
}

/* Fields that mitto has options for, and those that it writes itself. */
static int
add_field(
    struct cmdline *cl, const char *field, const char *shown, struct error *err)
{
	static const struct {
		const char *name;
		const char *option; /* NULL = an operand, or `add` */
		int (*add)(struct cmdline *cl, const char *value,
		    const char *shown, struct error *err);
	} fields[] = {
		{ "Bcc", "bcc", NULL },
		{ "Cc", "cc", NULL },
		{ "Content-Transfer-Encoding", NULL, ignore },
		{ "Content-Type", NULL, add_type },
		{ "From", "from", NULL },
		{ "MIME-Version", NULL, ignore },
		{ "Reply-To", "reply-to", NULL },
		{ "Subject", "subject", NULL },
		{ "To", NULL, NULL },
	};
	size_t len = strcspn(field, ":");
	const char *value = field + len;

	value += *value == ':' ? 1 : 0;
	value += strspn(value, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strlen(fields[i].name) != len ||
		    strncasecmp(fields[i].name, field, len) != 0)
			continue;
		if (fields[i].add != NULL)
			return fields[i].add(cl, value, shown, err);
		return cmdline_add(cl, fields[i].option, value, shown, err);
	}
	return cmdline_add(cl, "header", field, shown, err);
}

/* -a: a field in bsd-mailx and mailutils, a file in s-nail. */
static int
add_field_or_file(
    struct cmdline *cl, const char *value, const char *shown, struct error *err)
{
	size_t len = strcspn(value, ":");

	if (value[len] == ':' && header_name_valid(value, len) &&
	    access(value, F_OK) != 0)
		return add_field(cl, value, shown, err);
	return cmdline_add(cl, "attach", value, shown, err);
}

static int
add_charset(
    struct cmdline *cl, const char *value, const char *shown, struct error *err)
{
	if (strcasecmp(value, "utf-8") == 0 || strcasecmp(value, "utf8") == 0)
		return 0;
	return cmdline_add(cl, "charset", value, shown, err);
}

/* mta=smtps://... or the path of a sendmail, which is what mitto is itself. */
static int
add_server(
    struct cmdline *cl, const char *value, const char *shown, struct error *err)
{
	if (value[0] == '/' || strncmp(value, "file:", 5) == 0)
		return 0;
	return cmdline_add(cl, "server", value, shown, err);
}

static int
add_starttls(struct cmdline *cl, const char *value UNUSED, const char *shown,
    struct error *err)
{
	return cmdline_add(cl, "tls", "starttls", shown, err);
}

static int
refuse_password(struct cmdline *cl UNUSED, const char *value UNUSED,
    const char *shown UNUSED, struct error *err)
{
	return habit_no_password(err);
}

/* -S: variables that say whom and where; all others are of no use here. */
static int
add_variable(
    struct cmdline *cl, const char *value, const char *shown, struct error *err)
{
	static const struct {
		const char *name, *option;
		int (*add)(struct cmdline *cl, const char *value,
		    const char *shown, struct error *err);
	} variables[] = {
		{ "from", "from", NULL },
		{ "mta", NULL, add_server },
		{ "replyto", "reply-to", NULL },
		{ "reply-to", "reply-to", NULL },
		{ "sendcharsets", NULL, ignore },
		{ "sendmail", NULL, ignore },
		{ "sendwait", NULL, ignore },
		{ "smtp", NULL, add_server },
		{ "smtp-auth", "auth", NULL },
		{ "smtp-auth-password", NULL, refuse_password },
		{ "smtp-auth-user", "user", NULL },
		{ "smtp-use-starttls", NULL, add_starttls },
		{ "ttycharset", NULL, add_charset },
		{ "v15-compat", NULL, ignore },
	};
	size_t len = strcspn(value, "=");
	const char *set = value[len] == '=' ? value + len + 1 : "";

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		if (strlen(variables[i].name) != len ||
		    strncmp(variables[i].name, value, len) != 0)
			continue;
		if (variables[i].add != NULL)
			return variables[i].add(cl, set, shown, err);
		return cmdline_add(cl, variables[i].option, set, shown, err);
	}
	/* Its value may be a secret. */
	strlist_take(&cl->notes,
	    mem_printf("-S %.*s has no effect here", (int)len, value));
	return 0;
}

static int
ask_help(struct cmdline *cl, const char *value UNUSED, const char *shown UNUSED,
    struct error *err UNUSED)
{
	cl->help = true;
	return 0;
}

static int
ask_version(struct cmdline *cl, const char *value UNUSED,
    const char *shown UNUSED, struct error *err UNUSED)
{
	cl->version = true;
	return 0;
}

/* What only makes sense before a mailbox. */
static int
refuse_reading(struct cmdline *cl UNUSED, const char *value UNUSED,
    const char *shown, struct error *err)
{
	(void)error_set(
	    err, ERR_USAGE, "%s reads mail: this mail only sends", shown);
	return error_hint(err, "%s",
	    strcmp(shown, "-f") == 0 ? "-r sets the sender"
				     : "mail -s SUBJECT ADDRESS < text");
}

/* clang-format off */
static const struct flag flags[] = {
	{ 'a', "append", true, NULL, add_field_or_file },
	{ 'A', "attach", true, "attach", NULL },
	{ 'b', "bcc", true, "bcc", NULL },
	{ 'c', "cc", true, "cc", NULL },
	{ 'C', NULL, true, NULL, add_field },
	{ 'd', NULL, false, "dry-run", NULL },
	{ 'E', NULL, false, "skip-empty", NULL },
	{ 'i', NULL, false, NULL, ignore },
	{ 'I', NULL, false, NULL, ignore },
	{ 'M', "content-type", true, NULL, add_type },
	{ 'n', NULL, false, NULL, ignore },
	{ 'r', "return-address", true, "from", NULL },
	{ 's', "subject", true, "subject", NULL },
	{ 'S', NULL, true, NULL, add_variable },
	{ 't', "to", false, "read-headers", NULL },
	{ 'v', NULL, false, "verbose", NULL },
	{ 'V', "version", false, NULL, ask_version },
	{ 'h', "help", false, NULL, ask_help },
	{ '~', NULL, false, NULL, ignore },
	{ 'e', "exist", false, NULL, refuse_reading },
	{ 'f', "file", false, NULL, refuse_reading },
	{ 'H', "headers", false, NULL, refuse_reading },
	{ 'L', NULL, false, NULL, refuse_reading },
	{ 'N', "nosum", false, NULL, refuse_reading },
	{ 'p', "print", false, NULL, refuse_reading },
	{ 'R', NULL, false, NULL, refuse_reading },
	{ 'u', "user", false, NULL, refuse_reading },
};
/* clang-format on */

/* --- the words -------------------------------------------------------------
 */

static int
add_flag(struct mail *m, const struct flag *f, const char *value,
    const char *shown, struct error *err)
{
	if (f->takes_value && value == NULL) {
		if (m->next >= m->argc)
			return error_set(
			    err, ERR_USAGE, "%s needs a value", shown);
		value = m->argv[m->next++];
	}
	if (f->add != NULL)
		return f->add(m->cl, value, shown, err);
	return cmdline_add(m->cl, f->option, value, shown, err);
}

static int
unknown(const char *shown, struct error *err)
{
	(void)error_set(err, ERR_USAGE, "unknown option '%s' of mail", shown);
	return error_hint(err, "mail --help lists them");
}

static int
parse_long(struct mail *m, const char *word, struct error *err)
{
	size_t len = strcspn(word, "=");
	const char *value = word[len] == '=' ? word + len + 1 : NULL;
	char shown[48];

	(void)snprintf(shown, sizeof(shown), "--%.*s", (int)len, word);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		const struct flag *f = &flags[i];

		if (f->name == NULL || strlen(f->name) != len ||
		    strncmp(f->name, word, len) != 0)
			continue;
		if (value != NULL && !f->takes_value)
			return error_set(
			    err, ERR_USAGE, "%s takes no value", shown);
		return add_flag(m, f, value, shown, err);
	}
	return unknown(shown, err);
}

static const struct flag *
flag_of(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].letter == letter)
			return &flags[i];
	return NULL;
}

static int
parse_letters(struct mail *m, const char *word, struct error *err)
{
	while (*word != '\0') {
		const char shown[] = { '-', *word, '\0' };
		const struct flag *f = flag_of(*word++);
		const char *value = NULL;

		if (f == NULL)
			return unknown(shown, err);
		if (f->takes_value && *word != '\0') {
			value = word;
			word += strlen(word);
		}
		if (add_flag(m, f, value, shown, err) < 0)
			return -1;
	}
	return 0;
}

/* Behind "--": what bsd-mailx would hand to sendmail. */
static int
parse_sendmail_flag(struct mail *m, const char *word, struct error *err)
{
	const char *value = word + 2;
	const char *option = "from-name";
	const char shown[] = { '-', word[1], '\0' };

	if (word[1] == '\0' || strchr("frF", word[1]) == NULL) {
		if (strchr(word, '@') == NULL)
			return 0;
		(void)error_set(err, ERR_USAGE,
		    "'%s' would be a flag of sendmail here", word);
		return error_hint(err,
		    "to write to that address: mitto -s SUBJECT -- '%s'", word);
	}
	if (word[1] != 'F')
		option = cmdline_last(m->cl, "from") == NULL ? "from"
							     : "envelope-from";
	if (*value == '\0') {
		if (m->next >= m->argc)
			return error_set(
			    err, ERR_USAGE, "%s needs a value", shown);
		value = m->argv[m->next++];
	}
	return cmdline_add(m->cl, option, value, shown, err);
}

static int
parse_words(struct mail *m, struct error *err)
{
	bool dashes = false;

	while (m->next < m->argc && !m->cl->help && !m->cl->version) {
		const char *word = m->argv[m->next++];
		int result;

		if (!dashes && strcmp(word, "--") == 0) {
			dashes = true;
			continue;
		}
		if (word[0] != '-')
			result = cmdline_add(m->cl, NULL, word, word, err);
		else if (dashes)
			result = parse_sendmail_flag(m, word, err);
		else if (word[1] == '-')
			result = parse_long(m, word + 2, err);
		else
			result = parse_letters(m, word + 1, err);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* mail with nobody to write to opens the mailbox. */
static int
check_recipients(const struct cmdline *cl, struct error *err)
{
	static const char *const names[] = { "cc", "bcc", "read-headers" };

	if (cl->help || cl->version)
		return 0;
	for (size_t i = 0; i < cl->count; i++) {
		if (cl->items[i].option == NULL)
			return 0;
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			if (strcmp(cl->items[i].option->name, names[k]) == 0)
				return 0;
	}
	(void)error_set(err, ERR_USAGE,
	    "no recipient: this mail only sends, it reads no mailbox");
	return error_hint(err, "mail -s SUBJECT ADDRESS < text");
}

int
mail_args_parse(
    struct cmdline *cl, int argc, char *const *argv, struct error *err)
{
	struct mail m = { cl, argc, argv, 0 };

	if (parse_words(&m, err) < 0)
		return -1;
	return check_recipients(cl, err);
}
