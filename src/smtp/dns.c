/* SPDX-License-Identifier: MIT */
/*
 * Questions by the resolver of the C library.  What comes back is bytes of
 * anybody: names are taken only if they are host names.
 */
#include "smtp/dns.h"

#include "settings/server.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifdef HAVE_RES_NQUERY

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#define ANSWER_MAX 65536
#define PORT_DNS   53

/* Offsets in the data of records (RFC 2782, RFC 1035 3.3.9). */
#define SRV_TARGET  6
#define MX_EXCHANGE 2

/* --- asking --------------------------------------------------------------- */

static int
use_server(struct __res_state *state, const char *text, struct error *err)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct server server;

	if (server_parse(&server, text, err) < 0)
		return -1;
	if (inet_pton(AF_INET, server.host, &address.sin_addr) != 1)
		return error_set(
		    err, ERR_CONFIG, "'%s' is no address", server.host);
	address.sin_port =
	    htons((uint16_t)(server.port != 0 ? server.port : PORT_DNS));
	state->nsaddr_list[0] = address;
	state->nscount = 1;
	return 0;
}

/* The answer's length, 0 when there is no such record. */
static int
ask(unsigned char *answer, const char *name, ns_type type, const char *server,
    struct error *err)
{
	struct __res_state state;
	int len = -1, why;

	memset(&state, 0, sizeof(state));
	if (res_ninit(&state) != 0)
		return error_set(err, ERR_OS, "the resolver does not start");
	state.retrans = DNS_SECONDS;
	state.retry = 2;
	if (server != NULL && use_server(&state, server, err) < 0) {
		res_nclose(&state);
		return -1;
	}
	len = res_nquery(&state, name, ns_c_in, (int)type, answer, ANSWER_MAX);
	why = state.res_h_errno;
	res_nclose(&state);
	if (len >= 0)
		return len < ANSWER_MAX ? len : ANSWER_MAX;
	if (why == HOST_NOT_FOUND || why == NO_DATA)
		return 0;
	error_set(err, ERR_TEMPORARY, "DNS does not answer about '%s'", name);
	return error_hint(err,
	    server != NULL ? "is there a name server at %s?"
			   : "is the network up? --dns ADDRESS asks another "
			     "name server",
	    server);
}

/* --- reading -------------------------------------------------------------- */

/* The name at `at` as a host name; false if it is none, or the root. */
static bool
read_host(char *host, const ns_msg *message, const unsigned char *at)
{
	struct error ignored = ERROR_INIT;
	struct server checked;

	if (ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), at,
		host, DNS_HOST) < 0 ||
	    host[0] == '\0' || strchr(host, ':') != NULL ||
	    server_parse(&checked, host, &ignored) < 0)
		return false;
	for (char *p = host; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return true;
}

static bool
read_record(struct dns_service *s, const ns_msg *message, const ns_rr *record)
{
	const unsigned char *data = ns_rr_rdata(*record);
	bool srv = ns_rr_type(*record) == ns_t_srv;
	int fixed = srv ? SRV_TARGET : MX_EXCHANGE;

	*s = (struct dns_service){ .port = 0 };
	if (ns_rr_rdlen(*record) <= fixed ||
	    !read_host(s->host, message, data + fixed))
		return false;
	s->priority = ns_get16(data);
	if (srv) {
		s->weight = ns_get16(data + 2);
		s->port = (int)ns_get16(data + 4);
	}
	return !srv || s->port != 0;
}

/* In order of arrival, behind those that are as good: a stable order. */
static void
insert(struct dns_service *list, int count, const struct dns_service *s)
{
	int at = count;

	for (; at > 0 &&
	     (list[at - 1].priority > s->priority ||
		 (list[at - 1].priority == s->priority &&
		     list[at - 1].weight < s->weight));
	     at--)
		list[at] = list[at - 1];
	list[at] = *s;
}

static int
find(struct dns_service *out, const char *name, ns_type type,
    const char *server, struct error *err)
{
	unsigned char answer[ANSWER_MAX];
	int len = ask(answer, name, type, server, err);
	int count = 0;
	ns_msg message;

	if (len <= 0)
		return len;
	if (ns_initparse(answer, len, &message) < 0)
		return error_set(err, ERR_TEMPORARY,
		    "DNS answers nonsense about '%s'", name);
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		struct dns_service found;
		ns_rr record;

		if (count < DNS_RECORDS &&
		    ns_parserr(&message, ns_s_an, i, &record) == 0 &&
		    ns_rr_type(record) == type &&
		    read_record(&found, &message, &record))
			insert(out, count++, &found);
	}
	return count;
}

int
dns_services(struct dns_service *out, const char *name, const char *server,
    struct error *err)
{
	return find(out, name, ns_t_srv, server, err);
}

int
dns_exchangers(struct dns_service *out, const char *domain, const char *server,
    struct error *err)
{
	return find(out, domain, ns_t_mx, server, err);
}

#else

static int
cannot_ask(struct error *err)
{
	return error_set(err, ERR_OS, "this mitto was built without libresolv");
}

int
dns_services(struct dns_service *out UNUSED, const char *name UNUSED,
    const char *server UNUSED, struct error *err)
{
	return cannot_ask(err);
}

int
dns_exchangers(struct dns_service *out UNUSED, const char *domain UNUSED,
    const char *server UNUSED, struct error *err)
{
	return cannot_ask(err);
}

#endif
