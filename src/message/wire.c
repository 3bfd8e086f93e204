/* SPDX-License-Identifier: MIT */
/*
 * Text and content in turn become one stream; only text is looked at here.
 */
#include "message/wire.h"

#include "base/mem.h"
#include "text/header.h"

#define TEXT_MAX (4 * (size_t)HEADER_MAX_BLOCK)

struct assembly
assembly_make(void)
{
	return (struct assembly){
		.stream = stream_concat(),
		.text = buf_make(TEXT_MAX),
	};
}

void
assembly_release(struct assembly *a)
{
	stream_free(a->stream);
	a->stream = NULL;
	buf_release(&a->text);
}

/* Move the text into the stream. */
static int
flush(struct assembly *a, struct error *err)
{
	const char *text = a->text.data;
	size_t len = a->text.len;

	if (buf_check(&a->text, "the header", err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' && (i == 0 || text[i - 1] == '\n'))
			a->dot_lines++;
		if ((unsigned char)text[i] >= 0x80)
			a->utf8_header = true;
	}
	if (len > 0)
		stream_concat_add(
		    a->stream, stream_memory_take(buf_take(&a->text), len));
	return 0;
}

int
assembly_add(struct assembly *a, struct stream *content, int64_t dot_lines,
    bool eight_bit, struct error *err)
{
	if (flush(a, err) < 0) {
		stream_free(content);
		return -1;
	}
	stream_concat_add(a->stream, content);
	a->dot_lines += dot_lines;
	a->eight_bit |= eight_bit;
	return 0;
}

int
assembly_finish(struct assembly *a, struct wire *out, struct error *err)
{
	if (flush(a, err) < 0)
		return -1;
	*out = (struct wire){
		.size = stream_size(a->stream),
		.dot_lines = a->dot_lines,
		.eight_bit = a->eight_bit || a->utf8_header,
		.utf8_header = a->utf8_header,
		.stream = a->stream,
	};
	a->stream = NULL;
	return 0;
}

int
stream_facts(struct stream *s, struct content_facts *out, struct error *err)
{
	auto_free char *block = mem_alloc(STREAM_BLOCK);
	struct content_scanner scan = { 0 };
	ssize_t n;

	while ((n = stream_read(s, block, STREAM_BLOCK, err)) > 0)
		content_scan(&scan, block, (size_t)n);
	if (n < 0)
		return -1;
	content_scan_finish(&scan);
	*out = scan.facts;
	return 0;
}
