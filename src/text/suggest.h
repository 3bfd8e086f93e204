/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean": the nearest of some known words.
 */
#ifndef MITTO_SUGGEST_H
#define MITTO_SUGGEST_H

#include <stddef.h>

/* Edit distance with transpositions (optimal string alignment), ASCII case
 * ignored; words beyond 64 bytes count as infinitely far. */
size_t suggest_distance(const char *a, const char *b);

/* The word nearest to `word` at distance <= 2 (<= 1 for words of up to 3
 * letters), or NULL.  next(ctx, i) gives the i-th word, NULL at the end. */
const char *suggest_nearest(
    const char *word, const char *(*next)(void *ctx, size_t i), void *ctx);

#endif
