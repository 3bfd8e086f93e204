/* SPDX-License-Identifier: MIT */
/*
 * The commands: each takes the words behind its name and returns the exit
 * status.  Only this folder and main.c print.
 */
#ifndef MITTO_COMMAND_H
#define MITTO_COMMAND_H

/* mitto [options] ADDRESS... */
int command_send(int argc, char *const *argv);

/* mitto config VERB ...: conf.h */
int command_config(int argc, char *const *argv);

/* mitto run [options] ADDRESS... -- COMMAND...; the status of COMMAND */
int command_run(int argc, char *const *argv);

/* mitto login [options] ACCOUNT: OAuth */
int command_login(int argc, char *const *argv);

/* mitto merge DATA [options] [ADDRESS]... */
int command_merge(int argc, char *const *argv);

/* mitto mail [flags of mail and mailx] ADDRESS... */
int command_mailx(int argc, char *const *argv);

/* mitto probe [HOST[:PORT]|ACCOUNT|ADDRESS] [options] */
int command_probe(int argc, char *const *argv);

/* mitto queue list|show|flush|retry|drop */
int command_queue(int argc, char *const *argv);

/* mitto explain CODE|STATUS|TEXT|PROVIDER */
int command_explain(int argc, char *const *argv);

/* mitto help [TOPIC] */
int command_help(int argc, char *const *argv);

/* mitto sendmail [FLAGS] [ADDRESS...]: sendmail's own command line */
int command_sendmail(int argc, char *const *argv);

/* mitto mailq: sendmail -bp */
int command_mailq(int argc, char *const *argv);

/* hoststat and purgestat, by the name of the program only: 69 */
int command_absent(int argc, char *const *argv);

/* mitto newaliases [-v] */
int command_newaliases(int argc, char *const *argv);

#endif
