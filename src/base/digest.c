/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's digest behind a type that asks for no header of OpenSSL.
 */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

int
digest_init(struct digest *d, struct error *err)
{
	d->state = EVP_MD_CTX_new();
	if (d->state != NULL &&
	    EVP_DigestInit_ex(d->state, EVP_sha256(), NULL) == 1)
		return 0;
	digest_release(d);
	return error_set(err, ERR_OS, "SHA-256 is not available");
}

void
digest_add(struct digest *d, const void *data, size_t len)
{
	(void)EVP_DigestUpdate(d->state, data, len);
}

void
digest_add_text(struct digest *d, const char *text)
{
	digest_add(d, text, strlen(text) + 1);
}

void
digest_finish(struct digest *d, char hex[DIGEST_HEX + 1])
{
	unsigned char bytes[DIGEST_HEX / 2] = { 0 };

	(void)EVP_DigestFinal_ex(d->state, bytes, NULL);
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	digest_release(d);
}

void
digest_release(struct digest *d)
{
	EVP_MD_CTX_free(d->state);
	d->state = NULL;
}
