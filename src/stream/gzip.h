/* SPDX-License-Identifier: MIT */
/*
 * A store compressed into another one (RFC 1952), by zlib.
 */
#ifndef MITTO_GZIP_H
#define MITTO_GZIP_H

#include "stream/file.h"

/*
 * All of `from` as a gzip file without name or time, so that the same bytes
 * give the same file.  The errors of store_append() and store_pread(); ERR_OS
 * when zlib has no memory.
 */
struct store *store_gzip(
    struct store *from, const char *what, struct error *err) MUST_CHECK;

#endif
