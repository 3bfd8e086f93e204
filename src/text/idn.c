/* SPDX-License-Identifier: MIT */
/*
 * Domain names to their A-label form; the only user of libidn2.
 *
 * What the library returns passes the same check as an ASCII domain: some
 * characters are mapped to '/', ':' or '@', and a domain that grew one of those
 * would no longer be the one that the user read.
 */
#include "text/idn.h"

#include "base/mem.h"
#include "text/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#ifdef HAVE_LIBIDN2
#include <idn2.h>
#endif

#define MAX_DOMAIN 253 /* RFC 1035: 255 in wire form */
#define MAX_LABEL  63

/* Letters, digits and inner hyphens; underscores are in use. */
static bool
is_ldh_label(const char *label, size_t len)
{
	if (len == 0 || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '-' &&
		    label[i] != '_')
			return false;
	return true;
}

/* 0, or ERR_DATA saying what is wrong with an ASCII domain. */
static int MUST_CHECK
check_ascii(const char *domain, struct error *err)
{
	const char *label = domain;

	if (strlen(domain) > MAX_DOMAIN)
		return error_set(err, ERR_DATA,
		    "domain '%s' is longer than %d bytes", domain, MAX_DOMAIN);
	for (;;) {
		size_t len = strcspn(label, ".");

		if (!is_ldh_label(label, len))
			return error_set(
			    err, ERR_DATA, "'%s' is not a domain name", domain);
		if (len > MAX_LABEL)
			return error_set(err, ERR_DATA,
			    "domain '%s' has a part longer than %d bytes",
			    domain, MAX_LABEL);
		if (label[len] == '\0')
			return 0;
		label += len + 1;
	}
}

#ifdef HAVE_LIBIDN2
static char *
convert(const char *domain, struct error *err)
{
	auto_free char *copy = NULL;
	char *ascii = NULL;
	int rc = idn2_to_ascii_8z(
	    domain, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);

	if (rc != IDN2_OK) {
		(void)error_set(err, ERR_DATA, "'%s' is not a domain name: %s",
		    domain, idn2_strerror(rc));
		return NULL;
	}
	copy = mem_strdup(ascii);
	idn2_free(ascii);
	if (check_ascii(copy, err) < 0) {
		(void)error_wrap(err, "'%s'", domain);
		return NULL;
	}
	return steal(copy);
}
#else
static char *
convert(const char *domain, struct error *err)
{
	(void)error_set(err, ERR_DATA,
	    "domain '%s' is not ASCII, and this mitto is built without libidn2",
	    domain);
	(void)error_hint(err, "write its xn-- form");
	return NULL;
}
#endif

char *
idn_to_ascii(const char *domain, struct error *err)
{
	size_t len = strlen(domain);
	bool literal = len > 2 && domain[0] == '[' && domain[len - 1] == ']';

	if (!utf8_is_ascii(domain, len))
		return convert(domain, err);
	if (!literal && check_ascii(domain, err) < 0)
		return NULL;
	return mem_strdup(domain);
}
