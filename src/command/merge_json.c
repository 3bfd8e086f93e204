/* SPDX-License-Identifier: MIT */
/*
 * The members of an object are the columns of its row.
 */
#include "command/merge_json.h"

#include "base/json.h"

int
json_row(const char *text, size_t len, struct strlist *names,
    struct strlist *values, struct error *err)
{
	auto_json_members struct json_members m = { .items = NULL };

	if (json_members_read(&m, text, len, err) < 0)
		return -1;
	for (size_t i = 0; i < m.count; i++) {
		const struct json_member *member = &m.items[i];

		if (member->kind == JSON_MEMBER_NULL)
			continue;
		if (member->kind == JSON_MEMBER_OTHER)
			return error_set(err, ERR_DATA,
			    "'%s' is no text and no number", member->name);
		strlist_add(names, member->name);
		strlist_add(values, member->text);
	}
	return 0;
}
