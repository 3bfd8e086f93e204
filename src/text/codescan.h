/* SPDX-License-Identifier: MIT */
/*
 * Codes in a text that somebody pasted: an error, a log line, a bounce.
 */
#ifndef MITTO_CODESCAN_H
#define MITTO_CODESCAN_H

#include <stddef.h>

enum code_kind {
	CODE_ENHANCED, /* "5.7.8" (RFC 3463) */
	CODE_REPLY,    /* "535" where it stands as a reply does */
	CODE_STATUS,   /* "75" behind "exit" or "status" */
};

struct code {
	enum code_kind kind;
	char text[12];
};

/* The codes of one line in their order, at most max; their number.  Addresses
 * of networks, versions and dates are none. */
size_t codescan_line(
    const char *line, size_t len, struct code *codes, size_t max);

#endif
