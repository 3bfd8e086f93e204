/* SPDX-License-Identifier: MIT */
/*
 * Decoding survives anything; what we encode decodes to what it was.
 */
#include "text/encword.h"
#include "text/utf8.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf decoded = buf_make(SIZE_MAX);
	auto_buf struct buf words = buf_make(SIZE_MAX);
	auto_buf struct buf back = buf_make(SIZE_MAX);
	const char *text = (const char *)data;
	enum encword_place place = size % 3;

	encword_decode(&decoded, text, size);
	if (!utf8_valid(text, size))
		return 0;
	encword_encode(&words, text, size, place, size % 90);
	assert(utf8_is_ascii(words.data, words.len));
	assert(
	    strpbrk(words.data, "\r\n\"\\") == NULL || place == ENCWORD_TEXT);
	for (size_t i = 0, n; i < words.len; i += n + 1) {
		n = strcspn(words.data + i, " ");
		assert(n <= 75);
	}
	encword_decode(&back, words.data, words.len);
	assert(back.len == size && memcmp(back.data, text, size) == 0);
	return 0;
}
