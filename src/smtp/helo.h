/* SPDX-License-Identifier: MIT */
/*
 * The name behind EHLO (RFC 5321 4.1.1.1): never "localhost", never cut.
 */
#ifndef MITTO_HELO_H
#define MITTO_HELO_H

#include "base/error.h"

#include <stdbool.h>

/*
 * `given` as A-labels if there is one (ERR_DATA when it is no name: a space, a
 * control character); else this host's name if it has a domain; else the
 * address literal of an interface, [127.0.0.1] for a loopback peer.  Owned by
 * the caller.
 */
char *helo_name(const char *given, bool loopback, struct error *err) MUST_CHECK;

#endif
