/* SPDX-License-Identifier: MIT */
/*
 * Comments and folding white space (RFC 5322 section 3.2.2).
 */
#ifndef MITTO_CFWS_H
#define MITTO_CFWS_H

/* The first character at or after p that is neither blank, line end nor within
 * a (nested) comment; NULL when a comment does not end. */
const char *cfws_skip(const char *p);

#endif
