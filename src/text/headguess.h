/* SPDX-License-Identifier: MIT */
/*
 * Is it a header, or a text whose first lines happen to look like one?
 */
#ifndef MITTO_HEADGUESS_H
#define MITTO_HEADGUESS_H

#include "text/headreader.h"

/*
 * Programs pipe "Warning: disk full" into sendmail and mean a text.  A block of
 * fields is a header if one of them says so: a name that RFC 5322 or MIME give
 * (Date, Comments and Keywords aside, with which a text may well begin), a
 * Resent-, List- or X- field, or a trace field.  Where the block ends without
 * an empty line, it takes one that says who, to whom or what about.
 *
 * h is complete, or was ended by head_stop().
 */
bool head_is_header(const struct head *h);

#endif
