/* SPDX-License-Identifier: MIT */
/*
 * Sizes for people.
 */
#ifndef MITTO_QUANTITY_H
#define MITTO_QUANTITY_H

#include <stddef.h>

#define QUANTITY_SIZE 32

/* "24.6 MB", "812 bytes": powers of 1000; out has QUANTITY_SIZE bytes. */
void quantity_bytes(char *out, long long bytes);

#endif
