/* SPDX-License-Identifier: MIT */
/* Any EHLO lines, any policy: a login or TLS that is wanted and was not offered
 * never passes the gate. */
#include "smtp/gate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	unsigned bits = size > 0 ? data[0] : 0;
	struct capabilities c = { .offered = 0 };
	struct policy policy = { .server = "mx:25",
		.want_tls = bits & 1,
		.tls = bits & 2,
		.login = bits & 4,
		.clear_password = bits & 8,
		.auth = (enum auth_mode)(bits >> 5),
		.mechanisms = ~0U,
		.libcurl = bits & 16 ? 0x075801 : 0x081500,
		.size = 1000 };
	struct error err = ERROR_INIT;
	unsigned mechanisms;

	while (p < end) {
		size_t len = (size_t)(end - p);
		const char *lf = memchr(p, '\n', len);

		len = lf != NULL ? (size_t)(lf - p) : len;
		capabilities_line(&c, p, len);
		p += len + (lf != NULL);
	}
	if (gate_ehlo(&policy, &c, &mechanisms, &err) == GATE_PASS &&
	    ((policy.want_tls && !policy.tls &&
		 !(c.offered & CAPABILITY_STARTTLS)) ||
		(policy.login && (policy.tls || !policy.want_tls) &&
		    c.mechanisms == 0)))
		abort();
	return 0;
}
