/* SPDX-License-Identifier: MIT */
/*
 * Command lines and what they are taken for.
 */
#include "base/mem.h"
#include "settings/cmdline.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TO "b@x.example"

/* Words are separated by '|'.  Items are shown as NAME=VALUE, NAME for a set
 * flag, !NAME for one that was negated, and operands as they are; each ends in
 * a newline. */
static const struct {
	const char *name, *words, *want;
} good[] = {
	{ "nothing", "", "" },
	{ "operand", TO, TO "\n" },
	{ "separate value", "-s|hi|" TO, "subject=hi\n" TO "\n" },
	{ "joined value", "-shi", "subject=hi\n" },
	{ "long, separate", "--subject|hi", "subject=hi\n" },
	{ "long, joined", "--subject=hi=ho", "subject=hi=ho\n" },
	{ "long, empty", "--subject=", "subject=\n" },
	{ "options behind operands", TO "|-n", TO "\ndry-run\n" },
	{ "bundle", "-nvv", "dry-run\nverbose\nverbose\n" },
	{ "bundle with value", "-nshi", "dry-run\nsubject=hi\n" },
	{ "bundle, value next", "-ns|hi", "dry-run\nsubject=hi\n" },
	{ "two dashes", "-n|--|-x@x.example", "dry-run\n-x@x.example\n" },
	{ "two dashes twice", "--|a@x.example|-n@x.example",
	    "a@x.example\n-n@x.example\n" },
	{ "negated", "--no-json", "!json\n" },
	{ "no-input is no negation", "--no-input", "no-input\n" },
	{ "negated no-input", "--no-no-input", "!no-input\n" },
	{ "flag with value", "--json=no", "json=no\n" },
	{ "value with a dash", "-s|-urgent-", "subject=-urgent-\n" },
	{ "stdin attached", "-a|-", "attach=-\n" },
	{ "-r is -f", "-r|a@x.example", "from=a@x.example\n" },
	{ "-i", "-i|" TO, TO "\n" },
	{ "-4 -6", "-46", "ipv4\nipv6\n" },
	{ "null sender", "--envelope-from|<>", "envelope-from=<>\n" },
	{ "empty list", "--cc=", "cc=\n" },
	{ "set", "-O|timeout=5m", "timeout=5m\n" },
	{ "set joined", "-Ojson=yes", "json=yes\n" },
	{ "set a key that is no flag", "--set|default-domain=x.example",
	    "default-domain=x.example\n" },
	{ "-t and an address", "-t|" TO, "read-headers\n" TO "\n" },
	{ "-a takes one file", "-a|f1|" TO, "attach=f1\n" TO "\n" },
	{ "-a of mutt", "-a|f1|f2|--|" TO, "attach=f1\nattach=f2\n" TO "\n" },
	{ "-a of mutt, an address before --", "-a|f1|" TO "|--|c@x.example",
	    "attach=f1\n" TO "\nc@x.example\n" },
	{ "-a of mutt, an option between", "-a|f1|-n|root|--|" TO,
	    "attach=f1\ndry-run\nroot\n" TO "\n" },
	{ "-b with an address", "-ba@x.example", "bcc=a@x.example\n" },
	{ "-b with a letter of its own", "-b|p", "bcc=p\n" },
	{ "-o with a path", "-oout.eml", "output=out.eml\n" },
	{ "queue", "--queue=never", "queue=never\n" },
	{ "-Q takes no value", "-Q|x@x.example|-vQq",
	    "queue=always\nx@x.example\nverbose\nqueue=always\nquiet\n" },
	{ "text of two lines", "-m|a\nb", "message=a\nb\n" },
};

static const struct {
	const char *name, *words;
	enum error_kind kind;
	const char *text, *hint;
} bad[] = {
	{ "unknown name", "--sujbect", ERR_USAGE, "unknown option '--sujbect'",
	    "did you mean --subject?" },
	{ "no abbreviation", "--subj=x", ERR_USAGE, "unknown option '--subj'",
	    "did you mean --subject?" },
	{ "unknown letter", "-Z", ERR_USAGE, "unknown option '-Z'",
	    "--help=all" },
	{ "config key", "--password-env=X", ERR_USAGE, "unknown option",
	    "key of the config file" },
	{ "missing value", "-s", ERR_USAGE, "-s needs a value", "-s TEXT" },
	{ "missing value of a list", "-a", ERR_USAGE, "-a needs a value",
	    "FILE" },
	{ "missing value before --", "-s|--|" TO, ERR_USAGE, "-s needs a value",
	    "" },
	{ "missing value, long", "--attach", ERR_USAGE,
	    "--attach needs a value", "" },
	{ "value of a negated flag", "--no-json=yes", ERR_USAGE,
	    "--no-json takes no value", "" },
	{ "negated string", "--no-subject", ERR_USAGE, "unknown option", "" },
	{ "version with value", "--version=2", ERR_USAGE, "takes no value",
	    "" },
	{ "password", "--password|geheim", ERR_USAGE,
	    "no password on the command line: it shows in ps",
	    "--password-command" },
	{ "password joined", "--password=geheim", ERR_USAGE, "shows in ps",
	    "--password-file" },
	{ "password by -u", "-u|jana:geheim", ERR_USAGE, "shows in ps",
	    "config file" },
	{ "password by -O", "-Opassword=geheim", ERR_USAGE, "shows in ps", "" },
	{ "password by -S", "-S|smtp://u:geheim@h", ERR_USAGE, "no login",
	    "--user" },
	{ "-u with a blank", "-u|Hello you", ERR_USAGE, "no login name",
	    "the subject is -s" },
	{ "-P of msmtp", "-P", ERR_USAGE, "'-P'", "-n" },
	{ "-d of mailx", "-d", ERR_USAGE, "'-d'", "-v or -n" },
	{ "-bs of sendmail", "-bs", ERR_USAGE, "not a mode of sendmail",
	    "-b ADDRESS" },
	{ "-oi of sendmail", "-oi|" TO, ERR_USAGE, "'-oi' is sendmail's",
	    "drop it, it is the default" },
	{ "-oem of sendmail", "-oem", ERR_USAGE, "'-oem'", "drop it" },
	{ "-S of s-nail", "-S|smtp-auth=login", ERR_USAGE, "sets no variable",
	    "-O sets KEY=VALUE" },
	{ "-C of s-nail", "-C|X-Loop: 1", ERR_USAGE, "not a header",
	    "-H 'X-Loop: 1'" },
	{ "-f of mailx", "-f|/etc/passwd", ERR_USAGE, "not a sender",
	    "does not read mail" },
	{ "-H of mutt", "-H|/etc/passwd", ERR_USAGE, "not a header field",
	    "-t < /etc/passwd" },
	{ "-H without colon", "-H|nonsense", ERR_USAGE, "-H: 'nonsense'",
	    "'Name: value'" },
	{ "-M without slash", "-M|html", ERR_USAGE, "-M: 'html'",
	    "TYPE/SUBTYPE" },
	{ "-X and an address", "-Xlog@x.example|" TO, ERR_USAGE,
	    "looks like an address", "write --" },
	{ "-O without =", "-O|timeout", ERR_USAGE, "KEY=VALUE", "" },
	{ "-O unknown", "-O|timout=3", ERR_USAGE, "unknown key 'timout'",
	    "did you mean timeout?" },
	{ "-O of a file's key", "-O|match=x", ERR_USAGE, "files only", "" },
	{ "queue", "--queue=later", ERR_USAGE,
	    "--queue: no such choice 'later'", "one of: fail, always, never" },
	{ "number", "-p|10x", ERR_USAGE, "-p: '10x'", "1 to 65535" },
	{ "overflow", "--timeout|99999999999999999999", ERR_USAGE,
	    "--timeout: ", "90s" },
	{ "choice", "--tls=sll", ERR_USAGE, "--tls: no such choice 'sll'",
	    "did you mean ssl?" },
	{ "subject of two lines", "-s|a\nb", ERR_DATA, "-s: ", "" },
	{ "recipient of two lines", "a@x.example\r\nc@x.example", ERR_DATA,
	    "bad address", "" },
	{ "recipient is a file", "/etc/passwd", ERR_DATA, "bad address", "" },
	{ "empty recipient", "a@x.example|", ERR_USAGE, "address is empty",
	    "" },
	{ "a dash", "-", ERR_USAGE, "'-' is no address", "-a -" },
	{ "--host", "--host=x", ERR_USAGE, "unknown option '--host'",
	    "--server HOST" },
};

struct words {
	char *text;
	char *argv[32];
	int argc;
};

static void
words_split(struct words *w, const char *text)
{
	char *p = w->text = mem_strdup(text);

	w->argc = 0;
	if (*p == '\0')
		return;
	for (;;) {
		w->argv[w->argc++] = p;
		p = strchr(p, '|');
		if (p == NULL)
			return;
		*p++ = '\0';
	}
}

static void
dump(struct buf *out, const struct cmdline *cl)
{
	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];

		if (item->option == NULL)
			buf_puts(out, item->value);
		else if (item->value == NULL)
			buf_printf(out, "%s%s", item->negated ? "!" : "",
			    item->option->name);
		else
			buf_printf(
			    out, "%s=%s", item->option->name, item->value);
		buf_putc(out, '\n');
	}
}

static void
test_good(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct cmdline cl;
		struct words w;
		struct request r = { 0 };
		auto_buf struct buf out = buf_make(4000);
		struct error err = ERROR_INIT;

		words_split(&w, good[i].words);
		if (cmdline_parse(&cl, w.argc, w.argv, &err) != 0)
			fail_msg("%s: %s", good[i].name, err.text);
		dump(&out, &cl);
		if (strcmp(out.data, good[i].want) != 0)
			fail_msg("%s: got\n%s", good[i].name, out.data);
		if (cmdline_apply(&cl, &r, &err) != 0)
			fail_msg("%s: %s", good[i].name, err.text);
		request_release(&r);
		cmdline_release(&cl);
		free(w.text);
	}
}

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct cmdline cl;
		struct words w;
		struct error err = ERROR_INIT;

		words_split(&w, bad[i].words);
		if (cmdline_parse(&cl, w.argc, w.argv, &err) != -1)
			fail_msg("%s: accepted", bad[i].name);
		if (err.kind != bad[i].kind ||
		    strstr(err.text, bad[i].text) == NULL ||
		    strstr(err.hint, bad[i].hint) == NULL)
			fail_msg("%s: kind %d, '%s', '%s'", bad[i].name,
			    (int)err.kind, err.text, err.hint);
		if (strstr(err.text, "geheim") != NULL ||
		    strstr(err.hint, "geheim") != NULL)
			fail_msg("%s: the password is shown", bad[i].name);
		assert_true(cl.count == 0 || err.kind == ERR_DATA);
		cmdline_release(&cl);
		free(w.text);
	}
}

static void
test_values_are_applied(void **state UNUSED)
{
	struct words w;
	struct cmdline cl;
	struct request r = { 0 };
	struct error err = ERROR_INIT;

	words_split(&w,
	    "-s|a|--to|c@x.example|-s|b|-vv|--cc|d@x.example|"
	    "--cc=|" TO "|--json|--no-json|-p25|-m|x|-m|y");
	assert_int_equal(cmdline_parse(&cl, w.argc, w.argv, &err), 0);
	assert_int_equal(cmdline_apply(&cl, &r, &err), 0);
	assert_string_equal(r.draft.subject, "b");
	assert_int_equal(r.draft.to.count, 2);
	assert_string_equal(r.draft.to.items[0], "c@x.example");
	assert_string_equal(r.draft.to.items[1], TO);
	assert_int_equal(r.draft.cc.count, 0);
	assert_int_equal(r.draft.text.count, 2);
	assert_int_equal(r.settings.verbose, 2);
	assert_int_equal(r.settings.port, 25);
	assert_false(r.settings.json);
	assert_string_equal(cmdline_last(&cl, "subject"), "b");
	assert_null(cmdline_last(&cl, "account"));
	assert_string_equal(cl.items[0].shown, "-s");
	assert_string_equal(cl.items[1].shown, "--to");
	request_release(&r);
	cmdline_release(&cl);
	free(w.text);
}

static void
test_help_and_version(void **state UNUSED)
{
	static const struct {
		const char *words;
		bool help, version;
		const char *topic;
	} rows[] = {
		{ "-h", true, false, NULL },
		{ "-n|--help=all|--nonsense", true, false, "all" },
		{ "--help=-a", true, false, "-a" },
		{ "-V", false, true, NULL },
		{ "--version", false, true, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct words w;
		struct cmdline cl;
		struct error err = ERROR_INIT;

		words_split(&w, rows[i].words);
		if (cmdline_parse(&cl, w.argc, w.argv, &err) != 0 ||
		    cl.help != rows[i].help || cl.version != rows[i].version)
			fail_msg("%s: %s", rows[i].words, err.text);
		if (rows[i].topic != NULL)
			assert_string_equal(cl.help_topic, rows[i].topic);
		else
			assert_null(cl.help_topic);
		cmdline_release(&cl);
		free(w.text);
	}
}

static void
test_notes(void **state UNUSED)
{
	static const struct {
		const char *words, *note;
	} rows[] = {
		{ "-m|/etc/passwd", "--body /etc/passwd" },
		{ "-m|see /etc/passwd", NULL },
		{ "-s|smtp.x.example:587", "the server is -S" },
		{ "-s|Re: 12:30", NULL },
		{ "-s|at 12:30", NULL },
		{ "-F|/etc/passwd", "no file is read" },
		{ "-F|Jana", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct words w;
		struct cmdline cl;
		struct error err = ERROR_INIT;

		words_split(&w, rows[i].words);
		assert_int_equal(cmdline_parse(&cl, w.argc, w.argv, &err), 0);
		if (cl.notes.count != (rows[i].note != NULL ? 1 : 0) ||
		    (rows[i].note != NULL &&
			strstr(cl.notes.items[0], rows[i].note) == NULL))
			fail_msg(
			    "%s: %zu notes", rows[i].words, cl.notes.count);
		cmdline_release(&cl);
		free(w.text);
	}
}

static void
test_attach_hint(void **state UNUSED)
{
	static const struct {
		const char *spec, *hint;
	} rows[] = {
		{ "X-Loop: me@x.example", "-H 'X-Loop: me@x.example'" },
		{ "http://x.example/a.pdf", "URLs are not fetched" },
		{ "HTTPS://x.example/a.pdf", "URLs are not fetched" },
		{ "report.pdf", "" },
		{ "C:\\report.pdf", "" },
		{ "a b: c", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;

		cmdline_attach_hint(rows[i].spec, &err);
		if (strstr(err.hint, rows[i].hint) == NULL ||
		    (rows[i].hint[0] == '\0' && err.hint[0] != '\0'))
			fail_msg("%s: '%s'", rows[i].spec, err.hint);
	}
}

/* A long command line must neither be slow nor break. */
static void
test_many_recipients(void **state UNUSED)
{
	enum {
		COUNT = 20000
	};
	char **argv = mem_resize(NULL, COUNT, sizeof(*argv));
	struct cmdline cl;
	struct error err = ERROR_INIT;
	char address[] = "recipient@x.example";

	for (int i = 0; i < COUNT; i++)
		argv[i] = address;
	assert_int_equal(cmdline_parse(&cl, COUNT, argv, &err), 0);
	assert_int_equal(cl.count, COUNT);
	cmdline_release(&cl);
	free(argv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_values_are_applied),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_attach_hint),
		cmocka_unit_test(test_many_recipients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
