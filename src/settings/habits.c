/* SPDX-License-Identifier: MIT */
/*
 * The same letters mean other things in mailx, mutt, msmtp, swaks, sendEmail
 * and sendmail.  Where a value shows which program was meant, the hint says how
 * to spell it here.
 */
#include "settings/habits.h"

#include "base/mem.h"
#include "settings/cmdline.h"
#include "text/header.h"

#include <string.h>
#include <sys/stat.h>

/* One value under the eyes of the checks. */
struct habit {
	const char *shown;
	const char *value;
	bool attached;
	struct strlist *notes;
};

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* "Name: value", as a header is written. */
static bool
is_header(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon != NULL && (colon[1] == ' ' || colon[1] == '\0') &&
	    header_name_valid(text, (size_t)(colon - text));
}

int
habit_no_password(struct error *err)
{
	error_set(
	    err, ERR_USAGE, "no password on the command line: it shows in ps");
	return error_hint(err,
	    "--password-file FILE, --password-command CMD, or a key of the "
	    "account in the config file");
}

static int
check_user(const struct habit *h, struct error *err)
{
	if (strchr(h->value, ':') != NULL)
		return habit_no_password(err);
	if (strchr(h->value, ' ') == NULL)
		return 0;
	error_set(
	    err, ERR_USAGE, "%s: '%s' is no login name", h->shown, h->value);
	return error_hint(err, "the subject is -s");
}

/* sendmail's modes: -bp, -bs, -bd ... */
static int
check_bcc(const struct habit *h, struct error *err)
{
	if (!h->attached || strlen(h->value) != 1)
		return 0;
	error_set(err, ERR_USAGE, "-b is --bcc here, not a mode of sendmail");
	return error_hint(err, "for a recipient: -b ADDRESS");
}

static int
check_server_value(const struct habit *h, struct error *err)
{
	if (strchr(h->value, '=') == NULL)
		return 0;
	/* It may be password=... */
	error_set(err, ERR_USAGE, "%s names the server, it sets no variable",
	    h->shown);
	return error_hint(err, "-O sets KEY=VALUE");
}

static int
check_from(const struct habit *h, struct error *err)
{
	if (strchr(h->value, '@') != NULL || !is_file(h->value))
		return 0;
	error_set(err, ERR_USAGE, "%s: '%s' is a file, not a sender", h->shown,
	    h->value);
	return error_hint(err,
	    "mitto does not read mail; -f takes the "
	    "sender's address");
}

static int
check_header_value(const struct habit *h, struct error *err)
{
	if (strchr(h->value, ':') != NULL || !is_file(h->value))
		return 0;
	error_set(err, ERR_USAGE, "%s: '%s' is a file, not a header field",
	    h->shown, h->value);
	return error_hint(
	    err, "a text that begins with headers: mitto -t < %s", h->value);
}

static int
check_config(const struct habit *h, struct error *err)
{
	if (!is_header(h->value) || is_file(h->value))
		return 0;
	error_set(
	    err, ERR_USAGE, "%s names a config file, not a header", h->shown);
	return error_hint(err, "for a header: -H '%s'", h->value);
}

/* sendmail's -oi, -oem and their like. */
static int
check_output(const struct habit *h, struct error *err)
{
	static const char *const letters[] = { "i", "em", "ep", "eq", "ew",
		"ee", "di", "db", "dq", "dd", "df", "o", "m", "s", "t" };

	if (!h->attached || h->shown[1] == '-')
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (strcmp(h->value, letters[i]) == 0) {
			error_set(err, ERR_USAGE,
			    "-o names an output file, '-o%s' is sendmail's",
			    h->value);
			return error_hint(err, "drop it, it is the default");
		}
	}
	return 0;
}

/* An address that begins with -X must not become a file. */
static int
check_transcript(const struct habit *h, struct error *err)
{
	if (!h->attached || h->shown[1] == '-' || strchr(h->value, '@') == NULL)
		return 0;
	error_set(err, ERR_USAGE, "-X takes a file: '%s' looks like an address",
	    h->value);
	return error_hint(err, "write -- before an address that begins with -");
}

static int
note_file(const struct habit *h, struct error *err UNUSED)
{
	if (strpbrk(h->value, " \n") == NULL && is_file(h->value))
		strlist_take(h->notes,
		    mem_printf("%s '%s' is the text itself; for the file: "
			       "--body %s",
			h->shown, h->value, h->value));
	return 0;
}

static int
note_name_file(const struct habit *h, struct error *err UNUSED)
{
	if (strchr(h->value, '/') != NULL && is_file(h->value))
		strlist_take(h->notes,
		    mem_printf("%s '%s' is the sender's name, no file is read",
			h->shown, h->value));
	return 0;
}

/* host:port and nothing else, as sendEmail and swaks want it. */
static int
note_server(const struct habit *h, struct error *err UNUSED)
{
	const char *colon = strchr(h->value, ':');

	if (colon != NULL && colon[1] != '\0' &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1) &&
	    memchr(h->value, '.', (size_t)(colon - h->value)) != NULL &&
	    strchr(h->value, ' ') == NULL)
		strlist_take(h->notes,
		    mem_printf("%s '%s' is the subject; the server is -S",
			h->shown, h->value));
	return 0;
}

/* The login of a proxy would show in ps. */
static int
check_proxy_login(const struct habit *h, struct error *err)
{
	if (strchr(h->value, '@') == NULL)
		return 0;
	(void)habit_no_password(err);
	err->hint[0] = '\0';
	return error_hint(
	    err, "proxy = URL in the config file, or MITTO_PROXY");
}

int
habit_check(const struct option *o, const char *shown, const char *value,
    bool attached, struct strlist *notes, struct error *err)
{
	static const struct {
		const char *name;
		int (*check)(const struct habit *h, struct error *err);
	} checks[] = {
		{ "bcc", check_bcc },
		{ "config", check_config },
		{ "from", check_from },
		{ "from-name", note_name_file },
		{ "header", check_header_value },
		{ "message", note_file },
		{ "output", check_output },
		{ "proxy", check_proxy_login },
		{ "server", check_server_value },
		{ "subject", note_server },
		{ "transcript", check_transcript },
		{ "user", check_user },
	};
	struct habit h = { shown, value, attached, notes };

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (strcmp(o->name, checks[i].name) == 0)
			return checks[i].check(&h, err);
	return 0;
}

/* Long options of other programs that are near to none of ours. */
static const char *
foreign_name(const char *name)
{
	static const struct {
		const char *name, *ours;
	} names[] = {
		{ "attachment", "--attach FILE" },
		{ "debug", "-v or -n" },
		{ "file", "--config FILE" },
		{ "host", "--server HOST" },
		{ "passwordeval", "--password-command CMD" },
		{ "pretend", "--dry-run" },
		{ "recipient", "just write the address" },
		{ "serverinfo", "--check" },
		{ "ssl", "--tls=ssl" },
		{ "starttls", "--tls=starttls" },
		{ "text", "--message TEXT" },
		{ "username", "--user NAME" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i].name) == 0)
			return names[i].ours;
	return NULL;
}

/* It is a flag of a command. */
static int
of_command(const struct option *o, struct error *err)
{
	static const struct {
		int scope;
		const char *command;
	} owners[] = {
		{ IN_RUN, "run" },
		{ IN_MERGE, "merge" },
		{ IN_QUEUE, "queue" },
		{ IN_LOGIN, "login" },
		{ IN_MANAGE, "config" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		if ((o->scope & owners[i].scope) == 0)
			continue;
		(void)error_set(err, ERR_USAGE, "--%s belongs to mitto %s",
		    o->name, owners[i].command);
		return error_hint(err, "mitto %s --help", owners[i].command);
	}
	return -1;
}

int
habit_unknown_name(const char *text, size_t len, int scope, struct error *err)
{
	static const char *const secrets[] = { "password", "pass", "passwd",
		"passphrase", "auth-password", "ap", "xp" };
	auto_free char *name = mem_strndup(text, len);
	const struct option *key = option_by_name(name);
	const char *near = option_suggest(name, scope);
	const char *ours = foreign_name(name);

	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (strcmp(name, secrets[i]) == 0)
			return habit_no_password(err);
	if (key != NULL && (key->scope & IS_FLAG) != 0)
		return of_command(key, err);
	error_set(err, ERR_USAGE, "unknown option '--%s'", name);
	if (key != NULL)
		return error_hint(err, "%s is a key of the config file%s", name,
		    (key->scope & FILE_ONLY) != 0 ? ""
						  : "; -O KEY=VALUE sets it");
	if (ours != NULL)
		return error_hint(err, "here it is: %s", ours);
	if (near == NULL)
		near = option_beginning(name, IN_ARGV);
	if (near != NULL)
		return error_hint(err, "did you mean --%s?", near);
	near = strncmp(name, "no-", 3) == 0 ? option_suggest(name + 3, scope)
					    : NULL;
	if (near != NULL && strcmp(near, name + 3) == 0)
		return error_hint(
		    err, "an empty value takes it back: --%s=", near);
	if (near != NULL)
		return error_hint(err, "did you mean --no-%s?", near);
	return error_hint(err, "mitto --help=all lists the options");
}

int
habit_unknown_letter(char letter, struct error *err)
{
	static const struct {
		char letter;
		const char *hint;
	} letters[] = {
		{ 'P', "to see what would be sent: -n" },
		{ 'd', "-v or -n" },
		{ '?', "-h is the help" },
		{ 'l', "--log FILE" },
	};

	error_set(err, ERR_USAGE, "unknown option '-%c'", letter);
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == letter)
			return error_hint(err, "%s", letters[i].hint);
	return error_hint(err, "mitto --help=all lists the options");
}

void
cmdline_attach_hint(const char *spec, struct error *err)
{
	if (strncasecmp(spec, "http://", 7) == 0 ||
	    strncasecmp(spec, "https://", 8) == 0 ||
	    strncasecmp(spec, "ftp://", 6) == 0) {
		error_hint(err, "URLs are not fetched");
		return;
	}
	if (is_header(spec))
		error_hint(err,
		    "-a attaches a file here. For a header: -H '%s'", spec);
}
