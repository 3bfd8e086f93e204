/* SPDX-License-Identifier: MIT */
/* Any split of the input gives the same header: at once, bytewise, in two. */
#include "base/mem.h"
#include "text/headreader.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
read_head(struct head *h, const char *data, size_t size, size_t piece)
{
	struct error err;
	int result = 0;

	head_init(h);
	for (size_t i = 0; i < size && result == 0; i += piece)
		if (head_push(h, data + i, size - i < piece ? size - i : piece,
			&err) < 0)
			result = -1;
	return result < 0 ? -1 : head_finish(h, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t pieces[] = { 1, size > 1 ? data[0] % size + 1 : 1 };
	struct head whole auto_head;
	int result = read_head(&whole, (const char *)data, size, size + 1);

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		struct head h auto_head;

		if (read_head(&h, (const char *)data, size, pieces[i]) !=
		    result)
			abort();
		if (result == 0 &&
		    (h.consumed != whole.consumed || h.count != whole.count ||
			h.no_header != whole.no_header || h.consumed > size ||
			h.missing_blank != whole.missing_blank ||
			h.text.len != whole.text.len ||
			memcmp(h.text.data, whole.text.data, h.text.len) != 0))
			abort();
	}
	return 0;
}
