/* SPDX-License-Identifier: MIT */
/*
 * Help texts for the terminal, made from the option table.  The manual is made
 * in document_man.c.
 */
#include "settings/document.h"

#include "base/mem.h"
#include "settings/options.h"
#include "text/paragraph.h"
#include "text/suggest.h"
#include "text/utf8.h"

#include <string.h>

#define SPEC_COLUMN  28 /* where help begins in --help=all */
#define LABEL_COLUMN 13 /* where options begin in --help */
#define SHORT_COLUMN 40 /* where help begins in --help */

static const char usage[] =
    "usage: mitto [options] ADDRESS...   send what comes on standard input\n"
    "       mitto [options] -t           recipients and headers stand in the "
    "text\n"
    "       mitto COMMAND ...            config explain merge probe queue "
    "run\n";

/* "-s, --subject TEXT"; `bare` leaves the gap of a missing letter out. */
static void
add_spec(struct buf *out, const struct option *o, bool bare)
{
	if (o->letter != '\0')
		buf_printf(out, "-%c, ", o->letter);
	else if (!bare)
		buf_puts(out, "    ");
	buf_printf(out, "--%s", o->name);
	if (o->arg != NULL)
		buf_printf(out, "%s%s", o->arg[0] == '[' ? "" : " ", o->arg);
}

/* Blanks until the line that began at `start` is `column` wide. */
static void
pad_to(struct buf *out, size_t start, size_t column)
{
	size_t width = utf8_width(out->data + start, out->len - start);

	for (; width < column; width++)
		buf_putc(out, ' ');
}

static bool
is_flag_of(const struct option *o, const char *group)
{
	return strcmp(o->group, group) == 0 && (o->scope & IS_FLAG) != 0;
}

/* "--server HOST[:PORT]|URL" is "--server HOST" in the short help. */
static void
drop_details(struct buf *out, size_t start)
{
	buf_truncate(out, start + strcspn(out->data + start, "[|"));
}

static void
help_group_short(struct buf *out, const char *group)
{
	const char *label = group;

	for (size_t i = 0; i < option_count; i++) {
		size_t start = out->len;

		if (!is_flag_of(&options[i], group) ||
		    (options[i].scope & IS_COMMON) == 0)
			continue;
		buf_puts(out, label);
		label = "";
		pad_to(out, start, LABEL_COLUMN);
		add_spec(out, &options[i], false);
		drop_details(out, start + LABEL_COLUMN);
		pad_to(out, start, SHORT_COLUMN);
		buf_printf(out, "%s\n", options[i].help);
	}
}

void
document_help(struct buf *out)
{
	buf_puts(out, usage);
	for (size_t i = 0; option_groups[i] != NULL; i++)
		help_group_short(out, option_groups[i]);
	buf_puts(out,
	    "Examples     df -h | mitto -s 'disk' root@example.org\n"
	    "             mitto -s Report -a report.pdf -m 'see attached' "
	    "ana@example.org\n"
	    "             mitto -n --html news.html -s News ana@example.org\n"
	    "More         mitto --help=all, --help=attach, --help=server; man "
	    "mitto\n");
}

static void
help_group(struct buf *out, const char *group)
{
	buf_printf(out, "%s\n", group);
	for (size_t i = 0; i < option_count; i++) {
		size_t start = out->len;

		if (!is_flag_of(&options[i], group))
			continue;
		buf_puts(out, "  ");
		add_spec(out, &options[i], false);
		if (utf8_width(out->data + start, out->len - start) + 2 >
		    SPEC_COLUMN) {
			buf_putc(out, '\n');
			start = out->len;
		}
		pad_to(out, start, SPEC_COLUMN);
		buf_printf(out, "%s\n", options[i].help);
	}
}

void
document_help_all(struct buf *out)
{
	buf_puts(out, usage);
	for (size_t i = 0; option_groups[i] != NULL; i++) {
		buf_putc(out, '\n');
		help_group(out, option_groups[i]);
	}
	buf_puts(out,
	    "\nFlags take --no-NAME. mitto --help=NAME explains one option.\n");
}

/* A paragraph of the table as plain text: words between backquotes stand for
 * themselves if they look like an option, in quotes otherwise. */
static char *
plain_text(const char *manual)
{
	auto_buf struct buf out = buf_make(DOCUMENT_MAX);
	bool open = false;
	const char *quote = "";

	for (; *manual != '\0'; manual++) {
		if (*manual != '`') {
			buf_putc(&out, *manual);
			continue;
		}
		open = !open;
		if (open)
			quote = manual[1] == '-' && manual[2] != '`' ? "" : "'";
		buf_puts(&out, quote);
	}
	return buf_take(&out);
}

static void
help_option(struct buf *out, const struct option *o)
{
	auto_free char *text = plain_text(o->manual);

	if ((o->scope & IS_FLAG) != 0) {
		buf_puts(out, "  ");
		add_spec(out, o, true);
		if (o->letter_alias != '\0')
			buf_printf(out, ", -%c", o->letter_alias);
	} else {
		buf_printf(out, "  %s = %s", o->name, o->arg);
	}
	buf_putc(out, '\n');
	paragraph_put(out, text, 4);
	if ((o->scope & (IN_CONFIG | IN_ENV)) == 0)
		return;
	buf_puts(out, "    ");
	if ((o->scope & IN_CONFIG) != 0)
		buf_printf(out, "Config key: %s.", o->name);
	if ((o->scope & IN_ENV) != 0) {
		buf_puts(out,
		    (o->scope & IN_CONFIG) != 0 ? " Environment: "
						: "Environment: ");
		option_env_name(out, o);
		buf_putc(out, '.');
	}
	buf_putc(out, '\n');
}

/* --- topics ------------------------------------------------------------- */

static const char *const topics[] = { "all", "providers" };

/* All that can follow --help=, for guesses. */
static const char *
next_topic(void *ctx UNUSED, size_t i)
{
	if (i < ARRAY_SIZE(topics))
		return topics[i];
	i -= ARRAY_SIZE(topics);
	for (const char *const *g = option_groups; *g != NULL; g++)
		if (i-- == 0)
			return *g;
	return i < option_count ? options[i].name : NULL;
}

static const struct option *
find_option(const char *topic)
{
	if (strncmp(topic, "--", 2) == 0)
		return option_by_name(topic + 2);
	if (topic[0] == '-')
		return topic[1] != '\0' && topic[2] == '\0'
		    ? option_by_letter(topic[1])
		    : NULL;
	if (topic[0] != '\0' && topic[1] == '\0')
		return option_by_letter(topic[0]);
	return option_by_name(topic);
}

static void
help_mail(struct buf *out)
{
	buf_puts(out,
	    "usage: mail [-s SUBJECT] [-a FILE|'Name: value'] [-A FILE] "
	    "[-c CC] [-b BCC]\n"
	    "            [-r FROM] [-M TYPE] [-S VARIABLE=VALUE] [-dEtv] "
	    "ADDRESS... < text\n"
	    "Sends as mail and mailx do; mitto by this name reads no mail.\n"
	    "-d shows what would be sent, -E sends no empty text, -t takes "
	    "header lines from\nthe text, -v tells the steps. -i -I -n -~ are "
	    "accepted.\n");
}

static void
help_explain(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto explain [--json] CODE|STATUS|TEXT|PROVIDER\n"
	    "       mitto explain [--json] < TEXT\n"
	    "Says what it means, who must act, what to try. A code is 535 or "
	    "5.7.8, a status\nthe exit status 76, a text the words of a "
	    "server or a library; a provider is a\nname of mitto help "
	    "providers. A bounce or a log may be passed in whole.\n");
}

static void
help_run(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto run [options] ADDRESS... -- COMMAND [ARGUMENT]...\n"
	    "Runs the command without a shell, mails what it printed and ends "
	    "with its\nstatus.\n");
	help_group(out, "Run");
	buf_puts(out,
	    "The other options say how it is mailed: mitto --help=all\n"
	    "Example  mitto run root@example.org -- restic backup /home\n");
}

static void
help_login(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto login [options] ACCOUNT\n"
	    "Logs in by OAuth and keeps the token; mail of the account then "
	    "goes out with it.\n"
	    "An account without an oauth-client-id (see mitto.conf(5)) is asked "
	    "for its password,\nwhich the keyring keeps.\n");
	help_group(out, "Login");
	buf_puts(out,
	    "--json, -C and -v work as elsewhere: mitto --help=all\n"
	    "Example  mitto login --device office\n");
}

static void
help_config(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto config check [FILE] [--secrets]   every mistake\n"
	    "       mitto config show [FILE] [--origin]     what counts, and "
	    "whence it comes\n"
	    "       mitto config path                       the files\n"
	    "       mitto config get KEY                    one value\n"
	    "       mitto config set KEY VALUE...           write it into the "
	    "file\n"
	    "       mitto config unset KEY                  take it out of the "
	    "file\n"
	    "       mitto config edit                       the file in your "
	    "editor\n"
	    "       mitto config init ADDRESS [-n]          an account for this "
	    "address\n"
	    "       mitto config import PROGRAM [FILE] [--write]\n"
	    "PROGRAM is msmtp, ssmtp, nullmailer, dma, mutt or git. KEY is "
	    "account.NAME.KEY,\n"
	    "defaults.KEY, alias.NAME, or KEY alone: of the account that -A "
	    "names, else of\n"
	    "[defaults]. Every one takes -C FILE and --json.\n");
	help_group(out, "Config");
}

static void
help_probe(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto probe [HOST[:PORT[,PORT]...]|ACCOUNT|ADDRESS] "
	    "[options]\n"
	    "Looks at a mail server, without a login and without sending "
	    "anything: its\naddresses, ports (465, 587, 25, 2525 if none is "
	    "given), TLS, certificate,\noffers and times; says which port to "
	    "use, and prints what to put into the\nconfig file.\n"
	    "Ends within 70 seconds. Without a word it looks at the server of "
	    "the account.\n\n"
	    "  -p, --port NUMBER     this port only\n"
	    "  -4, -6, --proxy URL   how to get there\n"
	    "  --cacert, --fingerprint, --insecure\n"
	    "                        what to trust\n"
	    "  --timeout TIME        longest wait for one step, 10 s at most\n"
	    "  --json                the result as one JSON object\n"
	    "  -v, -vv, -X FILE      steps, conversation\n"
	    "Example  mitto probe smtp.example.org:587\n");
}

static void
help_merge(struct buf *out)
{
	buf_puts(out,
	    "usage: mitto merge DATA [options] [ADDRESS]...\n"
	    "Sends a message for each row of DATA: CSV, whose first line names "
	    "the columns, or\nJSON Lines. {{column}} in subject, text, HTML, "
	    "headers, addresses and -a stands\nfor its value, {{column|text}} "
	    "for text where there is none. All rows are looked\nat before the "
	    "first is sent; -n shows that one. The same command again goes on\n"
	    "where it stopped.\n");
	help_group(out, "Merge");
	buf_puts(out,
	    "The other options say what is sent: mitto --help=all\n"
	    "Example  mitto merge list.csv -s 'Hello {{name}}' --html news.html "
	    "\\\n             -a 'bills/{{number}}.pdf' '{{name}} "
	    "<{{email}}>'\n");
}

/* The texts that are no single option. */
static bool
help_collection(struct buf *out, const char *topic)
{
	static const struct {
		const char *name;
		void (*print)(struct buf *out);
	} texts[] = {
		{ "all", document_help_all },
		{ "providers", document_providers },
		{ "explain", help_explain },
		{ "mail", help_mail },
		{ "login", help_login },
		{ "probe", help_probe },
		{ "run", help_run },
		{ "merge", help_merge },
		{ "config", help_config },
		{ "man-options", document_man_options },
		{ "man-keys", document_man_keys },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strcmp(topic, texts[i].name) == 0) {
			texts[i].print(out);
			return true;
		}
	}
	for (size_t i = 0; option_groups[i] != NULL; i++) {
		/* "server" is an option and a group: the group is asked for,
		 * the option is --server. */
		if (strcasecmp(topic, option_groups[i]) == 0) {
			help_group(out, option_groups[i]);
			return true;
		}
	}
	return false;
}

int
document_help_topic(struct buf *out, const char *topic, struct error *err)
{
	const struct option *o = find_option(topic);
	const char *near;

	if (help_collection(out, topic))
		return 0;
	if (o != NULL) {
		help_option(out, o);
		return 0;
	}
	near = suggest_nearest(topic + strspn(topic, "-"), next_topic, NULL);
	error_set(err, ERR_USAGE, "there is no help on '%s'", topic);
	if (near != NULL)
		return error_hint(err, "did you mean --help=%s?", near);
	return error_hint(err, "mitto --help=all lists the options");
}
