/* SPDX-License-Identifier: MIT */
/*
 * Hexadecimal digits of "=XX" and "%XX".
 */
#ifndef MITTO_HEX_H
#define MITTO_HEX_H

#include <stddef.h>

/* The value of a digit of either case, -1 if it is none. */
static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that two digits at p spell, -1 if len is too short or they do not.
 */
static inline int
hex_byte(const char *p, size_t len)
{
	int high = len >= 2 ? hex_digit(p[0]) : -1;
	int low = len >= 2 ? hex_digit(p[1]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

#endif
