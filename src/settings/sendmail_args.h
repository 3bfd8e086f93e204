/* SPDX-License-Identifier: MIT */
/*
 * sendmail's command line, translated into mitto's own (SPEC 6).
 *
 * Letters may stand in one word; a value is joined or the next word, but that
 * of -o, -d and -q only joined.  "--" or the first operand ends the flags:
 * behind it nothing is a flag, so an address cannot be one.  Files that flags
 * name (-C, -X, -O, -o) are neither read nor written.
 */
#ifndef MITTO_SENDMAIL_ARGS_H
#define MITTO_SENDMAIL_ARGS_H

#include "settings/cmdline.h"

enum sendmail_mode {
	SENDMAIL_SEND,    /* -bm: a message on standard input */
	SENDMAIL_SMTP,    /* -bs: SMTP on standard input and output */
	SENDMAIL_LIST,    /* -bp: what waits in the queue */
	SENDMAIL_FLUSH,   /* -q: send it, if it is due */
	SENDMAIL_ALIASES, /* -bi, -I: rebuild the table of aliases */
};

/* When a message is sent. */
enum sendmail_when {
	SENDMAIL_NOW,   /* -odi, -odf */
	SENDMAIL_FIRST, /* -odb, -odd: queued first, then sent */
	SENDMAIL_LATER, /* -odq: queued */
};

struct sendmail_args {
	enum sendmail_mode mode;
	enum sendmail_when when;
	bool json;        /* --json, with -bp or -q */
	bool ignore_dots; /* -i, -oi */
	int verbose;      /* -v, how often */
	const char *tag;  /* -L: the name in the log, NULL if not given */
};

/*
 * argv without the program's name; a->tag points into it.  cl, which starts
 * zeroed, is filled: operands, -t as "read-headers", -f and -r as
 * "envelope-from" and, if it has a domain, as "from", -F, -N, -R, -V.  --json
 * is the only long flag.  A flag that is not known is ERR_USAGE without a hint,
 * an address that is none ERR_DATA; cl is then to be released by the caller all
 * the same.
 */
int sendmail_args_parse(struct sendmail_args *a, struct cmdline *cl, int argc,
    char *const *argv, struct error *err) MUST_CHECK;

#endif
