/* SPDX-License-Identifier: MIT */
/*
 * Line ends: LF, CRLF and lone CR become CRLF, the only one on the wire.
 */
#ifndef MITTO_CRLF_H
#define MITTO_CRLF_H

#include <stdbool.h>
#include <stddef.h>

/* A CR at the end of a block is held until the next byte is known;
 * crlf_finish writes it as CRLF (at most 2 bytes). */
struct crlf_encoder {
	bool cr; /* a CR was read last */
};

#define CRLF_BOUND(n) ((n)*2 + 2)

size_t crlf_encode(
    struct crlf_encoder *e, const void *in, size_t len, char *out);
size_t crlf_finish(struct crlf_encoder *e, char *out);

#endif
