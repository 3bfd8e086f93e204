/* SPDX-License-Identifier: MIT */
/*
 * mitto login [--device] ACCOUNT: a person allows this program to send, once;
 * from then on it has tokens of its own, or, where there is no OAuth, the
 * password in the keyring.
 */
#include "oauth/login.h"
#include "base/mem.h"
#include "command/command.h"
#include "command/run.h"
#include "oauth/access.h"
#include "oauth/record.h"
#include "settings/account.h"
#include "settings/document.h"
#include "settings/keyring.h"
#include "settings/password.h"
#include "settings/provider.h"
#include "text/escape.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define TEXT_MAX (8L << 20)

/* One call of `mitto login`. */
struct call {
	struct cmdline cmdline;
	struct config config;
	struct request request;
	struct watch watch;
	const char *kept; /* where the token is: "keyring", "file", or NULL */
	bool found;       /* --forget: there was something */
	bool json;        /* wanted, also where the settings are not known */
	bool helped;      /* that was all that was asked for */
	bool told;        /* the error stands on the screen already */
	struct error error;
};

/* --- which account -------------------------------------------------------- */

/* The operand, as if it had been given with -A. */
static int
take_operand(struct call *c)
{
	const char *name = NULL;

	for (size_t i = 0; i < c->cmdline.count; i++) {
		if (c->cmdline.items[i].option != NULL)
			continue;
		if (name != NULL)
			return error_set(&c->error, ERR_USAGE,
			    "login takes one account, not '%s' and '%s'", name,
			    c->cmdline.items[i].value);
		name = c->cmdline.items[i].value;
	}
	return name == NULL
	    ? 0
	    : cmdline_add(&c->cmdline, "account", name, name, &c->error);
}

static int
open_call(struct call *c)
{
	auto_buf struct buf report = buf_make(TEXT_MAX);
	struct error *err = &c->error;
	const char *account;

	if (config_load(&c->config, account_config_file(&c->cmdline), &report,
		err) < 0) {
		(void)fwrite(report.data, 1, report.len, stderr);
		c->told = report.len > 0;
		return -1;
	}
	if (account_choose(&c->config, &c->cmdline, NULL, &account, err) < 0)
		return -1;
	if (account == NULL) {
		(void)error_set(err, ERR_USAGE, "login needs an account");
		return error_hint(err, "mitto login ACCOUNT");
	}
	if (account_resolve(
		&c->request, &c->config, &c->cmdline, account, err) < 0)
		return -1;
	return watch_open(&c->watch, &c->request.settings, err);
}

/* Is there somebody to log in as, in a way that is not taken already? */
static int
check_account(const struct settings *s, struct error *err)
{
	if (settings_name_password(s) ||
	    (s->oauth_client_id != NULL && !settings_oauth(s))) {
		(void)error_set(err, ERR_CONFIG,
		    "account '%s' is set to log in with a password",
		    s->account);
		return error_hint(err,
		    "take auth, password-command and their like out of "
		    "[account %s]",
		    s->account);
	}
	if (s->user != NULL)
		return 0;
	(void)error_set(
	    err, ERR_CONFIG, "account '%s' has no login name", s->account);
	return error_hint(
	    err, "user = ADDRESS     in [account %s]", s->account);
}

/* --- talking to the person ------------------------------------------------ */

/* A line with one untrusted text in it, on stderr. */
static void
say(const char *before, const char *text, const char *after)
{
	auto_buf struct buf shown = buf_make(16384);

	escape_print(&shown, text, strlen(text), 0);
	(void)fprintf(stderr, "%s%s%s\n", before, shown.data, after);
}

static void
show_url(void *ctx, const char *url)
{
	const struct call *c = ctx;

	say("To log in as ", c->request.settings.user,
	    ", open this address in a browser on this machine:\n");
	say("  ", url, "\n");
	say("", "waiting for the browser; Ctrl-C ends it", "");
}

static void
show_code(void *ctx, const char *url, const char *code, const char *complete)
{
	const struct call *c = ctx;

	say("To log in as ", c->request.settings.user,
	    ", open this address in any browser:\n");
	say("  ", url, "");
	say("\nand type this code there:\n\n  ", code, "\n");
	if (complete[0] != '\0')
		say("or open the address that has it already:\n\n  ", complete,
		    "\n");
	say("", "waiting until that is done; Ctrl-C ends it", "");
}

/* --- in and out ----------------------------------------------------------- */

static int
get_token(struct call *c)
{
	const struct settings *s = &c->request.settings;
	const struct login_options *wish = &c->request.login;
	struct oauth o = { .settings = s, .interrupted = &run_interrupted };
	struct login_prompt prompt = { c, show_url, show_code };
	auto_token struct token token = { .expires_in = 0 };
	bool in_keyring = false;
	int result;

	if (service_find(&o.service, s, &c->error) < 0)
		return -1;
	if (wish->device || o.service.auth_url == NULL)
		result = login_by_device(&token, &o, &prompt, &c->error);
	else
		result = login_by_browser(&token, &o, &prompt, &c->error);
	if (result < 0 ||
	    access_keep(&o, &token, (enum when)wish->keyring.value, &in_keyring,
		&c->error) < 0)
		return -1;
	c->kept = in_keyring ? "keyring" : "file";
	if (!secret_is_set(&token.refresh))
		watch_warn(&c->watch,
		    "the service gave nothing to renew the token with: the "
		    "login will not last");
	return 0;
}

static int
no_client(struct call *c, const char *more)
{
	const char *account = c->request.settings.account;

	(void)error_set(&c->error, ERR_CONFIG,
	    "account '%s' has no oauth-client-id%s", account, more);
	return error_hint(&c->error,
	    "register a program at the service, and write its "
	    "oauth-client-id into [account %s]; see mitto.conf(5)",
	    account);
}

/* Which password is meant is often the first question. */
static void
show_provider(const char *host)
{
	const struct provider *p = provider_by_host(host);

	if (p == NULL || p->login == NULL)
		return;
	(void)fprintf(stderr, "%s: %s\n", p->name, p->login);
	if (p->url != NULL)
		(void)fprintf(stderr, "  %s\n", p->url);
}

/* Without a client id there is the password, if there is a place for it. */
static int
get_password(struct call *c)
{
	const struct settings *s = &c->request.settings;
	const struct login_options *wish = &c->request.login;
	const char *missing = keyring_missing();
	struct endpoint e;

	if (missing == NULL && wish->keyring.value == WHEN_NEVER)
		missing = "--keyring=never";
	if (wish->device || service_only(s))
		return no_client(c, "");
	if (missing != NULL) {
		auto_free char *more = mem_printf(
		    ", and there is no keyring for a password (%s)", missing);

		return no_client(c, more);
	}
	if (smtp_endpoint(&e, s, &c->error) < 0)
		return -1;
	show_provider(e.host);
	if (password_keep(s, e.host, &c->error) < 0)
		return -1;
	c->kept = "keyring";
	return 0;
}

static int
log_in(struct call *c)
{
	const struct settings *s = &c->request.settings;
	const struct rlimit none = { 0, 0 };

	/* What is in memory from here on must not end in a core file. */
	(void)setrlimit(RLIMIT_CORE, &none);
	if (check_account(s, &c->error) < 0)
		return -1;
	if (s->oauth_client_id == NULL)
		return get_password(c);
	return response_can_read(&c->error) ? get_token(c) : -1;
}

static int
log_out(struct call *c)
{
	const struct settings *s = &c->request.settings;
	struct endpoint e;
	bool known = false;

	if (access_forget(s, &c->found, &c->error) < 0)
		return -1;
	if (s->oauth_client_id != NULL || s->user == NULL)
		return 0;
	if (smtp_endpoint(&e, s, &c->error) < 0 ||
	    password_forget(s, e.host, &known, &c->error) < 0)
		return -1;
	c->found = c->found || known;
	return 0;
}

/* --- the end -------------------------------------------------------------- */

static void
add_json(const struct call *c, struct buf *out)
{
	const struct settings *s = &c->request.settings;
	int status = error_status(c->error.kind);

	buf_printf(out, "{\"ok\":%s,\"exit\":%d",
	    status == 0 ? "true" : "false", status);
	result_member(out, "account", s->account);
	result_member(out, "user", s->user);
	result_member(out, "kept", c->kept);
	result_member(out, "error", c->error.text);
	result_member(out, "hint", c->error.hint);
	buf_puts(out, "}\n");
}

static void
add_text(const struct call *c, struct buf *out)
{
	const struct settings *s = &c->request.settings;
	auto_free char *file = NULL;
	auto_buf struct buf user = buf_make(2000);
	struct error ignored = ERROR_INIT;

	if (c->request.login.forget) {
		buf_printf(out,
		    c->found ? "the login of account %s is forgotten\n"
			     : "account %s was not logged in\n",
		    s->account);
		return;
	}
	escape_print(&user, s->user, strlen(s->user), 0);
	file = record_path(s->account, &ignored);
	if (s->oauth_client_id != NULL)
		buf_printf(out,
		    "account %s is logged in as %s; the token is kept in %s\n",
		    s->account, user.data,
		    strcmp(c->kept, "file") == 0 ? file : "the keyring");
	else
		buf_printf(out,
		    "the password of account %s, user %s, is in the keyring\n",
		    s->account, user.data);
	buf_printf(
	    out, "to try it: mitto --check -A %s %s\n", s->account, user.data);
}

static int
answer(struct call *c)
{
	const struct settings *s = &c->request.settings;
	auto_buf struct buf out = buf_make(TEXT_MAX);
	bool failed = c->error.kind != ERR_NONE;

	if ((s->json || c->json) && !c->helped)
		add_json(c, &out);
	else if (!failed && !s->quiet && !c->helped)
		add_text(c, &out);
	if (run_put(&out, &c->error) < 0)
		c->told = false;
	if (c->error.kind != ERR_NONE && !c->told)
		result_print_error(&c->error, &c->watch.terminal);
	return error_status(c->error.kind);
}

/* Help was asked for, and given. */
static bool
show_help(struct call *c)
{
	auto_buf struct buf text = buf_make(TEXT_MAX);
	const char *topic = c->cmdline.help_topic;

	if (!c->cmdline.help)
		return run_answer(&c->cmdline, &c->error);
	if (document_help_topic(
		&text, topic != NULL ? topic : "login", &c->error) == 0)
		(void)run_put(&text, &c->error);
	return true;
}

static void
perform(struct call *c, int argc, char *const *argv)
{
	int result;

	for (int i = 0; i < argc; i++)
		c->json = c->json || strcmp(argv[i], "--json") == 0;
	if (cmdline_parse_for(&c->cmdline, IN_LOGIN, argc, argv, &c->error) < 0)
		return;
	c->helped = show_help(c);
	if (c->helped || take_operand(c) < 0 || open_call(c) < 0)
		return;
	result = c->request.login.forget ? log_out(c) : log_in(c);
	if (result == 0)
		c->error = (struct error)ERROR_INIT;
}

int
command_login(int argc, char *const *argv)
{
	struct call c = {
		.watch.terminal = terminal_open(STDERR_FILENO, WHEN_AUTO),
	};
	int status;

	run_catch_signals();
	perform(&c, argc, argv);
	status = answer(&c);
	watch_close(&c.watch);
	request_release(&c.request);
	config_release(&c.config);
	cmdline_release(&c.cmdline);
	return status;
}
