/* SPDX-License-Identifier: MIT */
/*
 * Records held and let go, into a network that takes a thousand bytes at a
 * time: the pair of BIOs of a connection that has not begun.
 */
#include "texttest.h"

#include "smtp/gather.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#define NETWORK 1000
#define RECORD  400

struct connection {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *other; /* what the network has taken */
	struct gather *gather;
};

static void
make(struct connection *c, size_t room)
{
	BIO *own = NULL;

	c->ctx = SSL_CTX_new(TLS_client_method());
	c->ssl = SSL_new(c->ctx);
	assert_int_equal(
	    BIO_new_bio_pair(&own, NETWORK, &c->other, NETWORK), 1);
	SSL_set_bio(c->ssl, own, own);
	c->gather = gather_open(c->ssl, room);
	assert_non_null(c->gather);
}

static void
drop(struct connection *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	BIO_free(c->other);
}

/* What SSL_write does with a record: its length, or -1 to be asked again. */
static int
put(struct connection *c, char letter, size_t len)
{
	BIO *b = SSL_get_wbio(c->ssl);
	char record[8 * RECORD];
	int n;

	memset(record, letter, len);
	n = BIO_write(b, record, (int)len);
	assert_true(n > 0 || BIO_should_retry(b));
	return n;
}

/* Take what the network has: `len` bytes, letter by letter in `counts`. */
static void
take(struct connection *c, size_t len, size_t counts[26])
{
	char got[NETWORK];
	int n = BIO_read(c->other, got, sizeof(got));

	assert_int_equal(n, len);
	for (size_t i = 0; i < len; i++) {
		assert_true(i == 0 || got[i] >= got[i - 1]);
		counts[got[i] - 'a']++;
	}
}

static void
test_together(void **state UNUSED)
{
	struct connection c;
	size_t counts[26] = { 0 };

	make(&c, 8 * (size_t)RECORD);
	gather_hold(c.gather, true);
	assert_int_equal(put(&c, 'a', RECORD), RECORD);
	assert_int_equal(gather_sent(c.gather), 0);
	gather_hold(c.gather, false);
	assert_int_equal(put(&c, 'b', RECORD), RECORD);
	assert_int_equal(gather_sent(c.gather), 2 * RECORD);
	take(&c, 2 * (size_t)RECORD, counts);
	assert_int_equal(put(&c, 'c', RECORD), RECORD);
	take(&c, RECORD, counts);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(counts[i], RECORD);
	drop(&c);
}

/* The last one is through only when all are; nothing goes twice. */
static void
test_by_and_by(void **state UNUSED)
{
	struct connection c;
	size_t counts[26] = { 0 };

	make(&c, 8 * (size_t)RECORD);
	gather_hold(c.gather, true);
	for (char letter = 'a'; letter < 'f'; letter++)
		assert_int_equal(put(&c, letter, RECORD), RECORD);
	gather_hold(c.gather, false);
	assert_int_equal(put(&c, 'f', RECORD), -1);
	assert_int_equal(gather_sent(c.gather), NETWORK);
	assert_int_equal(put(&c, 'f', RECORD), -1);
	take(&c, NETWORK, counts);
	assert_int_equal(put(&c, 'f', RECORD), -1);
	take(&c, NETWORK, counts);
	assert_int_equal(put(&c, 'f', RECORD), RECORD);
	take(&c, 6 * (size_t)RECORD - 2 * NETWORK, counts);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(counts[i], RECORD);
	drop(&c);
}

/* What does not fit goes behind what is held, whatever was said. */
static void
test_no_room(void **state UNUSED)
{
	const size_t large = 8 * (size_t)RECORD;
	struct connection c;
	size_t counts[26] = { 0 };
	int n;

	make(&c, 2 * (size_t)RECORD);
	gather_hold(c.gather, true);
	assert_int_equal(put(&c, 'a', RECORD), RECORD);
	n = put(&c, 'b', large);
	assert_int_equal(n, NETWORK - RECORD);
	take(&c, NETWORK, counts);
	assert_int_equal(counts[0], RECORD);
	assert_int_equal(counts[1], n);
	drop(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_by_and_by),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
