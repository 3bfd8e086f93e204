/* SPDX-License-Identifier: MIT */
/*
 * Content that is encoded already, but in lines too long to travel: broken into
 * lawful lines, its meaning kept.
 */
#ifndef MITTO_REWRAP_H
#define MITTO_REWRAP_H

#include "stream/stream.h"

/* Base64 in lines of 76; what is not base64 is left out. */
struct stream *rewrap_base64(struct stream *inner, int64_t size);

/* Quoted-printable with soft line breaks; raw bytes that must not stand there
 * are encoded. */
struct stream *rewrap_qp(struct stream *inner, int64_t size);

#endif
