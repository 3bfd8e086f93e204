/* SPDX-License-Identifier: MIT */
/*
 * Where the trusted authorities are.
 *
 * Loading a bundle of 150 certificates costs five times the rest of a TLS send;
 * a hashed directory is read only where it is needed.  So the directory is used
 * when there is one; the set of authorities is the same.
 */
#ifndef MITTO_TRUST_H
#define MITTO_TRUST_H

#include "base/error.h"

struct trust {
	char *file; /* both NULL: leave it to libcurl */
	char *directory;
};

/*
 * --cacert (a file or a hashed directory); else SSL_CERT_FILE and SSL_CERT_DIR;
 * else OpenSSL's directory if it is hashed.  A name that was given and does not
 * exist is ERR_OSFILE, never a reason to trust something else.
 */
int trust_find(struct trust *t, const char *cacert, struct error *err)
    MUST_CHECK;

void trust_release(struct trust *t);

#endif
