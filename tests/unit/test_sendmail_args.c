/* SPDX-License-Identifier: MIT */
/* What programs call sendmail with, and which options of mitto that means. */
#include "texttest.h"

#include "base/mem.h"
#include "settings/sendmail_args.h"

#include <stdio.h>

#define TO "b@x.example"

/* Words are separated by '|'.  Items are shown as NAME=VALUE, NAME for a flag
 * and operands as they are, with a blank behind each; then i for -i and v for
 * each -v. */
static const struct {
	const char *words, *want;
} good[] = {
	{ "", "" },
	{ TO, TO " " },
	{ "-t", "read-headers " },
	{ "-ti|oem", "read-headers oem i" },
	{ "-it", "read-headers i" },
	{ "-oi", "i" },
	{ "-i", "i" },
	{ "-oi|-t", "read-headers i" },
	/* The value of -o is joined, or it has none. */
	{ "-o|i", "i " },
	{ "-om|-oem|-odi|-odb|-odq|-or0s|-oA/x|-oQ/tmp|-o7|" TO, TO " " },
	{ "-ti|-odb", "read-headers i" },
	/* Values joined or next. */
	{ "-fa@x.example", "from=a@x.example envelope-from=a@x.example " },
	{ "-f|a@x.example", "from=a@x.example envelope-from=a@x.example " },
	{ "-r|a@x.example", "from=a@x.example envelope-from=a@x.example " },
	{ "-tifa@x.example|" TO,
	    "read-headers from=a@x.example envelope-from=a@x.example " TO
	    " i" },
	{ "-f|root", "envelope-from=root " },
	{ "-f|", "envelope-from=<> " },
	{ "-f|<>", "envelope-from=<> " },
	{ "-f<>|" TO, "envelope-from=<> " TO " " },
	{ "-FCronDaemon|root", "from-name=CronDaemon root " },
	{ "-F|Cron Daemon", "from-name=Cron Daemon " },
	{ "-B8BITMIME|-B|7BIT|" TO, TO " " },
	{ "-N|failure,delay|-R|hdrs|-V|x=1",
	    "notify=failure,delay return=hdrs envid=x=1 " },
	{ "-Nnever|-RFULL|-Vabc", "notify=never return=full envid=abc " },
	{ "-em|-e|p|-hN|-h|3|-Ltag|-L|tag|-Am|-A|c|-psmtp|-p|x:y|" TO, TO " " },
	{ "-C/etc/x|-C|/etc/x|-X|/tmp/x|-X/tmp/x|-O|A=b|-OA=b|" TO, TO " " },
	{ "-d|-d0.1|-m|-n|-G|-U|-x|-vv|-bm|-b|m|" TO, TO " vv" },
	/* Behind an operand or two dashes nothing is a flag. */
	{ "-i|--|-t@x.example|" TO, "-t@x.example " TO " i" },
	{ TO "|-X/tmp/x@x.example", TO " -X/tmp/x@x.example " },
	{ "--|--", "-- " },
};

static const struct {
	const char *words;
	enum error_kind kind;
	const char *text;
} bad[] = {
	{ "-L|a\nb|" TO, ERR_DATA, "-L: a tag" },
	{ "-Lsshd[1]: x|" TO, ERR_DATA, "-L: a tag" },
	{ "-z", ERR_USAGE, "'-z' is no flag of sendmail that mitto knows" },
	{ "-tz", ERR_USAGE, "'-tz' is no flag" },
	{ "--version", ERR_USAGE, "'--version' is no flag" },
	{ "-f", ERR_USAGE, "-f needs a value" },
	{ "-tF", ERR_USAGE, "-F needs a value" },
	{ "-bd", ERR_USAGE, "no mode '-bd'" },
	{ "-ba", ERR_USAGE, "no mode '-ba'" },
	{ "-bv", ERR_USAGE, "no mode '-bv'" },
	{ "-b", ERR_USAGE, "-b needs a value" },
	{ "-f|a b@x.example", ERR_DATA, "-f: bad address" },
	{ "-f|a@x.example, b@x.example", ERR_DATA, "-f: " },
	{ "-N|sometimes", ERR_USAGE, "-N: " },
	{ "-R|half", ERR_USAGE, "-R: " },
	{ "|" TO, ERR_USAGE, "an address is empty" },
	{ "|/tmp/file", ERR_USAGE, "empty" },
	{ "/tmp/file", ERR_DATA, "/tmp/file" },
};

static int
parse(const char *words, struct sendmail_args *a, struct cmdline *cl,
    struct error *err, char **kept)
{
	char *argv[40];
	int argc = 0;

	*kept = mem_strdup(words);
	for (char *p = *kept; p != NULL && *words != '\0';) {
		char *bar = strchr(p, '|');

		argv[argc++] = p;
		if (bar != NULL)
			*bar++ = '\0';
		p = bar;
	}
	*cl = (struct cmdline){ .count = 0 };
	*err = (struct error)ERROR_INIT;
	return sendmail_args_parse(a, cl, argc, argv, err);
}

static void
show(struct buf *out, const struct sendmail_args *a, const struct cmdline *cl)
{
	for (size_t i = 0; i < cl->count; i++) {
		const struct cmdline_item *item = &cl->items[i];

		if (item->option != NULL)
			buf_puts(out, item->option->name);
		if (item->option != NULL && item->value != NULL)
			buf_putc(out, '=');
		buf_printf(out, "%s ", item->value != NULL ? item->value : "");
	}
	if (a->ignore_dots)
		buf_putc(out, 'i');
	for (int i = 0; i < a->verbose; i++)
		buf_putc(out, 'v');
}

static void
test_good(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		auto_free char *kept = NULL;
		auto_buf struct buf out = buf_make(1000);
		struct sendmail_args a;
		struct cmdline cl;
		struct error err;
		int result = parse(good[i].words, &a, &cl, &err, &kept);

		check_true(good[i].words, result == 0, err.text);
		show(&out, &a, &cl);
		check_str(good[i].words, out.data, good[i].want);
		check_true(good[i].words, a.mode == SENDMAIL_SEND, "mode");
		cmdline_release(&cl);
	}
}

static void
test_bad(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		auto_free char *kept = NULL;
		struct sendmail_args a;
		struct cmdline cl;
		struct error err;
		int result = parse(bad[i].words, &a, &cl, &err, &kept);

		check_true(bad[i].words, result == -1, "taken");
		check_has(bad[i].words, err.text, bad[i].text);
		check_true(bad[i].words, err.kind == bad[i].kind, "kind");
		cmdline_release(&cl);
	}
}

static void
test_modes(void **state UNUSED)
{
	static const struct {
		const char *words;
		enum sendmail_mode mode;
	} rows[] = {
		{ "-bm", SENDMAIL_SEND },
		{ "-bs", SENDMAIL_SMTP },
		{ "-b|s", SENDMAIL_SMTP },
		{ "-bs|-v", SENDMAIL_SMTP },
		{ "-bi", SENDMAIL_ALIASES },
		{ "-bp", SENDMAIL_LIST },
		{ "-q", SENDMAIL_FLUSH },
		{ "-q30m", SENDMAIL_FLUSH },
		{ "-I", SENDMAIL_ALIASES },
		{ "-bs|-bm", SENDMAIL_SEND },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *kept = NULL;
		struct sendmail_args a;
		struct cmdline cl;
		struct error err;
		int result = parse(rows[i].words, &a, &cl, &err, &kept);

		check_true(rows[i].words, result == 0, err.text);
		check_true(rows[i].words, a.mode == rows[i].mode, "mode");
		cmdline_release(&cl);
	}
}

static void
test_tag(void **state UNUSED)
{
	auto_free char *kept = NULL;
	struct sendmail_args a;
	struct cmdline cl;
	struct error err;

	assert_int_equal(parse("-L|here", &a, &cl, &err, &kept), 0);
	check_str("-L", a.tag, "here");
	cmdline_release(&cl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
