/* SPDX-License-Identifier: MIT */
/*
 * Internationalised domain names by libidn2 (RFC 5890, UTS 46
 * non-transitional), from UTF-8 bytes and independent of the locale.
 */
#ifndef MITTO_IDN_H
#define MITTO_IDN_H

#include "base/error.h"

/*
 * The A-label form of a UTF-8 domain, lower case; owned by the caller.  ASCII
 * domains and literals "[...]" come back as they are.  NULL with ERR_DATA when
 * it is not a domain name, or was built without libidn2 and is not ASCII.
 */
char *idn_to_ascii(const char *domain, struct error *err) MUST_CHECK;

#endif
