/* SPDX-License-Identifier: MIT */
/*
 * The text of one config file into sections and assignments.
 */
#ifndef MITTO_CONFIGPARSE_H
#define MITTO_CONFIGPARSE_H

#include "settings/config.h"
#include "settings/diag.h"

/* Where the parser puts its results, and whom it asks for other files. */
struct config_sink {
	struct config *config;
	struct diagnostics *diag;
	/* Read the files of an include, or -1 with the reason. */
	int (*include)(void *ctx, const char *pattern, struct error *err);
	void *ctx;
	bool has_password; /* set when the text holds a plain password */
};

/* Mistakes go to sink->diag; what is right is kept all the same. */
void config_parse_text(
    struct config_sink *sink, const char *shown, const char *text, size_t len);

#endif
