/* SPDX-License-Identifier: MIT */
/*
 * How a value is spelt in a config file.
 */
#ifndef MITTO_CONFIGVALUE_H
#define MITTO_CONFIGVALUE_H

#include "settings/diag.h"

/*
 * Append the value that stands at bytes [start, end) of the line.  Quotes are
 * taken off as a pair around all of it, and then C escapes are read;
 * "Jana" <jana@home.example> is no such pair and stays as it is.  -1 after a
 * complaint to d.
 */
int config_read_value(struct diagnostics *d, const struct diag_line *line,
    size_t start, size_t end, struct buf *out) MUST_CHECK;

/* Append a path with a leading ~/ and each ${NAME} replaced; ERR_CONFIG when
 * one of them is not known. */
int config_expand_path(const char *value, struct buf *out, struct error *err)
    MUST_CHECK;

#endif
