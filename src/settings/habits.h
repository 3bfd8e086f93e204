/* SPDX-License-Identifier: MIT */
/*
 * What fingers trained on other mailers type, and what they should type here.
 * Nothing acts on a guess: each function only explains.
 */
#ifndef MITTO_HABITS_H
#define MITTO_HABITS_H

#include "base/error.h"
#include "base/strlist.h"
#include "settings/options.h"

/*
 * Look at a value before it is stored.  0, or ERR_USAGE with a hint when it
 * belongs to the same letter of another program; what is only doubtful becomes
 * a line in notes.  `attached`: it stood in one word with its letter.
 */
int habit_check(const struct option *o, const char *shown, const char *value,
    bool attached, struct strlist *notes, struct error *err) MUST_CHECK;

/* ERR_USAGE for an option that does not exist: name without dashes; guesses are
 * taken from the options with a bit of scope. */
int habit_unknown_name(
    const char *name, size_t len, int scope, struct error *err);
int habit_unknown_letter(char letter, struct error *err);

/* ERR_USAGE that says where a password belongs; it is not repeated. */
int habit_no_password(struct error *err);

#endif
