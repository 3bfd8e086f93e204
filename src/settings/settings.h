/* SPDX-License-Identifier: MIT */
/*
 * What was asked: how to send (struct settings), what to send (struct draft)
 * and, of `mitto run`, when (struct job), or of `mitto merge`, at what pace.
 * Read-only once loaded.
 *
 * Every field a user can set has exactly one row in options.c; its C type
 * decides the row's type.  Strings are owned, NULL when unset.
 */
#ifndef MITTO_SETTINGS_H
#define MITTO_SETTINGS_H

#include "base/secret.h"
#include "base/strlist.h"

#include <stdbool.h>
#include <stdint.h>

enum tls_mode { /* SPEC 2, TLS */
	TLS_AUTO,
	TLS_PLAIN,
	TLS_STARTTLS,
	TLS_SSL,
	TLS_TRY,
};

enum auth_mode {
	AUTH_AUTO,
	AUTH_PLAIN,
	AUTH_LOGIN,
	AUTH_CRAM_MD5,
	AUTH_XOAUTH2,
	AUTH_OAUTHBEARER,
	AUTH_EXTERNAL,
	AUTH_OFF,
	AUTH_TOKEN, /* nobody asks for it: what AUTO becomes with OAuth */
};

enum lane_mode { /* who says MAIL, RCPT and DATA */
	LANE_AUTO,
	LANE_ENGINE,
	LANE_PIPELINE,
};

enum chunking_mode { /* BDAT, RFC 3030 */
	CHUNKING_AUTO,
	CHUNKING_NEVER,
};

enum return_mode { /* RFC 3461 4.3: what a report brings back */
	RETURN_UNSET,
	RETURN_HDRS,
	RETURN_FULL,
};

enum when {
	WHEN_AUTO,
	WHEN_ALWAYS,
	WHEN_NEVER,
};

enum queue_mode {   /* SPEC 7 */
	QUEUE_FAIL, /* what fails for a temporary reason */
	QUEUE_ALWAYS,
	QUEUE_NEVER,
};

enum from_header {  /* what becomes of a message's own From */
	FROM_ADD,   /* a missing or local one becomes the account's */
	FROM_KEEP,  /* it stays; only a missing one is added */
	FROM_FORCE, /* the account's takes its place */
};

enum consent { /* yes, unless no was said */
	CONSENT_YES,
	CONSENT_NO,
};

enum job_when { /* mitto run: which results are mailed */
	JOB_FAIL,
	JOB_OUTPUT,
	JOB_CHANGE,
	JOB_ALWAYS,
};

enum priority {
	PRIORITY_NORMAL,
	PRIORITY_HIGH,
	PRIORITY_LOW,
};

/* Wrapped so that the option table can tell them from plain numbers. */
struct choice {
	int value; /* one of the row's enumerators */
};
struct duration {
	int64_t ms; /* 0 = not set */
};
struct size {
	int64_t bytes; /* 0 = not set */
};

struct provider;

struct settings {
	/* account */
	char *account;  /* -A, defaults.account */
	char *provider; /* preset, preset.h */
	char *region;   /* where its host name holds one */
	char *config;   /* -C */
	bool no_config; /* -C none */
	/* The provider that was named or whose server it is, or NULL; lives as
	 * long as the config. */
	const struct provider *preset;
	char *own; /* the bare address of the account or its login, whatever
		    * the flags say; or NULL */

	/* server */
	char *server;      /* as given: HOST[:PORT] or URL */
	int port;          /* 0 = by mode */
	struct choice tls; /* enum tls_mode */
	char *user;
	struct choice auth; /* enum auth_mode */
	char *password_file;
	char *password_command;
	char *password_env;
	struct secret password; /* config key only */
	char *oauth_client_id;  /* this and the next: who the program is */
	struct secret oauth_client_secret;
	char *oauth_auth_url;
	char *oauth_token_url;
	char *oauth_device_url;
	char *oauth_scope;
	bool insecure;
	char *cacert;
	char *cert;
	char *key;
	char *fingerprint; /* SHA-256 of the certificate, hex */
	char *proxy;
	bool ipv4;
	bool ipv6;
	char *helo;
	char *interface;
	struct duration timeout; /* longest wait for any one step */
	bool allow_plain_login;
	struct choice lane;     /* enum lane_mode */
	struct choice chunking; /* enum chunking_mode */

	/* sender */
	char *from;      /* -f or the account's: From: and envelope */
	char *from_name; /* -F */
	char *default_domain;
	struct choice from_header;         /* enum from_header */
	struct choice allow_from_override; /* enum consent */

	/* recipients */
	char *alias_file; /* NULL = the default one, "none" = no file */

	/* config keys that are no flags */
	struct strlist match; /* patterns of senders this account is for */
	char *inherit;        /* an account whose keys are taken first */

	/* delivery */
	bool dry_run;
	bool check;
	char *output;
	struct size max_size;
	struct choice queue; /* enum queue_mode */
	char *spool;         /* where the queue is */
	bool spool_on_network_fs;
	bool wait;    /* for another run of the queue */
	char *notice; /* who hears of mail given up: "sender", "none", ADDR */
	struct choice delay_notice; /* enum consent */
	char *notify;               /* "success,delay", RFC 3461 4.1 */
	struct choice return_parts; /* enum return_mode */
	char *envid;                /* RFC 3461 4.4 */

	/* talk */
	int verbose;
	bool quiet;
	bool json;
	struct choice progress;
	struct choice color;
	char *transcript;
	char *log;
	bool syslog;
	bool no_input;
};

struct draft {
	struct strlist to; /* operands and --to, in order */
	struct strlist cc;
	struct strlist bcc;
	char *subject;
	char *envelope_from; /* "" or "<>" is the null sender */
	char *reply_to;
	struct strlist headers; /* -H lines */
	char *in_reply_to;
	char *thread;
	char *unsubscribe;
	struct choice priority;
	struct strlist text; /* -m, one item a paragraph */
	char *body;          /* --body FILE */
	char *html;          /* --html FILE */
	char *type;          /* -M */
	char *charset;
	bool read_headers; /* -t */
	bool raw;
	bool edit;
	bool skip_empty;
	struct strlist attach;  /* -a specs, in order */
	struct strlist inlines; /* -I specs, in order */
	bool automatic;         /* no person writes it; no option, see run.h */
};

struct job {              /* mitto run */
	struct choice on; /* enum job_when */
	int tail;         /* lines of output in the text, 0 = not set */
	char *name;       /* NULL = that of the command */
};

struct login_options { /* mitto login */
	bool device;
	bool forget;
	struct choice keyring; /* enum when: is the token kept there? */
};

struct manage {          /* mitto config */
	bool origin;     /* show: the origin of each value, too */
	bool secrets;    /* check: fetch the passwords */
	bool write;      /* import: into the file, not onto the screen */
	bool force;      /* init, import: replace what is there */
	bool autoconfig; /* init: ask the domain's web server */
	char *dns; /* init: name server, ADDRESS[:PORT]; NULL = system's */
};

struct mailing {  /* mitto merge */
	int jobs; /* sessions at a time, 0 = not set */
	char *rate;
	struct duration pause;
	struct duration retry;
	char *journal;
	char *result;
	bool resend_doubtful;
};

/* All of it as the command line and the configuration fill it. */
struct request {
	struct settings settings;
	struct draft draft;
	char *own_from; /* settings.from as it was before the flags: that of the
			 * account, the defaults or the environment */
	bool from_given; /* settings.from is that of a flag */
	struct job job;
	struct login_options login;
	struct manage manage;
	struct mailing mailing;
};

/* Does a key or flag say where the password is? */
bool settings_name_password(const struct settings *s);

/*
 * Does the account log in by a token that `mitto login` has got?  It has a
 * client id, no source of a password, and no method of login that takes a
 * password.
 */
bool settings_oauth(const struct settings *s);

void request_release(struct request *r);

#endif
