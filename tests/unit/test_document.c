/* SPDX-License-Identifier: MIT */
/*
 * The help texts fit the screen and know every option; the manual's parts hold
 * to the rules of mdoc that no eye would see broken.
 */
#include "base/mem.h"
#include "settings/document.h"
#include "settings/options.h"
#include "settings/provider.h"
#include "text/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The number of lines; fails on one that is wider than 80. */
static size_t
check_width(const char *name, const char *text)
{
	size_t lines = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (utf8_width(text, len) > 80)
			fail_msg("%s: %.*s", name, (int)len, text);
		if (len > 0 && text[len - 1] == ' ')
			fail_msg("%s: blank at the end of '%.*s'", name,
			    (int)len, text);
		text += len + 1;
		lines++;
	}
	return lines;
}

static void
test_short_help(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(DOCUMENT_MAX);

	document_help(&out);
	assert_in_range(check_width("help", out.data), 15, 24);
	assert_non_null(strstr(out.data, "-s, --subject TEXT"));
	assert_non_null(strstr(out.data, "--help=all"));
	assert_null(strstr(out.data, "--password "));
}

static void
test_long_help(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(DOCUMENT_MAX);

	document_help_all(&out);
	(void)check_width("help=all", out.data);
	for (size_t i = 0; i < option_count; i++) {
		auto_free char *name = mem_printf("--%s", options[i].name);
		bool there = strstr(out.data, name) != NULL &&
		    strstr(out.data, options[i].help) != NULL;

		if (there != ((options[i].scope & IS_FLAG) != 0))
			fail_msg("%s", name);
	}
}

static const struct {
	const char *topic, *want; /* want NULL: refused */
	const char *hint;
} topics[] = {
	{ "all", "Attachments\n", NULL },
	{ "mail", "usage: mail [-s SUBJECT]", NULL },
	{ "run", "usage: mitto run [options]", NULL },
	{ "on", "  --on WHEN", NULL },
	{ "attach", "  -a, --attach FILE", NULL },
	{ "--attach", "  -a, --attach FILE", NULL },
	{ "-a", "  -a, --attach FILE", NULL },
	{ "a", "  -a, --attach FILE", NULL },
	{ "-r", "  -f, --from ADDR, -r\n", NULL },
	{ "tls", "Config key: tls. Environment: MITTO_TLS.\n", NULL },
	{ "match", "  match = PATTERN\n", NULL },
	{ "server", "Server\n  -A, --account NAME", NULL },
	{ "--server", "  -S, --server HOST", NULL },
	{ "Output", "--json", NULL },
	{ "providers", "smtp.gmail.com:465, ssl; also 587 starttls\n", NULL },
	{ "man-options", ".Ss Message\n.Bl -tag", NULL },
	{ "man-keys", ".It Ic \"\\&subject\"", NULL },
	{ "atach", NULL, "did you mean --help=attach?" },
	{ "--sujbect", NULL, "did you mean --help=subject?" },
	{ "", NULL, "--help=all" },
	{ "-", NULL, "--help=all" },
	{ "--", NULL, "--help=all" },
	{ "-ab", NULL, "" },
	{ "password-fiel", NULL, "--help=password-file" },
};

static void
test_topics(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		auto_buf struct buf out = buf_make(DOCUMENT_MAX);
		struct error err = ERROR_INIT;
		const char *want = topics[i].want;
		int result = document_help_topic(&out, topics[i].topic, &err);

		if ((result == 0) != (want != NULL) ||
		    (want != NULL && strstr(out.data, want) == NULL))
			fail_msg("%s: got %s", topics[i].topic, out.data);
		if (want == NULL &&
		    (err.kind != ERR_USAGE || out.len != 0 ||
			strstr(err.hint, topics[i].hint) == NULL))
			fail_msg("%s: '%s'", topics[i].topic, err.hint);
		if (want != NULL && strncmp(topics[i].topic, "man-", 4) != 0)
			(void)check_width(topics[i].topic, out.data);
	}
}

/* Each option has its help, in plain text without the table's backquotes. */
static void
test_every_option(void **state UNUSED)
{
	for (size_t i = 0; i < option_count; i++) {
		auto_buf struct buf out = buf_make(DOCUMENT_MAX);
		auto_free char *topic = mem_printf("--%s", options[i].name);
		struct error err = ERROR_INIT;

		assert_int_equal(document_help_topic(&out, topic, &err), 0);
		(void)check_width(topic, out.data);
		if (strchr(out.data, '`') != NULL)
			fail_msg("%s: %s", topic, out.data);
	}
}

static void
check_mdoc(const char *name, const char *text, int scope)
{
	for (const char *p = text; *p != '\0'; p += strcspn(p, "\n") + 1) {
		size_t len = strcspn(p, "\n");

		if (len == 0)
			fail_msg("%s: an empty line", name);
		if (p[0] != '.' && len > 80)
			fail_msg("%s: long line %.*s", name, (int)len, p);
		if (p[0] != '.' && memmem(p, len, ". ", 2) != NULL)
			fail_msg("%s: two sentences: %.*s", name, (int)len, p);
		if (p[len] == '\0')
			break;
	}
	for (size_t i = 0; i < option_count; i++) {
		bool there = false;
		const char *key = options[i].name;
		auto_buf struct buf head = buf_make(200);

		buf_puts(
		    &head, scope == IN_CONFIG ? "\n.It Ic \"\\&" : " Fl \\-");
		for (; *key != '\0'; key++)
			buf_printf(
			    &head, "%s%c", *key == '-' ? "\\" : "", *key);
		/* --password is the beginning of --password-file. */
		buf_putc(&head, scope == IN_CONFIG ? '"' : ' ');
		there = strstr(text, head.data) != NULL;
		head.data[head.len - 1] = '\n';
		there = there || strstr(text, head.data) != NULL;
		if (there != ((options[i].scope & scope) != 0))
			fail_msg("%s: %s", name, options[i].name);
	}
}

static void
test_manuals(void **state UNUSED)
{
	auto_buf struct buf options_part = buf_make(DOCUMENT_MAX);
	auto_buf struct buf keys_part = buf_make(DOCUMENT_MAX);

	document_man_options(&options_part);
	document_man_keys(&keys_part);
	assert_false(options_part.full || keys_part.full);
	check_mdoc("options", options_part.data, IS_FLAG);
	check_mdoc("keys", keys_part.data, IN_CONFIG);
}

static void
test_providers_are_listed(void **state UNUSED)
{
	auto_buf struct buf out = buf_make(DOCUMENT_MAX);
	struct error err = ERROR_INIT;

	assert_int_equal(document_help_topic(&out, "providers", &err), 0);
	for (size_t i = 0; i < provider_count; i++) {
		const char *login = providers[i].login;
		auto_buf struct buf start = buf_make(80);

		/* Lines end anywhere behind that. */
		buf_printf(&start, "    %.*s", (int)strcspn(login, " "), login);
		if (strstr(out.data, providers[i].host) == NULL ||
		    strstr(out.data, start.data) == NULL)
			fail_msg("%s", providers[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_help),
		cmocka_unit_test(test_long_help),
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_manuals),
		cmocka_unit_test(test_providers_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
