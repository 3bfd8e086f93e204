/* SPDX-License-Identifier: MIT */
/* Words separated by NUL: what is accepted can be applied, and an option that
 * was refused leaves nothing behind. */
#include "settings/cmdline.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	struct request r = { 0 };
	struct cmdline cl;
	struct error err;
	char *argv[64];
	int argc = 0;

	for (char *p = text; p < text + size && argc < 64; p += strlen(p) + 1)
		argv[argc++] = p;
	if (cmdline_parse(&cl, argc, argv, &err) == 0) {
		if (cmdline_apply(&cl, &r, &err) != 0)
			abort();
	} else if ((cl.count != 0 && err.kind != ERR_DATA) ||
	    err.text[0] == '\0') {
		abort();
	}
	cmdline_release(&cl);
	request_release(&r);
	return 0;
}
