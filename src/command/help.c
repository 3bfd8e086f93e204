/* SPDX-License-Identifier: MIT */
/*
 * mitto help [TOPIC]: the same texts as --help.
 */
#include "command/command.h"
#include "report/result.h"
#include "settings/document.h"

#include <stdio.h>

#define TEXT_MAX (4L << 20)

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
	(void)fwrite(text.data, 1, text.len, stdout);
	return error_status(err.kind);
}
