/* SPDX-License-Identifier: MIT */
/*
 * Any text is judged; a time that was read is written and read as the same.
 */
#include "base/mem.h"
#include "text/datetime.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	char written[DATETIME_SIZE];
	time_t when, again;

	if (!datetime_parse(text, &when))
		return 0;
	datetime_format(when, written);
	assert(datetime_parse(written, &again));
	assert(again == when || when > 253402300799 || when < -2208988800);
	return 0;
}
