/* SPDX-License-Identifier: MIT */
/*
 * Content transfer encodings (RFC 2045 section 6) as pure block functions, and
 * the scan that says which one a piece of content needs.
 *
 * No I/O and no allocation: the callers' buffers are sized by the _BOUND
 * macros.  Encoders begin zeroed, take any split of the input and give the same
 * bytes.
 */
#ifndef MITTO_CODEC_H
#define MITTO_CODEC_H

#include "text/base64.h"
#include "text/crlf.h"
#include "text/quoted.h"
#include "text/scan.h"

#endif
