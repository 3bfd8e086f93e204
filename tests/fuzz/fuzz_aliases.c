/* SPDX-License-Identifier: MIT */
/* Any alias file is read; every entry is found under its name, and its members
 * are addresses or refused, within bounds. */
#include "settings/aliasfile.h"
#include "text/address.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_members(const char *value)
{
	auto_buf struct buf member = buf_make(strlen(value) + 1);
	const char *p = value;
	const char *before = p;
	enum alias_kind kind;

	while (alias_next(&p, &member, &kind)) {
		auto_address_list struct address_list list = { 0 };
		struct error err = ERROR_INIT;

		if (p <= before || member.full)
			abort();
		before = p;
		if (kind <= ALIAS_FINAL &&
		    address_parse(&list, member.data, member.len, &err) != 0 &&
		    err.kind != ERR_DATA)
			abort();
	}
	if (p > value + strlen(value))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct alias_file f = { .path = NULL };
	struct error err = ERROR_INIT;
	int result;

	if (size == 0)
		return 0;
	result = alias_file_parse(&f, "fuzz", (const char *)data, size, &err);
	if ((result != 0) != (memchr(data, '\0', size) != NULL))
		abort();
	for (size_t i = 0; i < f.count; i++) {
		const struct alias_entry *e = &f.entries[i];
		const struct alias_entry *first = alias_file_find(&f, e->name);

		if (first == NULL || strcasecmp(first->name, e->name) != 0 ||
		    first->line > e->line || e->line == 0)
			abort();
		check_members(e->value);
	}
	alias_file_release(&f);
	return 0;
}
