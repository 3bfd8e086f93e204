/* SPDX-License-Identifier: MIT */
/*
 * mitto in the place of mail and mailx, for what sends by them: its own words,
 * and then a message like any other.
 */
#include "settings/mail_args.h"

#include "command/command.h"
#include "command/run.h"

int
command_mailx(int argc, char *const *argv)
{
	struct run *run = run_new(WHEN_AUTO);
	struct cmdline *cl = &run->cmdline;

	run_catch_signals();
	if (mail_args_parse(cl, argc, argv, &run->error) < 0)
		return run_message(run);
	if (cl->help)
		cl->help_topic = "mail";
	if (run_answer(cl, &run->error))
		return run_end(run);
	return run_message(run);
}
