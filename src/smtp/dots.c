/* SPDX-License-Identifier: MIT */
/*
 * memchr finds the dots; only where one begins a line is anything moved.
 */
#include "smtp/dots.h"

#include <string.h>

bool
dots_line_begins(const struct dots *d)
{
	return d->read == 0 || d->tail[1] == '\n';
}

size_t
dots_scan(struct dots *d, const char *data, size_t len)
{
	bool begins = dots_line_begins(d);
	const char *end = data + len;
	size_t found = 0;

	for (const char *p = data; (p = memchr(p, '.', (size_t)(end - p))); p++)
		found += p > data ? p[-1] == '\n' : begins;
	d->tail[0] = len > 1 ? end[-2] : d->tail[1];
	d->tail[1] = end[-1];
	d->read += (int64_t)len;
	d->lines += (int64_t)found;
	return found;
}

size_t
dots_stuff(char *data, size_t len, size_t count, bool begins)
{
	char *from = data + len; /* what lies behind is in its place */
	char *to = from + count;
	char *p = from;

	for (size_t left = count; left > 0;) {
		p = memrchr(data, '.', (size_t)(p - data));
		if (p > data ? p[-1] != '\n' : !begins)
			continue;
		to -= from - p;
		memmove(to, p, (size_t)(from - p));
		*--to = '.';
		from = p;
		left--;
	}
	return len + count;
}

int
dots_check(const struct dots *d, const struct wire *wire, struct error *err)
{
	if (d->read != wire->size)
		return error_set(err, ERR_IO,
		    "the message has %lld bytes instead of %lld",
		    (long long)d->read, (long long)wire->size);
	if (d->lines != wire->dot_lines || d->tail[0] != '\r' ||
	    d->tail[1] != '\n')
		return error_set(err, ERR_SOFTWARE,
		    "the message is not in the form of the wire");
	return 0;
}
