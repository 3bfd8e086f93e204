/* SPDX-License-Identifier: MIT */
/* A config text gives settings that can be used, or a report.  The same text
 * behind a password gives no report that shows it. */
#include "settings/account.h"
#include "settings/config.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
parse(const char *text, size_t len)
{
	auto_buf struct buf report = buf_make(1 << 24);
	struct cmdline cl = { 0 };
	struct request r = { 0 };
	struct config c;
	const char *account;
	struct error err;
	int result = config_parse(&c, "fuzz", text, len, &report, &err);

	if ((result == 0) != (report.len == 0) ||
	    strstr(report.data, "canary") != NULL)
		abort();
	if (result == 0 &&
	    (account_choose(&c, &cl, "a@x.example", &account, &err) != 0 ||
		account_resolve(&r, &c, &cl, account, &err) != 0))
		abort();
	request_release(&r);
	config_release(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf text = buf_make(1 << 24);

	if (memmem(data, size, "canary", 6) != NULL)
		return 0;
	parse((const char *)data, size);
	buf_puts(&text, "[defaults]\npassword = canary");
	buf_add(&text, data, size);
	parse(text.data, text.len);
	return 0;
}
