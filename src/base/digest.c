/* SPDX-License-Identifier: MIT */
/*
 * A thin wrapper, so that nobody else handles OpenSSL's contexts.
 */
#include "base/digest.h"

#include "base/mem.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct digest {
	EVP_MD_CTX *ctx;
};

struct digest *
digest_new(void)
{
	struct digest *d = mem_zero(sizeof(*d));

	d->ctx = EVP_MD_CTX_new();
	if (d->ctx == NULL ||
	    EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1)
		_exit(EX_OSERR);
	return d;
}

void
digest_add(struct digest *d, const void *data, size_t len)
{
	(void)EVP_DigestUpdate(d->ctx, data, len);
}

void
digest_raw(struct digest *d, unsigned char out[DIGEST_RAW])
{
	unsigned len = DIGEST_RAW;

	memset(out, 0, DIGEST_RAW);
	(void)EVP_DigestFinal_ex(d->ctx, out, &len);
}

void
digest_hex(struct digest *d, char out[DIGEST_HEX])
{
	unsigned char raw[DIGEST_RAW];

	digest_raw(d, raw);
	for (size_t i = 0; i < DIGEST_RAW; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}
