/* SPDX-License-Identifier: MIT */
/*
 * iconv(3) behind two questions: is the charset known, and what is the text.
 */
#include "text/charset.h"

#include "text/param.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

bool
charset_known(const char *charset)
{
	iconv_t cd;

	/* A slash would select conversions such as //TRANSLIT. */
	if (!param_is_token(charset, strlen(charset)) ||
	    strchr(charset, '/') != NULL)
		return false;
	cd = iconv_open("UTF-8", charset);
	if (cd == (iconv_t)-1)
		return false;
	(void)iconv_close(cd);
	return true;
}

const char *
charset_name(const char *charset)
{
	return charset != NULL && strcasecmp(charset, "utf8") == 0 ? "utf-8"
								   : charset;
}

int
charset_to_utf8(struct buf *out, const char *charset, const char *text,
    size_t len, struct error *err)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	/* iconv's prototype lacks a const that its contract has. */
	char *in = (char *)(uintptr_t)text;
	size_t left = len;
	int result = 0;

	if (cd == (iconv_t)-1)
		return error_set(
		    err, ERR_DATA, "unknown charset '%s'", charset);
	while (left > 0 && result == 0) {
		char block[4096];
		char *to = block;
		size_t room = sizeof(block);

		if (iconv(cd, &in, &left, &to, &room) == (size_t)-1 &&
		    errno != E2BIG)
			result = error_set(err, ERR_DATA,
			    "byte %zu is not %s text", len - left, charset);
		buf_add(out, block, sizeof(block) - room);
	}
	(void)iconv_close(cd);
	return result;
}
