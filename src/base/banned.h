/* SPDX-License-Identifier: MIT */
/*
 * Calls that have a safe counterpart here are compile errors.
 *
 * Forced into every file of src/ by the build (-include).  The system headers
 * that declare the names come first, so that only uses fail.
 */
#ifndef MITTO_BANNED_H
#define MITTO_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#undef gets
#undef atoi
#undef atol
#undef system
#undef popen
#undef mktemp
#undef tmpnam
#undef alloca

#pragma GCC poison strcpy strcat strncpy strncat strtok sprintf vsprintf gets
#pragma GCC poison atoi atol atoll system popen mktemp tmpnam alloca

#endif
