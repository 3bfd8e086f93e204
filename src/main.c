/* SPDX-License-Identifier: MIT */
/*
 * Which command, run it, exit with its status.  Some can also be called by the
 * name of the program whose place they take.
 */
#include "base/io.h"
#include "command/command.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char *const *argv);
	bool word;    /* of `mitto WORD` */
	bool program; /* the name of a program whose place mitto takes */
} commands[] = {
	{ "Mail", command_mailx, true, true },
	{ "config", command_config, true, false },
	{ "explain", command_explain, true, false },
	{ "help", command_help, true, false },
	{ "hoststat", command_absent, false, true },
	{ "login", command_login, true, false },
	{ "mail", command_mailx, true, true },
	{ "mailx", command_mailx, true, true },
	{ "mailq", command_mailq, true, true },
	{ "merge", command_merge, true, false },
	{ "newaliases", command_newaliases, true, true },
	{ "probe", command_probe, true, false },
	{ "purgestat", command_absent, false, true },
	{ "queue", command_queue, true, false },
	{ "run", command_run, true, false },
	{ "send-mail", command_sendmail, true, true },
	{ "sendmail", command_sendmail, true, true },
};

/* The part of a path behind the last slash. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

int
main(int argc, char **argv)
{
	int skip = argc > 0 ? 1 : 0;
	const char *name = argc > 0 ? base_name(argv[0]) : "";

	io_reserve_std_fds();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].program && strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	/* A command word counts only as the first word, exactly. */
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (commands[i].word && strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	return command_send(argc - skip, argv + skip);
}
