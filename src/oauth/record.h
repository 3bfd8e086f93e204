/* SPDX-License-Identifier: MIT */
/*
 * What a login has left on this machine: one file for each account, readable by
 * its owner only.
 *
 *   $XDG_STATE_HOME/mitto/login/ACCOUNT.login   (statefile.h says where else)
 *   $XDG_STATE_HOME/mitto/login/ACCOUNT.lock    held while a token is renewed
 *
 * Lines of a word and a value.  A record belongs to a client, a token endpoint
 * and a user: with other settings it counts as none, so that no token is shown
 * to whom it did not come from.
 */
#ifndef MITTO_RECORD_H
#define MITTO_RECORD_H

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>

struct record {
	char *client, *url, *user; /* whose it is; user may be NULL */
	bool keyring;              /* the refresh token is there, not here */
	struct secret refresh;
	struct secret access;
	int64_t expires; /* of the access token, seconds since 1970; 0 = at
			  * once */
};

/* 1 with *out, 0 when there is none, or one that is damaged; -1 with ERR_NOPERM
 * or ERR_CONFIG when the file is not ours alone.  Released in any case. */
int record_load(struct record *out, const char *account, struct error *err)
    MUST_CHECK;

/* On stable storage when it returns 0.  ERR_CANTCREATE. */
int record_save(const struct record *r, const char *account, struct error *err)
    MUST_CHECK;

/* Take the file away; it is no error if there is none.  ERR_IO. */
int record_remove(const char *account, struct error *err) MUST_CHECK;

/* Wait until nobody else renews this account's token; the descriptor to close,
 * or -1 with ERR_CANTCREATE, ERR_INTERRUPTED (a signal). */
int record_lock(const char *account, struct error *err) MUST_CHECK;

/* The file, as it is shown; owned by the caller. */
char *record_path(const char *account, struct error *err) MUST_CHECK;

void record_release(struct record *r);

#define auto_record CLEANUP(record_release)

#endif
