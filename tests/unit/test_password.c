/* SPDX-License-Identifier: MIT */
/*
 * Where a password is found, and what is refused.
 */
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "settings/child.h"
#include "settings/password.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static char dir[] = "/tmp/mitto-test-XXXXXX";

static const char *const variables[] = { "MITTO_PASSWORD",
	"CREDENTIALS_DIRECTORY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR",
	"TEST_PW" };

static int
make_dir(void **state UNUSED)
{
	return mkdtemp(dir) != NULL && chdir(dir) == 0 ? 0 : -1;
}

static int
remove_dir(void **state UNUSED)
{
	static const char *const names[] = { "pw", ".netrc",
		"cred/mitto.home.password", "cred/mitto.password", "cred",
		"secret-tool" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)remove(names[i]);
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

/* No source but those that a test makes. */
static int
clean(void **state UNUSED)
{
	(void)remove(".netrc");
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (unsetenv(variables[i]) != 0)
			return -1;
	return setenv("HOME", dir, 1);
}

static void
write_file(const char *name, mode_t mode, const char *text, size_t len)
{
	int fd;

	/* One of an earlier test may be read-only. */
	(void)remove(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, len), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

/* Ask for the password with these settings; want NULL: an error of this kind
 * whose text or hint holds `said`. */
static void
check(const char *row, const struct settings *s, const char *want,
    enum error_kind kind, const char *said)
{
	auto_secret struct secret found = { 0 };
	struct error err = ERROR_INIT;
	int result = password_find(&found, s, "smtp.x.example", &err);

	if ((result == 0) != (want != NULL) ||
	    (want != NULL && strcmp(found.text, want) != 0))
		fail_msg("%s: got '%s' %s", row,
		    found.text != NULL ? found.text : "nothing", err.text);
	if (want == NULL &&
	    (err.kind != kind || found.text != NULL ||
		(strstr(err.text, said) == NULL &&
		    strstr(err.hint, said) == NULL)))
		fail_msg("%s: kind %d, '%s', '%s'", row, (int)err.kind,
		    err.text, err.hint);
	if (strstr(err.text, "geheim") != NULL)
		fail_msg("%s: the error shows the password", row);
}

static void
test_command(void **state UNUSED)
{
	static const struct {
		const char *command, *want;
		enum error_kind kind;
		const char *said;
	} rows[] = {
		{ "echo geheim", "geheim", 0, NULL },
		{ "printf geheim", "geheim", 0, NULL },
		{ "printf 'geheim\\r\\nuser: x\\n'", "geheim", 0, NULL },
		{ "printf ' # $ & : \" \\\\ %% \\n'", " # $ & : \" \\ % ", 0,
		    NULL },
		{ "echo $MITTO_ACCOUNT,$MITTO_USER,$MITTO_SERVER",
		    "home,jana,smtp.x.example", 0, NULL },
		{ "cat; echo end-of-input", "end-of-input", 0, NULL },
		{ "echo noise >&2; echo geheim", "geheim", 0, NULL },
		{ "test -e /proc/self/fd/9 || echo closed", "closed", 0, NULL },
		{ "(sleep 30 &) ; echo geheim", "geheim", 0, NULL },
		{ "true", NULL, ERR_CONFIG, "printed no password" },
		{ "echo", NULL, ERR_CONFIG, "printed no password" },
		{ "echo geheim; exit 3", NULL, ERR_CONFIG, "status 3" },
		{ "echo 'gpg: no\\033[2J key' >&2; exit 2", NULL, ERR_CONFIG,
		    "status 2: gpg: no" },
		{ "kill -TERM $$", NULL, ERR_CONFIG, "signal 15" },
		{ "no-such-program-here", NULL, ERR_CONFIG, "status 127" },
		{ "yes geheim", NULL, ERR_CONFIG, "more than" },
		{ "head -c 20000 /dev/zero | tr '\\0' x", NULL, ERR_CONFIG,
		    "line of more than" },
	};

	/* A descriptor that somebody forgot to mark close-on-exec. */
	assert_int_equal(dup2(STDIN_FILENO, 9), 9);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *command = mem_strdup(rows[i].command);
		char account[] = "home", user[] = "jana";
		struct settings s = {
			.password_command = command,
			.account = account,
			.user = user,
		};

		check(rows[i].command, &s, rows[i].want, rows[i].kind,
		    rows[i].said);
	}
	(void)close(9);
}

/* The program and what it started are gone after the time. */
static void
test_child_is_late(void **state UNUSED)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char command[] = "(sleep 1.5; : >survivor) & sleep 20";
	char *argv[] = { shell, option, command, NULL };
	char *env[] = { NULL };
	auto_child struct child c = { 0 };
	struct error err = ERROR_INIT;
	long long start = clock_ms();

	assert_int_equal(child_run(&c, argv, env, 1, &err), 0);
	assert_true(c.late);
	assert_in_range((uintmax_t)(clock_ms() - start), 900, 5000);
	assert_int_equal(usleep(800 * 1000), 0);
	assert_int_equal(access("survivor", F_OK), -1);
}

static void
test_child_does_not_exist(void **state UNUSED)
{
	char name[] = "/nonexistent/program";
	char *argv[] = { name, NULL };
	char *env[] = { NULL };
	auto_child struct child c = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(child_run(&c, argv, env, 5, &err), 0);
	assert_true(WIFEXITED(c.status));
	assert_int_equal(WEXITSTATUS(c.status), 127);
}

/* What daemons leave out. */
static void
test_command_has_home(void **state UNUSED)
{
	char command[] = "echo ${HOME:+set}";
	struct settings s = { .password_command = command };

	assert_int_equal(unsetenv("HOME"), 0);
	check("HOME", &s, "set", 0, NULL);
}

static void
test_file(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		mode_t mode;
		const char *want;
		enum error_kind kind;
		const char *said;
	} rows[] = {
		{ "geheim", 6, 0600, "geheim", 0, NULL },
		{ "geheim\n", 7, 0400, "geheim", 0, NULL },
		{ "geheim\r\n", 8, 0600, "geheim", 0, NULL },
		{ "geheim\n\n", 8, 0600, "geheim\n", 0, NULL },
		{ " geheim ", 8, 0600, " geheim ", 0, NULL },
		{ "\"geheim\" # no", 13, 0600, "\"geheim\" # no", 0, NULL },
		{ "", 0, 0600, NULL, ERR_CONFIG, "is empty" },
		{ "\n", 1, 0600, NULL, ERR_CONFIG, "is empty" },
		{ "a\0b", 3, 0600, NULL, ERR_CONFIG, "NUL" },
		{ "geheim", 6, 0640, NULL, ERR_CONFIG, "chmod 600 pw" },
		{ "geheim", 6, 0604, NULL, ERR_CONFIG, "chmod 600 pw" },
		{ "geheim", 6, 0620, NULL, ERR_CONFIG, "others can change" },
	};
	char name[] = "pw";
	struct settings s = { .password_file = name };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char row[20];

		(void)snprintf(row, sizeof(row), "row %zu", i);
		write_file(name, rows[i].mode, rows[i].text, rows[i].len);
		check(row, &s, rows[i].want, rows[i].kind, rows[i].said);
	}
	assert_int_equal(remove(name), 0);
	check("missing", &s, NULL, ERR_CONFIG, "password-file: cannot read");
}

/* As a shell's <(command) gives it. */
static void
test_file_is_a_pipe(void **state UNUSED)
{
	int ends[2];
	char name[40];
	struct settings s = { .password_file = name };

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(io_write_all(ends[1], "geheim\n", 7), 0);
	(void)close(ends[1]);
	(void)snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	check("pipe", &s, "geheim", 0, NULL);
	(void)close(ends[0]);
}

static void
test_variable(void **state UNUSED)
{
	char name[] = "TEST_PW";
	struct settings s = { .password_env = name };

	check("not set", &s, NULL, ERR_CONFIG, "$TEST_PW is not set");
	assert_int_equal(setenv("TEST_PW", "", 1), 0);
	check("empty", &s, NULL, ERR_CONFIG, "$TEST_PW is empty");
	assert_int_equal(setenv("TEST_PW", "geheim", 1), 0);
	check("set", &s, "geheim", 0, NULL);
}

static void
test_order(void **state UNUSED)
{
	char command[] = "echo by-command", file[] = "pw", env[] = "TEST_PW";
	struct settings s = {
		.password_command = command,
		.password_file = file,
		.password_env = env,
		.no_input = true,
	};

	assert_int_equal(setenv("MITTO_PASSWORD", "by-mitto", 1), 0);
	assert_int_equal(setenv("TEST_PW", "by-env", 1), 0);
	write_file(file, 0600, "by-file", 7);
	secret_set(&s.password, "by-key", 6);
	check("command", &s, "by-command", 0, NULL);
	s.password_command = NULL;
	check("file", &s, "by-file", 0, NULL);
	s.password_file = NULL;
	check("env", &s, "by-env", 0, NULL);
	s.password_env = NULL;
	check("key", &s, "by-key", 0, NULL);
	secret_release(&s.password);
	check("MITTO_PASSWORD", &s, "by-mitto", 0, NULL);
}

static void
test_credentials(void **state UNUSED)
{
	char account[] = "home";
	struct settings s = { .account = account, .no_input = true };
	auto_free char *path = mem_printf("%s/cred", dir);

	assert_int_equal(mkdir("cred", 0700), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", path, 1), 0);
	check("none", &s, NULL, ERR_CONFIG,
	    "credential mitto.home.password (none)");
	write_file("cred/mitto.password", 0440, "common", 6);
	check("common", &s, "common", 0, NULL);
	write_file("cred/mitto.home.password", 0444, "own\n", 4);
	check("own", &s, "own", 0, NULL);
	s.account = NULL;
	check("no account", &s, "common", 0, NULL);
	/* Only mounted secrets may be readable by others, and never writable.
	 */
	write_file("cred/mitto.password", 0666, "common", 6);
	check("writable", &s, NULL, ERR_CONFIG, "others can change");
	write_file("cred/mitto.password", 0600, "", 0);
	check("empty", &s, NULL, ERR_CONFIG, "is empty");
}

static void
test_secret_tool(void **state UNUSED)
{
	static const char tool[] =
	    "#!/bin/sh\n"
	    "test \"$*\" = 'lookup host smtp.x.example service smtp user jana'"
	    " && echo geheim\n";
	char user[] = "jana", other[] = "other";
	struct settings s = { .user = user, .no_input = true };
	auto_free char *before = mem_strdup(getenv("PATH"));
	auto_free char *path = mem_printf("%s:%s", dir, before);

	write_file("secret-tool", 0700, tool, sizeof(tool) - 1);
	assert_int_equal(setenv("PATH", path, 1), 0);
	check("no bus", &s, NULL, ERR_CONFIG, "secret-tool (no session bus)");
	assert_int_equal(setenv("DBUS_SESSION_BUS_ADDRESS", "unix:x", 1), 0);
	check("found", &s, "geheim", 0, NULL);
	s.user = other;
	check("no entry", &s, NULL, ERR_CONFIG, "secret-tool (no entry)");
	assert_int_equal(setenv("PATH", before, 1), 0);
}

static void
test_netrc(void **state UNUSED)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "machine smtp.x.example login jana password geheim\n",
		    "geheim" },
		{ "machine SMTP.x.example\n\tpassword geheim\n\tlogin jana\n",
		    "geheim" },
		{ "machine smtp.x.example password geheim", "geheim" },
		{ "machine smtp.x.example login other password geheim\n",
		    NULL },
		{ "machine smtp.x.example login other password no\n"
		  "machine smtp.x.example login jana password geheim\n",
		    "geheim" },
		{ "machine other.example login jana password geheim\n", NULL },
		{ "machine other.example password no\ndefault login jana "
		  "password geheim",
		    "geheim" },
		{ "machine smtp.x.example password \"ge \\\"h\\\\ eim\"\n",
		    "ge \"h\\ eim" },
		{ "macdef m\nmachine smtp.x.example password no\n\n"
		  "machine smtp.x.example password geheim\n",
		    "geheim" },
		{ "machine smtp.x.example password \"\"\n", NULL },
		{ "machine", NULL },
		{ "machine smtp.x.example password", NULL },
		{ "machine smtp.x.example password \"open", "open" },
		{ "", NULL },
	};
	char user[] = "jana";
	struct settings s = { .user = user, .no_input = true };

	check("no file", &s, NULL, ERR_CONFIG, "~/.netrc (no such file)");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		write_file(".netrc", 0600, rows[i].text, strlen(rows[i].text));
		check(rows[i].text, &s, rows[i].want, ERR_CONFIG,
		    "~/.netrc (no entry for smtp.x.example)");
	}
	write_file(".netrc", 0644, rows[0].text, strlen(rows[0].text));
	check("mode", &s, NULL, ERR_CONFIG, "chmod 600 ");
	/* Without our entry its mode does not matter. */
	write_file(".netrc", 0644, rows[5].text, strlen(rows[5].text));
	check("mode, no entry", &s, NULL, ERR_CONFIG, "no entry for");
}

static void
test_nothing(void **state UNUSED)
{
	static const char *const said[] = {
		"account 'home': no password",
		"(no $CREDENTIALS_DIRECTORY)",
		"$MITTO_PASSWORD (not set)",
		"secret-tool (",
		"~/.netrc (no such file)",
		"terminal (--no-input)",
	};
	char account[] = "home";
	struct settings s = { .account = account, .no_input = true };

	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		check("nothing", &s, NULL, ERR_CONFIG, said[i]);
	check("nothing", &s, NULL, ERR_CONFIG,
	    "password-command = pass show mail/home");
	s.account = NULL;
	check("no account", &s, NULL, ERR_CONFIG, "--password-command");
}

/* In a process of its own that has a terminal: ask, and say by the exit status
 * what came. */
static _Noreturn void
ask_on_terminal(void)
{
	char user[] = "jana";
	struct settings s = { .user = user };
	auto_secret struct secret found = { 0 };
	struct error err = ERROR_INIT;

	if (password_find(&found, &s, "smtp.x.example", &err) != 0)
		_exit((int)err.kind);
	_exit(strcmp(found.text, "ge heim") == 0 ? 0 : 99);
}

/* Read what the terminal shows until it shows `text` or ends. */
static bool
shows(int terminal, struct buf *seen, const char *text)
{
	char block[256];
	ssize_t n;

	while (strstr(seen->data, text) == NULL) {
		n = io_read(terminal, block, sizeof(block));
		if (n <= 0)
			return false;
		buf_add(seen, block, (size_t)n);
	}
	return true;
}

static void
test_terminal(void **state UNUSED)
{
	static const struct {
		const char *typed;
		int status;
	} rows[] = {
		{ "ge heim\n", 0 },
		{ "\n", ERR_CONFIG },
		{ "ge\003", ERR_INTERRUPTED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_buf struct buf seen = buf_make(4096);
		int terminal, status;
		pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

		assert_true(pid >= 0);
		if (pid == 0)
			ask_on_terminal();
		assert_true(shows(
		    terminal, &seen, "Password of jana at smtp.x.example: "));
		assert_int_equal(io_write_all(terminal, rows[i].typed,
				     strlen(rows[i].typed)),
		    0);
		(void)shows(terminal, &seen, "never shown");
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WEXITSTATUS(status) != rows[i].status ||
		    strstr(seen.data, "ge") != NULL)
			fail_msg("row %zu: status %d, '%s'", i,
			    WEXITSTATUS(status), seen.data);
		(void)close(terminal);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_command, clean),
		cmocka_unit_test_setup(test_command_has_home, clean),
		cmocka_unit_test_setup(test_child_is_late, clean),
		cmocka_unit_test_setup(test_child_does_not_exist, clean),
		cmocka_unit_test_setup(test_terminal, clean),
		cmocka_unit_test_setup(test_file, clean),
		cmocka_unit_test_setup(test_file_is_a_pipe, clean),
		cmocka_unit_test_setup(test_variable, clean),
		cmocka_unit_test_setup(test_order, clean),
		cmocka_unit_test_setup(test_credentials, clean),
		cmocka_unit_test_setup(test_secret_tool, clean),
		cmocka_unit_test_setup(test_netrc, clean),
		cmocka_unit_test_setup(test_nothing, clean),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
