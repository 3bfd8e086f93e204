/* SPDX-License-Identifier: MIT */
/* Any input as a finished message: it is refused, or fit to travel. */
#include "base/mem.h"
#include "message/repair.h"
#include "wirecheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *st auto_store =
	    store_memory(mem_strndup((const char *)data, size), size, "input");
	struct head head auto_head;
	struct strlist drop = { 0 };
	struct buf added auto_buf = buf_make(0);
	struct error err = ERROR_INIT;
	struct wire w = { 0 };

	head_init(&head);
	if (head_push(&head, (const char *)data, size, &err) < 0 ||
	    (!head.complete && head_finish(&head, &err) < 0) ||
	    repair_wire(st, &head, &added, &drop, &w, &err) < 0)
		return 0;
	check_wire(&w);
	wire_release(&w);
	return 0;
}
