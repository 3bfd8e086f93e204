/* SPDX-License-Identifier: MIT */
/*
 * Charsets by iconv(3).
 */
#ifndef MITTO_CHARSET_H
#define MITTO_CHARSET_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

/* A charset name that iconv knows and that may stand in a header. */
bool charset_known(const char *charset);

/* The name to write for a charset: "utf-8" for the common "utf8", which is not
 * registered; any other name, and NULL, as it is. */
const char *charset_name(const char *charset);

/* Append len bytes of text in `charset` as UTF-8.  ERR_DATA, with the byte
 * offset, when they are not text of that charset. */
int charset_to_utf8(struct buf *out, const char *charset, const char *text,
    size_t len, struct error *err) MUST_CHECK;

#endif
