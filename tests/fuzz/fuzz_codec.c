/* SPDX-License-Identifier: MIT */
/*
 * Encoders write the same for any split, base64 decodes to what it was, and the
 * scan foretells the sizes.  The first byte of the input is the block size.
 */
#include "base/mem.h"
#include "text/codec.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Encode in blocks by NAME_encode; the allocated text of *n bytes. */
#define ENCODER(name, bound) \
	static char *name( \
	    const uint8_t *in, size_t len, size_t block, size_t *n) \
	{ \
		struct name##_encoder e = { 0 }; \
		char *out = mem_alloc(bound(len) + 8); \
\
		*n = 0; \
		for (size_t i = 0; i < len; i += block) \
			*n += name##_encode(&e, in + i, \
			    block < len - i ? block : len - i, out + *n); \
		*n += name##_finish(&e, out + *n); \
		return out; \
	}
ENCODER(base64, BASE64_BOUND)
ENCODER(crlf, CRLF_BOUND)
ENCODER(qp, QP_BOUND)

#define COMPARE(name, in, len, out, n) \
	auto_free char *name##_whole = name(in, len, (len) + 1, &(n)); \
	auto_free char *out = name(in, len, block, &(n)); \
	assert(memcmp(out, name##_whole, n) == 0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct content_scanner s = { 0 };
	size_t block, len, n;
	auto_free uint8_t *back = mem_alloc(size * 2 + 8);

	if (size < 2)
		return 0;
	block = data[0] % 131 + 1U;
	data++;
	size--;
	COMPARE(base64, data, size, word, n);
	assert(base64_size((int64_t)size) == (int64_t)n);
	assert(base64_decode(word, n, back) == size);
	assert(memcmp(back, data, size) == 0);
	COMPARE(crlf, data, size, lines, len);
	COMPARE(qp, (const uint8_t *)lines, len, quoted, n);
	for (size_t i = 0; i < size; i += block)
		content_scan(&s, data + i, block < size - i ? block : size - i);
	content_scan_finish(&s);
	assert(s.facts.crlf_size == (int64_t)len);
	assert(s.facts.qp_size == (int64_t)n || s.facts.nuls > 0);
	return 0;
}
