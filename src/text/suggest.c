/* SPDX-License-Identifier: MIT */
/*
 * Optimal string alignment: insert, delete, replace, swap two neighbours.
 */
#include "text/suggest.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 64

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
suggest_distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1]; /* this row and the two above it */
	size_t *now = row[0], *above = row[1], *above2 = row[2];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		now[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *oldest = above2;

		above2 = above;
		above = now;
		now = oldest;
		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			char x = lower(a[i - 1]), y = lower(b[j - 1]);

			now[j] = least(above[j - 1] + (x != y),
			    least(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == lower(b[j - 2]) &&
			    y == lower(a[i - 2]))
				now[j] = least(now[j], above2[j - 2] + 1);
		}
	}
	return now[b_len];
}

const char *
suggest_nearest(
    const char *word, const char *(*next)(void *ctx, size_t i), void *ctx)
{
	size_t limit = strlen(word) <= 3 ? 1 : 2;
	const char *best = NULL, *candidate;

	for (size_t i = 0; (candidate = next(ctx, i)) != NULL; i++) {
		size_t distance = suggest_distance(word, candidate);

		if (best == NULL ? distance <= limit : distance < limit) {
			best = candidate;
			limit = distance;
		}
	}
	return best;
}
