/* SPDX-License-Identifier: MIT */
/*
 * What single options ask of their values beyond the type; used by the rows of
 * the option table.  Each returns 0 or -1 with an error that does not name the
 * option.
 */
#ifndef MITTO_CHECK_H
#define MITTO_CHECK_H

#include "base/error.h"

#include <sys/stat.h>

int check_account_name(const char *value, struct error *err) MUST_CHECK;
int check_dns(const char *value, struct error *err) MUST_CHECK;
int check_domain(const char *value, struct error *err) MUST_CHECK;
int check_env_name(const char *value, struct error *err) MUST_CHECK;
int check_envid(const char *value, struct error *err) MUST_CHECK;
int check_envelope_from(const char *value, struct error *err) MUST_CHECK;
int check_fingerprint(const char *value, struct error *err) MUST_CHECK;
int check_header(const char *value, struct error *err) MUST_CHECK;
int check_notify(const char *value, struct error *err) MUST_CHECK;
int check_pattern(const char *value, struct error *err) MUST_CHECK;
int check_notice(const char *value, struct error *err) MUST_CHECK;
int check_sender(const char *value, struct error *err) MUST_CHECK;
int check_oauth_url(const char *value, struct error *err) MUST_CHECK;
int check_proxy(const char *value, struct error *err) MUST_CHECK;
int check_rate(const char *value, struct error *err) MUST_CHECK;
int check_region(const char *value, struct error *err) MUST_CHECK;
int check_server(const char *value, struct error *err) MUST_CHECK;
int check_unsubscribe(const char *value, struct error *err) MUST_CHECK;
int check_user(const char *value, struct error *err) MUST_CHECK;
int check_type(const char *value, struct error *err) MUST_CHECK;

/* May a file of settings be believed?  Whoever can change it can read the mail:
 * ERR_NOPERM unless it belongs to this user or root and nobody else can write
 * to it; the hint is the command that cures it.  Only regular files count. */
int check_owner(const struct stat *st, const char *path, struct error *err)
    MUST_CHECK;

#endif
