/* SPDX-License-Identifier: MIT */
/* A pasted line: no more codes than there is room for, each a short text. */
#include "text/codescan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct code codes[4];
	/* A copy of its own size, so that a sanitizer sees each byte too many.
	 */
	char *line = malloc(size > 0 ? size : 1);
	size_t n;

	if (line == NULL)
		return 0;
	if (size > 0)
		memcpy(line, data, size);
	n = codescan_line(line, size, codes, 4);
	if (n > 4)
		abort();
	for (size_t i = 0; i < n; i++)
		if (strlen(codes[i].text) == 0 || strlen(codes[i].text) > 11)
			abort();
	free(line);
	return 0;
}
