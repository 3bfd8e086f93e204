/* SPDX-License-Identifier: MIT */
/*
 * Run a program for what it prints: bounded in time and in bytes.
 */
#ifndef MITTO_CHILD_H
#define MITTO_CHILD_H

#include "base/attr.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define CHILD_OUTPUT (64 * 1024)
#define CHILD_ERRORS 512

struct child {
	char *output; /* what it printed, terminated; may be a secret */
	size_t length;
	bool too_much; /* it printed more than CHILD_OUTPUT and was ended */
	bool late;     /* it took too long and was ended */
	int status;    /* as of waitpid(2) */
	char errors[CHILD_ERRORS + 1]; /* the beginning of its stderr */
};

/*
 * Run argv[0] (a path) in a process group of its own, with standard input from
 * /dev/null, no other descriptors, and the environment env.  The whole group is
 * killed after `seconds`.  -1 with ERR_OS when it cannot be started at all, or
 * ERR_INTERRUPTED when a signal came; a program that does not exist ends with
 * status 127.  *c is to be released in any case.
 */
int child_run(struct child *c, char *const *argv, char *const *env, int seconds,
    struct error *err) MUST_CHECK;

/* The same with `input` (at most CHILD_OUTPUT bytes; may be a secret) on the
 * program's standard input. */
int child_run_input(struct child *c, char *const *argv, char *const *env,
    const char *input, int seconds, struct error *err) MUST_CHECK;

/* Wipe and free. */
void child_release(struct child *c);

#define auto_child CLEANUP(child_release)

#endif
