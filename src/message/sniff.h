/* SPDX-License-Identifier: MIT */
/*
 * The media type of a file: the only user of libmagic.
 *
 * The database is mapped for each call and let go again: that costs a few
 * milliseconds, and its ten megabytes never add to those of the transport.
 */
#ifndef MITTO_SNIFF_H
#define MITTO_SNIFF_H

#include "text/codec.h"

#define SNIFF_BYTES 65536 /* of the content's start that are looked at */

/*
 * The type "type/subtype" of a file by its first bytes, its name deciding only
 * where libmagic has no real answer (text/plain, application/octet-stream,
 * application/zip, inode/... and other words for "empty" or "container").  What
 * neither knows, and an empty file whose name says nothing, is
 * application/octet-stream.  `facts` are of the whole content: with a NUL in it
 * no type is text/....  Never NULL, never inode/...; static storage or valid
 * until the next call.  *note, if given, is set to a sentence when libmagic
 * could not be used, else NULL.
 */
const char *sniff_type(const char *name, const void *head, size_t len,
    const struct content_facts *facts, const char **note);

#endif
