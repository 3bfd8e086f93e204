/* SPDX-License-Identifier: MIT */
/* Whatever goes in, one field comes out: lines of at most 998, CRLF only. */
#include "base/mem.h"
#include "text/header.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_field(const struct buf *out)
{
	for (const char *p = out->data, *end; *p != '\0'; p = end + 2) {
		end = strstr(p, "\r\n");
		if (end == NULL || end - p > 998 ||
		    strcspn(p, "\r\n") != (size_t)(end - p) ||
		    (p != out->data && (*p != ' ' && *p != '\t')) ||
		    (p != out->data && p + strspn(p, " \t") == end))
			abort();
	}
	if (strlen(out->data) != out->len)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	struct buf out auto_buf = buf_make(1 << 24);
	struct error err;

	if (header_text(&out, "Subject", text, &err) == 0)
		check_field(&out);
	buf_clear(&out);
	if (header_user(&out, text, &err) == 0)
		check_field(&out);
	buf_clear(&out);
	if (header_repair(&out, text, size, &err) == 0)
		check_field(&out);
	return 0;
}
