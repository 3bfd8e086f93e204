/* SPDX-License-Identifier: MIT */
/*
 * OpenSSL's view of the peer, kept as seen and put into words afterwards.
 */
#include "smtp/certificate.h"

#include "text/hex.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HEX_SIZE   65 /* of a SHA-256, with its NUL */
#define NAMES_MAX  200
#define SHOWN_NAME 80

/* The bytes of a fingerprint; how many digits it has, 0 when other characters
 * stand in it. */
static size_t
parse_hex(unsigned char *out, size_t size, const char *text)
{
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		int value = hex_digit(*text);

		if (*text == ':' || *text == ' ')
			continue;
		if (value < 0 || digits == 2 * size)
			return 0;
		out[digits / 2] =
		    (unsigned char)((out[digits / 2] << 4 | value) & 0xff);
		digits++;
	}
	return digits;
}

int
certificate_init(
    struct certificate *c, const char *fingerprint, struct error *err)
{
	*c = (struct certificate){ .pinned = fingerprint != NULL };
	if (fingerprint == NULL ||
	    parse_hex(c->pin, sizeof(c->pin), fingerprint) ==
		2 * sizeof(c->pin))
		return 0;
	return error_set(err, ERR_CONFIG,
	    "'%s' is no SHA-256 fingerprint (64 hexadecimal digits)",
	    fingerprint);
}

static bool
matches_pin(const struct certificate *c, const X509 *leaf)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	return X509_digest(leaf, EVP_sha256(), digest, &len) == 1 &&
	    len == sizeof(c->pin) && memcmp(digest, c->pin, len) == 0;
}

/* In place of X509_verify_cert(): 1 = trusted. */
static int
verify(X509_STORE_CTX *ctx, void *arg)
{
	struct certificate *c = arg;
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	int trusted;

	X509_free(c->leaf);
	c->leaf = leaf;
	if (leaf != NULL)
		(void)X509_up_ref(leaf);
	sk_X509_pop_free(c->sent, X509_free);
	c->sent = X509_chain_up_ref(X509_STORE_CTX_get0_untrusted(ctx));
	if (c->pinned) {
		c->matched = leaf != NULL && matches_pin(c, leaf);
		c->verdict = c->matched ? X509_V_OK : X509_V_ERR_CERT_REJECTED;
		X509_STORE_CTX_set_error(ctx, c->verdict);
		return c->matched;
	}
	trusted = X509_verify_cert(ctx);
	c->verdict = X509_STORE_CTX_get_error(ctx);
	return trusted;
}

void
certificate_install(struct certificate *c, void *ssl_ctx)
{
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify, c);
	if (c->pinned)
		SSL_CTX_set_verify(ssl_ctx, SSL_VERIFY_PEER, NULL);
}

static void
put_hex(const X509 *leaf, char out[HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	out[0] = '\0';
	if (X509_digest(leaf, EVP_sha256(), digest, &len) != 1)
		return;
	for (unsigned i = 0; i < len && 2 * i + 2 < HEX_SIZE; i++)
		(void)snprintf(out + 2 * (size_t)i, 3, "%02x", digest[i]);
}

static void
put_name(struct buf *out, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	if (bio == NULL)
		return;
	(void)X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(bio, &text);
	if (len > SHOWN_NAME)
		len = SHOWN_NAME;
	if (len > 0)
		buf_add(out, text, (size_t)len);
	BIO_free(bio);
}

static void
put_date(struct buf *out, const ASN1_TIME *when)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(when, &tm) == 1)
		buf_printf(out, "%04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
}

/* A name of the certificate, behind a comma if it is not the first. */
static void
put_item(struct buf *out, const char *text, size_t len)
{
	if (len == 0 || out->full)
		return;
	if (out->len > 0)
		buf_puts(out, ", ");
	buf_add(out, text, len);
}

static void
put_general_name(struct buf *out, const GENERAL_NAME *name)
{
	char text[INET6_ADDRSTRLEN];
	const ASN1_STRING *value;
	const unsigned char *data;
	int len;

	if (name->type != GEN_DNS && name->type != GEN_IPADD)
		return;
	value = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
	data = ASN1_STRING_get0_data(value);
	len = ASN1_STRING_length(value);
	if (name->type == GEN_DNS)
		put_item(out, (const char *)data, (size_t)len);
	else if ((len == 4 || len == 16) &&
	    inet_ntop(len == 4 ? AF_INET : AF_INET6, data, text,
		sizeof(text)) != NULL)
		put_item(out, text, strlen(text));
}

/* The names that it is for. */
static void
put_names(struct buf *out, const X509 *leaf)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		put_general_name(out, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (out->len == 0)
		put_name(out, X509_get_subject_name(leaf));
}

/* "subject ..., issuer ..., valid ... to ..., SHA-256 ..." */
static void
put_details(struct buf *out, const X509 *leaf, const char *hex)
{
	buf_puts(out, "subject ");
	put_name(out, X509_get_subject_name(leaf));
	buf_puts(out, ", issuer ");
	put_name(out, X509_get_issuer_name(leaf));
	buf_puts(out, ", valid ");
	put_date(out, X509_get0_notBefore(leaf));
	buf_puts(out, " to ");
	put_date(out, X509_get0_notAfter(leaf));
	buf_printf(out, ", SHA-256 %s", hex);
}

static bool
is_date_problem(int verdict)
{
	return verdict == X509_V_ERR_CERT_HAS_EXPIRED ||
	    verdict == X509_V_ERR_CERT_NOT_YET_VALID;
}

/* The problem in one phrase; which hint mends it. */
static enum hint
put_problem(const struct certificate *c, struct buf *out)
{
	auto_buf struct buf names = buf_make(NAMES_MAX);

	if (c->pinned) {
		buf_puts(out, "is not the one of --fingerprint");
		return HINT_PINNED;
	}
	if (is_date_problem(c->verdict)) {
		bool expired = c->verdict == X509_V_ERR_CERT_HAS_EXPIRED;

		buf_puts(out, expired ? "has expired" : "is not valid yet");
		return HINT_EXPIRED;
	}
	if (c->verdict != X509_V_OK) {
		buf_printf(out, "is not trusted (%s)",
		    X509_verify_cert_error_string(c->verdict));
		return HINT_UNTRUSTED;
	}
	put_names(&names, c->leaf);
	buf_printf(out, "is for other names: %s", names.data);
	return HINT_WRONG_NAME;
}

/* How many labels, from the end, two names share. */
static size_t
shared_labels(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), labels = 0;

	while (m > 0 && n > 0 && strcasecmp(a + m - 1, b + n - 1) == 0) {
		m--;
		n--;
		labels += m == 0 || n == 0 || a[m] == '.';
	}
	/* "tail.example" is no part of "ail.example". */
	if ((m > 0 && n == 0 && a[m - 1] != '.') ||
	    (n > 0 && m == 0 && b[n - 1] != '.'))
		labels--;
	return labels;
}

/* The certificate's name that is most like the one asked for, or that is its
 * only one: it may be what was meant.  Names with a wildcard cannot be typed.
 * Appended to out. */
static void
guess_name(struct buf *out, const X509 *leaf, const char *host)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	size_t best = 0, count = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		auto_buf struct buf text = buf_make(NAMES_MAX);
		size_t labels;

		if (name->type != GEN_DNS)
			continue;
		put_general_name(&text, name);
		if (text.len == 0 || strchr(text.data, '*') != NULL ||
		    strlen(text.data) != text.len)
			continue;
		labels = shared_labels(text.data, host);
		if (count++ == 0 || labels > best) {
			buf_clear(out);
			buf_puts(out, text.data);
			best = labels;
		}
	}
	GENERAL_NAMES_free(names);
	if (count > 1 && best < 2)
		buf_clear(out);
}

void
certificate_explain(const struct certificate *c, const char *server,
    const struct hint_facts *facts, struct error *err)
{
	auto_buf struct buf problem = buf_make(1024);
	auto_buf struct buf details = buf_make(1024);
	auto_buf struct buf guess = buf_make(NAMES_MAX);
	struct hint_facts named = *facts;
	char hex[HEX_SIZE];
	enum hint hint;

	if (c->leaf == NULL) {
		(void)error_set(err, ERR_PROTOCOL,
		    "%s showed no certificate that could be checked", server);
		return;
	}
	put_hex(c->leaf, hex);
	guess_name(&guess, c->leaf, facts->host);
	hint = put_problem(c, &problem);
	put_details(&details, c->leaf, hex);
	(void)error_set(err, ERR_PROTOCOL, "the certificate of %s %s\n%s",
	    server, problem.data, details.data);
	named.name = named.fingerprint = hex;
	if (hint == HINT_WRONG_NAME && guess.len > 0) {
		hint = HINT_OTHER_NAME;
		named.name = guess.data;
	}
	hint_set(err, hint, &named);
}

void
certificate_summary(const struct certificate *c, struct buf *out)
{
	int days = 0;
	int seconds = 0;

	if (c->leaf == NULL)
		return;
	put_name(out, X509_get_subject_name(c->leaf));
	buf_puts(out, ", issuer ");
	put_name(out, X509_get_issuer_name(c->leaf));
	if (ASN1_TIME_diff(
		&days, &seconds, NULL, X509_get0_notAfter(c->leaf)) == 1)
		buf_printf(out, ", %d days left", days);
}

bool
certificate_is_good(const struct certificate *c, const char *host)
{
	if (c->leaf == NULL || c->pinned)
		return c->leaf != NULL && c->matched;
	return c->verdict == X509_V_OK &&
	    (X509_check_ip_asc(c->leaf, host, 0) == 1 ||
		X509_check_host(c->leaf, host, 0, 0, NULL) == 1);
}

/* A text, cut to the room that there is. */
static void
keep_text(char *out, size_t size, const struct buf *text)
{
	(void)snprintf(out, size, "%s", text->data);
}

static void
describe(struct certificate_link *link, const X509 *x)
{
	auto_buf struct buf subject = buf_make(NAMES_MAX);
	auto_buf struct buf issuer = buf_make(NAMES_MAX);
	auto_buf struct buf names = buf_make(sizeof(link->names) - 1);
	auto_buf struct buf from = buf_make(sizeof(link->from));
	auto_buf struct buf until = buf_make(sizeof(link->until));
	int seconds = 0;

	put_name(&subject, X509_get_subject_name(x));
	keep_text(link->subject, sizeof(link->subject), &subject);
	put_name(&issuer, X509_get_issuer_name(x));
	keep_text(link->issuer, sizeof(link->issuer), &issuer);
	put_names(&names, x);
	keep_text(link->names, sizeof(link->names), &names);
	put_date(&from, X509_get0_notBefore(x));
	keep_text(link->from, sizeof(link->from), &from);
	put_date(&until, X509_get0_notAfter(x));
	keep_text(link->until, sizeof(link->until), &until);
	(void)ASN1_TIME_diff(
	    &link->days, &seconds, NULL, X509_get0_notAfter(x));
	put_hex(x, link->sha256);
}

size_t
certificate_chain(
    const struct certificate *c, struct certificate_link *links, size_t max)
{
	STACK_OF(X509) *sent = c->sent;
	size_t count = 0;

	for (int i = 0; i < sk_X509_num(sent) && count < max; i++)
		describe(&links[count++], sk_X509_value(sent, i));
	return count;
}

void
certificate_release(struct certificate *c)
{
	X509_free(c->leaf);
	sk_X509_pop_free(c->sent, X509_free);
	c->leaf = c->sent = NULL;
}
