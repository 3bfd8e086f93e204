/* SPDX-License-Identifier: MIT */
/*
 * Passwords from others: a command, the desktop's keyring, the person at the
 * terminal.
 */
#include "settings/sources.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "settings/child.h"
#include "settings/config.h"
#include "settings/keyring.h"
#include "settings/password.h"
#include "text/escape.h"

#include <errno.h>
#include <fcntl.h>
#include <paths.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>

extern char **environ;

/* --- the command -------------------------------------------------------- */

static void
set_variable(struct strlist *env, const char *name, const char *value)
{
	if (value != NULL)
		strlist_take(env, mem_printf("%s=%s", name, value));
}

/* Our environment with what the command may want to know; HOME is there even
 * when cron or a web server left it out. */
static void
child_environment(struct strlist *env, const struct login *login)
{
	static const char *const names[] = {
		"MITTO_ACCOUNT=", "MITTO_USER=", "MITTO_SERVER="
	};
	auto_free char *home = config_home();
	bool has_home = false;

	for (char **p = environ; p != NULL && *p != NULL; p++) {
		bool replaced = false;

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strncmp(*p, names[i], strlen(names[i])) == 0)
				replaced = true;
		if (strncmp(*p, "HOME=", 5) == 0)
			has_home = true;
		if (!replaced)
			strlist_add(env, *p);
	}
	if (!has_home)
		set_variable(env, "HOME", home);
	set_variable(env, "MITTO_ACCOUNT", login->settings->account);
	set_variable(env, "MITTO_USER", login->settings->user);
	set_variable(env, "MITTO_SERVER", login->host);
}

static int
run(struct child *c, const struct login *login, char *const *argv,
    struct error *err)
{
	auto_strlist struct strlist env = { 0 };
	auto_free char **items = NULL;

	child_environment(&env, login);
	items = mem_resize(NULL, env.count + 1, sizeof(*items));
	for (size_t i = 0; i < env.count; i++)
		items[i] = env.items[i];
	items[env.count] = NULL;
	return child_run(c, argv, items, PASSWORD_SECONDS, err);
}

/* How it ended, if not well; with the first line it said. */
static int
check_end(const struct child *c, const char *what, struct error *err)
{
	auto_buf struct buf said = buf_make(2000);

	escape_print(&said, c->errors, strcspn(c->errors, "\r\n"), 300);
	if (c->late) {
		error_set(err, ERR_TEMPORARY, "%s took longer than %d seconds",
		    what, PASSWORD_SECONDS);
		return error_hint(
		    err, "it gets no terminal and must not ask for anything");
	}
	if (c->too_much)
		return error_set(err, ERR_CONFIG,
		    "%s printed more than %d bytes", what, CHILD_OUTPUT);
	if (WIFSIGNALED(c->status))
		return error_set(err, ERR_CONFIG, "%s was ended by signal %d",
		    what, WTERMSIG(c->status));
	if (WEXITSTATUS(c->status) != 0)
		return error_set(err, ERR_CONFIG, "%s ended with status %d%s%s",
		    what, WEXITSTATUS(c->status), said.len > 0 ? ": " : "",
		    said.data);
	return 0;
}

/* The first line; an empty one is no password. */
static int
take_line(struct secret *out, const struct child *c, const char *what,
    struct error *err)
{
	size_t len = strcspn(c->output, "\r\n");

	if (len == 0)
		return error_set(
		    err, ERR_CONFIG, "%s printed no password", what);
	if (len > PASSWORD_MAX)
		return error_set(err, ERR_CONFIG,
		    "%s printed a line of more than %d bytes", what,
		    PASSWORD_MAX);
	secret_set(out, c->output, len);
	return 1;
}

int
source_command(struct secret *out, const struct login *login, struct error *err)
{
	static const char what[] = "password-command";
	char shell[] = _PATH_BSHELL, option[] = "-c";
	char *argv[] = { shell, option, login->settings->password_command,
		NULL };
	auto_child struct child c = { 0 };

	if (run(&c, login, argv, err) != 0 || check_end(&c, what, err) != 0)
		return -1;
	return take_line(out, &c, what, err);
}

/* --- the keyring -------------------------------------------------------- */

/* The attributes are those of msmtp, so that what was stored for it is
 * found. */
#define ATTRIBUTES(login) \
	(const struct attribute[]) \
	{ \
		{ "host", (login)->host }, { "service", "smtp" }, \
		    { (login)->settings->user != NULL ? "user" : NULL, \
			    (login)->settings->user }, \
		{ \
			NULL, NULL \
		} \
	}

int
source_secret_tool(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err)
{
	const char *missing = keyring_missing();
	int found;

	if (missing != NULL) {
		source_tried(tried, "secret-tool (%s)", missing);
		return 0;
	}
	found = keyring_lookup(out, ATTRIBUTES(login), err);
	if (found == 0)
		source_tried(tried, "secret-tool (no entry)");
	return found;
}

/* --- the terminal ------------------------------------------------------- */

/* Switch the echo off.  Ctrl-C must not end the program while it is, so it is
 * read as a character that ends the line. */
static int
hide_typing(int tty, struct termios *before, struct error *err)
{
	struct termios hidden;

	if (tcgetattr(tty, before) != 0)
		return error_errno(
		    err, ERR_OS, errno, "cannot switch the echo off");
	hidden = *before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ISIG);
	hidden.c_lflag |= ICANON | ECHONL;
	hidden.c_cc[VEOL] = before->c_cc[VINTR];
	if (tcsetattr(tty, TCSAFLUSH, &hidden) != 0)
		return error_errno(
		    err, ERR_OS, errno, "cannot switch the echo off");
	return 0;
}

static void
add_prompt(struct buf *out, const struct login *login)
{
	const char *user = login->settings->user;

	buf_puts(out, "Password of ");
	if (user != NULL) {
		escape_print(out, user, strlen(user), 200);
		buf_puts(out, " at ");
	}
	escape_print(out, login->host, strlen(login->host), 300);
	buf_puts(out, ": ");
}

/* The prompt comes when the echo is off already: who sees it may type. */
static int
read_hidden(
    struct buf *line, const struct login *login, int tty, struct error *err)
{
	auto_buf struct buf prompt = buf_make(2000);
	struct termios before;
	char interrupt, c = '\0';
	ssize_t n = -1;

	if (hide_typing(tty, &before, err) != 0)
		return -1;
	interrupt = (char)before.c_cc[VINTR];
	add_prompt(&prompt, login);
	if (io_write_all(tty, prompt.data, prompt.len) == 0)
		while (
		    (n = read(tty, &c, 1)) == 1 && c != '\n' && c != interrupt)
			buf_putc(line, c);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	if (n < 0 || (n == 1 && c == interrupt))
		return error_set(err, ERR_INTERRUPTED, "interrupted");
	return 0;
}

static int
ask(struct secret *out, const struct login *login, int tty, struct error *err)
{
	auto_buf struct buf line = buf_make(PASSWORD_MAX);
	int result = read_hidden(&line, login, tty, err);

	if (result == 0 && (line.len == 0 || line.full))
		result = error_set(err, ERR_CONFIG, "the password is %s",
		    line.full ? "too long" : "empty");
	if (result == 0) {
		secret_set(out, line.data, line.len);
		result = 1;
	}
	secret_wipe(line.data, line.len);
	return result;
}

int
source_terminal(struct secret *out, const struct login *login,
    struct buf *tried, struct error *err)
{
	auto_fd int tty = -1;

	if (login->settings->no_input) {
		source_tried(tried, "terminal (--no-input)");
		return 0;
	}
	if (isatty(STDERR_FILENO))
		tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0) {
		source_tried(tried, "terminal (none)");
		return 0;
	}
	return ask(out, login, tty, err);
}

/* --- from the one to the other -------------------------------------------- */

int
password_keep(const struct settings *s, const char *host, struct error *err)
{
	const struct login login = { .settings = s, .host = host };
	auto_secret struct secret password = { .text = NULL };
	auto_buf struct buf tried = buf_make(300);
	auto_free char *label = NULL;
	int found = source_terminal(&password, &login, &tried, err);

	if (found == 0)
		return error_set(err, ERR_CONFIG,
		    "there is nobody to ask for the password: %s", tried.data);
	if (found < 0)
		return -1;
	label = mem_printf("mitto: %s at %s", s->user, host);
	return keyring_store(&password, label, ATTRIBUTES(&login), err);
}

int
password_forget(
    const struct settings *s, const char *host, bool *found, struct error *err)
{
	const struct login login = { .settings = s, .host = host };
	auto_secret struct secret password = { .text = NULL };
	int known;

	*found = false;
	if (keyring_missing() != NULL)
		return 0;
	known = keyring_lookup(&password, ATTRIBUTES(&login), err);
	*found = known == 1;
	return known == 1 ? keyring_clear(ATTRIBUTES(&login), err) : known;
}
