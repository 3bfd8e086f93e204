/* SPDX-License-Identifier: MIT */
/*
 * mitto explain: what codes, exit statuses and the words of servers and
 * libraries mean.  It needs no network, and of a configuration only the presets
 * that it may have.
 */
#include "command/command.h"

#include "base/io.h"
#include "base/mem.h"
#include "report/result.h"
#include "settings/document.h"
#include "settings/preset.h"
#include "smtp/meaning.h"
#include "text/codescan.h"
#include "text/escape.h"
#include "text/paragraph.h"
#include "text/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX     (1L << 20) /* bytes of a bounce */
#define FINDINGS_MAX 16
#define LABEL        8 /* columns before what is said of a code */

struct match {
	char code[64]; /* as it stands in the text; the words; the name */
	const struct meaning *meaning;
	const struct provider *provider; /* instead of it */
};

struct matches {
	struct match items[FINDINGS_MAX];
	size_t count;
};

/* --- finding -------------------------------------------------------------- */

/* Each code once; a full list takes no more. */
static void
add(struct matches *f, const char *code, const struct meaning *m,
    const struct provider *p)
{
	struct match *new;

	if (m == NULL && p == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].code, code) == 0)
			return;
	if (f->count == FINDINGS_MAX)
		return;
	new = &f->items[f->count++];
	(void)snprintf(new->code, sizeof(new->code), "%s", code);
	new->meaning = m;
	new->provider = p;
}

static void
add_code(struct matches *f, const struct code *code)
{
	const struct meaning *m = NULL;

	switch (code->kind) {
	case CODE_ENHANCED:
		m = meaning_of_enhanced(code->text);
		break;
	case CODE_REPLY:
		m = meaning_of_code(code->text);
		break;
	case CODE_STATUS:
		m = meaning_of_status(code->text);
		break;
	}
	add(f, code->text, m, NULL);
}

static void
add_words(struct matches *f, const char *text)
{
	const struct meaning *m = meaning_of_words(text);

	if (m != NULL)
		add(f, m->key, m, NULL);
}

/* A line with codes; its words say more than they do. */
static void
look_at_line(struct matches *f, const char *line, size_t len)
{
	struct code codes[FINDINGS_MAX];
	size_t count = codescan_line(line, len, codes, FINDINGS_MAX);
	auto_free char *text = mem_strndup(line, len);

	if (count > 0)
		add_words(f, text);
	for (size_t i = 0; i < count; i++)
		add_code(f, &codes[i]);
}

/* Servers of providers that the text speaks of. */
static void
add_providers(struct matches *f, const char *text)
{
	for (size_t i = 0; i < provider_count; i++)
		if (provider_by_host(providers[i].host) != NULL &&
		    strcasestr(text, providers[i].host) != NULL)
			add(f, providers[i].name, NULL, &providers[i]);
}

static bool
is_code(const struct match *it)
{
	return it->meaning != NULL && it->meaning->kind <= MEANING_CODE;
}

static bool
is_yes(const struct match *it)
{
	return is_code(it) && (it->code[0] == '2' || it->code[0] == '3');
}

/* Beside a refusal, a yes says nothing. */
static void
drop_yes(struct matches *f)
{
	size_t refusals = 0, kept = 0;

	for (size_t i = 0; i < f->count; i++)
		refusals += is_code(&f->items[i]) && !is_yes(&f->items[i]);
	for (size_t i = 0; refusals > 0 && i < f->count; i++)
		if (!is_yes(&f->items[i]))
			f->items[kept++] = f->items[i];
	if (refusals > 0)
		f->count = kept;
}

/* A number, or a name, alone. */
static void
look_at_word(struct matches *f, const struct config *c, const char *word)
{
	const struct meaning *m = NULL;

	if (word[strspn(word, "0123456789")] == '\0') {
		m = meaning_of_status(word);
		add(f, word, m != NULL ? m : meaning_of_code(word), NULL);
	} else {
		add(f, word, NULL, preset_named(c, word));
	}
}

static void
find(struct matches *f, const struct config *c, const char *text)
{
	look_at_word(f, c, text);
	for (const char *line = text; f->count == 0 || line != text;) {
		size_t len = strcspn(line, "\n");

		look_at_line(f, line, len);
		if (line[len] == '\0')
			break;
		line += len + 1;
	}
	if (f->count == 0)
		add_words(f, text);
	add_providers(f, text);
	drop_yes(f);
}

/* --- telling ---------------------------------------------------------------
 */

static bool
is_enhanced(const struct match *it, char class)
{
	return it->meaning->kind <= MEANING_SUBJECT && it->code[0] == class;
}

static enum meaning_who
who_of(const struct match *it)
{
	return is_enhanced(it, '2') ? WHO_NOBODY : it->meaning->who;
}

/* The rows of enhanced codes are about refusals for good. */
static void
put_meaning(struct buf *out, const struct match *it)
{
	if (is_enhanced(it, '2'))
		buf_puts(out, "accepted; where there is a detail: ");
	else if (is_enhanced(it, '4'))
		buf_puts(out, "for now: ");
	buf_puts(out, it->meaning->text);
}

static void
put_advice(struct buf *out, const struct match *it)
{
	if (is_enhanced(it, '2')) {
		buf_puts(out, "Nothing.");
		return;
	}
	if (is_enhanced(it, '4'))
		buf_puts(out,
		    "Try again later: -Q keeps the message and does so. If it "
		    "stays so: ");
	buf_puts(out, it->meaning->advice);
}

static void
put_field(struct buf *out, const char *label, const struct buf *text)
{
	buf_puts(out, label);
	paragraph_put(out, text->data, LABEL);
}

static void
put_text(struct buf *out, const struct match *it)
{
	auto_buf struct buf meaning = buf_make(1000), who = buf_make(100);
	auto_buf struct buf advice = buf_make(1000);

	if (it->provider != NULL) {
		document_provider(out, it->provider);
		return;
	}
	put_meaning(&meaning, it);
	buf_puts(&who, meaning_who_text(who_of(it)));
	put_advice(&advice, it);
	buf_puts(out, it->code);
	if (strlen(it->code) >= LABEL)
		buf_putc(out, '\n');
	paragraph_put(out, meaning.data, LABEL);
	put_field(out, "  who", &who);
	put_field(out, "  try", &advice);
}

static void
put_json(struct buf *out, const struct match *it)
{
	auto_buf struct buf meaning = buf_make(1000), advice = buf_make(1000);
	const char *kind = "provider", *who = "you";

	if (it->provider != NULL) {
		if (it->provider->login != NULL)
			buf_puts(&meaning, it->provider->login);
		if (it->provider->url != NULL)
			buf_puts(&advice, it->provider->url);
	} else {
		put_meaning(&meaning, it);
		put_advice(&advice, it);
		kind = meaning_kind_name(it->meaning->kind);
		who = meaning_who_name(who_of(it));
	}
	buf_printf(out, "{\"kind\":\"%s\"", kind);
	result_member(out, "code", it->code);
	result_member(out, "meaning", meaning.data);
	result_member(out, "who", who);
	result_member(out, "try", advice.data);
	buf_putc(out, '}');
}

static void
put_all_text(struct buf *out, const struct matches *f)
{
	for (size_t i = 0; i < f->count; i++) {
		if (i > 0)
			buf_putc(out, '\n');
		put_text(out, &f->items[i]);
	}
}

static void
put_all_json(struct buf *out, const struct matches *f, const struct error *err)
{
	int status = error_status(err->kind);

	buf_printf(out, "{\"ok\":%s,\"exit\":%d",
	    status == 0 ? "true" : "false", status);
	result_member(out, "error", err->text);
	result_member(out, "hint", err->hint);
	buf_puts(out, ",\"findings\":[");
	for (size_t i = 0; i < f->count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_json(out, &f->items[i]);
	}
	buf_puts(out, "]}\n");
}

/* --- the command ------------------------------------------------------------
 */

static const char *
next_known(void *ctx UNUSED, size_t i)
{
	if (i < provider_count)
		return providers[i].name;
	for (size_t k = 0, n = i - provider_count; k < meaning_count; k++)
		if (meanings[k].kind == MEANING_WORDS && n-- == 0)
			return meanings[k].key;
	return NULL;
}

static int
unknown(const char *text, struct error *err)
{
	const char *near = suggest_nearest(text, next_known, NULL);

	(void)error_set(err, ERR_USAGE, "nothing is known of '%.60s%s'", text,
	    strlen(text) > 60 ? "..." : "");
	if (near != NULL)
		return error_hint(
		    err, "did you mean this?\nmitto explain '%s'", near);
	return error_hint(err,
	    "it takes a code (535, 5.7.8), an exit status (76), the words of a "
	    "server or a library, or a provider:\nmitto help providers");
}

/* The words of the command line, or standard input, without blanks around. */
static int
read_text(
    struct buf *text, int count, const char *const *words, struct error *err)
{
	size_t start;

	for (int i = 0; i < count; i++)
		buf_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
	if (count == 0 && io_read_all(STDIN_FILENO, text) != 0)
		return error_errno(
		    err, ERR_NOINPUT, errno, "cannot read standard input");
	if (buf_check(text, "the text", err) < 0)
		return -1;
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] == '\0' || text->data[i] == '\r')
			text->data[i] = ' ';
	while (text->len > 0 && strchr(" \t\n", text->data[text->len - 1]))
		buf_truncate(text, text->len - 1);
	start = strspn(text->data, " \t\n");
	memmove(text->data, text->data + start, text->len + 1 - start);
	buf_truncate(text, text->len - start);
	return 0;
}

/* For the presets in it; it may be missing or wrong. */
static void
load(struct config *c)
{
	auto_buf struct buf ignored = buf_make(TEXT_MAX);
	struct error unread = ERROR_INIT;

	if (config_load(c, secure_getenv("MITTO_CONFIG"), &ignored, &unread) !=
	    0)
		buf_clear(&ignored);
}

static int
explain(struct matches *f, const struct config *c, int count,
    const char *const *words, struct error *err)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);

	if (read_text(&text, count, words, err) < 0)
		return -1;
	find(f, c, text.data);
	return f->count > 0 ? 0 : unknown(text.data, err);
}

static void
tell(const struct matches *f, bool json, struct error *err)
{
	struct terminal t = terminal_open(STDERR_FILENO, WHEN_AUTO);
	auto_buf struct buf out = buf_make(TEXT_MAX);

	if (json)
		put_all_json(&out, f, err);
	else
		put_all_text(&out, f);
	if (fwrite(out.data, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0)
		(void)error_errno(
		    err, ERR_IO, errno, "cannot write to standard output");
	if (err->kind != ERR_NONE)
		result_print_error(err, &t);
}

/* Take what is an option out of the words; those that are left, or -1. */
static int
take_options(int argc, char *const *argv, const char **words, bool *json,
    struct error *err)
{
	int count = 0;
	bool open = true;

	for (int i = 0; i < argc; i++) {
		if (open && strcmp(argv[i], "--") == 0) {
			open = false;
		} else if (open && strcmp(argv[i], "--json") == 0) {
			*json = true;
		} else if (open && count == 0 && argv[i][0] == '-') {
			(void)error_set(err, ERR_USAGE,
			    "explain has no option '%s'", argv[i]);
			return error_hint(err, "mitto explain --help");
		} else {
			words[count++] = argv[i];
		}
	}
	return count;
}

static void
put_usage(FILE *to)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	struct error none = ERROR_INIT;

	if (document_help_topic(&text, "explain", &none) == 0)
		(void)fputs(text.data, to);
}

int
command_explain(int argc, char *const *argv)
{
	auto_free const char **words =
	    mem_resize(NULL, (size_t)argc + 1, sizeof(*words));
	auto_config struct config config = { .count = 0 };
	struct matches f = { .count = 0 }; /* points into the config */
	struct error err = ERROR_INIT;
	bool json = false;
	int count;

	if (argc > 0 &&
	    (strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "--help") == 0)) {
		put_usage(stdout);
		return 0;
	}
	count = take_options(argc, argv, words, &json, &err);
	if (count == 0 && isatty(STDIN_FILENO) == 1) {
		put_usage(stderr);
		return error_status(ERR_USAGE);
	}
	load(&config);
	if (count >= 0)
		(void)explain(&f, &config, count, words, &err);
	tell(&f, json, &err);
	return error_status(err.kind);
}
