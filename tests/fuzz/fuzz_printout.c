/* SPDX-License-Identifier: MIT */
/*
 * Whatever a program prints becomes UTF-8 without controls, and plain text
 * comes through as it is.
 */
#include "text/printout.h"
#include "text/utf8.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf once = buf_make(SIZE_MAX);
	auto_buf struct buf twice = buf_make(SIZE_MAX);

	(void)printout_add(&once, (const char *)data, size);
	assert(utf8_valid(once.data, once.len));
	for (size_t i = 0; i < once.len; i++) {
		unsigned char c = (unsigned char)once.data[i];

		assert(c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f));
	}
	assert(printout_add(&twice, once.data, once.len));
	assert(twice.len == once.len);
	assert(memcmp(twice.data, once.data, once.len) == 0);
	return 0;
}
