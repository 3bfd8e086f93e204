/* SPDX-License-Identifier: MIT */
/*
 * Which account a message goes through: the one that was named, or the first
 * that is for its sender.
 */
#include "settings/account.h"

#include "base/mem.h"
#include "settings/host.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

/* The sender as patterns see it: without display name, domain in lower case,
 * with and without "+detail". */
struct sender {
	char *full;
	char *plain;
};

static void
sender_release(struct sender *s)
{
	free(s->full);
	free(s->plain);
}

static char *
lower(const char *text)
{
	char *copy = mem_strdup(text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

/* False when the text is no single address. */
static bool
sender_init(struct sender *s, const char *text)
{
	auto_address struct address a = { 0 };
	auto_free char *domain = NULL;
	struct error ignored = ERROR_INIT;
	size_t plain;

	if (address_parse_one(&a, text, &ignored) != 0)
		return false;
	domain = lower(a.domain != NULL ? a.domain : "");
	plain = strcspn(a.local, "+");
	s->full = mem_printf("%s@%s", a.local, domain);
	s->plain = mem_printf("%.*s@%s", (int)plain, a.local, domain);
	return true;
}

static bool
regex_fits(const char *pattern, const struct sender *s)
{
	auto_free char *text = mem_strndup(pattern + 1, strlen(pattern) - 2);
	regex_t regex;
	bool fits;

	if (regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	fits = regexec(&regex, s->full, 0, NULL, 0) == 0 ||
	    regexec(&regex, s->plain, 0, NULL, 0) == 0;
	regfree(&regex);
	return fits;
}

/* A shell pattern, its domain brought to lower case, or /regex/. */
static bool
pattern_fits(const char *pattern, const struct sender *s)
{
	size_t len = strlen(pattern);
	const char *at = strrchr(pattern, '@');
	auto_free char *domain = NULL, *text = NULL;

	if (len >= 2 && pattern[0] == '/' && pattern[len - 1] == '/')
		return regex_fits(pattern, s);
	if (at == NULL)
		at = pattern + len;
	domain = lower(at);
	text = mem_printf("%.*s%s", (int)(at - pattern), pattern, domain);
	return fnmatch(text, s->full, 0) == 0 ||
	    fnmatch(text, s->plain, 0) == 0;
}

static bool
address_fits(const char *from, const struct sender *s)
{
	struct sender own = { 0 };
	auto_free char *filled = host_fill(from);
	bool fits = sender_init(&own, filled) &&
	    (strcmp(own.full, s->full) == 0 || strcmp(own.full, s->plain) == 0);

	sender_release(&own);
	return fits;
}

static bool
account_fits(
    const struct config *c, const char *account, const struct sender *s)
{
	const struct assignment *from = config_find(c, account, "from");

	if (from != NULL && address_fits(from->value, s))
		return true;
	for (size_t i = 0; i < c->count; i++) {
		const struct section *section = &c->sections[i];

		if (section->kind != SECTION_ACCOUNT ||
		    strcmp(section->name, account) != 0)
			continue;
		for (size_t j = 0; j < section->count; j++)
			if (strcmp(section->items[j].key, "match") == 0 &&
			    pattern_fits(section->items[j].value, s))
				return true;
	}
	return false;
}

const char *
account_of_sender(const struct config *c, const char *sender)
{
	struct sender s = { 0 };
	const char *found = NULL;

	if (sender == NULL || !sender_init(&s, sender))
		return NULL;
	for (size_t i = 0; i < c->count && found == NULL; i++)
		if (c->sections[i].kind == SECTION_ACCOUNT &&
		    account_fits(c, c->sections[i].name, &s))
			found = c->sections[i].name;
	sender_release(&s);
	return found;
}

/* The account's name if there is exactly one. */
static const char *
only_account(const struct config *c)
{
	const char *name = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct section *s = &c->sections[i];

		if (s->kind != SECTION_ACCOUNT)
			continue;
		if (name != NULL && strcmp(name, s->name) != 0)
			return NULL;
		name = s->name;
	}
	return name;
}

static int
unknown_account(const struct config *c, const char *name, struct error *err)
{
	auto_buf struct buf names = buf_make(300);

	error_set(err, ERR_CONFIG, "there is no account '%s'", name);
	config_account_names(c, &names);
	if (access(name, R_OK) == 0)
		return error_hint(
		    err, "-A names an account; to attach a file: -a %s", name);
	if (names.len == 0)
		return error_hint(err,
		    "no account is configured, see "
		    "mitto config path");
	return error_hint(err, "one of: %s", names.data);
}

int
account_choose(const struct config *c, const struct cmdline *cl,
    const char *sender, const char **account, struct error *err)
{
	const char *name = cmdline_last(cl, "account");
	const struct assignment *preferred;

	if (name == NULL || *name == '\0')
		name = secure_getenv("MITTO_ACCOUNT");
	if (name != NULL && *name != '\0') {
		if (!config_has_account(c, name))
			return unknown_account(c, name, err);
		*account = name;
		return 0;
	}
	*account = account_of_sender(c, sender);
	if (*account != NULL)
		return 0;
	preferred = config_find(c, NULL, "account");
	*account = preferred != NULL ? preferred->value : only_account(c);
	return 0;
}
