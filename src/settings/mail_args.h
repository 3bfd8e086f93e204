/* SPDX-License-Identifier: MIT */
/*
 * The command line of mail and mailx, translated into mitto's own (SPEC 6).
 *
 * Taken together from bsd-mailx, s-nail, heirloom mailx and GNU mailutils, as
 * far as they send.  Where they disagree about a letter its value decides: -a
 * with "Name: value" is a header field, with anything else, or the name of a
 * file that exists, an attachment.
 */
#ifndef MITTO_MAIL_ARGS_H
#define MITTO_MAIL_ARGS_H

#include "settings/cmdline.h"

/*
 * argv without the program's name; cl starts zeroed.
 * Options and operands come in any order.  Behind "--" stand operands and, as
 * bsd-mailx has it, flags of sendmail: -f, -r and -F count, others do not.
 * ERR_USAGE for flags that are not known or that read mail, and when there is
 * nobody to send to; the errors of cmdline_add().  What has no effect here is
 * told in cl->notes.
 */
int mail_args_parse(struct cmdline *cl, int argc, char *const *argv,
    struct error *err) MUST_CHECK;

#endif
