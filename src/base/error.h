/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, in one value.
 *
 * A function that can fail returns int (0, or -1 with *err filled) or a
 * pointer (NULL with *err filled) and takes `struct error *err` last.  The
 * text is stored inline, so making an error cannot fail and nothing has to be
 * freed.  Results are written only on success, *err only on failure; err is
 * never NULL.
 *
 * Text: lower case, no full stop, problem first, the culprit in single quotes,
 * then the cause: "cannot read attachment 'a.pdf': Permission denied".  The
 * hint, if any, is what the user should type or change next.  Untrusted bytes
 * may stand in the text: they are made printable where they are printed.
 */
#ifndef MITTO_ERROR_H
#define MITTO_ERROR_H

#include "base/attr.h"

#include <stdarg.h>
#include <stdbool.h>

/* Kinds say what the caller should do; each has one sysexits(3) status. */
enum error_kind {
	ERR_NONE,
	ERR_USAGE,       /* 64 the command line is wrong */
	ERR_DATA,        /* 65 address, header, charset, size limit */
	ERR_NOINPUT,     /* 66 an input cannot be read */
	ERR_NOUSER,      /* 67 every recipient is unknown */
	ERR_NOHOST,      /* 68 the server's name does not exist */
	ERR_UNAVAILABLE, /* 69 the server refuses for good */
	ERR_SOFTWARE,    /* 70 a bug */
	ERR_OS,          /* 71 the system failed us */
	ERR_OSFILE,      /* 72 a system file is missing */
	ERR_CANTCREATE,  /* 73 an output cannot be created */
	ERR_IO,          /* 74 read or write failed */
	ERR_TEMPORARY,   /* 75 try again later */
	ERR_PROTOCOL,    /* 76 TLS or SMTP was not what it should be */
	ERR_NOPERM,      /* 77 login refused, file not ours */
	ERR_CONFIG,      /* 78 configuration */
	ERR_INTERRUPTED, /* 130 Ctrl-C, SIGTERM */
};

struct error {
	enum error_kind kind;
	char text[640];
	char hint[400];
};

/* A value to start from: no error, empty texts. */
#define ERROR_INIT \
	{ \
		.kind = ERR_NONE \
	}

/*
 * Fill *err and return -1.  The hint is cleared.  Text beyond the field is cut
 * at a UTF-8 boundary.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...)
    PRINTF(3, 4);

/* The same with ": strerror(errnum)" behind the text. */
int error_errno(struct error *err, enum error_kind kind, int errnum,
    const char *fmt, ...) PRINTF(4, 5);

/* Put "text: " before what *err says already; returns -1. */
int error_wrap(struct error *err, const char *fmt, ...) PRINTF(2, 3);

/* Set the hint of an error that has none yet; returns -1. */
int error_hint(struct error *err, const char *fmt, ...) PRINTF(2, 3);

/* sysexits status of a kind: 0, 64..78 or 130. */
int error_status(enum error_kind kind);

/* Short phrase of a kind, for example "bad data". */
const char *error_phrase(enum error_kind kind);

#endif
