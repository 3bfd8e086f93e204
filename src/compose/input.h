/* SPDX-License-Identifier: MIT */
/*
 * What comes on standard input, and who in the draft claims it.
 */
#ifndef MITTO_INPUT_H
#define MITTO_INPUT_H

#include "message/message.h"
#include "settings/settings.h"
#include "stream/file.h"
#include "text/headreader.h"

enum input_use {
	INPUT_NONE,       /* nobody reads it */
	INPUT_BODY,       /* the text */
	INPUT_HTML,       /* --html - */
	INPUT_ATTACHMENT, /* -a - */
	INPUT_MESSAGE,    /* -t or --raw: header and body */
};

/* Parts of a message that stand ready, for who sends the same to many. */
struct ready {
	struct store *html;    /* in place of the draft's file, or NULL */
	struct part *pictures; /* its children are those of the HTML */
	struct part *files;    /* its children are the attachments */
};

struct input {
	enum input_use use;
	struct store *data;              /* NULL when nothing was read */
	struct head head;                /* of INPUT_MESSAGE */
	const struct ready *ready;       /* borrowed, or NULL */
	const volatile int *interrupted; /* ends all reading, or NULL */

	/* Set before it is read by those who know more than the draft. */
	bool ends_at_dot; /* a line with a lone dot ends standard input */
	bool silent;      /* a terminal is read without a word about it */
	bool read;        /* standard input is nothing to be looked at any more,
			   * or never was */
	struct strlist parameters; /* of each --to, one address each, what is
				    * asked for it (text/dsn.h) or ""; or
				    * empty, if for none */
};

/*
 * Who claims standard input.  ERR_USAGE when two do.
 */
int input_claim(const struct draft *d, enum input_use *use, struct error *err)
    MUST_CHECK;

/*
 * Read what the draft needs: standard input, or for -t and --raw the file of
 * --body.  *interrupted also counts for what is read later on behalf of `in`.
 * On a terminal a line on stderr says so first.  With -t and --raw the
 * header is parsed; with --raw, what comes without a header becomes INPUT_BODY
 * if somebody is named to get it.  `in` is zeroed but for what was set before;
 * data that is there already takes the place of standard input.  ERR_NOINPUT,
 * ERR_IO, ERR_DATA (over max_size), ERR_USAGE
 * (--no-input and a terminal), ERR_INTERRUPTED.
 */
int input_read(struct input *in, const struct request *r,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

/* Does standard input come from where nobody can read it again: a pipe, a
 * socket, a file without a name? */
bool input_is_piped(void);

/* After an error that came before input_read(): take what is piped in, if it is
 * the text, as bytes that somebody may want back. */
void input_rescue(
    struct input *in, const struct request *r, const volatile int *interrupted);

void input_release(struct input *in);

/* Let the user edit `text` (may be NULL) in $VISUAL or $EDITOR on the terminal;
 * the result replaces it.  An editor that fails is ERR_IO. */
struct store *input_edit(struct store *text, struct error *err) MUST_CHECK;

#endif
