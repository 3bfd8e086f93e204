/* SPDX-License-Identifier: MIT */
/* What was parsed and is written for people parses to the same again. */
#include "base/mem.h"
#include "text/address.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	auto_address_list struct address_list list = { 0 };
	struct error err;

	if (address_parse(&list, text, size, &err) < 0)
		return 0;
	for (size_t i = 0; i < list.count; i++) {
		auto_address struct address again = { 0 };
		struct buf out auto_buf = buf_make(1 << 24);

		address_display(&out, &list.items[i]);
		if (address_parse_one(&again, out.data, &err) < 0 ||
		    !address_same(&again, &list.items[i]) ||
		    strcmp(again.name ? again.name : "",
			list.items[i].name ? list.items[i].name : "") != 0)
			abort();
		buf_clear(&out);
		address_header(&out, &list.items[i]);
		if (address_wire(&out, &list.items[i], &err) == 0 &&
		    strpbrk(out.data, "\r\n") != NULL)
			abort();
	}
	return 0;
}
