/* SPDX-License-Identifier: MIT */
/* What is found fits its fields and is printable ASCII. */
#include "base/attr.h"
#include "text/autoconfig.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, size_t room)
{
	size_t len = strnlen(text, room);

	if (len == room)
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct autoconfig found;

	if (!autoconfig_outgoing(&found, (const char *)data, size))
		return 0;
	check_text(found.host, sizeof(found.host));
	check_text(found.user, sizeof(found.user));
	if (found.host[0] == '\0' || found.port < 1 || found.port > 65535)
		abort();
	return 0;
}
