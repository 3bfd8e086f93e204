/* SPDX-License-Identifier: MIT */
/*
 * A filter of writes with one buffer.  A record is taken in before what is held
 * leaves, so that both leave in one call; if not all can, OpenSSL offers the
 * same record again, which is not taken twice.
 */
#include "smtp/gather.h"

#include "base/mem.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <string.h>

#define RECORD_OVERHEAD 320 /* header, nonce, padding and tag, at most */

struct gather {
	bool hold;
	bool taken; /* the record that is offered is in the buffer */
	size_t sent;
	size_t begin, end, room; /* of what is held */
	char *data;
};

/* Hand over what is held; 1, or what the network said. */
static int
release(BIO *b, struct gather *g)
{
	while (g->begin < g->end) {
		int n = BIO_write(
		    BIO_next(b), g->data + g->begin, (int)(g->end - g->begin));

		if (n <= 0) {
			BIO_copy_next_retry(b);
			return n;
		}
		g->begin += (size_t)n;
		g->sent += (size_t)n;
	}
	g->begin = g->end = 0;
	return 1;
}

static int
on_write(BIO *b, const char *data, int len)
{
	struct gather *g = BIO_get_data(b);
	int n;

	BIO_clear_retry_flags(b);
	if (!g->taken && len > 0 && (size_t)len <= g->room - g->end) {
		memcpy(g->data + g->end, data, (size_t)len);
		g->end += (size_t)len;
		g->taken = true;
	}
	if (!g->taken || !g->hold) {
		n = release(b, g);
		if (n <= 0)
			return n;
	}
	if (!g->taken) {
		n = BIO_write(BIO_next(b), data, len);
		BIO_copy_next_retry(b);
		return n;
	}
	g->taken = false;
	return len;
}

static long
on_control(BIO *b, int command, long number, void *pointer)
{
	return BIO_ctrl(BIO_next(b), command, number, pointer);
}

static int
on_free(BIO *b)
{
	struct gather *g = BIO_get_data(b);

	if (g != NULL)
		free(g->data);
	free(g);
	return 1;
}

static BIO_METHOD *
make_method(void)
{
	BIO_METHOD *m = BIO_meth_new(
	    BIO_get_new_index() | BIO_TYPE_FILTER, "records together");

	if (m == NULL || BIO_meth_set_write(m, on_write) != 1 ||
	    BIO_meth_set_ctrl(m, on_control) != 1 ||
	    BIO_meth_set_destroy(m, on_free) != 1) {
		BIO_meth_free(m);
		return NULL;
	}
	return m;
}

struct gather *
gather_open(SSL *ssl, size_t room)
{
	static BIO_METHOD *method;
	BIO *network = SSL_get_wbio(ssl);
	struct gather *g;
	BIO *b;

	if (method == NULL)
		method = make_method();
	if (network == NULL || method == NULL || (b = BIO_new(method)) == NULL)
		return NULL;
	g = mem_zero(sizeof(*g));
	g->room = room + (room / TLS_RECORD + 2) * RECORD_OVERHEAD;
	g->data = mem_alloc(g->room);
	BIO_set_data(b, g);
	BIO_set_init(b, 1);
	(void)BIO_up_ref(network);
	SSL_set0_wbio(ssl, BIO_push(b, network));
	return g;
}

void
gather_hold(struct gather *g, bool hold)
{
	g->hold = hold;
}

size_t
gather_sent(const struct gather *g)
{
	return g->sent;
}
