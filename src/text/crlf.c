/* SPDX-License-Identifier: MIT */
/*
 * Copies whole vectors until one holds a line end; then that line end decides.
 */
#include "text/crlf.h"

#include "text/lanes.h"

static size_t
put_line_end(char *out)
{
	out[0] = '\r';
	out[1] = '\n';
	return 2;
}

/* Copy up to the next CR or LF; the number of bytes.  May write up to a vector
 * more than it says, which CRLF_BOUND allows as long as a vector is left. */
static inline size_t
copy_run(const char *in, size_t len, char *out)
{
	size_t n = 0;

	while (len - n >= LANES) {
		lanes v = lanes_load(in + n);
		size_t first = lanes_first((v == '\r') | (v == '\n'));

		lanes_store(out + n, v);
		n += first;
		if (first < LANES)
			return n;
	}
	for (; n < len && in[n] != '\r' && in[n] != '\n'; n++)
		out[n] = in[n];
	return n;
}

size_t
crlf_encode(struct crlf_encoder *e, const void *data, size_t len, char *out)
{
	const char *in = data;
	size_t i = 0, n = 0;

	if (e->cr && len > 0) {
		n += put_line_end(out);
		i += in[0] == '\n';
		e->cr = false;
	}
	while (i < len) {
		size_t run = copy_run(in + i, len - i, out + n);

		i += run;
		n += run;
		if (i == len)
			return n;
		if (in[i] == '\r' && i + 1 == len) {
			e->cr = true;
			return n;
		}
		i += in[i] == '\r' && in[i + 1] == '\n' ? 2 : 1;
		n += put_line_end(out + n);
	}
	return n;
}

size_t
crlf_finish(struct crlf_encoder *e, char *out)
{
	if (!e->cr)
		return 0;
	e->cr = false;
	return put_line_end(out);
}
