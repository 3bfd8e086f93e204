/* SPDX-License-Identifier: MIT */
/*
 * Media types by file name: a table of our own, so that the same file gets the
 * same type on every machine.
 */
#ifndef MITTO_TYPES_H
#define MITTO_TYPES_H

/* The type for the suffix of name, ASCII case ignored; NULL when it is not
 * known.  name may be NULL. */
const char *type_of_name(const char *name);

#endif
