/* SPDX-License-Identifier: MIT */
/*
 * A comment may hold comments and quoted pairs; depth is a number, not a stack.
 */
#include "text/cfws.h"

#include <stddef.h>
#include <string.h>

const char *
cfws_skip(const char *p)
{
	size_t depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (*p == '\\' && depth > 0 && p[1] != '\0')
			p++;
		else if (depth == 0 && strchr(" \t\r\n", *p) == NULL)
			return p;
	}
	return depth == 0 ? p : NULL;
}
