/* SPDX-License-Identifier: MIT */
/*
 * The generated parts of the manuals: mdoc(7) from the option table.
 *
 * A paragraph becomes text lines, one sentence to a line as mdoc wants it; what
 * stands between backquotes becomes a macro line of its own, with the
 * punctuation that follows it.
 */
#include "settings/document.h"

#include "settings/options.h"

#include <string.h>

#define WIDTH 76 /* columns of a text line */

/* A paragraph on its way out. */
struct writer {
	struct buf *out;
	size_t column;
};

static void
end_line(struct writer *w)
{
	if (w->column > 0)
		buf_putc(w->out, '\n');
	w->column = 0;
}

/* Text in which no character is markup; '-' is the one that can be copied. */
static void
add_escaped(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			buf_puts(out, "\\e");
		else if (text[i] == '-')
			buf_puts(out, "\\-");
		else if (text[i] == '"')
			buf_puts(out, "\\(dq");
		else
			buf_putc(out, text[i]);
	}
}

/* An argument of a macro, in quotes so that it is one word and no macro. */
static void
add_argument(struct buf *out, const char *text, size_t len)
{
	buf_puts(out, " \"\\&");
	add_escaped(out, text, len);
	buf_putc(out, '"');
}

/* One word of running text. */
static void
add_word(struct writer *w, const char *text, size_t len)
{
	if (w->column > 0 && w->column + 1 + len > WIDTH)
		end_line(w);
	if (w->column > 0) {
		buf_putc(w->out, ' ');
		w->column++;
	} else if (text[0] == '.' || text[0] == '\'') {
		buf_puts(w->out, "\\&");
	}
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\\')
			buf_puts(w->out, "\\e");
		else
			buf_putc(w->out, text[i]);
	w->column += len;
	if (strchr(".?!:", text[len - 1]) != NULL)
		end_line(w);
}

/* `-n` or `--dry-run`: an option without a value. */
static bool
is_plain_option(const char *text, size_t len)
{
	if (len < 2 || text[0] != '-' || memchr(text, ' ', len) != NULL ||
	    memchr(text, '=', len) != NULL)
		return false;
	return text[1] == '-' ? len > 2 : len == 2;
}

/* What stood between backquotes; the offset behind punctuation after it. */
static const char *
add_literal(struct writer *w, const char *text, size_t len, const char *after)
{
	end_line(w);
	if (is_plain_option(text, len)) {
		buf_puts(w->out, ".Fl ");
		add_escaped(w->out, text + 1, len - 1);
	} else {
		buf_puts(w->out, ".Ql");
		add_argument(w->out, text, len);
	}
	for (; *after != '\0' && strchr(".,;:?!)", *after) != NULL; after++)
		buf_printf(w->out, " %c", *after);
	buf_putc(w->out, '\n');
	return after;
}

static void
add_paragraph(struct buf *out, const char *text)
{
	struct writer w = { .out = out };

	while (*text != '\0') {
		size_t len = strcspn(text, " `");

		if (*text == ' ') {
			text++;
		} else if (*text == '`') {
			const char *close = strchr(text + 1, '`');

			text = add_literal(&w, text + 1,
			    (size_t)(close - text - 1), close + 1);
		} else {
			add_word(&w, text, len);
			text += len;
		}
	}
	end_line(&w);
}

/* ".It Fl s Ar TEXT , Fl -subject Ar TEXT" */
static void
add_option_head(struct buf *out, const struct option *o)
{
	bool optional = o->arg != NULL && o->arg[0] == '[';
	const char letters[] = { o->letter, o->letter_alias, '\0' };

	buf_puts(out, ".It");
	for (const char *p = letters; *p != '\0'; p++) {
		buf_printf(out, " Fl %c", *p);
		if (o->arg != NULL && !optional && o->letter_value == NULL) {
			buf_puts(out, " Ar");
			add_argument(out, o->arg, strlen(o->arg));
		}
		buf_puts(out, " ,");
	}
	buf_puts(out, " Fl \\-");
	add_escaped(out, o->name, strlen(o->name));
	if (o->arg != NULL) {
		buf_puts(out, optional ? " Ns Ar" : " Ar");
		add_argument(out, o->arg, strlen(o->arg));
	}
	buf_putc(out, '\n');
}

static void
add_option_group(struct buf *out, const char *group)
{
	buf_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", group);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];

		if ((o->scope & IS_FLAG) == 0 || strcmp(o->group, group) != 0)
			continue;
		add_option_head(out, o);
		add_paragraph(out, o->manual);
	}
	buf_puts(out, ".El\n");
}

void
document_man_options(struct buf *out)
{
	for (size_t i = 0; option_groups[i] != NULL; i++)
		add_option_group(out, option_groups[i]);
}

/* ".It Ic tls No = Ar MODE" */
static void
add_key_head(struct buf *out, const struct option *o)
{
	const char *arg = o->arg;

	if (o->type == OPTION_FLAG)
		arg = "yes|no";
	else if (o->type == OPTION_COUNT)
		arg = "NUMBER";
	buf_puts(out, ".It Ic");
	add_argument(out, o->name, strlen(o->name));
	buf_puts(out, " No = Ar");
	add_argument(out, arg, strlen(arg));
	buf_putc(out, '\n');
}

static bool
has_keys(const char *group)
{
	for (size_t i = 0; i < option_count; i++)
		if ((options[i].scope & IN_CONFIG) != 0 &&
		    strcmp(options[i].group, group) == 0)
			return true;
	return false;
}

/* The keys that are flags too are explained in mitto(1). */
static void
add_key_group(struct buf *out, const char *group)
{
	buf_printf(out, ".Ss %s\n.Bl -tag -width Ds\n", group);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];

		if ((o->scope & IN_CONFIG) == 0 || strcmp(o->group, group) != 0)
			continue;
		add_key_head(out, o);
		if ((o->scope & IN_ARGV) == 0) {
			add_paragraph(out, o->manual);
			continue;
		}
		add_paragraph(out, o->help);
		buf_puts(out, ".Pq Fl \\-");
		add_escaped(out, o->name, strlen(o->name));
		buf_putc(out, '\n');
	}
	buf_puts(out, ".El\n");
}

void
document_man_keys(struct buf *out)
{
	for (size_t i = 0; option_groups[i] != NULL; i++)
		if (has_keys(option_groups[i]))
			add_key_group(out, option_groups[i]);
}
