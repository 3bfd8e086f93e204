/* SPDX-License-Identifier: MIT */
/*
 * Sections of a config file that are being made, and how they get into one.
 */
#ifndef MITTO_SKETCH_H
#define MITTO_SKETCH_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct sketch_item {
	char *key;
	char *value;
};

struct sketch_section {
	char *word; /* "account" */
	char *name; /* NULL where it has none */
	struct sketch_item *items;
	size_t count;
};

/* All zero is the empty one. */
struct sketch {
	struct sketch_section *sections;
	size_t count;
};

/* The section [word name], made if it is not there.  Valid until the next one
 * is made. */
struct sketch_section *sketch_section(
    struct sketch *s, const char *word, const char *name);

/* Set a key, in the place of an earlier value; or add one more value of it.  An
 * empty key makes the value a comment. */
void sketch_set(struct sketch_section *s, const char *key, const char *value);
void sketch_add(struct sketch_section *s, const char *key, const char *value);

/* The value of a key, or NULL. */
const char *sketch_get(const struct sketch_section *s, const char *key);

/* Take a key out. */
void sketch_drop(struct sketch_section *s, const char *key);

/* Take out the section of that index. */
void sketch_remove(struct sketch *s, size_t index);

/*
 * Append the sections as a file has them.  With `hide` a password is left out
 * and a comment stands in its place.
 */
void sketch_print(struct buf *out, const struct sketch *s, bool hide);

/*
 * Append the text of a file with the sections in it.  An account that it has
 * already is ERR_CONFIG, or with `force` replaced; of [defaults] and [alias]
 * those keys stay that the file has, or with `force` they do not.
 */
int sketch_merge(struct buf *out, const struct sketch *s, const char *text,
    size_t len, bool force, struct error *err) MUST_CHECK;

/* Wipes the values: a password may be among them. */
void sketch_release(struct sketch *s);

#define auto_sketch CLEANUP(sketch_release)

#endif
