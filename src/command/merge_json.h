/* SPDX-License-Identifier: MIT */
/*
 * A line of JSON Lines as a row: an object whose members are the columns.
 */
#ifndef MITTO_MERGE_JSON_H
#define MITTO_MERGE_JSON_H

#include "base/attr.h"
#include "base/error.h"
#include "base/strlist.h"

#include <stddef.h>

#define JSON_LINE_MAX (1 << 20) /* bytes */

/*
 * Append name and value of each member: strings as they are, numbers and truth
 * values as they are written; null is no value at all.  ERR_DATA for what is no
 * object, a list or an object in it, or a NUL; ERR_CONFIG when mitto was built
 * without jansson.
 */
int json_row(const char *text, size_t len, struct strlist *names,
    struct strlist *values, struct error *err) MUST_CHECK;

#endif
