/* SPDX-License-Identifier: MIT */
/*
 * Finding survives any field; what we write is found and stays within lines.
 */
#include "base/mem.h"
#include "text/encword.h"
#include "text/param.h"
#include "text/utf8.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf found = buf_make(SIZE_MAX);
	auto_buf struct buf field = buf_make(SIZE_MAX);
	auto_free char *text = mem_strndup((const char *)data, size);
	size_t len = strlen(text), column = 10;

	(void)param_find(text, "name", &found);
	(void)param_is_media_type(text);
	if (!utf8_valid(text, len) || len > 1000)
		return 0;
	buf_puts(&field, "attachment");
	param_add(&field, &column, "filename", text);
	param_add_encword(&field, &column, "name", text);
	for (const char *p = field.data; *p != '\0'; p += strspn(p, "\r\n")) {
		assert(strcspn(p, "\r\n") <= 78);
		p += strcspn(p, "\r\n");
	}
	buf_clear(&found);
	assert(param_find(field.data, "filename", &found));
	assert(strcmp(found.data, text) == 0);
	return 0;
}
