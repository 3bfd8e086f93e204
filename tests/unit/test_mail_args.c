/* SPDX-License-Identifier: MIT */
/*
 * mail's words as mitto's options: what each habit becomes.
 */
#include "base/mem.h"
#include "settings/mail_args.h"
#include "texttest.h"

#include <unistd.h>

#define WORDS 24

/* The items as "name=value|name|=operand". */
static void
show(struct buf *out, const struct cmdline *cl)
{
	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];

		buf_puts(out, i > 0 ? "|" : "");
		if (item->option != NULL)
			buf_puts(out, item->option->name);
		if (item->value != NULL)
			buf_printf(out, "=%s", item->value);
	}
}

static int
parse(struct cmdline *cl, const char *const *words, struct error *err)
{
	auto_strlist struct strlist argv = { .items = NULL };

	for (; *words != NULL; words++)
		strlist_add(&argv, *words);
	*cl = (struct cmdline){ 0 };
	return mail_args_parse(cl, (int)argv.count, argv.items, err);
}

/* clang-format off */
static const struct {
	const char *words[WORDS];
	const char *want;
} good[] = {
	{ { "-s", "a b", "ana@x.example" }, "subject=a b|=ana@x.example" },
	{ { "ana@x.example", "-sHi" }, "=ana@x.example|subject=Hi" },
	{ { "-s", "", "root" }, "subject=|=root" },
	{ { "-Ets", "x" }, "skip-empty|read-headers|subject=x" },
	{ { "-c", "b@x.example,c@x.example", "-b", "d@x.example", "a@x.example" },
	    "cc=b@x.example,c@x.example|bcc=d@x.example|=a@x.example" },
	{ { "-b", "d@x.example" }, "bcc=d@x.example" },
	{ { "-r", "me@x.example", "a@x.example" },
	    "from=me@x.example|=a@x.example" },
	{ { "-inI~vd", "a@x.example" }, "verbose|dry-run|=a@x.example" },
	/* -a: a field or a file */
	{ { "-a", "X-Loop: 1", "a@x.example" },
	    "header=X-Loop: 1|=a@x.example" },
	{ { "-a", "X-Loop:1", "a@x.example" }, "header=X-Loop:1|=a@x.example" },
	{ { "-a", "report.txt", "a@x.example" },
	    "attach=report.txt|=a@x.example" },
	{ { "-a", "Odd: name", "a@x.example" },
	    "attach=Odd: name|=a@x.example" },
	{ { "-a", "/tmp/a b:c", "a@x.example" },
	    "attach=/tmp/a b:c|=a@x.example" },
	{ { "-A", "X: y", "a@x.example" }, "attach=X: y|=a@x.example" },
	{ { "-C", "X-Loop: 1", "a@x.example" },
	    "header=X-Loop: 1|=a@x.example" },
	/* fields that are options here */
	{ { "-a", "From: me@x.example", "a@x.example" },
	    "from=me@x.example|=a@x.example" },
	{ { "-a", "bcc:b@x.example", "-a", "CC: c@x.example", "-a",
	    "To: t@x.example", "-a", "Reply-to: r@x.example", "-a",
	    "subject: S" },
	    "bcc=b@x.example|cc=c@x.example|=t@x.example|reply-to=r@x.example"
	    "|subject=S" },
	{ { "-a", "MIME-Version: 1.0", "-a",
	    "Content-type: text/html; charset=UTF-8", "-a",
	    "Content-transfer-encoding: 8bit", "a@x.example" },
	    "type=text/html|=a@x.example" },
	{ { "-a", "Content-Type: text/plain; charset=\"iso-8859-1\"",
	    "a@x.example" },
	    "charset=iso-8859-1|type=text/plain|=a@x.example" },
	{ { "-M", "text/html", "a@x.example" }, "type=text/html|=a@x.example" },
	/* variables of s-nail and heirloom */
	{ { "-S", "ttycharset=utf-8", "-S", "sendmail=/bin/x", "-S",
	    "from=me@x.example", "a@x.example" },
	    "from=me@x.example|=a@x.example" },
	{ { "-S", "ttycharset=iso-8859-2", "a@x.example" },
	    "charset=iso-8859-2|=a@x.example" },
	{ { "-S", "smtp=smtp://h.example:587", "-S", "smtp-use-starttls", "-S",
	    "smtp-auth=login", "-S", "smtp-auth-user=me", "a@x.example" },
	    "server=smtp://h.example:587|tls=starttls|auth=login|user=me"
	    "|=a@x.example" },
	{ { "-S", "mta=smtps://h.example", "a@x.example" },
	    "server=smtps://h.example|=a@x.example" },
	{ { "-S", "mta=/usr/sbin/sendmail", "a@x.example" }, "=a@x.example" },
	/* behind the dashes */
	{ { "a@x.example", "--", "-f", "me@x.example", "-i", "-oi" },
	    "=a@x.example|from=me@x.example" },
	{ { "-r", "me@x.example", "a@x.example", "--", "-fyou@x.example",
	    "-F", "Me" },
	    "from=me@x.example|=a@x.example|envelope-from=you@x.example"
	    "|from-name=Me" },
	{ { "--", "a@x.example" }, "=a@x.example" },
	/* mailutils */
	{ { "--subject=x", "--append=X-Loop: 1", "--attach", "f",
	    "--return-address=me@x.example", "--content-type=text/html",
	    "a@x.example" },
	    "subject=x|header=X-Loop: 1|attach=f|from=me@x.example"
	    "|type=text/html|=a@x.example" },
};

static const struct {
	const char *words[WORDS];
	enum error_kind kind;
	const char *text;
} bad[] = {
	{ { NULL }, ERR_USAGE, "reads no mailbox" },
	{ { "-s", "x" }, ERR_USAGE, "reads no mailbox" },
	{ { "-f", "mbox" }, ERR_USAGE, "-f reads mail" },
	{ { "-e" }, ERR_USAGE, "-e reads mail" },
	{ { "-H" }, ERR_USAGE, "-H reads mail" },
	{ { "-u", "ana" }, ERR_USAGE, "-u reads mail" },
	{ { "--print" }, ERR_USAGE, "--print reads mail" },
	{ { "-s" }, ERR_USAGE, "-s needs a value" },
	{ { "a@x.example", "--", "-b@x.example" }, ERR_USAGE,
	    "would be a flag of sendmail" },
	{ { "a@x.example", "--", "-f" }, ERR_USAGE, "-f needs a value" },
	{ { "-Z", "a@x.example" }, ERR_USAGE, "unknown option '-Z'" },
	{ { "-", "a@x.example", "-Es", "x", "-Z" }, ERR_USAGE, "'-Z'" },
	{ { "--sujbect=x", "a@x.example" }, ERR_USAGE, "'--sujbect'" },
	{ { "--to=x", "a@x.example" }, ERR_USAGE, "--to takes no value" },
	{ { "-S", "smtp-auth-password=pw", "a@x.example" }, ERR_USAGE,
	    "no password on the command line" },
	{ { "-a", "Content-Type: nonsense", "a@x.example" }, ERR_USAGE,
	    "-a: 'nonsense'" },
	{ { "-a", "Received: x", "a@x.example" }, ERR_USAGE, "Received" },
	{ { "-s", "a\nBcc: x", "a@x.example" }, ERR_DATA, "-s: " },
	{ { "a@@b" }, ERR_DATA, "a@@b" },
	{ { "|sh" }, ERR_DATA, "|sh" },
};
/* clang-format on */

static void
test_good(void **state UNUSED)
{
	(void)unlink("Odd: name");
	assert_int_equal(symlink(".", "Odd: name"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		auto_buf struct buf out = buf_make(4096);
		struct error err = ERROR_INIT;
		struct cmdline cl;

		if (parse(&cl, good[i].words, &err) < 0)
			fail_msg("%s: %s", good[i].want, err.text);
		show(&out, &cl);
		check_str(good[i].want, out.data, good[i].want);
		cmdline_release(&cl);
	}
	(void)unlink("Odd: name");
}

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error err = ERROR_INIT;
		struct cmdline cl;

		assert_int_equal(parse(&cl, bad[i].words, &err), -1);
		check_has(bad[i].text, err.text, bad[i].text);
		assert_int_equal(err.kind, bad[i].kind);
		cmdline_release(&cl);
	}
}

static void
test_help_and_version(void **state UNUSED)
{
	static const struct {
		const char *words[3];
		bool help;
	} rows[] = {
		{ { "--help" }, true },
		{ { "-h" }, true },
		{ { "-V" }, false },
		{ { "--version" }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = ERROR_INIT;
		struct cmdline cl;

		assert_int_equal(parse(&cl, rows[i].words, &err), 0);
		assert_int_equal(cl.help, rows[i].help);
		assert_int_equal(cl.version, !rows[i].help);
		cmdline_release(&cl);
	}
}

/* The value of a variable that nobody knows may be a secret. */
static void
test_note(void **state UNUSED)
{
	static const char *const words[] = { "-S", "nss-pw=secret",
		"a@x.example", NULL };
	struct error err = ERROR_INIT;
	struct cmdline cl;

	assert_int_equal(parse(&cl, words, &err), 0);
	assert_int_equal(cl.notes.count, 1);
	assert_string_equal(cl.notes.items[0], "-S nss-pw has no effect here");
	cmdline_release(&cl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
