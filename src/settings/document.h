/* SPDX-License-Identifier: MIT */
/*
 * What the option table says, printed for people.
 */
#ifndef MITTO_DOCUMENT_H
#define MITTO_DOCUMENT_H

#include "base/buf.h"
#include "base/error.h"

/* Enough for the longest of these texts. */
#define DOCUMENT_MAX (256 * 1024)

/* --help: fits a screen of 24 x 80. */
void document_help(struct buf *out);

/* --help=all: every option by group. */
void document_help_all(struct buf *out);

/* --help=TOPIC: "all", an option (with or without dashes), a config key, a
 * group, "config", "explain", "login", "mail", "probe", "providers" or
 * "run"; for the build also
 * "man-options" and "man-keys". ERR_USAGE with a guess otherwise. */
int document_help_topic(struct buf *out, const char *topic, struct error *err)
    MUST_CHECK;

/* One preset in a few lines: server, login, limits.  All of the table. */
struct provider;
void document_provider(struct buf *out, const struct provider *p);
void document_providers(struct buf *out);

/* mdoc: the OPTIONS of mitto(1); the keys of mitto.conf(5). */
void document_man_options(struct buf *out);
void document_man_keys(struct buf *out);

#endif
