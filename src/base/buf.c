/* SPDX-License-Identifier: MIT */
/*
 * The buffer of the whole program; the sticky `full` keeps builders linear.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What an empty buffer points to: terminated, never written. */
static char empty[1];

void
buf_init(struct buf *b, size_t max)
{
	*b = buf_make(max);
}

struct buf
buf_make(size_t max)
{
	return (struct buf){ .data = empty, .max = max };
}

void
buf_reserve(struct buf *b)
{
	if (b->cap > b->max)
		return;
	b->data = mem_resize(b->cap > 0 ? b->data : NULL, b->max + 1, 1);
	b->data[b->len] = '\0';
	b->cap = b->max + 1;
}

void
buf_release(struct buf *b)
{
	if (b->cap > 0)
		free(b->data);
	buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
	b->full = false;
}

/* Make room for more bytes and the NUL; false when max would be passed. */
static bool
reserve(struct buf *b, size_t more)
{
	size_t need;

	if (b->full || more > b->max - b->len) {
		b->full = true;
		return false;
	}
	need = b->len + more + 1;
	if (need > b->cap) {
		size_t cap = b->cap < 32 ? 64 : b->cap + b->cap / 2;

		if (cap < need)
			cap = need;
		b->data = mem_resize(b->cap > 0 ? b->data : NULL, cap, 1);
		b->cap = cap;
	}
	return true;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_puts(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len <= 0 || !reserve(b, (size_t)len))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

int
buf_check(const struct buf *b, const char *what, struct error *err)
{
	if (!b->full)
		return 0;
	return error_set(
	    err, ERR_DATA, "%s is longer than %zu bytes", what, b->max);
}

char *
buf_take(struct buf *b)
{
	char *text = b->cap > 0 ? b->data : mem_strdup("");

	buf_init(b, b->max);
	return text;
}
