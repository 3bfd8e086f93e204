/* SPDX-License-Identifier: MIT */
/* A file of the queue that anybody may have written: nothing overflows, and
 * what is read, written again, is the same file but for its checksum. */
#include "base/io.h"
#include "base/mem.h"
#include "spool/entry.h"
#include "spool/state.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SUM 65 /* bytes of the checksum and its line end */
#define ID  "q-1700000000000000-abcdefghijklm"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(
    const struct entry *e, struct store *file, const char *data, size_t size)
{
	struct error err = ERROR_INIT;
	auto_fd int fd = io_temp_file(&err);
	auto_free char *again = mem_alloc(size);
	struct wire w;

	entry_wire(e, file, &w);
	if (fd < 0 || entry_write(fd, e, w.stream, &err) < 0 ||
	    lseek(fd, 0, SEEK_END) != (off_t)size ||
	    pread(fd, again, size, 0) != (ssize_t)size ||
	    memcmp(again, data, size - SUM) != 0)
		abort();
	wire_release(&w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	auto_store struct store *file =
	    store_memory(mem_strndup(text, size), size, "entry");
	struct error err = ERROR_INIT;
	struct state state;
	struct entry e;

	if (entry_read(&e, file, &err) == 0) {
		check_same(&e, file, text, size);
		entry_release(&e);
	}
	(void)!entry_verify(file, &err);
	state_init(&state, 2);
	state_read(&state, ID, text, size);
	state_release(&state);
	return 0;
}
