/* SPDX-License-Identifier: MIT */
/*
 * Which command, run it, exit with its status.
 */
#include "base/io.h"
#include "command/command.h"

#include <signal.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char *const *argv);
} commands[] = {
	{ "config", command_config },
	{ "help", command_help },
	{ "run", command_run },
};

int
main(int argc, char **argv)
{
	int skip = argc > 0 ? 1 : 0;

	io_reserve_std_fds();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);

	/* A command word counts only as the first word, exactly. */
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	return command_send(argc - skip, argv + skip);
}
