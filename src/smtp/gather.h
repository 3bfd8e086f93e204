/* SPDX-License-Identifier: MIT */
/*
 * Records of TLS that leave together.
 *
 * OpenSSL writes each record, 16 KiB of a message, with a system call of its
 * own, and each becomes a packet that wakes the other side.  This is a BIO
 * between OpenSSL and libcurl's that holds records back while it is told to.
 * libcurl's can only be written to from within libcurl's calls: what is held
 * leaves with the next record, in the same call.
 */
#ifndef MITTO_GATHER_H
#define MITTO_GATHER_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

#define TLS_RECORD 16384 /* bytes in a record, at most */

struct gather;
struct ssl_st;

/* Between this connection, already in TLS, and its network, for holding records
 * of `room` bytes altogether; it goes with the connection.  NULL if that cannot
 * be. */
struct gather *gather_open(struct ssl_st *ssl, size_t room) MUST_CHECK;

/* From now on hold records, or no more: then the next one is through only when
 * it and all held before it are with the system. */
void gather_hold(struct gather *g, bool hold);

/* Bytes that went to the system so far: says whether anything moves. */
size_t gather_sent(const struct gather *g);

#endif
