/* SPDX-License-Identifier: MIT */
/* Words separated by NUL, as sendmail's: what is accepted can be applied, and
 * sets nothing that names a file, a server or a program. */
#include "settings/sendmail_args.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct request *r)
{
	const struct settings *s = &r->settings;
	const struct draft *d = &r->draft;

	if (s->config != NULL || s->server != NULL || s->output != NULL ||
	    s->transcript != NULL || s->log != NULL || s->account != NULL ||
	    s->password_command != NULL || s->password_file != NULL ||
	    s->cacert != NULL || d->body != NULL || d->html != NULL ||
	    d->attach.count > 0 || d->inlines.count > 0 || d->headers.count > 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	struct cmdline cl = { .count = 0 };
	struct request r = { 0 };
	struct sendmail_args a;
	struct error err = ERROR_INIT;
	char *argv[64];
	int argc = 0;

	for (char *p = text; p < text + size && argc < 64; p += strlen(p) + 1)
		argv[argc++] = p;
	if (sendmail_args_parse(&a, &cl, argc, argv, &err) == 0) {
		if (cmdline_apply(&cl, &r, &err) != 0)
			abort();
		check(&r);
	} else if (err.text[0] == '\0') {
		abort();
	}
	cmdline_release(&cl);
	request_release(&r);
	return 0;
}
