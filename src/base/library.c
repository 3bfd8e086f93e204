/* SPDX-License-Identifier: MIT */
/*
 * dlopen(3), all or nothing.
 */
#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

bool
library_load(const char *name, const struct library_function *wanted,
    size_t count, const char **why)
{
	void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; handle != NULL && i < count; i++) {
		void *function = dlsym(handle, wanted[i].name);

		if (function == NULL)
			handle = NULL;
		memcpy(wanted[i].pointer, &function, sizeof(function));
	}
	*why = handle == NULL ? dlerror() : NULL;
	return handle != NULL;
}
