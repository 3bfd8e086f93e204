/* SPDX-License-Identifier: MIT */
/*
 * The members of a JSON object, flat, read by jansson: answers of a login
 * service, rows of data.  Most mails have none to read, so jansson is loaded
 * when it is asked.
 */
#ifndef MITTO_JSON_H
#define MITTO_JSON_H

#include "base/attr.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum json_kind {
	JSON_MEMBER_NULL,
	JSON_MEMBER_TEXT,
	JSON_MEMBER_NUMBER,
	JSON_MEMBER_BOOL,
	JSON_MEMBER_OTHER, /* an object, a list, a text with a NUL in it */
};

struct json_member {
	char *name;
	enum json_kind kind;
	char *text;    /* the value as text; NULL of null and of other things */
	double number; /* of a number */
};

/* All zero is the empty object.  It may hold secrets: what is released is
 * wiped. */
struct json_members {
	struct json_member *items;
	size_t count;
};

/* Is there a jansson?  ERR_CONFIG if mitto was built without it, ERR_OSFILE if
 * it cannot be loaded. */
bool json_can_read(struct error *err);

/* Whole text of one object, no name twice.  ERR_DATA with the reason, else as
 * json_can_read(). */
int json_members_read(struct json_members *m, const char *text, size_t len,
    struct error *err) MUST_CHECK;

/* NULL if there is none of that name. */
const struct json_member *json_members_find(
    const struct json_members *m, const char *name);

void json_members_release(struct json_members *m);

#define auto_json_members CLEANUP(json_members_release)

#endif
