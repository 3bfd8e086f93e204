/* SPDX-License-Identifier: MIT */
/*
 * The user's editor: $VISUAL, else $EDITOR, else vi.
 */
#ifndef MITTO_EDITOR_H
#define MITTO_EDITOR_H

#include "base/error.h"

#include <stdbool.h>

/* Is there a terminal, or an editor that was named and may need none? */
bool editor_there(void);

/* Let the user change the file at path; many editors put a new file in its
 * place.  ERR_IO when the editor fails: `result` says what came of it, such as
 * "nothing was sent". */
int editor_run(const char *path, const char *result, struct error *err)
    MUST_CHECK;

#endif
