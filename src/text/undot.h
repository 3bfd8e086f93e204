/* SPDX-License-Identifier: MIT */
/*
 * Where a text ends at a line that holds a single dot (RFC 5321 4.5.2, and
 * sendmail's input without -i).
 */
#ifndef MITTO_UNDOT_H
#define MITTO_UNDOT_H

#include <stdbool.h>
#include <stddef.h>

#define UNDOT_HELD 2 /* bytes of earlier blocks that may come out later */

/* A zeroed value, with what is wanted set, stands at the start of a line. */
struct undot {
	bool crlf;    /* a line ends at CRLF only: a bare LF is text.  What one
		       * side takes for the end and the other does not would
		       * smuggle in a second message. */
	bool unstuff; /* a dot in front of other characters is taken off */
	bool ended;   /* the dot was seen */
	int state;    /* private */
};

/*
 * Take len bytes, write what is text into out (room for len + UNDOT_HELD) and
 * its length into *out_len.  Returns how many bytes were used: fewer than len
 * only if the end stands among them.  A dot that the end of the input follows
 * instead of a line end is never given out.
 */
size_t undot(
    struct undot *u, const char *in, size_t len, char *out, size_t *out_len);

#endif
