/* SPDX-License-Identifier: MIT */
/* A hostile server's half of a conversation: nothing overflows, every reply is
 * in range, and what is refused stays refused. */
#include "smtp/recorder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char group[] =
	    "EHLO x\r\nAUTH PLAIN c2VjcmV0\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\n"
	    "RCPT TO:<c>\r\nDATA\r\n";
	struct recipient people[2] = { { .address = NULL } };
	struct recipient *pointers[] = { &people[0], &people[1] };
	const char *p = (const char *)data, *end = p + size;
	struct recorder r;

	recorder_init(&r, NULL, NULL);
	recorder_begin(&r, pointers, 2);
	recorder_connect(&r);
	recorder_client(&r, group, sizeof(group) - 1);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((lf != NULL ? lf + 1 : end) - p);

		if (recorder_server(&r, p, len) == RECORD_REPLY &&
		    (reply_class(&r.last) < 2 || reply_class(&r.last) > 5 ||
			strlen(r.last.text) >= REPLY_TEXT ||
			strstr(r.last.text, "c2VjcmV0") != NULL))
			abort();
		p += len;
	}
	recorder_release(&r);
	return 0;
}
