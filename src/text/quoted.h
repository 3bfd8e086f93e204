/* SPDX-License-Identifier: MIT */
/*
 * Quoted-printable (RFC 2045 section 6.7) of text with CRLF line ends.
 */
#ifndef MITTO_QUOTED_H
#define MITTO_QUOTED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Input is in canonical form: every line break is CRLF (the crlf filter makes
 * it so); a CR or LF that is not part of one is encoded.  Output lines have at
 * most 76 characters.  Beyond the RFC's need, encoded so that no gateway can
 * harm the text: a leading dot, and "From " at a line start.
 */
struct qp_encoder {
	char pending[8]; /* input bytes that cannot be decided yet */
	unsigned pending_count;
	unsigned column; /* characters on the current output line */
};

#define QP_BOUND(n) ((n)*3 + ((n)*3 / 72 + 2) * 3 + 64)

/* Encode len bytes into out (QP_BOUND(len) bytes); the number written. */
size_t qp_encode(struct qp_encoder *e, const void *in, size_t len, char *out);

/* Write what is pending (at most 24 bytes). */
size_t qp_finish(struct qp_encoder *e, char *out);

/*
 * The number of bytes that qp_encode would write for this block once its line
 * ends LF, CRLF and CR were made CRLF.  `last` says that nothing follows.  An
 * encoder that measures must not encode.
 */
size_t qp_measure(struct qp_encoder *e, const void *in, size_t len, bool last);

#endif
