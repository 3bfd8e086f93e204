/* SPDX-License-Identifier: MIT */
/*
 * Lines that begin with a dot, and whether a message is what was promised.
 *
 * Both lanes pass every block of a message by here.
 */
#ifndef MITTO_DOTS_H
#define MITTO_DOTS_H

#include "base/error.h"
#include "message/message.h"

struct dots {
	int64_t read;  /* bytes of the message so far */
	int64_t lines; /* of them that begin with a dot */
	char tail[2];  /* the last two bytes */
};

/* Does the next byte begin a line?  A zeroed value stands at the start. */
bool dots_line_begins(const struct dots *d);

/* Take the next block, len > 0; how many of its lines begin with a dot. */
size_t dots_scan(struct dots *d, const char *data, size_t len);

/* Double the `count` dots at line starts, in place: behind data[len] must be
 * room for as many bytes.  `begins`: data[0] begins a line.  The new length.
 */
size_t dots_stuff(char *data, size_t len, size_t count, bool begins);

/*
 * All of it was read: is everything true that was promised?  A message without
 * its final line end, or with another size than declared, would be cut or hang,
 * and no server could notice.
 */
int dots_check(const struct dots *d, const struct wire *wire, struct error *err)
    MUST_CHECK;

#endif
