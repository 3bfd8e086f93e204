/* SPDX-License-Identifier: MIT */
/* The text is UTF-8 without controls, references lie inside the HTML. */
#include "base/mem.h"
#include "text/html.h"
#include "text/utf8.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_refs(const char *html, size_t size)
{
	struct html_refs refs = { 0 };

	html_find_refs(&refs, html, size);
	for (size_t i = 0; i < refs.count; i++) {
		const struct html_ref *r = &refs.items[i];
		auto_free char *path = NULL;

		if (r->start > r->end || r->end > size ||
		    (i > 0 && r->start < refs.items[i - 1].end) ||
		    (html_ref_is_local(r->value, &path) && *path == '\0'))
			abort();
	}
	html_refs_release(&refs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *html = (const char *)data;
	struct buf out auto_buf = buf_make(1 << 26);

	free(html_title(html, size));
	html_to_text(&out, html, size, 72);
	if (!out.full && !utf8_valid(out.data, out.len))
		abort();
	for (size_t i = 0; i < out.len; i++)
		if ((unsigned char)out.data[i] < ' ' && out.data[i] != '\n' &&
		    out.data[i] != '\t')
			abort();
	if (out.len > 0 && out.data[out.len - 1] != '\n')
		abort();
	check_refs(html, size);
	return 0;
}
