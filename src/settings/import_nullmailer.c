/* SPDX-License-Identifier: MIT */
/*
 * nullmailer: `remotes`, whose lines are HOST PROTOCOL --option[=VALUE]..., and
 * the files of one value beside it.
 */
#include "settings/importer.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define PORT_SMTP "25"

static const struct import_rule rules[] = {
	{ "port", IMPORT_TEXT, "port" },
	{ "user", IMPORT_TEXT, "user" },
	{ "pass", IMPORT_TEXT, "password" },
	{ "ssl", IMPORT_FLAG, ".ssl" },
	{ "tls", IMPORT_FLAG, ".ssl" },
	{ "starttls", IMPORT_FLAG, ".starttls" },
	{ "auth-login", IMPORT_FLAG, ".login" },
	{ "insecure", IMPORT_FLAG, "insecure" },
	{ "x509certfile", IMPORT_TEXT, "cert" },
	{ "x509keyfile", IMPORT_TEXT, "key" },
	{ "x509cafile", IMPORT_TEXT, "cacert" },
	{ "source", IMPORT_TEXT, "interface" },
	{ "tls-anon-auth", IMPORT_LOST, "a server without a certificate" },
	{ NULL, IMPORT_DONE, NULL },
};

/* How many remotes there were. */
struct remotes {
	unsigned count;
};

/* The next word, quotes and backslashes undone in place; NULL at the end. */
static char *
next_word(char **at)
{
	char *from = *at + strspn(*at, " \t");
	char *word = from, *to = from;
	char quote = '\0';

	if (*from == '\0')
		return NULL;
	for (; *from != '\0'; from++) {
		if (*from == '\\' && from[1] != '\0' && quote != '\'')
			*to++ = *++from;
		else if (*from == quote)
			quote = '\0';
		else if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else if (quote == '\0' && (*from == ' ' || *from == '\t'))
			break;
		else
			*to++ = *from;
	}
	*at = *from != '\0' ? from + 1 : from;
	*to = '\0';
	return word;
}

static void
finish_remote(struct import *im, struct import_place to)
{
	bool ssl = import_says(im, to, ".ssl");
	bool starttls = import_says(im, to, ".starttls");

	import_set(im, to, "tls",
	    starttls  ? "starttls"
		: ssl ? "ssl"
		      : "plain",
	    "tls");
	if (import_kept(im, to, "port") == NULL && (starttls || !ssl))
		import_set(im, to, "port", PORT_SMTP, "port");
	if (import_says(im, to, ".login"))
		import_set(im, to, "auth", "login", "auth-login");
}

static void
take_remote(struct import *im, void *ctx, char *line)
{
	struct remotes *remotes = ctx;
	auto_free char *name = NULL;
	const char *host, *protocol;
	char *word;

	if (line[0] == '\0' || line[0] == '#')
		return;
	host = next_word(&line);
	protocol = next_word(&line);
	if (protocol != NULL && strcmp(protocol, "smtp") != 0) {
		import_lose(im, protocol, "mitto speaks SMTP");
		return;
	}
	remotes->count++;
	if (remotes->count == 1)
		name = mem_strdup(im->account);
	else
		name = mem_printf("%s%u", im->account, remotes->count);
	if (remotes->count > 1)
		import_lose(im, host,
		    "a second server is an account of its own, for -A; it is "
		    "not tried by itself");
	import_set(im, (struct import_place){ "account", name }, "server", host,
	    "remotes");
	while ((word = next_word(&line)) != NULL) {
		char *value;
		const char *key = import_word(word, "=", &value);

		if (strncmp(key, "--", 2) == 0)
			(void)import_key(im,
			    (struct import_place){ "account", name }, rules,
			    key + 2, value);
		else
			import_lose(im, key, "unknown");
	}
	finish_remote(im, (struct import_place){ "account", name });
}

/* The first line of a file of one value. */
static void
take_value(struct import *im, void *ctx, char *line)
{
	char **value = ctx;

	if (im->line == 1 && line[0] != '\0')
		*value = mem_strdup(line);
}

static int
read_value(struct import *im, const char *remotes, const char *name,
    char **value, struct error *err)
{
	auto_free char *path = import_beside(remotes, name);

	*value = NULL;
	return import_lines(im, path, take_value, value, err) < 0 ? -1 : 0;
}

static int
read_values(struct import *im, const char *remotes, struct error *err)
{
	static const struct {
		const char *file, *word, *ours;
	} files[] = {
		{ "adminaddr", "alias", "default" },
		{ "me", "defaults", "default-domain" },
		{ "defaulthost", "defaults", "default-domain" },
		{ "helohost", "defaults", "helo" },
		{ "allmailfrom", "defaults", "from" },
		{ "defaultdomain", NULL,
		    "hosts without a dot stay as they are" },
		{ "idhost", NULL, "the Message-ID has the sender's domain" },
		{ "sendtimeout", NULL, "timeout is that of a single step" },
		{ "pausetime", NULL, "the queue has times of its own" },
		{ "maxpause", NULL, "the queue has times of its own" },
		{ "queuelifetime", NULL, "the queue has times of its own" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct import_place to = { files[i].word, NULL };
		auto_free char *value = NULL;

		if (read_value(im, remotes, files[i].file, &value, err) < 0)
			return -1;
		if (value == NULL)
			continue;
		if (files[i].word == NULL)
			import_lose(im, files[i].file, files[i].ours);
		else
			import_set(im, to, files[i].ours, value, files[i].file);
		if (strcmp(files[i].file, "allmailfrom") == 0)
			import_set(
			    im, to, "allow-from-override", "no", files[i].file);
	}
	return 0;
}

int
import_nullmailer(struct import *im, const char *file, struct error *err)
{
	static const char *const paths[] = { "/etc/nullmailer/remotes", NULL };
	struct remotes remotes = { 0 };
	auto_free char *path = NULL;

	if (import_first(im, file, paths, take_remote, &remotes, err) < 0)
		return -1;
	if (remotes.count > 1)
		import_set(im, (struct import_place){ "defaults", NULL },
		    "account", im->account, "remotes");
	path = mem_strdup(im->files.items[0]);
	return read_values(im, path, err);
}
