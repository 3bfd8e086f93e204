/* SPDX-License-Identifier: MIT */
/* A line from a client, once as a command and once as text that a dot ends:
 * what is taken is whole, what is refused is a reply, no byte is made up. */
#include "text/smtprequest.h"
#include "text/undot.h"

#include "base/attr.h"
#include "base/mem.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_request(const char *line, size_t size)
{
	auto_smtp_request struct smtp_request r;
	const char *wrong = smtp_request_parse(&r, line, size);

	if (wrong != NULL) {
		if (wrong[0] != '5' || strpbrk(wrong, "\r\n") != NULL)
			abort();
		return;
	}
	if (r.verb >= SMTP_VERBS ||
	    (r.verb == SMTP_RCPT && (r.address == NULL || *r.address == '\0')))
		abort();
	if (r.address != NULL && strpbrk(r.address, "\r\n") != NULL)
		abort();
}

/* In one piece and byte by byte it is the same. */
static void
check_dots(const char *in, size_t size, bool crlf, bool unstuff)
{
	struct undot whole = { .crlf = crlf, .unstuff = unstuff };
	struct undot pieces = whole;
	auto_free char *a = mem_alloc(size + UNDOT_HELD);
	auto_free char *b = mem_alloc(size + UNDOT_HELD);
	size_t len, sum = 0, at = 0;
	size_t used = undot(&whole, in, size, a, &len);

	while (at < size && !pieces.ended) {
		char out[1 + UNDOT_HELD];
		size_t n;

		at += undot(&pieces, in + at, 1, out, &n);
		memcpy(b + sum, out, n);
		sum += n;
	}
	if (at != used || sum != len || memcmp(a, b, len) != 0 || len > size ||
	    whole.ended != pieces.ended)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check_request(text, size);
	for (int way = 0; way < 4; way++)
		check_dots(text, size, (way & 1) != 0, (way & 2) != 0);
	return 0;
}
