/* SPDX-License-Identifier: MIT */
/*
 * mitto help [TOPIC]: the same texts as --help, and of the presets also those
 * that config files add.
 */
#include "command/command.h"
#include "report/result.h"
#include "settings/document.h"
#include "settings/preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (4L << 20)

/* A configuration that cannot be read has none. */
static void
put_own_presets(struct buf *text)
{
	auto_buf struct buf ignored = buf_make(TEXT_MAX);
	auto_config struct config c = { .count = 0 };
	struct error unread = ERROR_INIT;

	if (config_load(&c, secure_getenv("MITTO_CONFIG"), &ignored, &unread) !=
		0 ||
	    c.preset_count == 0)
		return;
	buf_puts(text, "\nOf the config files:\n");
	for (size_t i = 0; i < c.preset_count; i++)
		document_provider(text, &c.presets[i]);
}

int
command_help(int argc, char *const *argv)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	struct error err = ERROR_INIT;
	struct terminal t = terminal_open(STDERR_FILENO, WHEN_AUTO);

	if (argc == 0)
		document_help(&text);
	else if (document_help_topic(&text, argv[0], &err) < 0)
		result_print_error(&err, &t);
	else if (strcmp(argv[0], "providers") == 0)
		put_own_presets(&text);
	(void)fwrite(text.data, 1, text.len, stdout);
	return error_status(err.kind);
}
