/* SPDX-License-Identifier: MIT */
/*
 * Each check is a function that passes or says why not; the first no decides.
 */
#include "smtp/gate.h"

#include "smtp/auth.h"
#include "text/quantity.h"

#include <stdio.h>
#include <string.h>

/* Since when libcurl matches EHLO keywords, and mechanisms, without case. */
#define KEYWORDS_ANY_CASE   0x081100
#define MECHANISMS_ANY_CASE 0x081200

static bool
libcurl_sees(const struct policy *p, const struct capabilities *c, unsigned bit)
{
	return p->libcurl >= KEYWORDS_ANY_CASE || (c->capitals & bit) != 0;
}

static unsigned
usable_mechanisms(const struct policy *p, const struct capabilities *c)
{
	return p->libcurl >= MECHANISMS_ANY_CASE ? c->mechanisms
						 : c->mechanisms_capitals;
}

static enum gate
stop(struct error *err, enum hint hint, const struct policy *p)
{
	hint_set(err, hint, &p->facts);
	return GATE_STOP;
}

/* The server offers it, but in a spelling that this libcurl overlooks. */
static enum gate
stop_lower_case(const struct policy *p, const char *what, struct error *err)
{
	(void)error_set(err, ERR_PROTOCOL,
	    "%s offers %s in lower case, which libcurl %u.%u.%u overlooks",
	    p->server, what, p->libcurl >> 16, p->libcurl >> 8 & 0xff,
	    p->libcurl & 0xff);
	return stop(err, HINT_LOWER_CASE, p);
}

static enum gate
check_tls(
    const struct policy *p, const struct capabilities *c, struct error *err)
{
	if (!p->want_tls || p->tls)
		return GATE_PASS;
	if ((c->offered & CAPABILITY_STARTTLS) != 0) {
		if (libcurl_sees(p, c, CAPABILITY_STARTTLS))
			return GATE_PASS;
		return stop_lower_case(p, "STARTTLS", err);
	}
	if (p->may_fall_back)
		return GATE_PLAIN;
	(void)error_set(err, ERR_PROTOCOL,
	    "%s offers no encryption (no STARTTLS)", p->server);
	return stop(err,
	    p->login && !p->clear_password ? HINT_NO_STARTTLS_LOGIN
					   : HINT_NO_STARTTLS,
	    p);
}

static enum gate
no_login_offered(
    const struct policy *p, const struct capabilities *c, struct error *err)
{
	if ((c->offered & CAPABILITY_AUTH) != 0)
		return stop_lower_case(p, "AUTH", err);
	if (c->old_auth)
		(void)error_set(err, ERR_NOPERM,
		    "%s offers a login only in the old form 'AUTH='",
		    p->server);
	else
		(void)error_set(err, ERR_NOPERM, "%s offers no login%s",
		    p->server, p->tls ? "" : " on a connection without TLS");
	if (p->facts.port == 25)
		return stop(err, HINT_NO_LOGIN_25, p);
	return stop(err, HINT_NO_LOGIN_OFFERED, p);
}

static enum gate
no_common_mechanism(
    const struct policy *p, const struct capabilities *c, struct error *err)
{
	const char *offered = c->auth[0] != '\0' ? c->auth : "nothing";
	char wanted[128] = "";

	if (auth_choose(p->auth, p->tls, c->mechanisms) != 0)
		return stop_lower_case(p, "its mechanisms", err);
	if (p->auth == AUTH_TOKEN)
		(void)snprintf(wanted, sizeof(wanted), "token");
	else if (p->auth != AUTH_AUTO)
		(void)snprintf(wanted, sizeof(wanted), "%s",
		    mechanism_name(auth_allowed(p->auth, p->tls)));
	if (wanted[0] != '\0')
		(void)error_set(err, ERR_NOPERM,
		    "%s offers no login by %s; it offers: %s", p->server,
		    wanted, offered);
	else
		(void)error_set(err, ERR_NOPERM,
		    "%s offers no login that can be used; it offers: %s",
		    p->server, offered);
	if (p->auth == AUTH_AUTO && (c->mechanisms & MECHANISM_XOAUTH2) != 0)
		return stop(err, HINT_TOKEN_ONLY, p);
	if (p->auth == AUTH_AUTO &&
	    (c->mechanisms & MECHANISM_OAUTHBEARER) != 0)
		return stop(err, HINT_BEARER_ONLY, p);
	if (p->auth == AUTH_AUTO && (c->mechanisms & MECHANISM_EXTERNAL) != 0)
		return stop(err, HINT_EXTERNAL_ONLY, p);
	return stop(err, HINT_MECHANISM, p);
}

static enum gate
check_login(const struct policy *p, const struct capabilities *c,
    unsigned *mechanisms, struct error *err)
{
	unsigned best;

	if (!p->login)
		return GATE_PASS;
	if (!p->tls && !p->clear_password) {
		(void)error_set(err, ERR_CONFIG,
		    "no password is sent to %s without TLS", p->server);
		return stop(err, HINT_CLEAR_PASSWORD, p);
	}
	if ((c->offered & CAPABILITY_AUTH) == 0 ||
	    !libcurl_sees(p, c, CAPABILITY_AUTH))
		return no_login_offered(p, c, err);
	best = auth_choose(p->auth, p->tls, usable_mechanisms(p, c));
	if (best == 0)
		return no_common_mechanism(p, c, err);
	if ((best & p->mechanisms) != 0)
		return GATE_PASS;
	*mechanisms = best;
	return GATE_MECHANISM;
}

void
gate_put_size(struct buf *out, int64_t size, int64_t content)
{
	char text[QUANTITY_SIZE];

	quantity_bytes(text, size);
	buf_printf(out, "%s on the wire", text);
	if (content <= 0 || content >= size)
		return;
	quantity_bytes(text, content);
	buf_printf(out, " (%s before encoding)", text);
}

static enum gate
too_big(const struct policy *p, const struct capabilities *c, struct error *err)
{
	auto_buf struct buf size = buf_make(100);
	char limit[QUANTITY_SIZE], whole[QUANTITY_SIZE];

	gate_put_size(&size, p->size, p->content);
	quantity_bytes(limit, c->size);
	quantity_bytes(whole, p->size);
	/* "1.0 MB, at most 1.0 MB" would say nothing. */
	if (strcmp(limit, whole) == 0) {
		buf_clear(&size);
		buf_printf(&size, "%lld bytes on the wire", (long long)p->size);
		(void)snprintf(
		    limit, sizeof(limit), "%lld", (long long)c->size);
	}
	(void)error_set(err, ERR_DATA,
	    "the message has %s, %s takes at most %s", size.data, p->server,
	    limit);
	return stop(err, HINT_TOO_BIG, p);
}

enum gate
gate_message(
    const struct policy *p, const struct capabilities *c, struct error *err)
{
	if (c->size > 0 && p->size > c->size)
		return too_big(p, c, err);
	if (p->utf8 == NULL)
		return GATE_PASS;
	if ((c->offered & CAPABILITY_SMTPUTF8) == 0) {
		struct hint_facts facts = p->facts;

		if (p->utf8[0] != '\0') {
			facts.name = p->utf8;
			(void)error_set(err, ERR_UNAVAILABLE,
			    "%s does not take the address '%s' (no SMTPUTF8)",
			    p->server, p->utf8);
		} else {
			facts.name = "the header";
			(void)error_set(err, ERR_UNAVAILABLE,
			    "%s takes no UTF-8 in addresses of the header "
			    "(no SMTPUTF8)",
			    p->server);
		}
		hint_set(err, HINT_SMTPUTF8, &facts);
		return GATE_STOP;
	}
	if (!p->own_mail && !libcurl_sees(p, c, CAPABILITY_SMTPUTF8))
		return stop_lower_case(p, "SMTPUTF8", err);
	return GATE_PASS;
}

enum gate
gate_ehlo(const struct policy *p, const struct capabilities *c,
    unsigned *mechanisms, struct error *err)
{
	enum gate gate = check_tls(p, c, err);

	/* Before TLS nothing else that the server says counts. */
	if (gate != GATE_PASS || (p->want_tls && !p->tls))
		return gate;
	gate = check_login(p, c, mechanisms, err);
	if (gate != GATE_PASS)
		return gate;
	return gate_message(p, c, err);
}

enum gate
gate_no_ehlo(
    const struct policy *p, const struct reply *reply, struct error *err)
{
	const char *missing = NULL;

	if (p->want_tls && !p->tls) {
		if (p->may_fall_back && reply_class(reply) == 5)
			return GATE_PLAIN;
		missing = "TLS";
	} else if (p->login) {
		missing = "login";
	} else if (p->utf8 != NULL) {
		missing = "SMTPUTF8";
	}
	if (missing == NULL)
		return GATE_PASS;
	(void)error_set(err,
	    reply_class(reply) == 4 ? ERR_TEMPORARY : ERR_PROTOCOL,
	    "%s refuses EHLO, and there is no %s without it", p->server,
	    missing);
	hint_for_reply(err, STAGE_GREETING, reply, &p->facts);
	return GATE_STOP;
}

void
gate_not_smtp(const struct policy *p, const char *line, struct error *err)
{
	static const struct {
		const char *start;
		const char *what;
	} known[] = {
		{ "SSH-", "an SSH server" },
		{ "HTTP/", "a web server" },
		{ "<", "a web server" },
		{ "+OK", "a POP3 server" },
		{ "* OK", "an IMAP server" },
		{ "* PREAUTH", "an IMAP server" },
		{ "RFB ", "a VNC server" },
	};
	const char *what = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(known) && what == NULL; i++)
		if (strncmp(line, known[i].start, strlen(known[i].start)) == 0)
			what = known[i].what;
	(void)error_set(err, ERR_PROTOCOL,
	    "%s is not a mail server%s%s; it says: %s", p->server,
	    what != NULL ? " but " : "", what != NULL ? what : "", line);
	hint_set(err, HINT_NOT_SMTP, &p->facts);
}
