/* SPDX-License-Identifier: MIT */
/*
 * Compiler attributes and ownership words.
 *
 * A local declared `auto_free char *p = NULL;` is freed when its scope ends;
 * `return steal(p);` hands it to the caller and leaves NULL behind.  Each type
 * declares its own auto_x beside its x_release or x_free.
 */
#ifndef MITTO_ATTR_H
#define MITTO_ATTR_H

#include <stdlib.h>
#include <unistd.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK        __attribute__((warn_unused_result))
#define UNUSED            __attribute__((unused))
#define CLEANUP(fn)       __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The value of an owned pointer; the variable is left NULL. */
#define steal(p) \
	__extension__({ \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL; \
		stolen_; \
	})

static inline void
free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void
close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define auto_free CLEANUP(free_ptr)
#define auto_fd   CLEANUP(close_fd)

#endif
