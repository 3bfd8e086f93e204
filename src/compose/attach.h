/* SPDX-License-Identifier: MIT */
/*
 * -a and -I: FILE[;name=N][;type=T][;charset=C][;inline][;cid=ID] to a part.
 */
#ifndef MITTO_ATTACH_H
#define MITTO_ATTACH_H

#include "message/message.h"

struct attach_spec {
	char *path; /* "-" for standard input */
	char *name;
	char *type;
	char *charset;
	char *cid;
	bool is_inline;
};

/*
 * Parse one value.  ";key=value" counts only if there is no file of the whole
 * name and every key is known; otherwise all of it is the file's name.
 * ERR_USAGE for a bad type, charset or cid.
 */
int attach_parse(struct attach_spec *spec, const char *text, struct error *err)
    MUST_CHECK;

/*
 * The part.  `input` is used up for "-" (NULL otherwise).  Missing, unreadable
 * or irregular files are ERR_NOINPUT with a hint; reading a pipe ends with
 * ERR_INTERRUPTED once *interrupted (may be NULL) is set.
 */
struct part *attach_part(const struct attach_spec *spec, struct store *input,
    const volatile int *interrupted, struct error *err) MUST_CHECK;

void attach_release(struct attach_spec *spec);

#define auto_attach CLEANUP(attach_release)

#endif
