/* SPDX-License-Identifier: MIT */
/*
 * secret-tool VERB [--label=TEXT] NAME VALUE...
 */
#include "settings/keyring.h"

#include "base/mem.h"
#include "settings/child.h"
#include "settings/password.h"
#include "text/escape.h"

#include <paths.h>
#include <string.h>
#include <sys/wait.h>

#define WORDS (3 + 2 * KEYRING_ATTRIBUTES + 1)

extern char **environ;

/* The program's path by $PATH, or NULL. */
static char *
find_program(const char *name)
{
	const char *path = secure_getenv("PATH");

	if (path == NULL)
		path = _PATH_DEFPATH;
	while (*path != '\0') {
		size_t len = strcspn(path, ":");
		auto_free char *file =
		    mem_printf("%.*s/%s", (int)len, path, name);

		if (path[0] == '/' && access(file, X_OK) == 0)
			return steal(file);
		path += len;
		path += *path == ':' ? 1 : 0;
	}
	return NULL;
}

static bool
has_session_bus(void)
{
	const char *bus = secure_getenv("DBUS_SESSION_BUS_ADDRESS");
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
	auto_free char *socket = NULL;

	if (bus != NULL && *bus != '\0')
		return true;
	if (runtime == NULL || runtime[0] != '/')
		return false;
	socket = mem_printf("%s/bus", runtime);
	return access(socket, F_OK) == 0;
}

const char *
keyring_missing(void)
{
	auto_free char *tool = find_program("secret-tool");

	if (tool == NULL)
		return "not installed";
	return has_session_bus() ? NULL : "no session bus";
}

/* What execve(2) takes is not const; it changes nothing. */
static char *
word(const char *text)
{
	union {
		const char *in;
		char *out;
	} u = { .in = text };

	return u.out;
}

static int
run(struct child *c, const char *verb, const char *label,
    const struct attribute *attributes, const char *input, struct error *err)
{
	auto_free char *tool = find_program("secret-tool");
	char *argv[WORDS] = { tool, word(verb), word(label) };
	size_t n = label != NULL ? 3 : 2;

	for (; attributes->name != NULL && n + 2 < WORDS; attributes++) {
		argv[n++] = word(attributes->name);
		argv[n++] = word(attributes->value);
	}
	argv[n] = NULL;
	return child_run_input(c, argv, environ, input, PASSWORD_SECONDS, err);
}

static bool
succeeded(const struct child *c)
{
	return !c->late && !c->too_much && WIFEXITED(c->status) &&
	    WEXITSTATUS(c->status) == 0;
}

int
keyring_lookup(
    struct secret *out, const struct attribute *attributes, struct error *err)
{
	auto_child struct child c = { 0 };
	size_t len;

	if (run(&c, "lookup", NULL, attributes, NULL, err) != 0)
		return -1;
	len = strcspn(c.output, "\r\n");
	if (!succeeded(&c) || len == 0 || len > PASSWORD_MAX)
		return 0;
	secret_set(out, c.output, len);
	return 1;
}

int
keyring_store(const struct secret *secret, const char *label,
    const struct attribute *attributes, struct error *err)
{
	auto_free char *option = mem_printf("--label=%s", label);
	auto_buf struct buf said = buf_make(2000);
	auto_child struct child c = { 0 };

	if (run(&c, "store", option, attributes, secret->text, err) != 0)
		return -1;
	if (succeeded(&c))
		return 0;
	escape_print(&said, c.errors, strcspn(c.errors, "\r\n"), 200);
	return error_set(err, ERR_CANTCREATE,
	    "the keyring does not take the login%s%s", said.len > 0 ? ": " : "",
	    said.data);
}

int
keyring_clear(const struct attribute *attributes, struct error *err)
{
	auto_child struct child c = { 0 };

	return run(&c, "clear", NULL, attributes, NULL, err);
}
